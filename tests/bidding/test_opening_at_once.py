"""What is opened is opened once, however many ask for it at the same time."""

from functools import partial

from bidding.ceremonies import opening
from bidding.models import HolderNote, OpenedBid, OpeningState
from bidding.queries_opening import opening_of
from bidding.sealed.answers import TIMEKEEPER
from procurement.models import Event
from tenders.models import Tender
from tests.bidding.opened import (
    PRESENT,
    closed_tender,
    come,
    disclosure,
    hand_in,
    intended,
    release_of,
    released,
    requested,
    sign_minutes,
    try_the_set,
)
from tests.side_by_side import DONE, outcomes
from tests.world import World

PRICES = ("12.50", "11.00", "13.00")


def recorded(tender: Tender, verb: str) -> int:
    return Event.objects.filter(tender=tender.pk, verb=verb).count()


def test_two_openers_who_ask_at_once_ask_for_one_opening(real_world: World) -> None:
    tender = closed_tender(real_world, *PRICES)
    come(real_world, tender)

    came = outcomes(
        *(
            partial(opening.request, tender_id=tender.pk, by=real_world.by(one), now=real_world.now)
            for one in PRESENT
        )
    )

    assert sorted(came) == [DONE, "wrong-state"]
    assert opening_of(tender.pk).state == OpeningState.REQUESTED
    assert recorded(tender, "opening.requested") == 1


def test_openers_who_disclose_at_once_are_all_heard_once(real_world: World) -> None:
    tender = closed_tender(real_world, *PRICES)
    requested(real_world, tender)
    try_the_set(real_world, tender)
    said = {one: disclosure(real_world, tender, one) for one in PRESENT}

    came = outcomes(
        *(partial(hand_in, real_world, tender, one, said[one]) for one in (*PRESENT, *PRESENT))
    )

    assert sorted(came) == ["already-done", "already-done", DONE, DONE]
    assert recorded(tender, "opening.disclosed") == len(PRESENT)


def test_a_timekeeper_who_answers_twice_at_once_has_answered_once(real_world: World) -> None:
    tender = closed_tender(real_world, *PRICES)
    intended(real_world, tender)
    said = release_of(real_world, tender)

    came = outcomes(*[partial(hand_in, real_world, tender, TIMEKEEPER, said)] * 3)

    assert came == [DONE] * 3
    assert HolderNote.objects.filter(kind=HolderNote.RELEASE).count() == 1
    assert recorded(tender, "opening.released") == 1


def test_three_processes_that_open_at_once_announce_every_bid_once(real_world: World) -> None:
    tender = closed_tender(real_world, *PRICES)
    released(real_world, tender)

    came = outcomes(*[partial(opening.due, now=real_world.now)] * 3)

    assert came == [DONE] * 3
    assert opening_of(tender.pk).state == OpeningState.OPENED
    assert OpenedBid.objects.filter(cause="opened").count() == len(PRICES)
    assert recorded(tender, "opening.opened") == 1
    assert sign_minutes(real_world, tender).state == OpeningState.MINUTED
