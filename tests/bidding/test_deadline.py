"""In time is: the ticket lies before the deadline, and the commit within the grace after it.

The database decides, whoever writes, at the end of the transaction. What it holds when the tender
closes is the closed set.

Requirements D27, D28 and D29.
"""

import itertools
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from bidding.actions.arrivals import SUBMISSION, WITHDRAWAL, take_ticket
from bidding.actions.filing import JudgedForm, file_bid
from bidding.actions.withdrawing import withdraw_bid
from bidding.ceremonies import closing
from bidding.models import Arrival, Bid, BidState, Receipt
from bidding.queries import own_bid
from bidding.rules.deadline import NotOpenForBids, SubmissionClosed
from procurement import clock
from procurement.constraint_refusals import refusal_for
from procurement.journal.sequencer import tick
from procurement.models import Event
from procurement.proof.canonical import sha256_hex
from procurement.refusals import AlreadyDone, Refusal
from procurement.verbs import Verb
from tenders.actions.ending import cancel
from tenders.models import Tender, TenderState
from tests.bidding.filing import (
    filed_bid,
    prepared_bid,
    signed_form,
    signed_withdrawal,
    submit,
    withdraw,
)
from tests.side_by_side import at_once
from tests.vectors.samples import basis
from tests.world import Company, World, order, published_tender

MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
FORM = JudgedForm(sha256="f" * 64, version_id="v", verdict="VALID", codes=(), basis=basis())


@pytest.fixture
def tender(real_world: World) -> Tender:
    return published_tender(real_world)


@pytest.fixture
def lotus(real_world: World) -> Company:
    return real_world.suppliers[0]


def ticket_at(bid: Bid, at: datetime) -> Arrival:
    """Write a ticket of exactly this instant, as the database's clock would."""
    return Arrival.objects.create(
        tender_id=bid.slot.tender_id,
        supplier_id=bid.slot.supplier_id,
        request_sha256=sha256_hex(uuid4().bytes),
        at=at,
    )


def state_of(bid: Bid) -> str:
    return str(Bid.objects.get(pk=bid.pk).state)


# To the microsecond


@pytest.mark.parametrize(
    ("after", "state"),
    [
        pytest.param(-MICROSECOND, BidState.FILED, id="a microsecond before the deadline"),
        pytest.param(timedelta(0), BidState.PREPARED, id="at the deadline"),
        pytest.param(MICROSECOND, BidState.PREPARED, id="a microsecond after the deadline"),
    ],
)
def test_the_ticket_decides_to_the_microsecond_whoever_writes(
    real_world: World, tender: Tender, lotus: Company, after: timedelta, state: BidState
) -> None:
    bid = prepared_bid(real_world, tender, lotus, "12.50")
    arrival = ticket_at(bid, tender.closes_at + after)
    real_world.wind_to(tender.closes_at + SECOND)

    refused = written_past_the_action(bid, arrival)

    assert state_of(bid) == state
    assert (refused is None) == (state == BidState.FILED)
    assert refused is None or isinstance(refused, SubmissionClosed)


def test_the_action_says_the_same_as_the_database(
    real_world: World, tender: Tender, lotus: Company
) -> None:
    bid = prepared_bid(real_world, tender, lotus, "12.50")
    by, last = real_world.by(lotus.signer), tender.closes_at - MICROSECOND
    real_world.wind_to(tender.closes_at + SECOND)

    with pytest.raises(SubmissionClosed):
        late = ticket_at(bid, tender.closes_at)
        file_bid(bid_id=bid.pk, arrival=late, form=FORM, by=by, now=real_world.now)
    in_time = ticket_at(bid, last)
    receipt = file_bid(bid_id=bid.pk, arrival=in_time, form=FORM, by=by, now=real_world.now)

    assert receipt.received_at == last
    with pytest.raises(SubmissionClosed):
        late = ticket_at(bid, tender.closes_at)
        withdraw_bid(bid_id=bid.pk, arrival=late, form=FORM, by=by, now=real_world.now)
    in_time = ticket_at(bid, last)
    withdraw_bid(bid_id=bid.pk, arrival=in_time, form=FORM, by=by, now=real_world.now)
    assert state_of(bid) == BidState.WITHDRAWN


