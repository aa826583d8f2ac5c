"""Who is on the debarment list files at its own risk, and people judge it (requirement C25)."""

from datetime import timedelta

import pytest

from bidding.models import Bid
from procurement.models import DebarmentCheck, Event
from procurement.objects import fetch
from procurement.proof.suppliers import DebarmentCheck as CheckObject
from procurement.rules.debarment import BidderDebarred
from tenders.models import Tender
from tests.bidding.filing import (
    filed_bid,
    prepared_bid,
    signed_form,
    submit,
    withdrawn_bid,
)
from tests.bidding.together import (
    consortium_of,
    looked_up,
    mandate,
    prepared_together,
    signed_by,
)
from tests.ground.debarring import SOURCE, lifted, listed
from tests.world import Company, World


@pytest.fixture
def lotus(open_world: World) -> Company:
    return open_world.suppliers[0]


def test_every_filing_looks_the_bidder_up_and_keeps_the_evidence(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    """Requirement C25: with query time and evidence stored."""
    listed(open_world, open_world.suppliers[1].organisation)

    filed = filed_bid(open_world, tender, lotus, "12.50")

    (check,) = looked_up(filed.bid)
    assert (check.organisation, check.found, check.list_version, check.purpose) == (
        lotus.organisation,
        False,
        1,
        "submission",
    )
    evidence = CheckObject.read(fetch(check.object).body)
    assert (evidence.bid, evidence.at) == (filed.bid.digest, check.at)
    event = Event.everything.get(pk=filed.receipt.event)
    assert event.to_json()["body"]["check"] == check.object  # type: ignore[index,call-overload]


def test_a_debarred_bidder_is_refused_with_the_entry_the_version_and_the_query_time(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    listed(open_world, lotus.organisation)
    bid = prepared_bid(open_world, tender, lotus, "12.50")

    with pytest.raises(BidderDebarred) as caught:
        submit(open_world, lotus, bid, signed_form(open_world, lotus, bid))

    said = caught.value.said("en")
    assert SOURCE in said
    assert "version 1" in said
    assert Bid.objects.get(pk=bid.pk).state == "prepared"


def test_the_evidence_of_a_refusal_is_kept_where_nobody_reads_it_before_the_opening(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    listed(open_world, lotus.organisation)
    bid = prepared_bid(open_world, tender, lotus, "12.50")

    with pytest.raises(BidderDebarred):
        submit(open_world, lotus, bid, signed_form(open_world, lotus, bid))

    (check,) = looked_up(bid)
    refused = Event.everything.get(tender=tender.pk, verb="attempt.refused")
    assert check.found
    assert (refused.kind, refused.concealed) == ("concealed", True)
    assert refused.to_json()["body"] == {
        "code": "bidder-debarred",
        "facts": {"bid": bid.digest, "check": check.object},
    }
    assert not Event.objects.of_tender(tender.pk, including_concealed=False).filter(
        verb="attempt.refused"
    )


def test_at_its_own_risk_a_debarred_bidder_files_and_that_is_remembered(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    listed(open_world, lotus.organisation)
    bid = prepared_bid(open_world, tender, lotus, "12.50")

    filed = submit(open_world, lotus, bid, signed_form(open_world, lotus, bid), at_own_risk=True)

    row = Bid.objects.get(pk=bid.pk)
    assert (filed.verdict, row.state, row.debarred, row.at_own_risk) == (
        "VALID",
        "filed",
        True,
        False,
    )


def test_whose_debarment_was_lifted_or_has_ended_files_like_anybody(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    lifted(open_world, listed(open_world, lotus.organisation))
    begins, ends = open_world.now + timedelta(hours=2), open_world.now + timedelta(hours=3)
    listed(open_world, lotus.organisation, starts_at=begins, ends_at=ends)

    filed = filed_bid(open_world, tender, lotus, "12.50")

    assert not filed.bid.debarred
    assert [check.list_version for check in looked_up(filed.bid)] == [3]


def test_who_was_debarred_since_may_take_its_bid_back(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    filed = filed_bid(open_world, tender, lotus, "12.50")
    listed(open_world, lotus.organisation)

    assert withdrawn_bid(open_world, lotus, filed.bid).state == "withdrawn"


def test_every_member_of_a_consortium_is_looked_up(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    _, crane, bamboo = open_world.suppliers
    consortium = consortium_of(open_world, tender, lotus, crane, bamboo)
    mandate(open_world, consortium, crane, bamboo)
    listed(open_world, bamboo.organisation)
    bid = prepared_together(open_world, tender, consortium, lotus)
    form = signed_by(open_world, bid, lotus)

    with pytest.raises(BidderDebarred, match=bamboo.organisation.name_en):
        submit(open_world, lotus, bid, form)

    found = {one.organisation: one.found for one in DebarmentCheck.objects.filter(bid=bid.digest)}
    assert found == {
        lotus.organisation: False,
        crane.organisation: False,
        bamboo.organisation: True,
    }
