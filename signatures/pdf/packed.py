"""How much a packed picture or font unfolds to, by its own head and not by what a PDF says.

A picture says its size twice: in the PDF, and in its own data, which is what a decoder believes. A
font of a few kilobytes may unfold to gigabytes. Nothing is decoded here but deflated bytes, counted
and thrown away.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf

MOST = 128 * 1024 * 1024  # bytes that a font, a profile or a table unfolds to
_HEAD = 1024 * 1024  # bytes of a picture that are unfolded to find its head
_PIECE = 64 * 1024
_FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..[\x08\x0c](....)", re.DOTALL)
_SCAN = b"\xff\xda"
_USUAL_SCANS = 10  # of a progressive picture
_SIZE = re.compile(rb"\xff\x51(.{38})", re.DOTALL)  # of JPEG 2000 (ISO/IEC 15444-1, A.5.1)
_REGIONS = {4, 6, 7, 20, 22, 23, 36, 38, 39, 40, 42, 43}  # segments of JBIG2 that paint (7.3)
_FLATE = ("/FlateDecode", "/Fl")


class Bottomless(Exception):  # noqa: N818 - reads as what was found
    """A stream unfolds to more than anybody needs."""


def unfolded(stream: Any) -> int:
    """Return how many bytes a stream is, deflated or not; other filters do not unfold far.

    :raises Bottomless: for more than ``MOST``.
    """
    raw = bytes(stream.read_raw_bytes())
    if not any(name in _FLATE for name in _filters(stream)):
        return len(raw)
    length = 0
    for piece in _inflated(raw):
        length += len(piece)
        if length > MOST:
            raise Bottomless
    return length


def dots_of(image: Any) -> int:
    """Return how many dots the head of a packed picture states, 0 where it has none."""
    *packing, last = _filters(image) or [""]
    if last not in ("/DCTDecode", "/DCT", "/JPXDecode", "/JBIG2Decode"):
        return 0
    data = bytes(image.read_raw_bytes())
    if packing:
        data = b"".join(_first(_inflated(data)))
    if last == "/JPXDecode":
        return max(map(_of_jpeg_2000, _SIZE.findall(data)), default=0)
    if last == "/JBIG2Decode":
        return sum(_of_jbig2(data))
    sides = (struct.unpack(">HH", found) for found in _FRAME.findall(data))
    return max((a * b for a, b in sides), default=0) * max(1, data.count(_SCAN) // _USUAL_SCANS)


def _filters(stream: Any) -> list[str]:
    stated = stream.get("/Filter")
    if isinstance(stated, pikepdf.Array):
        return [str(one) for one in stated]
    return [] if stated is None else [str(stated)]


def _inflated(raw: bytes) -> Iterator[bytes]:
    """Yield deflated bytes piece by piece, up to where they are damaged."""
    unpacking = zlib.decompressobj()
    try:
        while raw and not unpacking.eof:
            yield unpacking.decompress(raw, _PIECE)
            raw = unpacking.unconsumed_tail
    except zlib.error:
        return


def _first(pieces: Iterator[bytes]) -> Iterator[bytes]:
    left = _HEAD
    for piece in pieces:
        yield piece
        left -= len(piece)
        if left <= 0:
            return


def _of_jpeg_2000(head: bytes) -> int:
    _, _, right, low, left, high, *_, parts = struct.unpack(">HH8IH", head)
    dots: int = max(0, (right - left) * (low - high))
    return dots * max(1, int(parts))


def _of_jbig2(data: bytes) -> Iterator[int]:
    """Yield the dots of every region (ISO/IEC 14492, 7.2 and 7.4.1)."""
    at = 0
    while at + 11 <= len(data):
        number, flags, referred = struct.unpack(">IBB", data[at : at + 6])
        count, at = referred >> 5, at + 6
        if count == 7:
            count = struct.unpack(">I", data[at - 1 : at + 3])[0] & 0x1FFFFFFF
            at += 3 + (count + 8) // 8
        at += count * (1 if number <= 256 else 2 if number <= 65536 else 4)
        at += 4 if flags & 0x40 else 1
        if at + 4 > len(data):
            return
        (length,) = struct.unpack(">I", data[at : at + 4])
        at += 4
        if flags & 0x3F in _REGIONS and at + 8 <= len(data):
            across, down = struct.unpack(">II", data[at : at + 8])
            yield across * down
        at += length
