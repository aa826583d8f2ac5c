"""A day before the deadline every holder rehearses again, and the agency hears who has not.

Protocol, message 1: the rehearsal is repeated at T − 24 h (pack data), so that a lost key is found
while another panel can still take over.
"""

from datetime import datetime, timedelta

import pytest

from procurement.models import Event, Mail
from procurement.outbox import deliver
from procurement.proof.canonical import sha256_hex
from procurement.refusals import AlreadyDone, NotPermitted, Refusal, WrongState
from tenders import escrow
from tenders.actions.holders import WrongAnswer, answer
from tenders.models import RepeatedRehearsal, Seat, Tender
from tenders.queries import keyset_of
from tenders.queries_panel import own_challenge, own_place, panel_of, places
from tenders.rehearsals import due, waiting_for
from tenders.rules.rehearsal import is_due, is_late
from tests.bidding.filing import committed
from tests.tenders.changing import drafted as amendment_drafted
from tests.tenders.changing import extended
from tests.tenders.replacing import appointed_instead
from tests.tenders.under_pack import drafted, settle
from tests.world import (
    ESCROW_HOLDERS,
    HOLDERS,
    HOUR,
    OPENERS,
    World,
    approve,
    publish,
    published_tender,
    rehearse,
    submit_for_approval,
)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
T = datetime.fromisoformat("2026-04-09T10:00:00+00:00")
LONG_AGO = T - 30 * DAY


@pytest.mark.parametrize(
    ("now", "before", "rehearsed_for", "asked"),
    [
        pytest.param(T - DAY - SECOND, DAY, LONG_AGO, False, id="a second before that time"),
        pytest.param(T - DAY, DAY, LONG_AGO, True, id="at that time"),
        pytest.param(T - SECOND, DAY, LONG_AGO, True, id="late, after an outage"),
        pytest.param(T, DAY, LONG_AGO, False, id="from the deadline on"),
        pytest.param(T - SECOND, timedelta(0), LONG_AGO, False, id="a pack that does not ask"),
        pytest.param(T - HOUR, DAY, T - 2 * HOUR, False, id="a panel that has just rehearsed"),
        pytest.param(T - HOUR, DAY, T, False, id="asked for this deadline"),
        pytest.param(T - HOUR, DAY, T - 2 * HOUR, False, id="a deadline moved by two hours"),
        pytest.param(T - HOUR, DAY, T - DAY, True, id="a deadline moved by a day"),
    ],
)
def test_a_panel_is_asked_once_a_day_before_its_deadline(
    now: datetime, before: timedelta, rehearsed_for: datetime, asked: bool
) -> None:
    assert is_due(T, before, rehearsed_for=rehearsed_for, now=now) is asked


def test_half_the_time_is_left_to_act_in() -> None:
    found = [is_late(T, DAY, T - 12 * HOUR - SECOND), is_late(T, DAY, T - 12 * HOUR)]

    assert found == [False, True]
    assert not is_late(T, timedelta(0), T - SECOND)


@pytest.fixture
def tender(world: World) -> Tender:
    """A tender that is published for a month, a day before its deadline."""
    settle(world, "DE", "Europe/Berlin")
    closes_at = world.now + 60 * DAY
    made = drafted(world, "eu-2014-24", closes_at, opens_at=closes_at + HOUR)
    submit_for_approval(tender_id=made.pk, by=world.by("officer"), now=world.now)
    approve(world, made)
    published = publish(world, made)
    deliver(world.now)
    world.wind_to(closes_at - DAY)
    return published


def letters(world: World, kind: str) -> set[str]:
    deliver(world.now)
    people = {user.pk: name for name, user in world.people.items()}
    rows = Mail.objects.filter(kind=kind)
    assert rows.count() == rows.values("to").distinct().count()
    return {people[row.to_id] for row in rows}


def shown(tender: Tender) -> dict[str, bool | None]:
    panel = panel_of(tender.pk)
    assert panel is not None
    return {place.holder: place.repeated for place in places(panel)}


def waits(world: World, who: str) -> list[str]:
    return [one.what for one in waiting_for(world.by(who), world.now)]


def answered(world: World, tender: Tender, who: str) -> str:
    """Let a holder answer the newest challenge, and give the note."""
    by, key = world.by(who), world.holders[tender.pk][who]
    said = key.rehearse(own_challenge(by, tender.pk), keyset_of(tender), who)
    note = said.sign(key.note_signer()).decode()
    answer(tender_id=tender.pk, note=note, by=by, now=world.now)
    return note


def refusal(world: World, tender: Tender, who: str, note: str) -> Refusal:
    with pytest.raises(Refusal) as refused:
        answer(tender_id=tender.pk, note=note, by=world.by(who), now=world.now)
    return refused.value


