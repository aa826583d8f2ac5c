"""Proofs out of the log: that a leaf is in it, that it only grew, what a tender's head was.

Hashes are lower-case hex, lowest first.
"""

from functools import lru_cache
from types import MappingProxyType
from typing import TypedDict
from uuid import UUID

from procurement.journal.sequencer import heads_at
from procurement.journal.tree import (
    TILE_LEVELS,
    TILE_WIDTH,
    NotInTheLog,
    reader,
    stored_entries,
    stored_hashes,
)
from procurement.models.journal import Checkpoint
from procurement.proof.heads import head_path
from procurement.proof.merkle import BadProof, consistency_proof_from, inclusion_proof_from
from procurement.refusals import NotFound


class HeadProof(TypedDict):
    """That a tender's control head was this one, as of a checkpoint."""

    index: int  # of the heads leaf in the log
    root: str  # what the heads leaf says
    proof: list[str]  # from the heads leaf to the checkpoint's root
    position: int  # of the tender among all
    count: int  # tenders in all
    path: list[str]  # from the tender's leaf to ``root``
    control_head: str


def latest_checkpoint() -> Checkpoint | None:
    """Give the newest checkpoint, or None before the first tick."""
    return Checkpoint.objects.order_by("-size").first()


def checkpoint_at_least(size: int) -> Checkpoint | None:
    """Give the oldest checkpoint of a tree with at least ``size`` leaves, or None yet."""
    return Checkpoint.objects.filter(size__gte=size).order_by("size").first()


def inclusion(leaf_index: int, size: int) -> list[str]:
    """Prove that a leaf stands in the tree of ``size`` leaves.

    :raises NotFound: when there is no such leaf or no such tree.
    """
    try:
        return _hex(inclusion_proof_from(reader, leaf_index, size))
    except (BadProof, NotInTheLog):
        raise NotFound from None


def consistency(old: int, new: int) -> list[str]:
    """Prove that the tree of ``new`` leaves begins with that of ``old``.

    :raises NotFound: when there is no such tree.
    """
    try:
        return _hex(consistency_proof_from(reader, old, new))
    except (BadProof, NotInTheLog):
        raise NotFound from None


def head_proof(tender: UUID, size: int) -> HeadProof:
    """Prove what a tender's control head was as of the checkpoint of ``size`` leaves.

    :raises NotFound: when no checkpoint has this size, or the tender was not in it.
    """
    checkpoint = Checkpoint.objects.filter(pk=size).first()
    if checkpoint is None:
        raise NotFound
    heads = _heads(checkpoint.size, checkpoint.root)
    if str(tender) not in heads:
        raise NotFound
    position, path = head_path(heads, str(tender))
    return HeadProof(
        index=checkpoint.since,
        root=checkpoint.heads_root.hex(),
        proof=inclusion(checkpoint.since, size),
        position=position,
        count=len(heads),
        path=_hex(path),
        control_head=heads[str(tender)],
    )


def tile(level: int, index: int, width: int = TILE_WIDTH) -> bytes:
    """Give a tile of hashes (C2SP tlog-tiles): ``width`` of them, 32 bytes each.

    :raises NotFound: when the log has not grown so far.
    """
    if not 0 < width <= TILE_WIDTH:
        raise NotFound
    try:
        return b"".join(stored_hashes(level * TILE_LEVELS, index * TILE_WIDTH, width))
    except NotInTheLog:
        raise NotFound from None


def entries(index: int, width: int = TILE_WIDTH) -> bytes:
    """Give an entry bundle (C2SP tlog-tiles): entries, each after its length in two bytes.

    :raises NotFound: when the log has not grown so far.
    """
    found = stored_entries(index * TILE_WIDTH, width) if 0 < width <= TILE_WIDTH else []
    if not found or len(found) != width:
        raise NotFound
    return b"".join(len(entry).to_bytes(2) + entry for entry in found)


@lru_cache(maxsize=8)
def _heads(size: int, root: bytes) -> MappingProxyType[str, str]:  # noqa: ARG001
    """Remember the heads of the newest checkpoints: many ask, and they never change.

    The root is there to tell one log from another: it fixes everything below it.
    """
    return MappingProxyType(heads_at(size))


def _hex(hashes: list[bytes]) -> list[str]:
    return [found.hex() for found in hashes]
