"""Step 6: no object of the signed revision may end behind the bytes that were signed.

An object begins where the table of objects says and ends where its brackets close, or where its
/Length says. A signer may be given a file in which a page's content is longer than the file: what
it shows is then decided by whoever appends the rest, even inside a certificate in the security
store. So each object in use is followed to its end, without reading what it means.
"""

import re
from typing import Any

import pikepdf

from signatures.pdf.parsers import MALFORMED, Document
from signatures.pdf.reading import Exhausted

PASSES = 4  # times the length of the file that are looked at, all in all

_HEAD = re.compile(
    rb"(?:[\x00\t\n\f\r ]|%[^\r\n]*[\r\n])*\d{1,10}[\x00\t\n\f\r ]+\d{1,5}[\x00\t\n\f\r ]+obj"
)
_TEXT = rb"\((?:[^()\\]++|\\.)*+\)"
_FLAT = rb"[^()<>%\[\]]++|" + _TEXT + rb"|<[0-9A-Fa-f\x00\t\n\f\r ]*+>"
_SIMPLE = re.compile(  # a dictionary of simple values and lists of them, as most objects are
    rb"[\x00\t\n\f\r ]*+<<(?:" + _FLAT + rb"|\[(?:" + _FLAT + rb")*+\])*+>>"
    rb"[\x00\t\n\f\r ]*+endobj",
    re.DOTALL,
)
_WORDS = re.compile(rb"[^()<>\[\]%]+")
_BLANK = re.compile(rb"<[0-9A-Fa-f\x00\t\n\f\r ]*>|%[^\r\n]*")
_BRACKET = re.compile(rb"[()\\]")
_END = re.compile(rb"(?<![^\x00\t\n\f\r )>\]])(?:endobj|(stream)(?:\r\n|\n|\r|(?=[\x00\t\f ])))")
_OPENING, _CLOSING = (b"<<", b"["), (b">>", b"]")


def overhanging(document: Document, revision: int, end: int) -> int | None:
    """Return the number of an object in use that does not end before ``end``; None without one."""
    look = _Look(document, end)
    later = {ref for after in document.touched[revision + 1 :] for ref in after}
    seen: set[int] = set()
    for before in range(revision, -1, -1):
        written = document.reader.xrefs.get_xref_data(before)
        for number, (generation, place) in written.standard_xrefs.items():
            if number in seen or (number, generation) in later:
                continue
            if not look.ends(number, generation, place):
                return int(number)
        seen |= written.standard_xrefs.keys() | written.xrefs_in_objstm.keys()
    return None


class _Look:
    """Follows objects to their ends, up to the end of the signed bytes."""

    def __init__(self, document: Document, end: int) -> None:
        self._document, self._end = document, end
        self._data: Any = document.source.data
        self._left = PASSES * document.source.length

    def ends(self, number: int, generation: int, place: int) -> bool:
        """Say whether the object at a place ends before the signed bytes do.

        :raises Exhausted: when all objects together are many times as long as the file.
        """
        head = _HEAD.match(self._data, place, self._end)
        if head is None:
            return self._held(number, generation) is None  # null for everybody, as a rule
        if _SIMPLE.match(self._data, head.end(), self._end):
            return True
        found = self._top_level_end(head.end())
        self._left -= (found.end() if found else self._end) - place
        if self._left < 0:
            raise Exhausted("bytes of objects", PASSES)
        if found is None:
            return False
        return not found.group(1) or self._stream_ends(number, generation, found.end())

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

    def _stream_ends(self, number: int, generation: int, start: int) -> bool:
        held = self._held(number, generation)
        try:
            length = int(held.stream_dict["/Length"])
        except (pikepdf.PdfError, *MALFORMED):
            return True  # a stream without a length is one for nobody
        return start + length < self._end

    def _held(self, number: int, generation: int) -> Any:
        return self._document.qpdf.get_object(number, generation)
