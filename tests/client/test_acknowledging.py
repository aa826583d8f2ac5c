"""The timekeeper says that it has seen a later deadline, and never forgets it.

Requirement B18, E44; protocol, message 1: an extension is acknowledged by the timekeeper, which
thereby refuses the earlier gate.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bidding.sealed.may_open import History, Seen, Step
from client.acknowledging import awaited, require_after_acknowledged, require_allowed
from client.memory import Memory
from client.output import Stopped
from client.proving import Proved
from procurement.proof.shapes import Statement
from tenders.notice import Acknowledgement
from tests.vectors.samples import CLOSES_AT, TENDER, extension, gates, notice

HOUR = timedelta(hours=1)
LATER = extension(CLOSES_AT + HOUR)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    (tmp_path / TENDER).mkdir()
    return Memory(tmp_path / TENDER)


def proof(*decided: Statement) -> Proved:
    """A history of these decisions, as if it had been proved."""
    steps: list[Step] = []
    for number, one in enumerate(decided):
        prev = steps[-1].leaf if steps else None
        steps.append(Step(f"{number:064x}", prev, "decided", one))  # type: ignore[arg-type]
    told: Any = Told(History(tuple(steps), Seen("0" * 64, (), 3)))
    return Proved(told, told, told)


class Told:
    """What the acknowledging asks of a history."""

    def __init__(self, history: History) -> None:
        self.history = history


def acknowledged(head: int = 1) -> Acknowledgement:
    return Acknowledgement(TENDER, LATER.digest(), f"{head:064x}")


@pytest.mark.parametrize(
    ("decided", "found"),
    [
        pytest.param((notice(),), None, id="nothing was extended"),
        pytest.param((notice(), LATER), LATER, id="an extension"),
        pytest.param((notice(), LATER, acknowledged()), None, id="one that was acknowledged"),
        pytest.param(
            (notice(), LATER, acknowledged(), extension(CLOSES_AT + 2 * HOUR)),
            extension(CLOSES_AT + 2 * HOUR),
            id="a second one",
        ),
    ],
)
def test_the_last_extension_is_acknowledged_once(
    decided: tuple[Statement, ...], found: Statement | None
) -> None:
    assert awaited(proof(*decided)) == found


@pytest.mark.parametrize(
    "moved",
    [
        pytest.param(lambda: extension(CLOSES_AT - HOUR), id="to an earlier deadline"),
        pytest.param(
            lambda: replace(LATER, gates=gates(CLOSES_AT - HOUR)), id="with an earlier gate"
        ),
        pytest.param(lambda: replace(LATER, notice="0" * 64), id="of another notice"),
        pytest.param(
            lambda: extension(CLOSES_AT + HOUR, "unanswered-question"),
            id="by a rule that does not apply",
        ),
    ],
)
def test_what_moved_the_deadline_against_the_rules_is_not_acknowledged(
    moved: Callable[[], Statement],
) -> None:
    with pytest.raises(Stopped) as stopped:
        require_allowed(proof(notice(), moved()))

    assert stopped.value.code == "not-allowed"


def test_what_was_acknowledged_lies_on_the_disk_before_it_is_sent(memory: Memory) -> None:
    memory.keep_acknowledgement(LATER, b"as it was signed")

    assert memory.acknowledgement(LATER) == b"as it was signed"
    assert memory.acknowledgement(extension(CLOSES_AT + 2 * HOUR)) is None
    assert Memory(memory.folder).acknowledged() == LATER


def test_nothing_is_released_before_a_gate_that_was_acknowledged(memory: Memory) -> None:
    require_after_acknowledged(memory, datetime(1970, 1, 1, tzinfo=UTC))  # none was
    memory.keep_acknowledgement(LATER, b"")

    with pytest.raises(Stopped) as stopped:
        require_after_acknowledged(memory, CLOSES_AT + HOUR - timedelta(microseconds=1))
    require_after_acknowledged(memory, CLOSES_AT + HOUR)

    assert stopped.value.code == "acknowledged-later"
