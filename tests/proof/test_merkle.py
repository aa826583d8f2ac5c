"""A leaf is in the tree, and the tree has only grown: both can be proved, neither can be faked."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.proof.merkle import (
    EMPTY_ROOT,
    BadProof,
    Frontier,
    consistency_proof,
    consistency_proof_from,
    inclusion_proof,
    inclusion_proof_from,
    leaf_hash,
    node_hash,
    root,
    root_from_inclusion,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "merkle.json").read_bytes())
LEAVES = [leaf_hash(bytes([number])) for number in range(33)]
SIZES = range(len(LEAVES) + 1)
ROOTS = [root(LEAVES[:size]) for size in SIZES]

# Roots that the Certificate Transparency reference implementation publishes for its eight inputs.
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def defined_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962 section 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(defined_root(leaves[:k]), defined_root(leaves[k:]))


def test_roots_are_those_of_the_reference_implementation() -> None:
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in VECTORS["entries"]]

    assert [root(leaves[:size]).hex() for size in range(1, 9)] == REFERENCE_ROOTS


def test_roots_are_those_of_the_definition() -> None:
    assert [defined_root(LEAVES[:size]) for size in SIZES] == ROOTS


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_is_proved_at_its_own_place_only(size: int) -> None:
    for index in range(size):
        proof = inclusion_proof(LEAVES[:size], index)
        places = [
            claimed
            for claimed in range(size)
            if verify_inclusion(LEAVES[index], claimed, size, proof, ROOTS[size])
        ]
        assert places == [index]
        assert root_from_inclusion(LEAVES[index], index, size, proof) == ROOTS[size]


@pytest.mark.parametrize("new", SIZES)
def test_every_growth_is_proved_between_its_own_roots_only(new: int) -> None:
    for old in range(new + 1):
        proof = consistency_proof(LEAVES, old, new)
        assert verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)
        if 0 < old < new:
            assert not verify_consistency(old, new, ROOTS[new], ROOTS[new], proof)
            assert not verify_consistency(old, new, ROOTS[old], ROOTS[old], proof)
            assert not verify_consistency(old - 1, new, ROOTS[old - 1], ROOTS[new], proof)
            assert not verify_consistency(old, new, ROOTS[old], ROOTS[new], [*proof, ROOTS[1]])
            assert not verify_consistency(old, new, ROOTS[old], ROOTS[new], proof[:-1])


def test_nothing_is_claimed_of_an_empty_tree_but_its_root() -> None:
    assert verify_consistency(0, 5, EMPTY_ROOT, ROOTS[5], [])
    assert not verify_consistency(0, 5, ROOTS[1], ROOTS[5], [])
    assert not verify_consistency(0, 0, EMPTY_ROOT, ROOTS[5], [])
    assert not verify_consistency(5, 5, ROOTS[5], ROOTS[4], [])
    assert not verify_consistency(5, 4, ROOTS[5], ROOTS[4], [])
    assert not verify_inclusion(LEAVES[0], 0, 0, [], EMPTY_ROOT)


@given(st.integers(1, 300), st.data())
def test_a_changed_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(number.to_bytes(2)) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(leaves, index)
    flipped = data.draw(st.integers(0, len(proof) * 256 - 1)) if proof else None

    assert verify_inclusion(leaves[index], index, size, proof, root(leaves))
    assert not verify_inclusion(leaves[index], index, size, [*proof, leaves[0]], root(leaves))
    if flipped is not None:
        changed = bytearray(proof[flipped // 256])
        changed[flipped % 256 // 8] ^= 1 << flipped % 8
        proof[flipped // 256] = bytes(changed)
        assert not verify_inclusion(leaves[index], index, size, proof, root(leaves))


@given(st.integers(0, 300), st.integers(0, 300))
def test_growth_is_proved_at_every_size(one: int, other: int) -> None:
    old, new = sorted((one, other))
    leaves = [leaf_hash(number.to_bytes(2)) for number in range(new)]

    proof = consistency_proof(leaves, old, new)

    assert verify_consistency(old, new, root(leaves[:old]), root(leaves), proof)


def test_a_frontier_gives_every_root_and_survives_being_stored() -> None:
    frontier = Frontier()
    for size, leaf in enumerate(LEAVES):
        assert (frontier.size, frontier.root()) == (size, ROOTS[size])
        frontier = Frontier.from_json(frontier.to_json())
        frontier.append(leaf)

    assert frontier.root() == ROOTS[-1]


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param({"size": 3, "hashes": ["00" * 32]}, id="one hash too few"),
        pytest.param({"size": 1, "hashes": ["00" * 31]}, id="a short hash"),
        pytest.param({"size": 1, "hashes": ["zz"]}, id="not hex"),
        pytest.param({"size": True, "hashes": ["00" * 32]}, id="a size that is true"),
        pytest.param({"size": -1, "hashes": ["00" * 32]}, id="a negative size"),
        pytest.param({"size": 0, "hashes": [], "more": 1}, id="something more"),
        pytest.param([], id="a list"),
    ],
)
def test_a_stored_frontier_that_contradicts_itself_is_refused(stored: object) -> None:
    with pytest.raises(BadProof):
        Frontier.from_json(stored)  # type: ignore[arg-type]


def test_a_reader_is_asked_for_few_and_only_for_complete_subtrees() -> None:
    asked: list[tuple[int, int]] = []
    size = 10_000_019

    def reader(level: int, index: int) -> bytes:
        assert (index + 1) << level <= size
        asked.append((level, index))
        return leaf_hash(f"{level}/{index}".encode())

    inclusion_proof_from(reader, 7_654_321, size)
    consistency_proof_from(reader, 1_234_567, size)

    assert len(asked) < 100


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(BadProof):
        inclusion_proof(LEAVES[:size], index)


def test_a_tree_does_not_shrink() -> None:
    with pytest.raises(BadProof):
        consistency_proof(LEAVES, 6, 5)
    with pytest.raises(BadProof):
        consistency_proof(LEAVES, 5, len(LEAVES) + 1)


def test_sizes_differ_in_their_roots() -> None:
    assert all(one != other for one, other in pairwise(ROOTS))
