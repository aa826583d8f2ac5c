"""Objects that are closed beyond doubt, found without reading them one by one.

A file may have half a million of them, and most are written in one way: ``12 0 obj``, a dictionary
or a list with its brackets in pairs, ``endobj``. What is left of such an object when all but its
brackets is deleted is one of a few shapes; so many are looked at in one step, and each shape once.
An object that is written in another way, with a comment or an escaped bracket, is not told to be
closed, and is looked at by itself (``overhang``).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST = 4096  # bytes of an object
LONGEST_SHAPE = 64  # brackets of an object
BATCH = 1000  # objects that are looked at in one step

_MARK = b"\x01"
_BRACKETS = b"()<>[]{}\\%" + _MARK
_MEANINGLESS = bytes(set(range(256)) - set(_BRACKETS))
_WHITE = b"\x00\t\n\f\r "
_LONGEST_HEAD, _LONGEST_TAIL = 24, 12  # bytes; an object with more of either is an odd one
_HEADS = re.compile(
    _MARK + rb"(?:(\d{1,10}) (\d{1,5}) obj"
    rb"[\x00\t\n\f\r ]*+(<|\[|(?<=[\x00\t\n\f\r ])(?=[-+.\d/tfn])))?"
)
_ODD = (re.compile(rb"<(?<!<<)(?:<<)*+(?!<)"), re.compile(rb">(?<!>>)(?:>>)*+(?!>)"))
_TEXT = re.compile(rb"\([^()\\]*\)")
_PAIRS = ((b"<<", b">>"), (b"[", b"]"))


def closed(data: Any, places: Sequence[int], heads: Mapping[int, tuple[int, int]]) -> set[int]:
    """Return the places at which one object begins and ends before the next place.

    ``places`` are in order; ``heads`` are number and generation of the objects that are asked
    about, by their places.
    """
    ends = [data[max(0, place - _LONGEST_TAIL) : place] for place in places[1:]]
    lasts = {end: _last(end) for end in set(ends)}
    asked = [
        (place, following, last)
        for place, following, end in zip(places, places[1:], ends, strict=False)
        if (last := lasts[end]) is not None and place in heads and following - place <= LONGEST
    ]
    found: set[int] = set()
    for start in range(0, len(asked), BATCH):
        found |= _closed(data, asked[start : start + BATCH], heads)
    return found


def _closed(
    data: Any, batch: list[tuple[int, int, bytes]], heads: Mapping[int, tuple[int, int]]
) -> set[int]:
    pieces = [data[place:end] for place, end, _ in batch]
    joined = _MARK.join(pieces)
    shapes = joined.translate(None, _MEANINGLESS).split(_MARK)
    begun = _HEADS.findall(_MARK + _MARK.join([piece[:_LONGEST_HEAD] for piece in pieces]))
    if not len(shapes) == len(begun) == len(batch):  # one of them holds our own mark
        bare = [one for one, piece in zip(batch, pieces, strict=True) if _MARK not in piece]
        return _closed(data, bare, heads) if bare != batch else set()
    outermost = {shape: _outermost(shape) for shape in set(shapes)}
    found = {
        place
        for (place, _, last), piece, shape, (number, generation, first) in zip(
            batch, pieces, shapes, begun, strict=True
        )
        if outermost[shape] == first + last and number and (first or b"stream" not in piece)
        if heads[place] == (int(number), int(generation))
    }
    if _in_pairs(joined):
        return found
    odd = {place for (place, *_), one in zip(batch, pieces, strict=True) if not _in_pairs(one)}
    return found - odd


def _in_pairs(text: bytes) -> bool:
    """Say whether there are only ``<<`` and ``>>``, and neither ``<`` nor ``>`` alone."""
    return not any(odd.search(text) for odd in _ODD)


def _last(tail: bytes) -> bytes | None:
    """Return the bracket in front of the ``endobj`` that a text ends with, nothing for a word."""
    text = tail.rstrip(_WHITE)
    before = text[:-6]
    word = before.rstrip(_WHITE)
    if not text.endswith(b"endobj") or not word:
        return None
    if word[-1] in b">]":
        return word[-1:]
    return None if word[-1] in _BRACKETS or word == before else b""


def _outermost(shape: bytes) -> bytes | None:
    """Return the first and the last bracket of a shape that is one object, all closed."""
    if not shape:
        return b""
    if len(shape) > LONGEST_SHAPE:
        return None
    while (less := _TEXT.sub(b"", shape)) != shape:
        shape = less
    for opening, closing in _PAIRS:
        if shape.startswith(opening) and shape.endswith(closing) and shape != opening:
            inner = shape[len(opening) : -len(closing)]
            return opening[:1] + closing[:1] if _all_closed(inner) else None
    return None


def _all_closed(shape: bytes) -> bool:
    before = None
    while shape != before:
        before = shape
        for opening, closing in _PAIRS:
            shape = shape.replace(opening + closing, b"")
    return not shape
