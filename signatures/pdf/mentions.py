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
from bisect import bisect_right
from collections.abc import Iterator, Set
from typing import Any

from signatures.pdf.layout import Layout
from signatures.pdf.object_streams import members_of, unpacked

SKIPPED = 4096  # bytes of stream data that are worth going round

Ref = tuple[int, int]
_WHITE = rb"[\x00\t\n\x0b\f\r ]"  # for any of our readers
_USUAL = b" 0 "  # what stands between a number and its R
_DIGITS = re.compile(rb"\d+\Z")
_LONGEST_NUMBER = 20  # bytes that are looked at in front of the R; the rest are zeros, or too many


def could_refer(layout: Layout, revision: int, numbers: Set[int]) -> set[Ref] | None:
    """Name the objects of a revision or before that could refer to some numbers; None for any.

    :raises Exhausted: for streams of objects that unpack to too many bytes.
    """
    if not layout.is_plain or layout.data is None:
        return None
    search = _Search(numbers)
    held = _in_streams(layout, revision, search)
    return None if held is None else held | set(_in_file(layout, layout.data, search))


class _Search:
    """Looks for what could be a reference to one of some numbers."""

    def __init__(self, numbers: Set[int]) -> None:
        self._numbers = numbers
        lasts: dict[bytes, bytes] = {}  # of numbers with the same two digits before
        for number in sorted(numbers):
            *before, last = (b"%c" % digit for digit in b"%d" % number)
            third, second = [b".", b"^1-9", *before][-2:]  # zeros may stand in front of it
            key = b"".join(b"." if one == b"." else b"[%s]" % one for one in (third, second))
            lasts[key] = lasts.get(key, b"") + last
        usual = b"".join(b"|%s[%s]" % each for each in lasts.items())
        self._pattern = re.compile(
            rb"R(?<=" + _WHITE + rb"R)(?:(?<! 0 R)|(?<=(?:..[^0-9]" + usual + rb") 0 R))", re.DOTALL
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
    edges = [places[0], *(edge for span in skipped for edge in span), places[-1]]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        for at in search.places(held, start, end):
            if (owner := layout.owners.get(places[bisect_right(places, at) - 1])) is not None:
                yield owner


def _in_streams(layout: Layout, revision: int, search: _Search) -> set[Ref] | None:
    """Name all members of the streams of objects in which there is one."""
    named: set[int] = set()
    for stream, data in unpacked(layout, revision):
        if data is None:
            return None
        if any(search.places(b"\n\n" + data, 0, len(data) + 2)):  # as if others stood before it
            named.add(stream)
    return members_of(layout, named, revision)
