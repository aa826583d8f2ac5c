"""What waits for someone is collected from every room, the oldest first."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from procurement.actors import ANONYMOUS, Actor, system_actor
from procurement.texts import Text
from procurement.waiting import Waiting, waiting_for
from tests.ground.making import NOW

SAID = Text("Something waits", "有事项待办")
YOUNG = Waiting("young", None, NOW, SAID)
OLD = Waiting("old", None, NOW - timedelta(days=1), SAID)
UNDATED = Waiting("undated", None, None, SAID)


def one_room(actor: Actor, now: object) -> list[Waiting]:
    return [UNDATED, YOUNG]


def another_room(actor: Actor, now: object) -> list[Waiting]:
    return [OLD]


@pytest.fixture(autouse=True)
def two_rooms(settings: Settings) -> None:
    settings.WAITING = [f"{__name__}.one_room", f"{__name__}.another_room"]


def test_what_has_waited_longest_comes_first() -> None:
    assert waiting_for(system_actor(), NOW) == [OLD, YOUNG, UNDATED]


def test_nothing_waits_for_a_stranger() -> None:
    assert waiting_for(ANONYMOUS, NOW) == []
