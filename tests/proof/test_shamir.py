"""Any k shares give the secret back; k - 1 say nothing of it; npm and we read each other's."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.proof.shamir import BadShares, combine, split
from tests.proof import peers

VECTORS = Path(__file__).parents[1] / "vectors"
OURS = json.loads((VECTORS / "shamir.json").read_bytes())["splits"]
THEIRS = json.loads((VECTORS / "npm.json").read_bytes())["shamir"]
SECRET = bytes(range(32))


def code(shares: list[bytes], k: int) -> str:
    with pytest.raises(BadShares) as refused:
        combine(shares, k)
    return refused.value.code


@pytest.mark.parametrize("vector", OURS, ids=lambda found: f"{found['k']} of {found['n']}")
def test_given_coefficients_give_the_same_shares_every_time(vector: dict[str, Any]) -> None:
    secret, coefficients = (bytes.fromhex(vector[name]) for name in ("secret", "coefficients"))

    shares = split(secret, vector["k"], vector["n"], coefficients)

    assert [share.hex() for share in shares] == vector["shares"]
    assert [share[-1] for share in shares] == list(range(1, vector["n"] + 1))
    assert combine(shares, vector["k"]) == secret


@pytest.mark.parametrize("vector", THEIRS, ids=lambda found: f"{found['k']} of {found['n']}")
def test_committed_shares_of_npm_are_combined(vector: dict[str, Any]) -> None:
    shares = [bytes.fromhex(share) for share in vector["shares"]]

    for chosen in combinations(shares, vector["k"]):
        assert combine(chosen, vector["k"]).hex() == vector["secret"]


def test_npm_combines_ours_and_we_combine_its() -> None:
    ours = split(SECRET, 3, 5, bytes(range(100, 164)))

    *combined, theirs = peers.ask(
        *(["shamirCombine", [peers.text(s) for s in three]] for three in combinations(ours, 3)),
        ["shamirSplit", peers.text(SECRET), 3, 5],
    )

    assert {peers.raw(answer) for answer in combined} == {SECRET}
    for three in combinations([peers.raw(share) for share in theirs], 3):
        assert combine(three, 3) == SECRET


@given(st.binary(min_size=1, max_size=40), st.data())
def test_any_k_shares_in_any_order_give_the_secret(secret: bytes, data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 8))
    k = data.draw(st.integers(2, n))
    size = (k - 1) * len(secret)
    shares = split(secret, k, n, data.draw(st.binary(min_size=size, max_size=size)))

    assert combine(data.draw(st.permutations(shares))[:k], k) == secret
    assert combine(data.draw(st.permutations(shares)), k) == secret


def test_one_share_of_two_fits_every_secret_equally_often() -> None:
    seen = {
        secret: {split(bytes([secret]), 2, 2, bytes([c]))[0] for c in range(256)}
        for secret in (0, 1, 255)
    }

    assert seen[0] == seen[1] == seen[255] == {bytes([y, 1]) for y in range(256)}


def test_a_garbage_share_gives_another_secret_and_a_further_share_betrays_it() -> None:
    shares = split(SECRET, 2, 4, bytes(range(32)))
    garbage = [bytes([shares[0][0] ^ 1]) + shares[0][1:], *shares[1:]]

    assert combine(garbage[:2], 2) != SECRET
    assert code(garbage[:3], 2) == "shares-disagree"


@pytest.mark.parametrize(
    ("shares", "k", "expected"),
    [
        pytest.param([b"a\1"], 2, "too-few-shares", id="one share"),
        pytest.param([], 2, "too-few-shares", id="no share"),
        pytest.param([b"a\1", b"b\2"], 1, "bad-threshold", id="a threshold of one"),
        pytest.param([b"a\1", b"b\2"], 256, "bad-threshold", id="a threshold of 256"),
        pytest.param([b"a\1", b"bb\2"], 2, "bad-length", id="unequal lengths"),
        pytest.param([b"\1", b"\2"], 2, "bad-length", id="nothing but x"),
        pytest.param([b"", b""], 2, "bad-length", id="empty shares"),
        pytest.param([b"a\0", b"b\2"], 2, "bad-point", id="x is zero"),
        pytest.param([b"a\2", b"b\2"], 2, "bad-point", id="the same x twice"),
        pytest.param([b"a\1", b"b\2", b"c\2"], 2, "bad-point", id="the same x twice, further on"),
    ],
)
def test_shares_that_cannot_be_combined_are_refused(
    shares: list[bytes], k: int, expected: str
) -> None:
    assert code(shares, k) == expected


@pytest.mark.parametrize(
    ("secret", "k", "n", "coefficients"),
    [
        pytest.param(b"s", 1, 3, b"", id="a threshold of one"),
        pytest.param(b"s", 4, 3, bytes(3), id="more than there are"),
        pytest.param(b"s", 2, 256, bytes(1), id="too many shares"),
        pytest.param(b"", 2, 3, b"", id="no secret"),
        pytest.param(b"s", 3, 5, bytes(1), id="too few coefficients"),
        pytest.param(b"s", 2, 3, bytes(2), id="too many coefficients"),
    ],
)
def test_what_cannot_be_split_is_refused(
    secret: bytes, k: int, n: int, coefficients: bytes
) -> None:
    with pytest.raises(BadShares):
        split(secret, k, n, coefficients)