def test_a_ticket_of_another_supplier_or_tender_is_none(
    real_world: World, tender: Tender, lotus: Company
) -> None:
    bid = prepared_bid(real_world, tender, lotus, "12.50")
    theirs = prepared_bid(real_world, tender, real_world.suppliers[1], "11.00")
    elsewhere = prepared_bid(real_world, published_tender(real_world), lotus, "11.00")

    for other in (theirs, elsewhere):
        refused = written_past_the_action(bid, ticket_at(other, real_world.now))
        assert isinstance(refused, SubmissionClosed)
    assert state_of(bid) == BidState.PREPARED


def test_a_filed_bid_cannot_be_given_another_ticket(
    real_world: World, tender: Tender, lotus: Company
) -> None:
    filed = filed_bid(real_world, tender, lotus, "12.50")
    late = ticket_at(filed.bid, tender.closes_at)

    with pytest.raises(IntegrityError) as refused:
        Bid.objects.filter(pk=filed.bid.pk).update(arrival=late)

    assert isinstance(refusal_for(refused.value), SubmissionClosed)


# The grace


def test_who_arrived_in_time_may_be_committed_within_the_grace(
    real_world: World, tender: Tender, lotus: Company
) -> None:
    bid = prepared_bid(real_world, tender, lotus, "12.50")
    form = signed_form(real_world, lotus, bid)
    ticket = arrived(real_world, lotus, bid, form, SUBMISSION)
    real_world.wind_to(tender.closes_at + SECOND)

    filed = submit(real_world, lotus, bid, form)

    assert filed.receipt.received_at == ticket.at < tender.closes_at
    withdrawal = signed_withdrawal(real_world, lotus, bid)
    with pytest.raises(SubmissionClosed):
        withdraw(real_world, lotus, bid, withdrawal)


def test_a_withdrawal_that_arrived_in_time_counts_within_the_grace(
    real_world: World, tender: Tender, lotus: Company
) -> None:
    filed = filed_bid(real_world, tender, lotus, "12.50")
    form = signed_withdrawal(real_world, lotus, filed.bid)
    arrived(real_world, lotus, filed.bid, form, WITHDRAWAL)
    real_world.wind_to(tender.closes_at + SECOND)

    withdraw(real_world, lotus, filed.bid, form)

    assert state_of(filed.bid) == BidState.WITHDRAWN


def test_after_the_grace_no_ticket_helps_and_nothing_of_it_is_left(
    real_world: World, tender: Tender, lotus: Company
) -> None:
    bid = prepared_bid(real_world, tender, lotus, "12.50")
    form = signed_form(real_world, lotus, bid)
    arrived(real_world, lotus, bid, form, SUBMISSION)
    real_world.wind_to(tender.closes_at + timedelta(seconds=tender.grace_seconds or 0))

    with pytest.raises(SubmissionClosed):
        submit(real_world, lotus, bid, form)

    assert (state_of(bid), Receipt.objects.count()) == (BidState.PREPARED, 0)
    kept = Event.everything.filter(tender=tender.pk, concealed=True).values_list("verb", flat=True)
    assert list(kept) == [Verb.REFUSED], "the attempt, and no filing"


def test_a_cancelled_tender_takes_no_bid(real_world: World, tender: Tender, lotus: Company) -> None:
    bid = prepared_bid(real_world, tender, lotus, "12.50")
    form = signed_form(real_world, lotus, bid)
    note = order(real_world, tender, "cancel")
    cancel(tender_id=tender.pk, order_note=note, by=real_world.by("officer"), now=real_world.now)

    with pytest.raises(NotOpenForBids):
        submit(real_world, lotus, bid, form)

    assert isinstance(written_past_the_action(bid, ticket_at(bid, real_world.now)), NotOpenForBids)


# At once


def test_of_two_submissions_of_one_bid_at_once_one_is_filed(
    real_world: World, tender: Tender, lotus: Company
) -> None:
    bid = prepared_bid(real_world, tender, lotus, "12.50")
    forms = [signed_form(real_world, lotus, bid) for _ in range(2)]

    answers = at_once(*(lambda form=form: submit(real_world, lotus, bid, form) for form in forms))

    refused = [one for one in answers if isinstance(one, Refusal)]
    assert [type(one) for one in refused] == [AlreadyDone]
    assert Receipt.objects.count() == 1


