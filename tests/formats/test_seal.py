"""A sealed envelope opens with k openers and the timekeeper, and in no other way.

Everything beside the payload is rebuilt from the seed, so a bid either opens for everyone or for
nobody, and every step of an opening can be repeated by a stranger from what was disclosed.
"""

import dataclasses
import hashlib
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.sealed.derived import differences, masked, rebuild
from bidding.sealed.manifest import PART_BYTES, Manifest
from bidding.sealed.opening import DisclosedShare, ReleasedPad
from bidding.sealed.parts import part_count, part_digests, payload_root
from bidding.sealed.sealing import Sealed, seal
from bidding.sealed.unsealing import (
    NotOpened,
    check_pad,
    check_share,
    open_payload,
    recover_seed,
    take_pad,
    take_share,
)
from procurement.proof.age import decrypt_bytes, encrypt_bytes
from procurement.proof.age_keys import Identity, Recipient
from procurement.proof.shamir import combine
from tests.vectors.samples import IDENTITIES, SEED, context, derived, keyset, manifest


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sealed, Path, Path]:
    folder = tmp_path_factory.mktemp("sealed")
    container, payload = folder / "container.zip", folder / "payload.age"
    container.write_bytes(b"an offer" * 5_000)
    items = "ab" * 32
    return (
        seal(container, payload, ctx=context(), items_root=items, keyset=keyset()),
        container,
        payload,
    )


def shares_of(envelope: Sealed, *openers: int) -> list[DisclosedShare]:
    files, held = envelope.derived.files(), envelope.manifest
    return [
        take_share(files[f"share-{idx}.age"], idx, held, IDENTITIES[f"opener-{idx}"])
        for idx in openers
    ]


def pad_of(envelope: Sealed) -> ReleasedPad:
    return take_pad(envelope.derived.p, envelope.manifest, IDENTITIES["timekeeper"])


def cause(refused: pytest.ExceptionInfo[NotOpened]) -> str:
    return refused.value.cause


@pytest.mark.parametrize("openers", list(combinations(range(1, 5), 2)))
def test_any_two_of_four_openers_open_with_the_timekeeper(
    sealed: tuple[Sealed, Path, Path], openers: tuple[int, int], tmp_path: Path
) -> None:
    envelope, container, payload = sealed

    seed = recover_seed(
        shares_of(envelope, *openers), pad_of(envelope), envelope.manifest, keyset()
    )
    open_payload(payload, tmp_path / "opened", seed, envelope.manifest)

    assert (tmp_path / "opened").read_bytes() == container.read_bytes()


def test_one_opener_and_the_timekeeper_do_not_open(sealed: tuple[Sealed, Path, Path]) -> None:
    envelope, *_ = sealed

    with pytest.raises(NotOpened) as refused:
        recover_seed(shares_of(envelope, 1), pad_of(envelope), envelope.manifest, keyset())

    assert cause(refused) == "does-not-combine"


def test_all_openers_without_the_timekeeper_do_not_open(
    sealed: tuple[Sealed, Path, Path],
) -> None:
    envelope, *_ = sealed
    shares = shares_of(envelope, 1, 2, 3, 4)

    assert combine([share.share for share in shares], 2) != envelope.seed


def test_both_escrow_holders_find_the_timekeepers_pad() -> None:
    outer = decrypt_bytes(derived().e, IDENTITIES["escrow-a"])

    assert decrypt_bytes(outer, IDENTITIES["escrow-b"]) == decrypt_bytes(
        derived().p, IDENTITIES["timekeeper"]
    )


def test_a_stranger_repeats_every_step_from_the_file_keys(
    sealed: tuple[Sealed, Path, Path],
) -> None:
    envelope, *_ = sealed
    files = envelope.derived.files()

    check_pad(pad_of(envelope), files["p.age"], envelope.manifest)
    for idx, share in zip((1, 3), shares_of(envelope, 1, 3), strict=True):
        check_share(share, files[f"share-{idx}.age"], idx, envelope.manifest)


@pytest.mark.parametrize("field", ["share", "file_key"])
def test_a_share_that_was_not_sealed_is_disputed(
    sealed: tuple[Sealed, Path, Path], field: str
) -> None:
    envelope, *_ = sealed
    honest = shares_of(envelope, 2)[0]
    changed = bytes([getattr(honest, field)[0] ^ 1]) + getattr(honest, field)[1:]

    with pytest.raises(NotOpened) as refused:
        check_share(
            dataclasses.replace(honest, **{field: changed}),
            envelope.derived.shares[1],
            2,
            envelope.manifest,
        )

    assert cause(refused) == "disputed"


@pytest.mark.parametrize("field", ["pad", "file_key"])
def test_a_pad_that_was_not_sealed_is_disputed(
    sealed: tuple[Sealed, Path, Path], field: str
) -> None:
    envelope, *_ = sealed
    honest = pad_of(envelope)
    changed = bytes([getattr(honest, field)[0] ^ 1]) + getattr(honest, field)[1:]

    with pytest.raises(NotOpened) as refused:
        check_pad(
            dataclasses.replace(honest, **{field: changed}), envelope.derived.p, envelope.manifest
        )

    assert cause(refused) == "disputed"


def test_a_share_replayed_through_a_sham_tender_is_refused() -> None:
    """A thief who files the same share file under a tender of their own learns nothing."""
    sham = dataclasses.replace(manifest(), bidder=context("thief").bidder)

    with pytest.raises(NotOpened) as refused:
        take_share(derived().shares[0], 1, sham, IDENTITIES["opener-1"])

    assert cause(refused) == "wrong-context"


