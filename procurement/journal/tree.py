"""The log's tree as it lies in the database: leaves, and one hash per 256 of the level below.

A proof needs complete subtrees of any size. Those of 2^0, 2^8, 2^16 … leaves are stored; any
other is folded from at most 128 stored ones, so nothing ever reads the whole log.
"""

from collections.abc import Sequence

from procurement.models.journal import Leaf, Subtree
from procurement.proof.merkle import leaf_hash, root

TILE_LEVELS = 8
TILE_WIDTH = 1 << TILE_LEVELS  # C2SP tlog-tiles


class NotInTheLog(LookupError):  # noqa: N818 - reads as the verdict it is
    """Leaves or subtrees that the log does not have yet."""


def stored_hashes(level: int, first: int, count: int) -> list[bytes]:
    """Read ``count`` neighbouring hashes of a stored level, which is a multiple of 8.

    :raises NotInTheLog: when one of them is missing.
    """
    if level:
        rows = Subtree.objects.filter(level=level, index__gte=first, index__lt=first + count)
        hashes = list(rows.order_by("index").values_list("hash", flat=True))
    else:
        hashes = [leaf_hash(entry) for entry in stored_entries(first, count)]
    if len(hashes) != count:
        raise NotInTheLog(f"The log has no {count} hashes from {first} at level {level}")
    return hashes


def stored_entries(first: int, count: int) -> list[bytes]:
    """Read at most ``count`` neighbouring entries."""
    rows = Leaf.objects.filter(index__gte=first, index__lt=first + count)
    return list(rows.order_by("index").values_list("entry", flat=True))


def reader(level: int, index: int) -> bytes:
    """Give the hash of a complete subtree, as ``procurement.proof.merkle`` asks for it."""
    above = level % TILE_LEVELS
    return root(stored_hashes(level - above, index << above, 1 << above))


def append(entries: Sequence[bytes], *, size: int) -> None:
    """Write entries after the first ``size``, and the hashes of subtrees that they complete."""
    Leaf.objects.bulk_create(
        Leaf(index=size + offset, entry=entry) for offset, entry in enumerate(entries)
    )
    grown, level = size + len(entries), TILE_LEVELS
    while grown >> level:
        Subtree.objects.bulk_create(
            Subtree(
                level=level,
                index=index,
                hash=root(stored_hashes(level - TILE_LEVELS, index * TILE_WIDTH, TILE_WIDTH)),
            )
            for index in range(size >> level, grown >> level)
        )
        level += TILE_LEVELS