@pytest.mark.django_db
def test_every_holder_is_asked_once_with_a_challenge_of_their_own(
    world: World, tender: Tender
) -> None:
    due(now=world.now - SECOND)
    assert shown(tender) == dict.fromkeys(HOLDERS)

    due(now=world.now)
    due(now=world.now + SECOND)

    assert shown(tender) == dict.fromkeys(HOLDERS, False)
    assert letters(world, "rehearse-again") == set(OPENERS)
    assert waits(world, "opener-1") == ["answer-rehearsal"]
    assert waits(world, "officer") == []
    asked = RepeatedRehearsal.objects.filter(seat__tender=tender)
    assert len({one.challenge for one in asked}) == len(HOLDERS)
    (event,) = Event.objects.filter(tender=tender.pk, verb="panel.asked-again")
    body = event.to_json()["body"]
    assert isinstance(body, dict)
    assert body["challenges"] == {
        one.seat.holder: one.challenge for one in asked.select_related("seat")
    }
    for one in asked.select_related("seat"):
        assert one.challenge != one.seat.challenge, "what was answered once proves nothing now"


@pytest.mark.django_db
def test_an_answer_is_the_holders_own_and_is_given_once(world: World, tender: Tender) -> None:
    first = Seat.objects.get(tender=tender, holder="opener-1").answer
    due(now=world.now)

    assert isinstance(refusal(world, tender, "opener-1", first), WrongAnswer)
    note = answered(world, tender, "opener-1")
    answer(tender_id=tender.pk, note=note, by=world.by("opener-1"), now=world.now)

    assert isinstance(refusal(world, tender, "opener-2", note), WrongAnswer)
    assert isinstance(refusal(world, tender, "opener-1", "another"), AlreadyDone)
    assert isinstance(refusal(world, tender, "officer", note), NotPermitted)
    assert shown(tender) == {**dict.fromkeys(HOLDERS, False), "opener-1": True}
    assert own_place(world.by("opener-1"), tender.pk).repeated is True  # type: ignore[union-attr]
    assert waits(world, "opener-1") == []
    assert Seat.objects.get(tender=tender, holder="opener-1").answer == first


@pytest.mark.django_db
def test_the_agency_hears_in_time_who_has_not_answered(world: World, tender: Tender) -> None:
    due(now=world.now)
    rehearse(world, tender, "opener-1", "opener-2", "opener-3", "timekeeper")
    world.wind_to(world.now + 12 * HOUR - SECOND)
    due(now=world.now)
    assert letters(world, "not-rehearsed-again") == set()

    world.wind_to(world.now + SECOND)
    due(now=world.now)
    due(now=world.now)

    assert letters(world, "not-rehearsed-again") == {"officer", "second officer"}
    assert letters(world, "rehearse-now") == {"opener-4"}
    body = Mail.objects.filter(kind="not-rehearsed-again")[0].body
    named = {holder for holder in HOLDERS if f"({holder})" in body}
    assert named == {"opener-4", *ESCROW_HOLDERS}
    assert waits(world, "officer") == ["ask-holders"]
    rehearse(world, tender, "opener-4", *ESCROW_HOLDERS)
    assert waits(world, "officer") == []


@pytest.mark.django_db
def test_nobody_is_named_where_everybody_has_answered(world: World, tender: Tender) -> None:
    due(now=world.now)
    rehearse(world, tender)

    world.wind_to(world.now + 12 * HOUR)
    due(now=world.now)

    assert letters(world, "not-rehearsed-again") == letters(world, "rehearse-now") == set()


@pytest.mark.django_db
def test_a_deadline_that_moves_far_is_rehearsed_for_again(world: World, tender: Tender) -> None:
    due(now=world.now)
    rehearse(world, tender)
    later = extended(world, tender, 3 * DAY)
    committed()

    due(now=world.now)
    assert shown(tender) == dict.fromkeys(HOLDERS, True), "not yet"
    world.wind_to(later.closes_at - DAY)
    due(now=world.now)

    assert shown(tender) == dict.fromkeys(HOLDERS, False)


@pytest.mark.django_db
def test_a_panel_that_is_being_replaced_is_not_asked(world: World, tender: Tender) -> None:
    closes_at = Tender.objects.get(pk=tender.pk).closes_at + 20 * DAY
    change = amendment_drafted(world, tender, closes_at=closes_at, opens_at=closes_at)
    appointed_instead(world, change)

    due(now=world.now)

    assert shown(tender) == dict.fromkeys(HOLDERS)


@pytest.mark.django_db
def test_a_practice_pack_asks_nobody_and_takes_no_second_answer(world: World) -> None:
    tender = published_tender(world)
    due(now=world.now)

    assert shown(tender) == dict.fromkeys(HOLDERS)
    assert isinstance(refusal(world, tender, "opener-1", sha256_hex(b"x")), WrongState)


@pytest.mark.django_db
def test_escrow_holders_of_the_practice_platform_rehearse_again(
    world: World, tender: Tender, settings: object
) -> None:
    settings.ESCROW_IN_PROCESS = True  # type: ignore[attr-defined]
    due(now=world.now)

    escrow.due(now=world.now)

    assert [holder for holder, done in shown(tender).items() if done] == [*ESCROW_HOLDERS]
