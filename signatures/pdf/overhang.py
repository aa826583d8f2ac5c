"""Step 6: no object of the signed revision may end behind the bytes that were signed.

An object begins where the table of objects says and ends where its brackets close, or where its
/Length says. A signer may be given a file in which a page's content is longer than the file: what
it shows is then decided by whoever appends the rest, even inside a certificate in the security
store. So each object in use is followed to its end, without reading what it means. Most are seen to
be closed by ``alike``, thousands at a time; the others are followed here, one by one.
"""

import re
from collections.abc import Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pikepdf

from signatures.pdf.alike import Alike, alike
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.reading import Exhausted

if TYPE_CHECKING:
    from signatures.pdf.parsers import Document

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
    """Where an object begins and ends, and which of its bytes are a stream's data.

    One that is not ``whole`` is null or damaged for some readers, and may end elsewhere for others.
    """

    start: int
    end: int
    data: tuple[int, int] | None = None
    whole: bool = True


@dataclass(frozen=True)
class Layout:
    """The objects of a file, as they lie in it."""

    document: "Document"
    unpacked: dict[int, bytes | None] = field(default_factory=dict)  # streams of objects

    @cached_property
    def tables(self) -> list[Any]:
        """Return the tables of objects, the oldest first."""
        xrefs = self.document.reader.xrefs
        return [xrefs.get_xref_data(revision) for revision in range(xrefs.total_revisions)]

    @cached_property
    def is_plain(self) -> bool:
        """Say whether all readers take the same from the tables of objects."""
        return not self.document.hybrid and all(
            table.left_out == 0
            and not any(generation for generation, _ in table.standard_xrefs.values())
            for table in self.tables
        )

    @cached_property
    def in_use(self) -> list[dict[Ref, int]]:
        """Return, for each revision, where the objects stand that it wrote and no later one."""
        seen: set[int] = set()
        freed: dict[int, int] = {}
        found: list[dict[Ref, int]] = []
        for table in reversed(self.tables):
            found.append(
                {
                    (number, generation): place
                    for number, (generation, place) in table.standard_xrefs.items()
                    if number not in seen and freed.get(number, 0) <= generation
                }
            )
            seen |= table.standard_xrefs.keys() | table.xrefs_in_objstm.keys()
            freed = table.freed | freed
        return found[::-1]

    @cached_property
    def owners(self) -> dict[int, Ref]:
        """Return which object in use stands at a place."""
        return {place: ref for written in self.in_use for ref, place in written.items()}

    @property
    def _share_a_place(self) -> bool:
        return len(self.owners) < sum(map(len, self.in_use))

    @cached_property
    def places(self) -> list[int]:
        """Return where an object stands, in use or not, in order; the last is the end."""
        end = self.document.source.length
        found = {place for table in self.tables for _, place in table.standard_xrefs.values()}
        return [*sorted(place for place in found if place < end), end]

    @cached_property
    def alike(self) -> Alike:
        """Return which objects in use end before the next place, as far as it is easily seen."""
        if self._share_a_place:
            return Alike()
        return alike(self.document.source.data, self.places, self.owners)

    @cached_property
    def apart(self) -> Set[Ref] | None:
        """Name the objects in use that are not written as others are; None when it may be any."""
        if not self.is_plain or self._share_a_place:
            return None
        closed = self.alike.closed
        return {ref for at, ref in self.owners.items() if at not in closed}

    @cached_property
    def others(self) -> dict[Ref, Extent | None]:
        """Follow the objects that are not closed, up to the first that does not end: None.

        :raises Exhausted: when all of them together are many times as long as the file.
        """
        look = _Look(self.document)
        found: dict[Ref, Extent | None] = {}
        for written in reversed(self.in_use):
            for ref, place in written.items():
                if place not in self.alike.closed:
                    found[ref] = extent = look.extent(*ref, place)
                    if extent is None:
                        return found
        return found

    def overhanging(self, revision: int, end: int) -> int | None:
        """Return the number of an object that a revision or an earlier one leaves unfinished.

        ``end`` is where that revision ends. None is returned when there is no such object.

        :raises Exhausted: when all objects together are many times as long as the file.
        """
        for written in self.in_use[: revision + 1]:
            for ref, place in written.items():
                if place >= end and self.document.qpdf.get_object(ref) is not None:
                    return ref[0]
        for ref, extent in self.others.items():
            if extent is None or extent.start < end < extent.end:
                return ref[0]
        return None

    @cached_property
    def data(self) -> list[tuple[int, int]] | None:
        """Return where the data of streams stand, in order.

        None unless every object in use is known to end before the next place: then whatever a
        reader takes from the bytes of one, outside of these, belongs to no other.

        :raises Exhausted: when all objects together are many times as long as the file.
        """
        found = []
        following = dict(pairwise(self.places))
        if self._share_a_place:
            return None
        for extent in self.others.values():
            if extent is None or not extent.whole or extent.end > following.get(extent.start, 0):
                return None
            if extent.data is not None:
                found.append(extent.data)
        return sorted(found)


class _Look:
    """Follows objects to their ends, up to the end of the file."""

    def __init__(self, document: "Document") -> None:
        self._document, self._end = document, document.source.length
        self._data: Any = document.source.data
        self._left = PASSES * document.source.length

    def extent(self, number: int, generation: int, place: int) -> Extent | None:
        """Return where the object at a place ends, None if the file ends before it.

        :raises Exhausted: when all objects together are many times as long as the file.
        """
        head = _HEAD.match(self._data, place, self._end)
        if head is None:  # null for everybody, as a rule
            is_null = self._held(number, generation) is None
            return Extent(place, place, whole=False) if is_null else None
        found = _SIMPLE.match(self._data, head.end(), self._end)
        found = found or self._top_level_end(head.end())
        self._left -= (found.end() if found else self._end) - place
        if self._left < 0:
            raise Exhausted("bytes of objects", PASSES)
        if found is None:
            return None
        end = found.end()
        if found.group(1):
            return self._stream(number, generation, place, end)
        named = (int(head[1]), int(head[2])) == (number, generation)
        return Extent(place, end, whole=named and self._held(number, generation) is not None)

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

    def _stream(self, number: int, generation: int, place: int, start: int) -> Extent | None:
        held = self._held(number, generation)
        try:
            length = int(held.stream_dict["/Length"])
        except (pikepdf.PdfError, *MALFORMED):
            length = -1
        end = start + length
        if length < 0:
            return Extent(place, start, whole=False)  # a stream without a length is one for nobody
        if end >= self._end:
            return None
        return Extent(place, end + 1, (start, end))  # no stream ends without a word behind its data

    def _held(self, number: int, generation: int) -> Any:
        return self._document.qpdf.get_object(number, generation)
