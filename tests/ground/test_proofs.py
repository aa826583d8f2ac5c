"""What the log proves: that a leaf is in it, that it only grew, what each tender's head was."""

from uuid import uuid4

import pytest

from procurement.journal import proofs
from procurement.journal.record import Kind, control_head
from procurement.journal.sequencer import tick
from procurement.journal.tree import append
from procurement.journal.witnesses import Fork, cosigned
from procurement.keys import checkpoint_signer
from procurement.models import Checkpoint, Leaf
from procurement.proof.checkpoint import Checkpoint as Statement
from procurement.proof.heads import head_leaf
from procurement.proof.log_entry import heads_entry
from procurement.proof.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    root_from_inclusion,
    verify_inclusion,
)
from procurement.proof.notes import sign_note
from procurement.refusals import NotFound
from tests.ground.making import NOW, event


def unhexed(hashes: list[str]) -> list[bytes]:
    return [bytes.fromhex(found) for found in hashes]


@pytest.mark.django_db
def test_every_proof_is_the_one_that_the_whole_list_of_leaves_gives() -> None:
    entries = [bytes([1]) + number.to_bytes(32) for number in range(1100)]
    for start, end in ((0, 1), (1, 255), (255, 256), (256, 700), (700, 1100)):
        append(entries[start:end], size=start)
    leaves = [leaf_hash(entry) for entry in entries]

    for index, size in ((0, 1), (0, 1100), (1099, 1100), (255, 256), (256, 1024), (511, 777)):
        assert unhexed(proofs.inclusion(index, size)) == inclusion_proof(leaves[:size], index)
    for old, new in ((0, 5), (1, 1100), (256, 1100), (255, 257), (512, 1024), (1100, 1100)):
        assert unhexed(proofs.consistency(old, new)) == consistency_proof(leaves, old, new)


@pytest.mark.django_db
@pytest.mark.parametrize(("index", "size"), [(0, 0), (4, 4), (0, 5), (-1, 4), (0, 2**60)])
def test_there_is_no_proof_of_what_the_log_does_not_have(index: int, size: int) -> None:
    tick(NOW)

    with pytest.raises(NotFound):
        proofs.inclusion(index, size)


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), [(3, 2), (4, 9), (-1, 4)])
def test_there_is_no_proof_that_the_log_grew_as_it_did_not(old: int, new: int) -> None:
    tick(NOW)

    with pytest.raises(NotFound):
        proofs.consistency(old, new)


@pytest.mark.django_db
def test_the_head_of_a_tender_is_proved_as_of_each_checkpoint() -> None:
    tenders = sorted((uuid4() for _ in range(3)), key=str)
    known: dict[int, dict[str, str | None]] = {}
    for turn in range(4):
        for tender in tenders[: turn + 1]:
            event(tender, Kind.CONTROL)
            event(tender, Kind.CONTROL)
        heads = {str(tender): control_head(tender) for tender in tenders if control_head(tender)}
        signed = tick(NOW)
        assert signed is not None
        event(tenders[0], Kind.CONTROL)  # waits for the next tick
        known[signed.checkpoint.size] = heads

    for size, heads in known.items():
        checkpoint = Checkpoint.objects.get(pk=size)
        for position, tender in enumerate(sorted(heads)):
            proof = proofs.head_proof(next(t for t in tenders if str(t) == tender), size)
            assert proof["control_head"] == heads[tender]
            assert (proof["position"], proof["count"]) == (position, len(heads))
            leaf = head_leaf(tender, proof["control_head"])
            heads_root = root_from_inclusion(leaf, position, len(heads), unhexed(proof["path"]))
            assert proof["root"] == heads_root.hex()
            entry = heads_entry(heads_root)
            path = unhexed(proof["proof"])
            assert verify_inclusion(leaf_hash(entry), proof["index"], size, path, checkpoint.root)


@pytest.mark.django_db
def test_a_tender_that_a_checkpoint_does_not_know_has_no_proof_there() -> None:
    tick(NOW)
    tender = uuid4()
    event(tender, Kind.CONTROL)
    tick(NOW)

    assert proofs.head_proof(tender, 8)["count"] == 1
    for unknown, size in ((tender, 4), (uuid4(), 8), (tender, 7)):
        with pytest.raises(NotFound):
            proofs.head_proof(unknown, size)


@pytest.mark.django_db
def test_checkpoints_are_found_by_size() -> None:
    assert proofs.latest_checkpoint() is None
    assert proofs.checkpoint_at_least(0) is None
    for _ in range(3):
        tick(NOW)

    newest, found = proofs.latest_checkpoint(), proofs.checkpoint_at_least(5)

    assert newest is not None
    assert found is not None
    assert (newest.size, found.size) == (12, 8)
    assert proofs.checkpoint_at_least(13) is None


@pytest.mark.django_db
def test_tiles_and_bundles_of_entries_are_as_tlog_tiles_says() -> None:
    entries = [bytes([1]) + number.to_bytes(32) for number in range(520)]
    append(entries, size=0)
    leaves = [leaf_hash(entry) for entry in entries]

    assert proofs.tile(0, 1) == b"".join(leaves[256:512])
    assert proofs.tile(0, 2, 8) == b"".join(leaves[512:])
    assert proofs.tile(1, 0, 2) == root(leaves[:256]) + root(leaves[256:512])
    assert proofs.entries(2, 8) == b"".join(b"\x00\x21" + entry for entry in entries[512:])
    for level, index, width in (
        (0, 2, 9),
        (0, 3, 256),
        (1, 0, 3),
        (2, 0, 1),
        (0, 0, 0),
        (0, 0, 257),
    ):
        with pytest.raises(NotFound):
            proofs.tile(level, index, width)
    with pytest.raises(NotFound):
        proofs.entries(2, 9)


@pytest.mark.django_db
def test_a_witness_does_not_cosign_a_log_that_was_rewritten() -> None:
    tick(NOW)
    before = proofs.latest_checkpoint()
    assert before is not None
    leaves = [leaf.hash for leaf in Leaf.objects.order_by("index")]
    rewritten = [leaf_hash(b"another"), *leaves[1:], *leaves]
    statement = Statement("daylight.example/try-out", 8, root(rewritten))

    with pytest.raises(Fork):
        cosigned(
            sign_note(statement.text(), checkpoint_signer()),
            before=Statement(statement.origin, before.size, before.root),
            proof=consistency_proof(rewritten, 4, 8),
            at_unix=0,
        )