def test_another_file_in_the_place_of_a_share_is_refused() -> None:
    with pytest.raises(NotOpened) as refused:
        take_share(
            encrypt_bytes(b"garbage", IDENTITIES["opener-1"].recipient),
            1,
            manifest(),
            IDENTITIES["opener-1"],
        )

    assert cause(refused) == "wrong-file"


def test_garbage_sealed_as_a_share_is_the_bidders_fault_and_named() -> None:
    garbage = encrypt_bytes(b"garbage", IDENTITIES["opener-1"].recipient)
    held = manifest()
    shares = (hashlib.sha256(garbage).hexdigest(), *held.shares[1:])

    with pytest.raises(NotOpened) as refused:
        take_share(garbage, 1, dataclasses.replace(held, shares=shares), IDENTITIES["opener-1"])

    assert cause(refused) == "wrong-content"


def test_an_opener_cannot_read_another_openers_share() -> None:
    with pytest.raises(NotOpened) as refused:
        take_share(derived().shares[0], 1, manifest(), IDENTITIES["opener-2"])

    assert cause(refused) == "unwrap-failed"


@pytest.mark.parametrize("part", ["recipient", "shares", "p", "e"])
def test_a_bid_that_would_open_on_one_path_only_does_not_rebuild(part: str) -> None:
    held = manifest()
    other = manifest(seed=bytes(32))
    mixed = dataclasses.replace(held, **{part: getattr(other, part)})

    assert differences(SEED, held, keyset()) == []
    assert differences(SEED, mixed, keyset()) != []


def test_a_bid_that_does_not_rebuild_counts_as_not_opened() -> None:
    held = dataclasses.replace(manifest(), e="00" * 32)
    files = derived().files()
    shares = [
        take_share(files[f"share-{idx}.age"], idx, held, IDENTITIES[f"opener-{idx}"])
        for idx in (1, 2)
    ]

    with pytest.raises(NotOpened) as refused:
        recover_seed(
            shares, take_pad(files["p.age"], held, IDENTITIES["timekeeper"]), held, keyset()
        )

    assert cause(refused) == "does-not-rebuild"


def test_the_same_seed_under_another_keyset_is_refused() -> None:
    with pytest.raises(ValueError, match="another keyset"):
        rebuild(SEED, context(), keyset(k=3))


@given(seed=st.binary(min_size=32, max_size=32))
@settings(max_examples=15, deadline=None)
def test_the_small_files_are_a_function_of_the_seed(seed: bytes) -> None:
    one, other = rebuild(seed, context(), keyset()), rebuild(seed, context(), keyset())

    assert one == other
    assert masked(masked(seed, one.pad), one.pad) == seed
    assert differences(seed, manifest(seed=seed), keyset()) == []


def test_every_envelope_is_sealed_under_a_seed_of_its_own(
    sealed: tuple[Sealed, Path, Path], tmp_path: Path
) -> None:
    envelope, container, _ = sealed

    again = seal(
        container, tmp_path / "p.age", ctx=context(), items_root="ab" * 32, keyset=keyset()
    )

    assert again.seed != envelope.seed
    assert again.manifest.digest() != envelope.manifest.digest()


def test_a_sealed_payload_is_never_overwritten(
    sealed: tuple[Sealed, Path, Path],
) -> None:
    _, container, payload = sealed
    before = payload.read_bytes()

    with pytest.raises(FileExistsError):
        seal(container, payload, ctx=context(), items_root="ab" * 32, keyset=keyset())

    assert payload.read_bytes() == before


def test_swapped_ciphertext_is_an_integrity_failure_and_leaves_no_file(
    sealed: tuple[Sealed, Path, Path], tmp_path: Path
) -> None:
    envelope, _, payload = sealed
    raw = bytearray(payload.read_bytes())
    raw[-1] ^= 1
    swapped = tmp_path / "payload.age"
    swapped.write_bytes(raw)

    with pytest.raises(NotOpened) as refused:
        open_payload(swapped, tmp_path / "opened", envelope.seed, envelope.manifest)

    assert cause(refused) == "integrity"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["payload.age"]


def test_a_payload_that_was_filed_broken_leaves_no_half_container(
    sealed: tuple[Sealed, Path, Path], tmp_path: Path
) -> None:
    """Truncation shows only at the end of an age file; by then plaintext has been written."""
    envelope, _, payload = sealed
    short = tmp_path / "payload.age"
    short.write_bytes(payload.read_bytes()[:-20])
    with short.open("rb") as source:
        root = payload_root(part_digests(source))
    held = dataclasses.replace(
        envelope.manifest, payload=dataclasses.replace(envelope.manifest.payload, root=root)
    )

    with pytest.raises(NotOpened) as refused:
        open_payload(short, tmp_path / "opened", envelope.seed, held)

    assert cause(refused) == "unwrap-failed"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["payload.age"]


def test_the_manifest_names_nothing_secret(sealed: tuple[Sealed, Path, Path]) -> None:
    envelope, *_ = sealed
    text = envelope.manifest.canonical().decode()

    assert envelope.seed.hex() not in text
    assert Manifest.read(envelope.manifest.canonical()) == envelope.manifest
    assert envelope.manifest.recipient == Identity.from_bytes(envelope.seed).recipient.encode()
    assert Recipient.decode(envelope.manifest.recipient)


@pytest.mark.parametrize(
    ("length", "parts"),
    [(0, 0), (1, 1), (PART_BYTES - 1, 1), (PART_BYTES, 1), (PART_BYTES + 1, 2)],
)
def test_a_payload_is_cut_into_parts_of_8_mib(length: int, parts: int, tmp_path: Path) -> None:
    path = tmp_path / "payload"
    path.write_bytes(bytes(length))

    with path.open("rb") as source:
        assert len(list(part_digests(source))) == part_count(length) == parts
