"""Questions wait for officers, overdue ones for supervisors, demands for a reply: once a tender."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenders.models import Tender
from tenders.overdue import due
from tenders.waiting_questions import waiting_for
from tests.tenders.asking import answered, asked
from tests.tenders.demanding import demanded
from tests.world import HOUR, World, published_tender

pytestmark = pytest.mark.django_db


@pytest.fixture
def tender(world: World) -> Tender:
    world.wind_to(world.now)
    return published_tender(world)


def waits(world: World, who: str) -> list[str]:
    return [one.what for one in waiting_for(world.by(who), world.now)]


def test_however_many_ask_an_officer_is_told_once(world: World, tender: Tender) -> None:
    questions = [asked(world, tender, company) for company in world.suppliers]

    assert waits(world, "officer") == ["answer-questions"]
    assert waiting_for(world.by("officer"), world.now)[0].since is None
    answered(world, tender, *questions)
    assert waits(world, "officer") == []


@pytest.mark.parametrize("who", ["legal", "opener-1", "decider", "operator", "timekeeper"])
def test_nobody_else_is_told(world: World, tender: Tender, who: str) -> None:
    asked(world, tender)

    assert waits(world, who) == []


def test_a_supervisor_is_told_when_they_are_overdue_and_not_before(
    world: World, tender: Tender
) -> None:
    """A missed cut-off is looked after (requirement B14)."""
    question = asked(world, tender)
    before = waits(world, "overseer")
    assert tender.answers_until is not None
    world.wind_to(tender.answers_until)
    due(now=world.now)

    assert (before, waits(world, "overseer")) == ([], ["overdue-answers"])
    answered(world, tender, question)
    assert waits(world, "overseer") == []


def test_a_demand_waits_for_its_reply(world: World, tender: Tender) -> None:
    demanded(world, tender, ends_at=world.now + HOUR)

    assert waits(world, "officer") == ["reply-to-demand"]


def test_the_number_of_queries_does_not_grow(world: World, tender: Tender) -> None:
    def counted() -> int:
        by = world.by("officer")
        with CaptureQueriesContext(connection) as queries:
            waiting_for(by, world.now)
        return len(queries)

    asked(world, tender)
    once = counted()
    for _ in range(2):
        asked(world, published_tender(world))

    assert counted() == once
