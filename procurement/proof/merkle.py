"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 sections 2.1.1 to 2.1.4), SHA-256.

A proof is a list of 32-byte hashes, lowest first. Whoever makes proofs hands over a *reader*:
``reader(level, index)`` gives the hash of the complete subtree of ``2**level`` leaves that begins
at leaf ``index * 2**level``. So proofs can be made from a list, from tiles or from a table, and
never need more than a few hundred hashes. Nothing here asks a reader for an incomplete subtree.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Self

from procurement.proof.canonical import JSON

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()  # the root of a tree without leaves

Reader = Callable[[int, int], bytes]


class BadProof(ValueError):  # noqa: N818 - reads as the verdict it is
    """A proof, an index or a stored frontier that cannot belong to the tree it names."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry into a leaf: SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Compute the root over leaf hashes, 32 bytes; of no leaves, SHA-256 of nothing."""
    frontier = Frontier()
    for leaf in leaf_hashes:
        frontier.append(leaf)
    return frontier.root()


class Frontier:
    """The right edge of a growing tree: one hash per set bit of ``size``, largest subtree first.

    A sequencer that keeps only this appends a leaf and gives the root in O(log n).
    """

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if size < 0 or size.bit_count() != len(hashes):
            raise BadProof(f"A frontier of {size} leaves does not have {len(hashes)} hashes")
        _require_hashes(hashes)
        self.size = size
        self._hashes = list(hashes)

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf at the right."""
        _require_hashes((leaf_hash,))
        carried, bits = leaf_hash, self.size
        while bits & 1:
            carried = node_hash(self._hashes.pop(), carried)
            bits >>= 1
        self._hashes.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """Compute the root of the tree as it stands."""
        return _folded(self._hashes)

    def to_json(self) -> dict[str, JSON]:
        """Write the frontier as ``{size, hashes}``, hashes in hex, to be stored."""
        return {"size": self.size, "hashes": [found.hex() for found in self._hashes]}

    @classmethod
    def from_json(cls, value: JSON) -> Self:
        """Read what ``to_json`` wrote.

        :raises BadProof: for anything else.
        """
        match value:
            case {"size": int(size), "hashes": list(hashes), **rest} if not rest:
                texts = [found for found in hashes if isinstance(found, str)]
            case _:
                raise BadProof("A frontier is an object of size and hashes")
        if isinstance(size, bool) or len(texts) != len(hashes):
            raise BadProof("A frontier is an object of size and hashes")
        try:
            return cls(size, [bytes.fromhex(text) for text in texts])
        except ValueError as error:
            raise BadProof(str(error)) from None


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Prove that leaf ``index`` stands in the tree over all ``leaf_hashes``.

    :raises BadProof: when there is no such leaf.
    """
    return inclusion_proof_from(_reader_of(leaf_hashes), index, len(leaf_hashes))


def inclusion_proof_from(reader: Reader, index: int, size: int) -> list[bytes]:
    """Prove that leaf ``index`` stands in the tree of ``size`` leaves (RFC 9162 2.1.3.1).

    :raises BadProof: when there is no such leaf.
    """
    if not 0 <= index < size:
        raise BadProof(f"A tree of {size} leaves has no leaf {index}")
    start, end, proof = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range_root(reader, middle, end))
            end = middle
        else:
            proof.append(_range_root(reader, start, middle))
            start = middle
    return proof[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Compute the root that an inclusion proof leads to (RFC 9162 2.1.3.2).

    ``leaf`` is a leaf hash, not an entry.

    :raises BadProof: when the proof has the wrong length for this index and size.
    """
    if not 0 <= index < size:
        raise BadProof(f"A tree of {size} leaves has no leaf {index}")
    _require_hashes((leaf, *proof))
    position, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadProof("The proof is longer than the path to the root")
        if position & 1 or position == last:
            found = node_hash(sibling, found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise BadProof("The proof is shorter than the path to the root")
    return found


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Judge whether the leaf hash stands at ``index`` in the tree with this size and root."""
    try:
        return root_from_inclusion(leaf, index, size, proof) == root
    except BadProof:
        return False


def consistency_proof(leaf_hashes: Sequence[bytes], old: int, new: int) -> list[bytes]:
    """Prove that the tree of the first ``new`` leaves begins with the tree of the first ``old``.

    :raises BadProof: unless 0 ≤ old ≤ new ≤ number of leaves.
    """
    if new > len(leaf_hashes):
        raise BadProof(f"There are only {len(leaf_hashes)} leaves, not {new}")
    return consistency_proof_from(_reader_of(leaf_hashes), old, new)


def consistency_proof_from(reader: Reader, old: int, new: int) -> list[bytes]:
    """Prove that the tree of ``new`` leaves begins with that of ``old`` (RFC 9162 2.1.4.1).

    From the empty tree, and from a tree to itself, the proof is empty.

    :raises BadProof: unless 0 ≤ old ≤ new.
    """
    if not 0 <= old <= new:
        raise BadProof(f"A tree of {new} leaves does not grow from one of {old}")
    if old in (0, new):
        return []
    start, end, proof = 0, new, []
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_range_root(reader, middle, end))
            end = middle
        else:
            proof.append(_range_root(reader, start, middle))
            start = middle
    if start:  # else the last subtree is the whole old tree, whose root the verifier has
        proof.append(_range_root(reader, start, end))
    return proof[::-1]


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Judge whether the new tree begins with the old one (RFC 9162 2.1.4.2)."""
    if not 0 <= old_size <= new_size or any(len(found) != HASH_BYTES for found in proof):
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT and (new_size > 0 or new_root == EMPTY_ROOT)
    if old_size == new_size:
        return not proof and old_root == new_root

    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not path:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_found = new_found = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_found = node_hash(sibling, old_found)
            new_found = node_hash(sibling, new_found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_found = node_hash(new_found, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old_found == old_root and new_found == new_root


def _split(size: int) -> int:
    """Give the largest power of two below ``size`` (2 or more): where RFC 6962 cuts a tree."""
    return 1 << (size - 1).bit_length() - 1


def _range_root(reader: Reader, start: int, end: int) -> bytes:
    """Compute the root over leaves ``start`` to ``end``, which one of our cuts gave."""
    hashes = []
    while start < end:
        level = (end - start).bit_length() - 1
        hashes.append(reader(level, start >> level))
        start += 1 << level
    return _folded(hashes)


def _folded(hashes: Sequence[bytes]) -> bytes:
    """Join complete subtrees, largest first, into the root above them."""
    if not hashes:
        return EMPTY_ROOT
    found = hashes[-1]
    for left in hashes[-2::-1]:
        found = node_hash(left, found)
    return found


def _reader_of(leaf_hashes: Sequence[bytes]) -> Reader:
    def reader(level: int, index: int) -> bytes:
        return root(leaf_hashes[index << level : (index + 1) << level])

    return reader


def _require_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(found) != HASH_BYTES for found in hashes):
        raise BadProof(f"A hash has {HASH_BYTES} bytes")
