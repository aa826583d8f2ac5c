"""Which objects of the signed revision could refer to some numbers, seen from their bytes.

However a reference is written, its ``R`` is a word of its own: white space stands in front of it,
be it the end of a comment. Almost all are written ``12 0 R``, and the last digits before the `` 0
R`` tell which of them are meant. One search over the bytes finds these, and every ``R`` in front of
which something else stands, also in a text or a picture. What really stands there is read only in
the objects that they are in (``dangling``). So the search may find too much and never too little,
wherever it is allowed: where the tables of objects are plain, no object lies in another
(``Layout.data``), and streams of objects are packed in the usual way.
"""

import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Set
from typing import Any

import pikepdf

from signatures.pdf.overhang import Layout
from signatures.pdf.policy import MIB
from signatures.pdf.reading import Exhausted

DECODED = 256 * MIB  # bytes of the streams of objects of one file
SKIPPED = 4096  # bytes of stream data that are worth going round

Ref = tuple[int, int]
_WHITE = rb"[\x00\t\n\x0b\f\r ]"  # for any of our readers
_USUAL = b" 0 "  # what stands between a number and its R
_DIGITS = re.compile(rb"\d+\Z")
_LONGEST_NUMBER = 20  # bytes that are looked at in front of the R; the rest are zeros, or too many


def could_refer(layout: Layout, numbers: Set[int]) -> set[Ref] | None:
    """Name the objects that could refer to one of some numbers; None when it may be any.

    :raises Exhausted: for streams of objects that unpack to more than ``DECODED`` bytes.
    """
    if not _is_plain(layout) or layout.data is None:
        return None
    search = _Search(numbers)
    held = _in_streams(layout, search)
    return None if held is None else held | set(_in_file(layout, layout.data, search))


def _is_plain(layout: Layout) -> bool:
    """Say whether all readers take the same from the tables of the signed revision."""
    xrefs = layout.document.reader.xrefs
    tables = [xrefs.get_xref_data(revision) for revision in range(layout.revision + 1)]
    return not layout.document.hybrid and all(
        table.left_out == 0
        and not any(generation for generation, _ in table.standard_xrefs.values())
        for table in tables
    )


class _Search:
    """Looks for what could be a reference to one of some numbers."""

    def __init__(self, numbers: Set[int]) -> None:
        self._numbers = numbers
        ends: dict[bytes, bytes] = {}
        for number in numbers:
            digits = b"%d" % number
            before = digits[-2:-1] or b"^1-9"  # nothing but zeros in front of a single digit
            ends[digits[-1:]] = ends.get(digits[-1:], b"") + b"|[" + before + b"]" + digits[-1:]
        usual = b"".join(ends[digit] for digit in sorted(ends))
        self._pattern = re.compile(
            rb"R(?<=" + _WHITE + rb"R)(?:(?<! 0 R)|(?<=(?:.[^0-9]" + usual + rb") 0 R))", re.DOTALL
        )

    def places(self, data: Any, start: int, end: int) -> Iterator[int]:
        """Yield where the R of such a reference stands."""
        for found in self._pattern.finditer(data, start, end):
            at = found.start()
            before = data[max(start, at - _LONGEST_NUMBER) : at]
            number = _DIGITS.search(before[: -len(_USUAL)]) if before.endswith(_USUAL) else None
            if number is None or int(number.group()) in self._numbers:
                yield at


def _in_file(layout: Layout, data: list[tuple[int, int]], search: _Search) -> Iterator[Ref]:
    held, places = layout.document.source.data, layout.places
    skipped = [span for span in data if span[1] - span[0] > SKIPPED]
    edges = [places[0], *(edge for span in skipped for edge in span), layout.end]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        for at in search.places(held, start, end):
            if (owner := layout.owners.get(places[bisect_right(places, at) - 1])) is not None:
                yield owner


def _in_streams(layout: Layout, search: _Search) -> set[Ref] | None:
    """Name all members of the streams of objects in which there is one."""
    xrefs = layout.document.reader.xrefs
    tables = [xrefs.get_xref_data(revision) for revision in range(layout.revision + 1)]
    later = {
        number for after in layout.document.touched[layout.revision + 1 :] for number, _ in after
    }
    named: set[int] = set()
    left = DECODED
    for stream in sorted({stream for table in tables for stream in table.obj_streams_used}):
        data = None if stream in later else _unpacked(layout.document.qpdf, stream, left)
        if data is None:
            return None
        left -= len(data)
        if left < 0:
            raise Exhausted("decoded bytes", DECODED)
        if any(search.places(b"\n\n" + data, 0, len(data) + 2)):  # as if others stood before it
            named.add(stream)
    return {
        (number, 0)
        for table in tables
        for number, place in (table.xrefs_in_objstm.items() if named else ())
        if place.obj_stream_id in named
    }


def _unpacked(pdf: pikepdf.Pdf, number: int, left: int) -> bytes | None:
    """Unpack a stream of objects; None for one that is packed in an unusual way or damaged."""
    held = pdf.get_object(number, 0)
    if not isinstance(held, pikepdf.Stream) or "/F" in held or "/DecodeParms" in held:
        return None
    try:
        raw = held.read_raw_bytes()
    except pikepdf.PdfError:
        return None
    if "/Filter" not in held:
        return raw
    if held["/Filter"] != pikepdf.Name.FlateDecode:
        return None
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(raw, left + 1)
    except zlib.error:
        return None
    ends_well = unpacking.eof and not unpacking.unused_data.strip()
    return data if ends_well or len(data) > left else None
