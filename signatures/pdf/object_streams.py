"""Streams of objects (ISO 32000-2, 7.5.7), unpacked to be searched and not to be read."""

import re
import zlib
from collections.abc import Iterator

import pikepdf

from signatures.pdf.layout import Layout
from signatures.pdf.policy import MIB
from signatures.pdf.reading import Exhausted

DECODED = 256 * MIB  # bytes of the streams of objects of one file
KEPT = 32 * MIB  # bytes of them that are kept for the next signature

_HEADER = re.compile(rb"[ \n\r\t\f]*+(?:\d{1,10}[ \n\r\t\f]++\d{1,10}(?:[ \n\r\t\f]++|\Z))*+")


def unpacked(layout: Layout, upto: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield number and content of the streams of objects that revisions up to one make use of.

    The content is None for a stream that is packed in an unusual way, is damaged, or was written
    again by a later revision.

    :raises Exhausted: for streams that unpack to more than ``DECODED`` bytes.
    """
    later = {number for after in layout.document.touched[upto + 1 :] for number, _ in after}
    used = {number for table in layout.tables[: upto + 1] for number in table.obj_streams_used}
    left = DECODED
    for number in sorted(used):
        if number in later:
            yield number, None
            continue
        data = layout.unpacked.get(number) or _unpacked(layout.document.qpdf, number, left)
        left -= len(data or b"")
        if left < 0:
            raise Exhausted("decoded bytes", DECODED)
        if left >= DECODED - KEPT:
            layout.unpacked[number] = data
        yield number, data


def members_of(layout: Layout, streams: set[int], upto: int) -> set[tuple[int, int]]:
    """Name the objects that revisions up to one find in some streams."""
    return {
        (number, 0)
        for table in (layout.tables[: upto + 1] if streams else ())
        for number, place in table.xrefs_in_objstm.items()
        if place.obj_stream_id in streams
    }


def pieces_of(pdf: pikepdf.Pdf, number: int, data: bytes) -> list[bytes] | None:
    """Cut a stream into its objects; None for one whose list is not written as it must be."""
    held = pdf.get_object(number, 0)
    first = held.get("/First")
    if not isinstance(first, int) or not 0 <= first <= len(data):
        return None
    stated = data[:first].split()
    if not _HEADER.fullmatch(data[:first]) or held.get("/N") != len(stated) / 2:
        return None
    places = [first + int(offset) for offset in stated[1::2]]
    if places != sorted(places):
        return None
    return [data[start:end] for start, end in zip(places, [*places[1:], len(data)], strict=True)]


def _unpacked(pdf: pikepdf.Pdf, number: int, left: int) -> bytes | None:
    held = pdf.get_object(number, 0)
    if not isinstance(held, pikepdf.Stream) or "/F" in held or "/DecodeParms" in held:
        return None
    raw = held.read_raw_bytes()
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