def test_the_same_form_sent_four_times_at_once_has_one_receipt(
    real_world: World, tender: Tender, lotus: Company
) -> None:
    bid = prepared_bid(real_world, tender, lotus, "12.50")
    form = signed_form(real_world, lotus, bid)

    answers = at_once(*itertools.repeat(lambda: submit(real_world, lotus, bid, form), 4))

    assert {one.receipt.note for one in answers} == {Receipt.objects.get().note}
    assert Event.everything.filter(verb="bid.filed").count() == 1


def test_a_bid_and_its_withdrawal_at_once_leave_one_truth(
    real_world: World, tender: Tender, lotus: Company
) -> None:
    filed = filed_bid(real_world, tender, lotus, "12.50")
    better = prepared_bid(real_world, tender, lotus, "11.00")
    form = signed_form(real_world, lotus, better)
    withdrawal = signed_withdrawal(real_world, lotus, filed.bid)

    at_once(
        lambda: submit(real_world, lotus, better, form),
        lambda: withdraw(real_world, lotus, filed.bid, withdrawal),
    )

    assert (state_of(filed.bid), state_of(better)) in {
        (BidState.SUPERSEDED, BidState.FILED),
        (BidState.WITHDRAWN, BidState.PREPARED),
    }


@pytest.mark.parametrize("left", [0.05, 0.4], ids=["50 ms before the close", "400 ms before"])
def test_submissions_against_the_close_the_closed_set_is_what_has_a_receipt(
    real_world: World, tender: Tender, left: float
) -> None:
    companies = [*real_world.suppliers, *(real_world.supplier(f"Firm {n}") for n in range(3))]
    begun = [(one, prepared_bid(real_world, tender, one, "12.50")) for one in companies]
    sent = [(one, bid, signed_form(real_world, one, bid)) for one, bid in begun]
    for one, bid, form in sent:
        arrived(real_world, one, bid, form, SUBMISSION)
    tick(real_world.now)
    ends = tender.closes_at + timedelta(seconds=tender.grace_seconds or 0)
    real_world.wind_to(ends - timedelta(seconds=left))

    answers = at_once(
        close_when_due,
        *(lambda a=a, b=b, f=f: submit(real_world, a, b, f) for a, b, f in sent),
    )

    assert Tender.objects.get(pk=tender.pk).state != TenderState.PUBLISHED
    receipts = set(Receipt.objects.values_list("bid", flat=True))
    counted = set(Bid.objects.filter(state=BidState.COUNTED).values_list("pk", flat=True))
    assert counted == receipts
    assert not Bid.objects.filter(state=BidState.FILED).exists()
    refused = [one for one in answers[1:] if isinstance(one, Exception)]
    assert len(receipts) + len(refused) == len(sent)
    assert {type(one) for one in refused} <= {SubmissionClosed, NotOpenForBids}


def test_a_hundred_tickets_take_no_lock_from_each_other(
    real_world: World, tender: Tender, lotus: Company
) -> None:
    bid = own_bid(prepared_bid(real_world, tender, lotus, "12.50").pk, real_world.by(lotus.signer))
    by = real_world.by(lotus.signer)

    def ticket(number: int) -> Arrival:
        form = sha256_hex(str(number % 10).encode())
        return take_ticket(bid=bid, by=by, what=SUBMISSION, form_sha256=form, at_own_risk=False)

    tickets = at_once(*(lambda n=n: ticket(n) for n in range(100)))

    assert len({one.pk for one in tickets}) == Arrival.objects.count() == 10


def arrived(world: World, supplier: Company, bid: Bid, form: bytes, what: str) -> Arrival:
    """Take the ticket that a request with this form would take now."""
    by = world.by(supplier.signer)
    return take_ticket(
        bid=own_bid(bid.pk, by), by=by, what=what, form_sha256=sha256_hex(form), at_own_risk=False
    )


def written_past_the_action(bid: Bid, arrival: Arrival) -> Refusal | None:
    """File a bid as a program would that asks nobody; give the database's refusal."""
    row = Bid.objects.get(pk=bid.pk)
    row.file()
    row.arrival, row.form_sha256 = arrival, FORM.sha256
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        return refusal_for(error)
    return None


def close_when_due() -> None:
    """Run the close again and again, as the background does, until the tender is closed."""
    while Tender.objects.filter(state=TenderState.PUBLISHED).exists():
        tick(clock.now())
        closing.due(now=clock.now())
