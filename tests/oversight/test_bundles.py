"""What the platform hands out as evidence is authentic, whole, for supervisors and written down.

Requirement K95.
"""

import io
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from knox.models import AuthToken

from awards.actions.deciding import decide
from awards.actions.judging import decide_judgement, judge
from awards.actions.proposing import propose
from awards.queries import result
from bidding.models import Receipt
from bidding.queries_opening import minutes_of, opening_of
from client.bundle_signatures import checks
from oversight.bundles import evidence_of, write_evidence
from oversight.ceremonies import NoEvidenceYet, NotInTheLogYet, download
from oversight.verify.checking import verify_bundle
from oversight.verify.report import Report, Verdict
from procurement.actors import ANONYMOUS, Actor
from procurement.anchors import current_anchors
from procurement.journal.sequencer import tick
from procurement.models import Event, User
from procurement.proof.evidence import LogEvent
from procurement.refusals import NotPermitted
from procurement.roles import OrganisationKind
from signatures.models import SignatureReport
from tenders.actions.ending import cancel
from tenders.models import Tender
from tests.bidding.filing import filed_bid, prepared_bid, withdrawn_bid
from tests.bidding.opened import close, file_all, minuted_tender, opened_tender, sign_minutes
from tests.bidding.together import filed_together
from tests.ground.making import organisation, person
from tests.signing import Trust
from tests.world import World, order, published_tender


def taken(world: World, tender: Tender, path: Path) -> Path:
    """Download a bundle as the supervisor does."""
    tick(world.now)
    with download(tender_id=tender.pk, by=world.by("overseer"), now=world.now) as file:
        path.write_bytes(file.read())
    return path


def verified(path: Path, *receipts: str) -> Report:
    return verify_bundle(path, current_anchors(), tuple(note.encode() for note in receipts))


def test_a_tender_up_to_its_minutes_is_authentic(real_world: World, tmp_path: Path) -> None:
    tender = minuted_tender(real_world, "12.50", "11.00", "11.00")

    report = verified(
        taken(real_world, tender, tmp_path / "bundle.zip"),
        *Receipt.objects.values_list("note", flat=True),
    )

    assert report.findings == ()
    assert report.verdict is Verdict.AUTHENTIC


def test_an_award_to_a_consortium_with_a_replaced_and_a_withdrawn_bid_is_authentic(
    real_world: World, tmp_path: Path
) -> None:
    world = real_world
    tender = published_tender(world)
    one, two, three = world.suppliers
    filed_bid(world, tender, one, "12.50")
    filed_bid(world, tender, one, "12.00")
    withdrawn_bid(world, three, filed_bid(world, tender, three, "1.00").bid)
    filed_together(world, tender, two, three, price="11.00")
    tender = close(world, tender)
    opened_tender(world, tender)
    sign_minutes(world, tender)
    asked = {"tender_id": tender.pk, "reason": "As the documents say", "now": world.now}
    for bid in result(tender, "lot-1").to_judge:
        said = judge(**asked, bid=bid.bid.digest, counts=True, by=world.by("proposer"))
        decide_judgement(
            judgement_id=said.pk, decision="confirmed", reason="Seen", by=world.by("decider"),
            now=world.now,
        )  # fmt: skip
    best = result(tender, "lot-1").ranking.places[0].bid
    propose(**asked, lot="lot-1", bid=best, by=world.by("proposer"))
    decide(**asked, lot="lot-1", decision="confirmed", by=world.by("decider"))

    path = taken(world, tender, tmp_path / "bundle.zip")
    report = verified(path, *Receipt.objects.values_list("note", flat=True))

    assert report.findings == ()
    assert report.verdict is Verdict.AUTHENTIC
    assert {"members-once", "members-behind", "looked-up", "judgements", "rankings", "awards"} | {
        "winners", "receipts-count",
    } <= {one.code for one in report.proved}  # fmt: skip
    joint = tuple(sorted(str(member.organisation.pk) for member in (two, three)))
    (won,) = [one.members for one in minutes_of(opening_of(tender.pk)).announced if one.bid == best]
    assert result(tender, "lot-1").ranking.places[0].members == won == joint


def test_signatures_are_judged_again_by_who_asks_for_it(
    real_world: World, trust: Trust, tmp_path: Path
) -> None:
    tender = minuted_tender(real_world, "12.50", "11.00")
    path = taken(real_world, tender, tmp_path / "bundle.zip")
    extra = checks(trust.anchors)

    report = verify_bundle(path, current_anchors(), (), extra)

    assert (report.findings, report.verdict) == ((), Verdict.AUTHENTIC)
    assert "signatures" in {one.code for one in report.proved}
    assert "signatures" not in {one.code for one in report.not_proved}


