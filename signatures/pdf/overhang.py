"""Step 6: no object of the signed revision may end behind the bytes that were signed.

An object begins where the table of objects says and ends where its brackets close, or where its
/Length says. A signer may be given a file in which a page's content is longer than the file: what
it shows is then decided by whoever appends the rest, even inside a certificate in the security
store. So each object in use is followed to its end, without reading what it means. Most are seen to
be closed by ``closed``, thousands at a time; the others are followed here, one by one.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pikepdf

from signatures.pdf.closed import closed
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.parsers import Document
from signatures.pdf.reading import Exhausted

PASSES = 4  # times the length of the file that are looked at, all in all

Ref = tuple[int, int]
_HEAD = re.compile(
    rb"(?:[\x00\t\n\f\r ]|%[^\r\n]*[\r\n])*"
    rb"(\d{1,10})[\x00\t\n\f\r ]+(\d{1,5})[\x00\t\n\f\r ]+obj"
)
_TEXT = rb"\((?:[^()\\]++|\\.)*+\)"
_FLAT = rb"[^()<>%\[\]]++|" + _TEXT + rb"|<[0-9A-Fa-f\x00\t\n\f\r ]*+>"
_STREAM = rb"(stream)(?:\r\n|\n|\r|(?=[\x00\t\f ]))"
_SIMPLE = re.compile(  # a dictionary of simple values and lists of them, as most objects are
    rb"[\x00\t\n\f\r ]*+<<(?:" + _FLAT + rb"|\[(?:" + _FLAT + rb")*+\])*+>>"
    rb"[\x00\t\n\f\r ]*+(?:endobj|" + _STREAM + rb")",
    re.DOTALL,
)
_WORDS = re.compile(rb"[^()<>\[\]%]+")
_BLANK = re.compile(rb"<[0-9A-Fa-f\x00\t\n\f\r ]*>|%[^\r\n]*")
_BRACKET = re.compile(rb"[()\\]")
_END = re.compile(rb"(?<![^\x00\t\n\f\r )>\]])(?:endobj|" + _STREAM + rb")")
_OPENING, _CLOSING = (b"<<", b"["), (b">>", b"]")


@dataclass(frozen=True)
class Extent:
    """Where an object ends, None where nobody knows, and which of its bytes are a stream's data."""

    end: int | None
    data: tuple[int, int] | None = None


@dataclass(frozen=True)
class Layout:
    """The objects of a signed revision that no increment wrote again, as they lie in the file."""

    document: Document
    revision: int
    end: int  # of the signed bytes

    @cached_property
    def in_use(self) -> list[tuple[int, Ref]]:
        """Return place and number of the objects in use, those of the newest tables first."""
        later = {ref for after in self.document.touched[self.revision + 1 :] for ref in after}
        again = {number for number, _ in later}
        seen: set[int] = set()
        found: list[tuple[int, Ref]] = []
        for before in range(self.revision, -1, -1):
            written = self.document.reader.xrefs.get_xref_data(before)
            found += [
                (place, (number, generation))
                for number, (generation, place) in written.standard_xrefs.items()
                if number not in seen and (number not in again or (number, generation) not in later)
            ]
            seen |= written.standard_xrefs.keys() | written.xrefs_in_objstm.keys()
        return found

    @cached_property
    def owners(self) -> dict[int, Ref]:
        """Return which object in use stands at a place."""
        return dict(self.in_use)

    @cached_property
    def places(self) -> list[int]:
        """Return where an object stands, in use or not, in order; the last is the end."""
        found = {self.end}
        for before in range(self.revision + 1):
            written = self.document.reader.xrefs.get_xref_data(before)
            found.update([place for _, place in written.standard_xrefs.values()])
        return sorted(place for place in found if place <= self.end)

    @cached_property
    def closed(self) -> Set[int]:
        """Return the places at which one object in use stands that ends before the next place."""
        if len(self.owners) < len(self.in_use):
            return set()  # two at one place are looked at one by one
        return closed(self.document.source.data, self.places, self.owners)

    @cached_property
    def others(self) -> dict[tuple[int, Ref], Extent | None]:
        """Follow the objects that are not ``closed``, up to the first that does not end: None.

        :raises Exhausted: when all of them together are many times as long as the file.
        """
        look = _Look(self.document, self.end)
        found: dict[tuple[int, Ref], Extent | None] = {}
        for place, ref in self.in_use:
            if place not in self.closed:
                found[place, ref] = extent = look.extent(*ref, place)
                if extent is None:
                    return found
        return found

    def overhanging(self) -> int | None:
        """Return the number of an object that does not end before ``end``; None without one."""
        return next((ref[0] for (_, ref), one in self.others.items() if one is None), None)

    @cached_property
    def data(self) -> list[tuple[int, int]] | None:
        """Return where the data of streams stand, in order.

        None unless every object in use is known to end before the next place: then whatever a
        reader takes from the bytes of one, outside of these, belongs to no other.
        """
        found = []
        following = dict(pairwise(self.places))
        if len(self.owners) < len(self.in_use):
            return None
        for (place, _), extent in self.others.items():
            if extent is None or extent.end is None or extent.end > following.get(place, 0):
                return None
            if extent.data is not None:
                found.append(extent.data)
        return sorted(found)


