"""What the platform hands out as evidence is authentic, whole, for supervisors and written down."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from knox.models import AuthToken

from awards.actions.deciding import decide
from awards.actions.judging import decide_judgement, judge
from awards.actions.proposing import propose
from awards.queries import result
from bidding.models import Receipt
from oversight.bundles import evidence_of, write_evidence
from oversight.ceremonies import NoEvidenceYet, NotInTheLogYet, download
from oversight.verify.checking import verify_bundle
from oversight.verify.report import Report, Verdict
from procurement.anchors import current_anchors
from procurement.journal.sequencer import tick
from procurement.models import Event
from procurement.refusals import NotFound, NotPermitted
from tenders.actions.orders import make
from tenders.models import Tender
from tests.bidding.filing import filed_bid, withdrawn_bid
from tests.bidding.opened import close, file_all, minuted_tender, opened_tender, sign_minutes
from tests.world import World, order, published_tender

SECOND = timedelta(seconds=1)


def taken(world: World, tender: Tender, path: Path) -> Path:
    """Download a bundle as the supervisor does."""
    tick(world.now)
    with download(tender_id=tender.pk, by=world.by("overseer"), now=world.now) as file:
        path.write_bytes(file.read())
    return path


def verified(path: Path, *receipts: str) -> Report:
    return verify_bundle(path, current_anchors(), tuple(note.encode() for note in receipts))


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}


def test_a_tender_up_to_its_minutes_is_authentic(real_world: World, tmp_path: Path) -> None:
    tender = minuted_tender(real_world, "12.50", "11.00", "11.00")

    report = verified(
        taken(real_world, tender, tmp_path / "bundle.zip"),
        *Receipt.objects.values_list("note", flat=True),
    )

    assert report.findings == ()
    assert report.verdict is Verdict.AUTHENTIC


def test_an_award_with_a_replaced_and_a_withdrawn_bid_is_authentic(
    real_world: World, tmp_path: Path
) -> None:
    world = real_world
    tender = published_tender(world)
    one, two, three = world.suppliers
    filed_bid(world, tender, one, "12.50")
    filed_bid(world, tender, two, "11.00")
    filed_bid(world, tender, one, "12.00")
    withdrawn_bid(world, three, filed_bid(world, tender, three, "1.00").bid)
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
    assert {"judgements", "rankings", "awards", "receipts-count"} <= {
        one.code for one in report.proved
    }