def test_a_report_that_names_another_signer_is_found_out(
    real_world: World, trust: Trust, tmp_path: Path
) -> None:
    tender = minuted_tender(real_world, "12.50")
    tick(real_world.now)
    for row in SignatureReport.objects.exclude(verdict="UNSIGNED"):
        for signature in row.report["signatures"]:
            signature["signer"]["certificate_sha256"] = "0" * 64
        SignatureReport.objects.filter(pk=row.pk).update(report=row.report)
    path = taken(real_world, tender, tmp_path / "bundle.zip")

    report = verify_bundle(path, current_anchors(), (), checks(trust.anchors))

    assert {finding.code for finding in report.findings} == {"other-signer"}


def _ended_without_an_opening(world: World) -> Tender:
    tender = published_tender(world)
    file_all(world, tender, "12.50", "11.00")
    tender = close(world, tender)
    cancel(
        tender_id=tender.pk,
        order_note=order(world, tender, "cancel"),
        by=world.by("officer"),
        now=world.now,
    )
    return Tender.objects.get(pk=tender.pk)


def test_a_tender_that_ended_without_an_opening_keeps_its_bids_concealed(
    real_world: World, tmp_path: Path
) -> None:
    tender = _ended_without_an_opening(real_world)

    path = taken(real_world, tender, tmp_path / "bundle.zip")
    report = verified(path)

    assert report.findings == ()
    assert "concealed" in {one.code for one in report.not_proved}
    raw = path.read_bytes()
    for receipt in Receipt.objects.all():
        assert receipt.number.encode() not in raw
        assert receipt.bid.digest.encode() not in raw
    assert b"bid.filed" not in b"".join(_events(path))
    assert not [name for name in _names(path) if name.startswith(("forms/", "sealed/", "papers/"))]


def test_nothing_that_was_prepared_and_never_filed_is_in_it(
    real_world: World, tmp_path: Path
) -> None:
    tender = published_tender(real_world)
    file_all(real_world, tender, "12.50", "11.00")
    draft = prepared_bid(real_world, tender, real_world.suppliers[2], "9.00")
    tender = close(real_world, tender)
    opened_tender(real_world, tender)
    sign_minutes(real_world, tender)

    raw = taken(real_world, tender, tmp_path / "bundle.zip").read_bytes()

    assert draft.digest.encode() not in raw


def test_there_is_none_before_the_minutes_and_nothing_is_written_down(real_world: World) -> None:
    world = real_world
    tender = published_tender(world)
    tick(world.now)
    before = Event.everything.count()

    with pytest.raises(NoEvidenceYet):
        download(tender_id=tender.pk, by=world.by("overseer"), now=world.now)

    assert Event.everything.count() == before


def test_it_waits_until_the_newest_decision_is_in_the_log(real_world: World) -> None:
    world = real_world
    tender = _ended_without_an_opening(world)

    with pytest.raises(NotInTheLogYet) as refused:
        download(tender_id=tender.pk, by=world.by("overseer"), now=world.now)

    assert refused.value.retry_after


def test_only_supervisors_of_the_agency_have_it_and_every_download_is_written_down(
    real_world: World, tmp_path: Path
) -> None:
    world = real_world
    tender = _ended_without_an_opening(world)
    tick(world.now)

    elsewhere = person("Stella", supervisor=organisation(OrganisationKind.SUPERVISOR, "Audit East"))
    others = [world.by(who) for who in ("officer", "opener-1", "proposer")]
    for by in (ANONYMOUS, *others, Actor.of(elsewhere, world.now)):
        with pytest.raises(NotPermitted):
            download(tender_id=tender.pk, by=by, now=world.now)
    assert not Event.objects.filter(verb="bundle.downloaded").exists()
    taken(world, tender, tmp_path / "bundle.zip")

    (event,) = Event.objects.filter(verb="bundle.downloaded", tender=tender.pk)
    assert event.by == world.by("overseer").user_id


def test_over_the_interface_it_is_a_file(real_world: World, tmp_path: Path) -> None:
    world = real_world
    tender = _ended_without_an_opening(world)
    tick(world.now)
    user = User.objects.get(pk=world.by("overseer").user_id)
    _, token = AuthToken.objects.create(user, expiry=None)
    address = f"/api/v1/tenders/{tender.pk}/bundle"

    answer = Client(headers={"Authorization": f"Token {token}"}).get(address)
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"".join(answer.streaming_content))

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert verified(path).verdict is Verdict.AUTHENTIC
    assert Client().get(address).status_code == 401


def test_the_same_evidence_gives_the_same_bytes(real_world: World) -> None:
    tender = _ended_without_an_opening(real_world)
    tick(real_world.now)
    evidence = evidence_of(tender)
    one, other = io.BytesIO(), io.BytesIO()

    write_evidence(one, evidence, now=real_world.now)
    write_evidence(other, evidence, now=real_world.now)

    assert one.getvalue() == other.getvalue()


def _names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def _events(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("events/")]
        return [LogEvent.read(archive.read(name)).event for name in names]
