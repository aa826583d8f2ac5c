"""The tree over every tender's control head, by which nobody is shown a history of their own.

One leaf per published tender, sorted by tender id, over the canonical object
``{"control_head": hex, "tender": id}``. Its root is the first leaf of every tick.
"""

from collections.abc import Mapping

from procurement.proof.canonical import canonical
from procurement.proof.merkle import inclusion_proof, leaf_hash


def head_leaf(tender: str, control_head: str) -> bytes:
    """Hash one tender's leaf; ``control_head`` is its newest control event's leaf hash in hex."""
    return leaf_hash(canonical({"control_head": control_head, "tender": tender}))


def heads_leaves(heads: Mapping[str, str]) -> list[bytes]:
    """Hash all leaves of the tree, in their order; ``heads`` is tender id → control head."""
    return [head_leaf(tender, heads[tender]) for tender in sorted(heads)]


def head_path(heads: Mapping[str, str], tender: str) -> tuple[int, list[bytes]]:
    """Give a tender's position and the inclusion proof of its leaf.

    :raises KeyError: when the tender is not among them.
    """
    if tender not in heads:
        raise KeyError(tender)
    position = sorted(heads).index(tender)
    return position, inclusion_proof(heads_leaves(heads), position)