class _Look:
    """Follows objects to their ends, up to the end of the signed bytes."""

    def __init__(self, document: Document, end: int) -> None:
        self._document, self._end = document, end
        self._data: Any = document.source.data
        self._left = PASSES * document.source.length

    def extent(self, number: int, generation: int, place: int) -> Extent | None:
        """Return where the object at a place ends, None if the signed bytes end before it.

        :raises Exhausted: when all objects together are many times as long as the file.
        """
        head = _HEAD.match(self._data, place, self._end)
        if head is None:  # null for everybody, as a rule
            return Extent(None) if self._held(number, generation) is None else None
        found = _SIMPLE.match(self._data, head.end(), self._end)
        found = found or self._top_level_end(head.end())
        self._left -= (found.end() if found else self._end) - place
        if self._left < 0:
            raise Exhausted("bytes of objects", PASSES)
        if found is None:
            return None
        end = found.end()
        if found.group(1):
            return self._stream(number, generation, end)
        if (int(head[1]), int(head[2])) != (number, generation):
            return Extent(None)
        return Extent(None if self._held(number, generation) is None else end)  # none is damaged

    def _top_level_end(self, at: int) -> "re.Match[bytes] | None":
        """Find the word that ends an object, outside of all its brackets and texts."""
        depth = 0
        while at < self._end:
            if found := _WORDS.match(self._data, at, self._end):
                if depth <= 0 and (ended := _END.search(self._data, at, found.end())):
                    return ended
                at = found.end()
            elif found := _BLANK.match(self._data, at, self._end):
                at = found.end()
            elif self._data[at : at + 1] == b"(":
                at = self._text_end(at)
            else:
                size = 2 if self._data[at : at + 2] in (b"<<", b">>") else 1
                token = self._data[at : at + size]
                depth += (token in _OPENING) - (token in _CLOSING)
                at += size
        return None

    def _text_end(self, at: int) -> int:
        depth = 0
        while found := _BRACKET.search(self._data, at, self._end):
            token = found.group()
            depth += (token == b"(") - (token == b")")
            at = found.end() + (token == b"\\")
            if depth == 0:
                return at
        return self._end

    def _stream(self, number: int, generation: int, start: int) -> Extent | None:
        held = self._held(number, generation)
        try:
            length = int(held.stream_dict["/Length"])
        except (pikepdf.PdfError, *MALFORMED):
            return Extent(None)  # a stream without a length is one for nobody
        if start + length >= self._end:
            return None
        return Extent(start + length, (start, start + length)) if length >= 0 else Extent(None)

    def _held(self, number: int, generation: int) -> Any:
        return self._document.qpdf.get_object(number, generation)
