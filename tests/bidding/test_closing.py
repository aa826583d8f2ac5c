"""The set of bids is fixed once: at the deadline and its grace, whole, and unseen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bidding.actions.arrivals import SUBMISSION, take_ticket
from bidding.actions.closing import close
from bidding.actions.opening import NotYet
from bidding.ceremonies import closing
from bidding.models import Bid, BidState, Opening
from bidding.queries_opening import history_for, sees_withheld, status
from bidding.sealed.opening import Close
from bidding.verbs import Verb
from procurement.actors import ANONYMOUS
from procurement.journal import proofs
from procurement.journal.record import concealed_head
from procurement.journal.sequencer import tick
from procurement.models import Event, Kind
from procurement.objects import fetch
from procurement.proof.canonical import sha256_hex
from procurement.refusals import NotFound
from tenders.actions.orders import make
from tenders.models import PlanState, Tender, TenderState
from tests.bidding import filing, opened
from tests.world import ONE_LOT, World, order, published_tender

MICROSECOND = timedelta(microseconds=1)


def ends(tender: Tender) -> timedelta:
    """How long after the deadline the close comes."""
    return timedelta(seconds=tender.grace_seconds or 0)


def state(tender: Tender) -> str:
    return str(Tender.objects.get(pk=tender.pk).state)


def closed_event(tender: Tender) -> Event:
    return Event.objects.get(tender=tender.pk, verb=Verb.BIDS_CLOSED)


def the_close(tender: Tender) -> Close:
    return Close.read(fetch(Opening.objects.get(tender=tender).close).body)


@pytest.mark.parametrize(
    ("after", "found"),
    [
        pytest.param(-timedelta(hours=1), TenderState.PUBLISHED, id="while bids come in"),
        pytest.param(timedelta(0), TenderState.PUBLISHED, id="at the deadline"),
        pytest.param(-MICROSECOND, TenderState.PUBLISHED, id="a microsecond before the grace ends"),
        pytest.param(None, TenderState.CLOSED, id="when the grace has ended"),
    ],
)
def test_a_tender_closes_when_its_grace_has_ended(
    real_world: World, after: timedelta | None, found: str
) -> None:
    tender = published_tender(real_world)
    opened.file_all(real_world, tender, "12.50")
    tick(real_world.now)
    at = {
        -MICROSECOND: tender.closes_at + ends(tender) - MICROSECOND,
        None: tender.closes_at + ends(tender),
    }.get(after, tender.closes_at + (after or timedelta(0)))
    real_world.wind_to(tender.closes_at + ends(tender) + timedelta(seconds=5))

    closing.due(now=at)

    assert state(tender) == found


def test_a_process_whose_clock_runs_ahead_closes_nothing(real_world: World) -> None:
    tender = published_tender(real_world)
    opened.file_all(real_world, tender, "12.50")
    tick(real_world.now)
    real_world.wind_to(tender.closes_at)

    closing.due(now=tender.closes_at + timedelta(minutes=5))

    assert state(tender) == TenderState.PUBLISHED


def test_every_bid_that_lives_is_counted_and_no_other(real_world: World) -> None:
    tender = published_tender(real_world)
    lotus, crane, bamboo = real_world.suppliers
    replaced = filing.filed_bid(real_world, tender, lotus, "12.50")
    better = filing.filed_bid(real_world, tender, lotus, "11.00")
    other = filing.filed_bid(real_world, tender, crane, "11.50")
    taken_back = filing.filed_bid(real_world, tender, bamboo, "9.00")
    filing.withdrawn_bid(real_world, bamboo, taken_back.bid)
    filing.prepared_bid(real_world, tender, bamboo, "10.00")
    head = concealed_head(tender.pk)

    opened.close(real_world, tender)

    said = the_close(tender)
    assert [one.bid for one in said.bids] == sorted([better.bid.digest, other.bid.digest])
    assert (said.count, said.notice, said.closes_at) == (2, tender.notice, tender.closes_at)
    assert said.last_concealed == head
    states = dict(Bid.objects.exclude(state=BidState.PREPARED).values_list("digest", "state"))
    assert states == {
        replaced.bid.digest: BidState.SUPERSEDED,
        better.bid.digest: BidState.COUNTED,
        other.bid.digest: BidState.COUNTED,
        taken_back.bid.digest: BidState.WITHDRAWN,
    }


def test_a_bid_whose_ticket_was_in_time_counts_though_it_was_committed_in_the_grace(
    real_world: World,
) -> None:
    tender = published_tender(real_world)
    supplier = real_world.suppliers[0]
    bid = filing.prepared_bid(real_world, tender, supplier, "12.50")
    form = filing.signed_form(real_world, supplier, bid)
    real_world.wind_to(tender.closes_at - timedelta(seconds=1))
    take_ticket(
        bid=Bid.objects.select_related("slot").get(pk=bid.pk),
        by=real_world.by(supplier.signer),
        what=SUBMISSION,
        form_sha256=sha256_hex(form),
        at_own_risk=False,
    )
    real_world.wind_to(tender.closes_at + timedelta(seconds=0.5))
    closing.due(now=real_world.now)

    filing.submit(real_world, supplier, bid, form)
    opened.close(real_world, tender)

    assert [one.bid for one in the_close(tender).bids] == [bid.digest]


def test_the_close_stands_in_a_later_tick_than_the_last_bid(real_world: World) -> None:
    tender = published_tender(real_world)
    opened.file_all(real_world, tender, "12.50")
    real_world.wind_to(tender.closes_at + ends(tender))

    closing.due(now=real_world.now)
    assert state(tender) == TenderState.PUBLISHED

    tick(real_world.now)
    before = proofs.latest_checkpoint()
    closing.due(now=real_world.now)
    tick(real_world.now)

    bid = Event.everything.get(tender=tender.pk, verb=Verb.BID_FILED)
    event = closed_event(tender)
    assert before is not None
    assert bid.leaf_index is not None
    assert event.leaf_index is not None
    assert bid.leaf_index < before.size <= event.leaf_index


def test_closing_twice_changes_nothing(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    before = the_close(tender)

    closing.due(now=real_world.now)
    with pytest.raises(NotFound):
        close(tender_id=tender.pk, now=real_world.now)

    assert the_close(tender) == before
    assert Event.objects.filter(tender=tender.pk, verb=Verb.BIDS_CLOSED).count() == 1


def test_a_suspended_tender_closes_and_is_not_opened(real_world: World) -> None:
    tender = published_tender(real_world)
    opened.file_all(real_world, tender, "12.50")
    tick(real_world.now)
    note = order(real_world, tender, "suspend")
    make(tender_id=tender.pk, order_note=note, by=real_world.by("overseer"), now=real_world.now)

    closed = opened.close(real_world, tender)

    assert closed.state == TenderState.CLOSED
    opened.come(real_world, tender)
    with pytest.raises(NotYet) as refused:
        opened.ask(real_world, tender)
    assert [fault.code for fault in refused.value.faults] == ["suspended"]


def test_without_a_bid_the_tender_ends_and_its_plan_line_is_free(real_world: World) -> None:
    tender = published_tender(real_world)

    opened.close(real_world, tender)

    found = Tender.objects.select_related("plan_line").get(pk=tender.pk)
    assert (found.state, found.plan_line.state) == (TenderState.UNSUCCESSFUL, PlanState.PLANNED)
    verbs = Event.objects.filter(tender=tender.pk, kind=Kind.CONTROL).order_by("chain_position")
    assert list(verbs.values_list("verb", flat=True)) == [
        "keyset.fixed", "notice.published", "bids.closed", "tender.unsuccessful",
    ]  # fmt: skip


def test_nobody_learns_from_the_close_how_many_bids_there_are(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50", "11.00")
    digests = list(Bid.objects.values_list("digest", flat=True))

    for who in (ANONYMOUS, *map(real_world.by, ("officer", "overseer", "operator", "opener-1"))):
        told = history_for(tender.pk, who)
        assert [event.verb for event in told.withheld] == ["bids.closed"]
        assert not sees_withheld(who, tender.pk)
        shown = f"{opened.readable(told)} {status(tender.pk, who)}"
        assert [digest for digest in digests if digest in shown] == []
        assert "count" not in status(tender.pk, who)


def test_a_tender_of_two_lots_with_bids_for_one_is_opened(real_world: World) -> None:
    second = replace(ONE_LOT[0], key="lot-2")
    tender = opened.closed_tender(real_world, "12.50", lots=(*ONE_LOT, second))

    assert tender.state == TenderState.CLOSED
    assert opened.opened_tender(real_world, tender).state == "opened"
