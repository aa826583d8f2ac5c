"""What two sequences have in common, found in a bounded number of steps whatever they are.

Runs that stand once in each are found first (Bram Cohen's patience diff), then what lies between
them is compared in the same way. What is left when the steps are used up counts as other.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

RUNS = (8, 3, 1)  # elements of a run that is looked for as an anchor, the surest first
MOST_STEPS = 4_000_000
SMALL = 2_500  # pairs of elements that are compared each with each


class Block(NamedTuple):
    """``length`` elements that are the same from ``before`` and ``after`` on."""

    before: int
    after: int
    length: int


class Stretch(NamedTuple):
    """Some elements of the one and some of the other, each from a place to before another."""

    a: int
    a_end: int
    b: int
    b_end: int


def blocks(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Block]:
    """Give what is the same in both, in order, none overlapping another."""
    found: list[Block] = []
    todo, left = [Stretch(0, len(before), 0, len(after))], MOST_STEPS
    while todo:
        region = todo.pop()
        left -= region.a_end - region.a + region.b_end - region.b + 1
        region, same = _trimmed(before, after, region)
        found += same
        if region.a == region.a_end or region.b == region.b_end or left <= 0:
            continue
        size = (region.a_end - region.a) * (region.b_end - region.b)
        if size <= SMALL:
            left -= size
            found += _each_with_each(before, after, region)
        else:
            todo += _between(_anchors(before, after, region), region)
    return sorted(found)


def _trimmed(
    before: Sequence[Hashable], after: Sequence[Hashable], region: Stretch
) -> tuple[Stretch, list[Block]]:
    """Take off what is the same at both ends."""
    a, a_end, b, b_end = region
    while a < a_end and b < b_end and before[a] == after[b]:
        a, b = a + 1, b + 1
    while a < a_end and b < b_end and before[a_end - 1] == after[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
    ends = (
        Block(region.a, region.b, a - region.a),
        Block(a_end, b_end, region.a_end - a_end),
    )
    return Stretch(a, a_end, b, b_end), [one for one in ends if one.length]


def _each_with_each(
    before: Sequence[Hashable], after: Sequence[Hashable], region: Stretch
) -> Iterator[Block]:
    a, b = before[region.a : region.a_end], after[region.b : region.b_end]
    for i, j, length in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
        if length:
            yield Block(region.a + i, region.b + j, length)


def _between(anchors: Sequence[tuple[int, int]], region: Stretch) -> Iterator[Stretch]:
    """Cut a region where anchors begin; nothing where there is none, for it is all other."""
    if anchors:
        cuts = [(region.a, region.b), *anchors, (region.a_end, region.b_end)]
        for (a, b), (a_end, b_end) in pairwise(cuts):
            yield Stretch(a, a_end, b, b_end)


def _anchors(
    before: Sequence[Hashable], after: Sequence[Hashable], region: Stretch
) -> list[tuple[int, int]]:
    """Find where runs begin that stand once in each, and in the same order in both."""
    for length in RUNS:
        was = _once(before, region.a, region.a_end, length)
        now = _once(after, region.b, region.b_end, length)
        pairs = sorted((was[run], now[run]) for run in was.keys() & now.keys())
        if pairs:
            return _starts(_rising(pairs))
    return []


def _once(of: Sequence[Hashable], start: int, end: int, length: int) -> dict[object, int]:
    found: dict[object, int] = {}
    twice: set[object] = set()
    for i in range(start, end - length + 1):
        run = tuple(of[i : i + length])
        if run in found:
            twice.add(run)
        found[run] = i
    return {run: i for run, i in found.items() if run not in twice}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the longest part of some pairs that rises in both (patience sorting)."""
    tops: list[int] = []  # the smallest second number that ends a part of this length
    ends: list[int] = []  # which pair that is
    before: list[int] = []  # the pair that each one follows
    for i, (_, second) in enumerate(pairs):
        at = bisect_left(tops, second)
        before.append(ends[at - 1] if at else -1)
        tops[at : at + 1], ends[at : at + 1] = [second], [i]
    found, i = [], ends[-1]
    while i >= 0:
        found.append(pairs[i])
        i = before[i]
    return found[::-1]


def _starts(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out what follows directly upon the pair before it: the same passage goes on."""
    return [
        pair for i, pair in enumerate(pairs) if not i or pairs[i - 1] != (pair[0] - 1, pair[1] - 1)
    ]
