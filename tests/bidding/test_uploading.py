"""An envelope is uploaded part by part, may be resumed, and is complete when it reads back whole.

Uploaded is not submitted. What does not fit is refused by name, and of what was damaged on the way
nothing is kept.

Requirement D36.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from bidding.actions.uploads import begin_envelope
from bidding.ceremonies import uploading
from bidding.ceremonies.uploading import OtherPart, UploadNotComplete
from bidding.models import Envelope, Part, UploadState
from bidding.queries import missing_parts
from bidding.rules.deadline import NotOpenForBids, SubmissionClosed
from bidding.rules.fit import ManifestDoesNotFit
from bidding.sealed.manifest import PART_BYTES
from procurement.incoming import CutShort, Incoming, OtherDigest
from procurement.models import Event
from procurement.refusals import BadInput, Conflict, NotFound, NotPermitted
from procurement.vault import SEALED, Vault
from tenders.models import Tender
from tests.bidding.filing import SealedOffer, begun, seal_offer, store, uploaded
from tests.world import Company, World, draft_tender, published_tender

ELSEWHERE = "00000000-0000-4000-8000-000000000000"
SMALL = ["e.age", "p.age", "share-1.age", "share-2.age", "share-3.age", "share-4.age"]


@pytest.fixture
def lotus(open_world: World) -> Company:
    return open_world.suppliers[0]


@pytest.fixture
def sealed(open_world: World, tender: Tender, lotus: Company) -> SealedOffer:
    return seal_offer(open_world, tender, lotus, "12.50")


@pytest.fixture
def large(open_world: World, tender: Tender, lotus: Company) -> SealedOffer:
    """An offer whose payload has two parts."""
    document = b"%PDF-1.7\n" + bytes(PART_BYTES)
    return seal_offer(open_world, tender, lotus, "12.50", document=document)


def refusals(refused: ManifestDoesNotFit | UploadNotComplete) -> list[str]:
    return [fault.code for fault in refused.faults]


def files_in(world_vault: Path) -> list[Path]:
    return [path for path in world_vault.rglob("*") if path.is_file()]


# The manifest


def test_what_is_missing_is_named_small_files_first(
    open_world: World, tender: Tender, lotus: Company, large: SealedOffer
) -> None:
    envelope = begun(open_world, tender, lotus, large)

    assert missing_parts(envelope) == [*SMALL, "payload-00000", "payload-00001"]
    assert begun(open_world, tender, lotus, large) == envelope, "the same one goes on"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"tender": ELSEWHERE}, "other-tender", id="tender"),
        pytest.param({"keyset": "0" * 64}, "other-keyset", id="keys"),
        pytest.param({"bidder": ELSEWHERE}, "other-bidder", id="bidder"),
        pytest.param({"envelope": "price"}, "other-envelope", id="envelope"),
        pytest.param({"lot": "lot-9"}, "unknown-lot", id="lot"),
        pytest.param({"shares": ("0" * 64,) * 3}, "other-panel", id="panel"),
    ],
)  # fmt: skip
def test_a_manifest_that_belongs_elsewhere_is_refused_by_name(
    open_world: World,
    tender: Tender,
    lotus: Company,
    sealed: SealedOffer,
    changed: dict[str, object],
    code: str,
) -> None:
    other = replace(sealed, manifest=replace(sealed.manifest, **changed))

    with pytest.raises(ManifestDoesNotFit) as refused:
        begun(open_world, tender, lotus, other)

    assert refusals(refused.value) == [code]


def test_what_is_no_manifest_is_refused_with_a_pointer(
    open_world: World, tender: Tender, lotus: Company, sealed: SealedOffer
) -> None:
    with pytest.raises(BadInput) as refused:
        begin_envelope(
            tender_id=tender.pk,
            supplier_id=lotus.organisation.pk,
            manifest=sealed.manifest.to_json() | {"p": "none"},
            by=open_world.by(lotus.signer),
            now=open_world.now,
        )

    assert [fault.pointer for fault in refused.value.faults] == ["/manifest/p"]


def test_nobody_uploads_for_another_supplier(
    open_world: World, tender: Tender, lotus: Company, sealed: SealedOffer
) -> None:
    crane = replace(lotus, signer=open_world.suppliers[1].signer)

    with pytest.raises(NotPermitted):
        begun(open_world, tender, crane, sealed)


def test_a_draft_does_not_exist_for_suppliers(
    open_world: World, lotus: Company, sealed: SealedOffer
) -> None:
    with pytest.raises(NotFound):
        begun(open_world, draft_tender(open_world), lotus, sealed)


def test_after_the_deadline_no_upload_begins(
    open_world: World, tender: Tender, lotus: Company, sealed: SealedOffer
) -> None:
    open_world.now = tender.closes_at

    with pytest.raises(SubmissionClosed):
        begun(open_world, tender, lotus, sealed)


# Parts


def test_a_part_that_is_there_is_not_stored_again(
    open_world: World, tender: Tender, lotus: Company, sealed: SealedOffer
) -> None:
    envelope = begun(open_world, tender, lotus, sealed)
    part = sealed.parts()["p.age"]
    store(open_world, lotus, envelope, "p.age", part)
    first = Part.objects.get(name="p.age")

    store(open_world, lotus, envelope, "p.age", part)

    assert Part.objects.get(name="p.age").object_version == first.object_version
    assert "p.age" not in missing_parts(envelope)


def test_a_part_that_was_sent_wrongly_is_replaced_until_the_upload_is_complete(
    open_world: World, tender: Tender, lotus: Company, sealed: SealedOffer, each_vault: Vault
) -> None:
    envelope = begun(open_world, tender, lotus, sealed)
    wrong = bytes(len(sealed.payload))
    store(open_world, lotus, envelope, "payload-00000", wrong)
    place = Part.objects.get(name="payload-00000").object_name

    uploaded(open_world, tender, lotus, sealed)

    assert len(each_vault.versions(SEALED, place)) == 1, "the wrong one is gone"
    with pytest.raises(Conflict):
        store(open_world, lotus, envelope, "payload-00000", wrong)


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        pytest.param(lambda part: part[:-1], CutShort, id="the last byte is missing"),
        pytest.param(lambda part: part[:-1] + b"x", OtherDigest, id="the last byte is another"),
        pytest.param(lambda part: b"", CutShort, id="nothing came"),
    ],
)
def test_of_a_part_that_was_damaged_on_the_way_nothing_is_kept(
    open_world: World,
    tender: Tender,
    lotus: Company,
    sealed: SealedOffer,
    each_vault: Vault,
    sent: Callable[[bytes], bytes],
    refusal: type[Exception],
) -> None:
    envelope = begun(open_world, tender, lotus, sealed)
    part = sealed.parts()["payload-00000"]
    body = Incoming(BytesIO(sent(part)), len(part), hashlib.sha256(part).hexdigest())
    place = Part(envelope=envelope, name="payload-00000").object_name

    with pytest.raises(refusal):
        uploading.store_part(
            envelope_id=envelope.pk,
            name="payload-00000",
            body=body,
            by=open_world.by(lotus.signer),
            now=open_world.now,
        )

    assert not Part.objects.exists()
    assert each_vault.versions(SEALED, place) == frozenset()


def test_a_share_that_is_not_the_manifests_is_refused_before_it_is_read(
    open_world: World, tender: Tender, lotus: Company, sealed: SealedOffer
) -> None:
    envelope = begun(open_world, tender, lotus, sealed)

    with pytest.raises(OtherPart):
        store(open_world, lotus, envelope, "share-1.age", sealed.parts()["share-2.age"])
    with pytest.raises(OtherPart):
        store(open_world, lotus, envelope, "payload-00000", b"too short")
    with pytest.raises(NotFound):
        store(open_world, lotus, envelope, "payload-00001", b"there is one part only")
    assert not Part.objects.exists()


def test_another_suppliers_envelope_does_not_exist(
    open_world: World, tender: Tender, lotus: Company, sealed: SealedOffer
) -> None:
    envelope = begun(open_world, tender, lotus, sealed)

    with pytest.raises(NotFound):
        store(open_world, open_world.suppliers[1], envelope, "p.age", sealed.parts()["p.age"])


# Completion


def test_an_upload_goes_on_where_it_stopped_and_is_complete_when_all_is_there(
    open_world: World, tender: Tender, lotus: Company, large: SealedOffer, each_vault: Vault
) -> None:
    envelope = begun(open_world, tender, lotus, large)
    for name in SMALL:
        store(open_world, lotus, envelope, name, large.parts()[name])
    with pytest.raises(UploadNotComplete) as refused:
        complete(open_world, lotus, envelope)
    assert [fault.facts["name"] for fault in refused.value.faults] == [
        "payload-00000",
        "payload-00001",
    ]

    for name in missing_parts(begun(open_world, tender, lotus, large)):
        store(open_world, lotus, envelope, name, large.parts()[name])
    done = complete(open_world, lotus, envelope)

    assert (done.state, missing_parts(done)) == (UploadState.COMPLETE, [])
    assert complete(open_world, lotus, envelope) == done, "twice is once"
    assert [
        each_vault.status(SEALED, part.object_name, part.object_version).hold
        for part in done.parts.all()
    ] == [True] * 8, "everything is held"


def test_a_payload_that_is_not_the_manifests_is_not_complete(
    open_world: World, tender: Tender, lotus: Company, sealed: SealedOffer
) -> None:
    other = seal_offer(open_world, tender, lotus, "12.50")
    mixed = replace(sealed, payload=other.payload)

    with pytest.raises(UploadNotComplete) as refused:
        uploaded(open_world, tender, lotus, mixed)

    assert refusals(refused.value) == ["other-payload"]
    assert uploaded(open_world, tender, lotus, sealed).state == UploadState.COMPLETE


def test_a_part_that_changed_in_the_vault_is_found_and_sent_again(
    open_world: World, tender: Tender, lotus: Company, sealed: SealedOffer, tmp_path: Path
) -> None:
    envelope = begun(open_world, tender, lotus, sealed)
    for name, data in sealed.parts().items():
        store(open_world, lotus, envelope, name, data)
    part = Part.objects.get(name="p.age")
    (file,) = (tmp_path / "vault").rglob(f"{part.object_version}.bytes")
    file.chmod(0o600)
    file.write_bytes(b"another")

    with pytest.raises(UploadNotComplete) as refused:
        complete(open_world, lotus, envelope)

    assert refusals(refused.value) == ["unreadable"]
    assert missing_parts(envelope) == ["p.age"]
    assert uploaded(open_world, tender, lotus, sealed).state == UploadState.COMPLETE


def test_uploading_leaves_no_event_that_anybody_could_count(
    open_world: World, tender: Tender, lotus: Company, sealed: SealedOffer
) -> None:
    before = Event.everything.count()

    uploaded(open_world, tender, lotus, sealed)

    assert Event.everything.count() == before


def test_a_tender_that_was_closed_takes_no_part(open_world: World, lotus: Company) -> None:
    tender = published_tender(open_world, closes_in=timedelta(minutes=5))
    sealed = seal_offer(open_world, tender, lotus, "1.00")
    envelope = begun(open_world, tender, lotus, sealed)
    open_world.now += timedelta(minutes=5)

    with pytest.raises((SubmissionClosed, NotOpenForBids)):
        store(open_world, lotus, envelope, "p.age", sealed.parts()["p.age"])


def complete(world: World, supplier: Company, envelope: Envelope) -> Envelope:
    by = world.by(supplier.signer)
    return uploading.complete(envelope_id=envelope.pk, by=by, now=world.now)
