"""Whoever changes what is asked for asks every bidder again.

A bid is for one notice. When another version comes into force it is to be confirmed: signed again
over what was sealed. What nobody confirmed lapses at the close, sealed (requirement B15, D33, F47).
"""

import pytest

from bidding.actions.preparing import prepare
from bidding.models import Bid, BidState
from bidding.queries import object_of, own_bid, own_bids, told
from bidding.queries_opening import opened_of
from bidding.rules.confirmation import Overtaken, SealAgain
from bidding.verbs import Verb
from bidding.waiting import waiting_for
from procurement.models import Event, Kind, OutboxMessage
from tenders.models import Tender, TenderState
from tests.bidding import opened
from tests.bidding.confirming import confirmed
from tests.bidding.filing import (
    filed_bid,
    prepared_bid,
    seal_offer,
    signed_form,
    submit,
    uploaded,
    withdrawn_bid,
)
from tests.tenders.changing import amended, running_tender
from tests.world import Company, World

REASON = "The hall seats more people"
OTHER_QUESTION = [
    {
        "id": "delivery-days",
        "text": {"en": "Days until delivery, at most 30?", "zh": "交货天数（不超过 30）？"},
        "kind": "number",
        "required": True,
        "max_length": None,
        "choices": [],
    }
]


@pytest.fixture
def running(open_world: World) -> Tender:
    return running_tender(open_world)


@pytest.fixture
def lotus(open_world: World) -> Company:
    return open_world.suppliers[0]


def missing(world: World, supplier: Company, tender: Tender) -> dict[str, str]:
    return {
        one.bid.digest(): one.missing
        for one in own_bids(tender.pk, world.by(supplier.signer))
        if one.missing
    }


def state(bid: Bid) -> str:
    return str(Bid.objects.get(pk=bid.pk).state)


def waiting(world: World, supplier: Company) -> list[str]:
    return [one.what for one in waiting_for(world.by(supplier.signer), world.now)]


def test_a_filed_bid_is_to_be_confirmed_when_the_notice_changes(
    open_world: World, running: Tender, lotus: Company
) -> None:
    """Requirement B15, B16."""
    filed = filed_bid(open_world, running, lotus, "12.50")
    assert (missing(open_world, lotus, running), waiting(open_world, lotus)) == ({}, [])

    amended(open_world, running, description={"en": "By the hall's own crew", "zh": ""})

    assert missing(open_world, lotus, running) == {filed.bid.digest: "confirmation"}
    assert waiting(open_world, lotus) == ["confirm-bid"]
    assert state(filed.bid) == BidState.FILED, "until the deadline nothing is lost"


def test_a_bid_is_confirmed_over_what_was_sealed(
    open_world: World, running: Tender, lotus: Company
) -> None:
    """Requirement B15, D33: a new object, signature and receipt over the same manifests."""
    filed = filed_bid(open_world, running, lotus, "12.50")
    tender = amended(open_world, running)

    again = confirmed(open_world, tender, lotus, filed)

    before, after = object_of(filed.bid), object_of(again.bid)
    assert after.envelopes == before.envelopes
    assert (after.notice, after.supersedes) == (tender.notice, filed.bid.digest)
    assert again.receipt.number != filed.receipt.number
    assert (state(filed.bid), state(again.bid)) == (BidState.SUPERSEDED, BidState.FILED)
    assert (missing(open_world, lotus, tender), waiting(open_world, lotus)) == ({}, [])


def test_a_bid_that_was_prepared_before_the_change_is_not_filed_after_it(
    open_world: World, running: Tender, lotus: Company
) -> None:
    """Requirement D33: the notice that was signed is not the one in force."""
    bid = prepared_bid(open_world, running, lotus, "12.50")
    form = signed_form(open_world, lotus, bid)
    amended(open_world, running)

    assert told(own_bid(bid.pk, open_world.by(lotus.signer))).missing == "preparation"
    with pytest.raises(Overtaken):
        submit(open_world, lotus, bid, form)

    assert state(bid) == BidState.PREPARED


def test_what_was_sealed_for_another_form_is_sealed_again(
    open_world: World, running: Tender, lotus: Company
) -> None:
    """Protocol, message 5: a changed response form needs a new seal."""
    filed = filed_bid(open_world, running, lotus, "12.50")
    tender = amended(open_world, running, questions=OTHER_QUESTION)

    with pytest.raises(SealAgain):
        confirmed(open_world, tender, lotus, filed)

    anew = filed_bid(open_world, tender, lotus, "12.50")
    assert (state(filed.bid), state(anew.bid)) == (BidState.SUPERSEDED, BidState.FILED)


def test_an_envelope_that_was_only_uploaded_serves_the_next_notice_too(
    open_world: World, running: Tender, lotus: Company
) -> None:
    """Protocol, message 5."""
    sealed = seal_offer(open_world, running, lotus, "12.50")
    uploaded(open_world, running, lotus, sealed)
    tender = amended(open_world, running)

    bid, new = prepare(
        tender_id=tender.pk,
        supplier_id=lotus.organisation.pk,
        lot="lot-1",
        envelopes={"offer": sealed.manifest.digest()},
        by=open_world.by(lotus.signer),
        now=open_world.now,
    )

    assert (bid.notice, new) == (tender.notice, True)


def test_a_bid_for_an_earlier_notice_may_still_be_withdrawn(
    open_world: World, running: Tender, lotus: Company
) -> None:
    """Requirement D33."""
    filed = filed_bid(open_world, running, lotus, "12.50")
    amended(open_world, running)

    withdrawn_bid(open_world, lotus, filed.bid)

    assert state(filed.bid) == BidState.WITHDRAWN
    assert missing(open_world, lotus, running) == {}


def test_at_the_close_a_bid_that_nobody_confirmed_lapses_and_is_never_opened(
    real_world: World,
) -> None:
    """Requirement B15, D33, F47."""
    running = running_tender(real_world)
    stays, goes = real_world.suppliers[:2]
    first, lapses = (filed_bid(real_world, running, one, "12.50") for one in (stays, goes))
    tender = amended(real_world, running)
    counts = confirmed(real_world, tender, stays, first)

    tender = opened.close(real_world, tender)

    assert (state(counts.bid), state(lapses.bid)) == (BidState.COUNTED, BidState.LAPSED)
    found = opened_of(opened.opened_tender(real_world, tender))
    assert [one.bid for one in found.bids] == [counts.bid.digest]
    event = Event.everything.get(tender=tender.pk, verb=Verb.BID_LAPSED)
    assert (event.kind, event.to_json()["body"]) == (
        Kind.CONCEALED,
        {"bid": lapses.bid.digest, "notice": tender.notice},
    )
    told = OutboxMessage.objects.filter(verb=Verb.BID_LAPSED).values_list("subject", flat=True)
    assert [*told] == [lapses.bid.pk]


def test_a_tender_fails_when_every_bid_lapses(real_world: World) -> None:
    """Requirement B15, F49."""
    running = running_tender(real_world)
    filed = filed_bid(real_world, running, real_world.suppliers[0], "12.50")
    tender = amended(real_world, running)

    tender = opened.close(real_world, tender)

    assert (state(filed.bid), tender.state) == (BidState.LAPSED, TenderState.UNSUCCESSFUL)
