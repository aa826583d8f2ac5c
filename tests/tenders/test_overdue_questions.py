"""A question that nobody answered in time moves the deadline, and nothing opens before it is.

At the answer cut-off the pack's days are added by rule, at most as often as the pack says. After
that supervisor and agency are told, and the opening waits (requirement B14; D47(3)).
"""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from bidding.sealed.history import Told, read_history
from bidding.sealed.may_open import may_open
from procurement.anchors import current_anchors
from procurement.journal.sequencer import tick
from procurement.models import Event, OutboxMessage
from tenders.actions.closing import close
from tenders.actions.overdue import miss_cut_off
from tenders.models import MissedCutOff, Question, Tender
from tenders.overdue import due
from tenders.queries import notice_of, tender_history
from tests.side_by_side import at_once
from tests.signing import Trust
from tests.tenders.asking import answered, asked
from tests.world import World, published_tender

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def tender(world: World) -> Tender:
    world.wind_to(world.now)
    found = published_tender(world)
    assert found.answers_until is not None
    return found


def again(tender: Tender) -> Tender:
    return Tender.objects.get(pk=tender.pk)


def to_the_cut_off(world: World, tender: Tender) -> datetime:
    """Wind to the answer cut-off in force, and do what is due then."""
    until = again(tender).answers_until
    assert until is not None
    world.wind_to(until)
    due(now=world.now)
    committed()
    return until


def committed() -> None:
    """Let the database judge what it judges at a commit, before the clock goes on."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def announced(verb: str) -> int:
    return OutboxMessage.objects.filter(verb=verb).count()


def told(world: World, tender: Tender) -> Told:
    tick(world.now)
    return read_history(tender_history(tender.pk, withheld=True), current_anchors())


def reasons(world: World, tender: Tender) -> set[str]:
    history = told(world, tender).history
    return {fault.code for fault in may_open(history, world.now, "offer")}


@pytest.mark.django_db
class TestTheCutOff:
    @pytest.mark.parametrize(
        ("after", "missed"),
        [
            pytest.param(-MOMENT, 0, id="a moment before it"),
            pytest.param(timedelta(0), 1, id="at it"),
        ],
    )
    def test_nothing_is_overdue_before_it(
        self, world: World, tender: Tender, after: timedelta, missed: int
    ) -> None:
        asked(world, tender)
        assert tender.answers_until is not None
        world.wind_to(tender.answers_until + after)

        due(now=world.now)

        assert MissedCutOff.objects.count() == missed

    def test_without_a_question_nothing_happens(self, world: World, tender: Tender) -> None:
        to_the_cut_off(world, tender)

        assert not MissedCutOff.objects.exists()
        assert again(tender).closes_at == tender.closes_at

    def test_an_answered_question_moves_nothing(self, world: World, tender: Tender) -> None:
        answered(world, tender, asked(world, tender))

        to_the_cut_off(world, tender)

        assert again(tender).closes_at == tender.closes_at

    def test_a_suspended_moment_is_not_said_twice(self, world: World, tender: Tender) -> None:
        asked(world, tender)
        to_the_cut_off(world, tender)
        moved = again(tender).closes_at

        due(now=world.now)

        assert MissedCutOff.objects.count() == 1
        assert again(tender).closes_at == moved


@pytest.mark.django_db
class TestTheRule:
    def test_the_deadline_moves_by_the_packs_time(self, world: World, tender: Tender) -> None:
        question = asked(world, tender)

        to_the_cut_off(world, tender)

        moved, pack = again(tender), notice_of(tender).pack
        assert tender.closes_at < moved.closes_at
        added = moved.closes_at - tender.closes_at
        assert added <= timedelta(seconds=pack.question_extension_seconds)
        assert moved.answers_until is not None and tender.answers_until is not None
        assert moved.answers_until > tender.answers_until
        verbs = [step.verb for step in told(world, tender).history.steps]
        assert verbs[-2:] == ["questions.overdue", "deadline.extended"]
        assert (announced("questions.overdue"), announced("questions.stuck")) == (1, 0)
        assert question in Question.objects.unanswered()

    def test_at_most_as_often_as_the_pack_says_and_then_people_are_told(
        self, world: World, tender: Tender
    ) -> None:
        asked(world, tender)
        most = notice_of(tender).pack.question_extensions

        for _ in range(most):
            to_the_cut_off(world, tender)
        last = again(tender).closes_at
        to_the_cut_off(world, tender)

        assert again(tender).closes_at == last
        assert [one.extended for one in MissedCutOff.objects.order_by("at")] == [
            *[True] * most, False,
        ]  # fmt: skip
        assert announced("deadline.extended") == most
        assert announced("questions.stuck") == 1
        assert "question-unanswered" in reasons(world, tender)

    def test_an_answer_lets_the_history_pass(self, world: World, tender: Tender) -> None:
        question = asked(world, tender)
        to_the_cut_off(world, tender)
        before = reasons(world, tender)

        answered(world, tender, question)

        assert before - reasons(world, tender) == {"question-unanswered"}

    def test_an_answer_to_one_of_two_is_not_enough(self, world: World, tender: Tender) -> None:
        question, _ = asked(world, tender), asked(world, tender, world.suppliers[1], "Which red?")
        to_the_cut_off(world, tender)

        answered(world, tender, question)

        assert "question-unanswered" in reasons(world, tender)


@pytest.mark.django_db
class TestWithoutATask:
    """Legality never waits for a task: what is overdue stands in the history before the close."""

    def test_the_close_itself_says_what_is_overdue(self, world: World, tender: Tender) -> None:
        asked(world, tender)
        world.wind_to(tender.closes_at + timedelta(seconds=tender.grace_seconds or 0))

        close(tender.pk, now=world.now)

        assert [one.extended for one in MissedCutOff.objects.all()] == [False]
        assert announced("questions.stuck") == 1
        assert again(tender).state == "closed"

    def test_after_the_close_nothing_more_is_said(self, world: World, tender: Tender) -> None:
        world.wind_to(tender.closes_at + timedelta(seconds=tender.grace_seconds or 0))
        close(tender.pk, now=world.now)

        due(now=world.now)

        assert not Event.objects.filter(verb="questions.overdue").exists()


@pytest.mark.usefixtures("fresh_database")
def test_two_workers_at_once_move_the_deadline_once(trust: Trust) -> None:
    world = World.at_first(trust)
    world.wind_to(world.now)
    tender = published_tender(world)
    asked(world, tender)
    assert tender.answers_until is not None
    world.wind_to(tender.answers_until)

    at_once(*[lambda: miss_cut_off(tender.pk, now=world.now)] * 3)

    assert MissedCutOff.objects.count() == 1
    assert again(tender).question_extensions == 1
