"""A deadline moves while others close, bid or move it, too: the row's lock leaves one truth.

Requirement B18, D28 and E44. Everybody acts on a connection of their own, and every trigger fires.
"""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bidding.ceremonies import closing
from bidding.models import Bid, BidState, Receipt
from bidding.rules.confirmation import Overtaken
from bidding.rules.deadline import SubmissionClosed
from bidding.sealed.changes import faults_of_changes
from procurement import clock
from procurement.constraint_refusals import refusal_for
from procurement.journal.sequencer import tick
from procurement.refusals import Refusal
from tenders.actions import extending
from tenders.ceremonies.amendment import publish_amended_notice
from tenders.models import Change, Tender, TenderState
from tenders.queries import control_events
from tenders.rules.changes import DeadlinePassed, TooLate
from tests.bidding.filing import prepared_bid, signed_form, submit
from tests.side_by_side import DONE, at_once, outcomes
from tests.tenders.changing import (
    MINUTE,
    again,
    approved,
    decided,
    decisions,
    drafted,
    proposed,
    signed_amendment,
)
from tests.world import World, published_tender

AWAITED = {"extension-not-acknowledged", "question-unanswered"}
QUESTION = "3f0f0f9e-7c1c-4b0b-8f4d-0d7f6a1c2b3d"


@pytest.fixture
def tender(real_world: World) -> Tender:
    return published_tender(real_world)


def verbs(tender: Tender) -> list[str]:
    return [event.verb for event in control_events(tender.pk)]


def nothing_moved_back(tender: Tender) -> bool:
    return {fault.code for fault in faults_of_changes(decisions(tender))} <= AWAITED


def decide_now(world: World, change: Change, who: str = "finance") -> Change:
    """Agree by the clock that everybody shares."""
    return extending.decide(
        change_id=change.pk, approved=True, comment="", by=world.by(who), now=clock.now()
    )


# The database's own word


def test_no_program_moves_a_published_deadline_back(tender: Tender) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Tender.objects.filter(pk=tender.pk).update(closes_at=tender.closes_at - MINUTE)

    assert isinstance(refusal_for(refused.value), TooLate)


def test_no_program_moves_a_deadline_that_has_passed(real_world: World, tender: Tender) -> None:
    real_world.wind_to(tender.closes_at)
    later = {"closes_at": tender.closes_at + MINUTE, "opens_at": tender.opens_at + MINUTE}

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Tender.objects.filter(pk=tender.pk).update(**later)

    assert isinstance(refusal_for(refused.value), DeadlinePassed)


# Against each other


def test_two_approvers_at_once_move_the_deadline_once(real_world: World, tender: Tender) -> None:
    change = proposed(real_world, tender)

    said = outcomes(
        lambda: decided(real_world, change, who="legal"),
        lambda: decided(real_world, change, who="finance"),
    )

    assert sorted(said) == ["already-done", DONE]
    assert again(tender).closes_at == tender.closes_at + MINUTE
    assert verbs(tender).count("deadline.extended") == 1


def test_an_agency_and_a_rule_at_once_leave_one_history(real_world: World, tender: Tender) -> None:
    change = proposed(real_world, tender)

    said = outcomes(
        lambda: decided(real_world, change),
        lambda: extending.extend_by_rule(tender.pk, [QUESTION], now=real_world.now),
    )

    moved = [one.closes_at for _, one in decisions(tender) if hasattr(one, "closes_at")]
    assert moved == sorted(moved)
    assert moved[-1] == again(tender).closes_at
    assert said[1] == DONE
    assert said[0] in (DONE, TooLate.code)
    assert verbs(tender).count("deadline.extended") == said.count(DONE)


def test_an_amendment_and_an_extension_at_once_leave_one_history(
    real_world: World, tender: Tender
) -> None:
    extension = proposed(real_world, tender)
    amendment = approved(real_world, drafted(real_world, tender))
    signed = signed_amendment(real_world, amendment)

    said = outcomes(
        lambda: decided(real_world, extension),
        lambda: publish_amended_notice(
            amendment_id=amendment.pk,
            signed=signed,
            by=real_world.by("officer"),
            now=real_world.now,
        ),
    )

    assert DONE in said
    assert set(said) <= {DONE, TooLate.code, "not-ready", "notice-changed"}
    assert nothing_moved_back(tender)
    assert decisions(tender)[-1][1].closes_at == again(tender).closes_at  # type: ignore[union-attr]


