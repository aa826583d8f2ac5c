"""Following an object to where it ends, without reading what it means.

It begins where the table of objects says and ends where its brackets close, or where its /Length
says. Most objects are seen to be closed by ``alike``, thousands at a time; the others are followed
here, one by one.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pikepdf

from signatures.pdf.malformed import MALFORMED
from signatures.pdf.reading import Exhausted

if TYPE_CHECKING:
    from signatures.pdf.parsers import Document

PASSES = 4  # times the length of the file that are looked at, all in all
VALUES = 4_000_000  # numbers, names, texts and so on that qpdf is made to hold of one file
_PIECE = 1024 * 1024
_BEGINS = b"/ \n\r\t\f\x00[(<"  # a value stands behind one of these, or begins with it

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


class Held:
    """Counts, before qpdf reads a text, how many values it could hold; each takes 100 bytes."""

    def __init__(self) -> None:
        self._left = VALUES

    def spend(self, data: Any, start: int, end: int) -> None:
        """Count the values of a text.

        :raises Exhausted: when there are too many in all that was counted.
        """
        for at in range(start, end, _PIECE):
            text = data[at : min(at + _PIECE, end)]
            self._left -= len(text) - len(text.translate(None, _BEGINS))
            if self._left < 0:
                raise Exhausted("values", VALUES)


class Ends:
    """Finds the ends of objects, up to the end of the file."""

    def __init__(self, document: "Document") -> None:
        self._document, self._end = document, document.source.length
        self._data: Any = document.source.data
        self._left = PASSES * document.source.length
        self._values = Held()

    def of(self, number: int, generation: int, place: int) -> Extent | None:
        """Return where the object at a place ends, None if the file ends before it.

        :raises Exhausted: when all objects together are many times as long as the file, or hold too
            many values.
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
        self._values.spend(self._data, place, end)
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

    def _stream(self, number: int, generation: int, place: int, start: int) -> Extent:
        held = self._held(number, generation)
        try:
            length = int(held.stream_dict["/Length"])
        except (pikepdf.PdfError, *MALFORMED):
            length = -1
        if length < 0:
            return Extent(place, start, whole=False)  # a stream without a length is one for nobody
        end = start + length
        return Extent(place, end + 1, (start, end))  # no stream ends without a word behind its data

    def _held(self, number: int, generation: int) -> Any:
        return self._document.qpdf.get_object(number, generation)
