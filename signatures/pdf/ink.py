"""What is drawn in a part of a page: nothing, a line to sign on, or something that one can read.

Parts are rows of pixels, four bytes each, as ``drawing`` cuts them out.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

_DEPTH = 4  # bytes of a pixel
_PAPER = 12  # of 255: a scanned sheet is not white all over
_FINE = 0.6  # pixels in a point, from which on a full stop is darker than paper
_RULE = 36  # points: a shorter line may be a minus
_THICK = 2.0  # points: a thicker line is a bar
_CLEAR, _FAINT = 96, 48  # of 255: a contrast that one sees at once, one that is lost
_TILE = 8  # pixels: about a letter
_TELLING = 6  # edges in a tile that may be a letter
_LOST = 2 / 3  # of them: nobody can read it any more

Rows = Sequence[bytes]


def is_blank(rows: Rows, scale: float) -> bool:
    """Say whether nothing is drawn but long thin lines; ``scale`` is how many pixels a point has.

    What is drawn too small to see such lines, or the grain of paper, has to be of one colour.
    """
    marks = _ink(rows, _PAPER if scale >= _FINE else 0)
    if not any(map(any, marks)):
        return True
    if scale < _FINE:
        return False
    ruled = set(_ruled(marks, round(_RULE * scale), max(2, round(_THICK * scale))))
    return all(
        (down, across) in ruled
        for down, row in enumerate(marks)
        for across, mark in enumerate(row)
        if mark
    )


def is_drowned(before: Rows, after: Rows) -> bool:
    """Say whether what could be read in a part cannot be any more, in the space of a letter."""
    there: Counter[tuple[int, int]] = Counter()
    gone: Counter[tuple[int, int]] = Counter()
    for down, across, was, now in _edges(before, after):
        if was >= _CLEAR:
            tile = down // _TILE, across // _TILE
            there[tile] += 1
            gone[tile] += now < _FAINT
    return any(count >= _TELLING and gone[tile] >= _LOST * count for tile, count in there.items())


def _ink(rows: Rows, slack: int) -> list[bytes]:
    """Mark the pixels that are not of the most common colour."""
    dots = [_dots(row) for row in rows]
    colours = Counter(dot for row in dots for dot in row)
    if not colours:
        return []
    paper = colours.most_common(1)[0][0]
    marked = {dot: _apart(dot, paper) > slack for dot in colours}
    return [bytes(marked[dot] for dot in row) for row in dots]


def _ruled(marks: list[bytes], least: int, thick: int) -> Iterator[tuple[int, int]]:
    """Yield the places that belong to long thin lines from left to right."""
    for down, row in enumerate(marks):
        start = 0
        while (start := row.find(1, start)) != -1:
            end = row.find(0, start)
            end = len(row) if end == -1 else end
            run = range(start, end)
            if len(run) >= least and all(_height(marks, down, x, thick) <= thick for x in run):
                yield from ((down, x) for x in run)
            start = end


def _height(marks: list[bytes], down: int, across: int, enough: int) -> int:
    """Count the marks in a column around a place, up to one more than enough."""
    height = 1
    for way in (-1, 1):
        at = down + way
        while 0 <= at < len(marks) and marks[at][across] and height <= enough:
            height, at = height + 1, at + way
    return height


def _edges(before: Rows, after: Rows) -> Iterator[tuple[int, int, int, int]]:
    """Yield places with the contrast to the pixel on the right and below, as it was and as is."""
    if len({dot for row in before for dot in _dots(row)}) <= 1:
        return
    for down, row in enumerate(before):
        for at in range(0, len(row), _DEPTH):
            was, now = row[at : at + _DEPTH], after[down][at : at + _DEPTH]
            right = slice(at + _DEPTH, at + 2 * _DEPTH)
            if right.stop <= len(row):
                now_right = after[down][right]
                yield down, at // _DEPTH, _apart(was, row[right]), _apart(now, now_right)
            if down + 1 < len(before):
                below, now_below = (rows[down + 1][at : at + _DEPTH] for rows in (before, after))
                yield down, at // _DEPTH, _apart(was, below), _apart(now, now_below)


def _dots(row: bytes) -> list[bytes]:
    return [row[at : at + _DEPTH] for at in range(0, len(row), _DEPTH)]


def _apart(one: bytes, other: bytes) -> int:
    """Return how far two colours are apart, in the channel where they are most."""
    return 0 if one == other else max(abs(a - b) for a, b in zip(one[:3], other[:3], strict=True))