# Against the close


@pytest.mark.parametrize("left", [0.02, 0.5], ids=["20 ms before", "half a second before"])
def test_an_extension_against_the_close_either_moves_it_or_comes_too_late(
    real_world: World, tender: Tender, left: float
) -> None:
    change = proposed(real_world, tender)
    ends = tender.closes_at + timedelta(seconds=tender.grace_seconds or 0)

    def close_when_due() -> None:
        while clock.now() < ends + timedelta(seconds=1) and state() == TenderState.PUBLISHED:
            tick(clock.now())
            closing.due(now=clock.now())

    def state() -> str:
        return str(Tender.objects.values_list("state", flat=True).get(pk=tender.pk))

    real_world.wind_to(tender.closes_at - timedelta(seconds=left))
    answers = at_once(close_when_due, lambda: decide_now(real_world, change))

    row = again(tender)
    if isinstance(answers[1], DeadlinePassed):
        assert (row.state, row.closes_at) == (TenderState.UNSUCCESSFUL, tender.closes_at), (
            "nobody bid"
        )
        assert "deadline.extended" not in verbs(tender)
    else:
        assert not isinstance(answers[1], Exception)
        assert (row.state, row.closes_at) == (TenderState.PUBLISHED, tender.closes_at + MINUTE)
        assert "bids.closed" not in verbs(tender)


# Against bids


@pytest.mark.parametrize("left", [0.02, 1.5], ids=["20 ms before", "1.5 s before"])
def test_a_bid_against_an_extension_is_judged_by_the_deadline_that_stands(
    real_world: World, tender: Tender, left: float
) -> None:
    change = proposed(real_world, tender)
    sent = []
    for supplier, price in zip(real_world.suppliers[:2], ("12.50", "13.50"), strict=True):
        bid = prepared_bid(real_world, tender, supplier, price)
        sent.append((supplier, bid, signed_form(real_world, supplier, bid)))
    real_world.wind_to(tender.closes_at - timedelta(seconds=left))

    answers = at_once(
        lambda: decide_now(real_world, change),
        *(lambda a=a, b=b, f=f: submit(real_world, a, b, f) for a, b, f in sent),
    )

    stands = again(tender).closes_at
    filed = Bid.objects.filter(state=BidState.FILED).select_related("arrival")
    assert all(one.arrival is not None and one.arrival.at < stands for one in filed)
    refused = [one for one in answers[1:] if isinstance(one, Exception)]
    assert all(isinstance(one, SubmissionClosed) for one in refused)
    assert filed.count() + len(refused) == len(sent)
    if stands > tender.closes_at:
        tickets = Bid.objects.filter(pk__in=[bid.pk for _, bid, _ in sent], state=BidState.FILED)
        assert tickets.count() == Receipt.objects.count()


def test_a_bid_against_an_amendment_is_for_the_notice_in_force_or_refused(
    real_world: World, tender: Tender
) -> None:
    lotus = real_world.suppliers[0]
    bid = prepared_bid(real_world, tender, lotus, "12.50")
    form = signed_form(real_world, lotus, bid)
    amendment = approved(real_world, drafted(real_world, tender))
    signed = signed_amendment(real_world, amendment)

    published, filed = at_once(
        lambda: publish_amended_notice(
            amendment_id=amendment.pk,
            signed=signed,
            by=real_world.by("officer"),
            now=real_world.now,
        ),
        lambda: submit(real_world, lotus, bid, form),
    )

    assert not isinstance(published, Exception)
    amended_at = control_events(tender.pk)[-1].leaf
    if isinstance(filed, Refusal):
        assert isinstance(filed, Overtaken)
        assert Receipt.objects.count() == 0
    else:
        said = json.loads(Receipt.objects.get().note.partition("\n")[0])
        assert said["control_head"] != amended_at, "it was filed before the amendment"
