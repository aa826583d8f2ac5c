"""What is announced inside a transaction is told after it, at least once, to every handler."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction
from pytest_django.fixtures import Settings as SettingsWrapper

from procurement.background import run_once
from procurement.models import OutboxMessage
from procurement.outbox import announce, deliver
from tests.ground.making import NOW, Verb

heard: list[tuple[str, UUID]] = []
broken: set[str] = set()


def one(message: OutboxMessage, *, now: datetime) -> None:
    hear("one", message)


def two(message: OutboxMessage, *, now: datetime) -> None:
    hear("two", message)


def due(*, now: datetime) -> None:
    if "due" in broken:
        raise ConnectionError("away")
    announce(Verb.TOLD, UUID(int=5))


def hear(name: str, message: OutboxMessage) -> None:
    if name in broken:
        raise ConnectionError("away")
    heard.append((name, message.subject))


@pytest.fixture(autouse=True)
def handlers(settings: SettingsWrapper, fresh_database: str) -> Iterator[None]:
    settings.OUTBOX_HANDLERS = [f"{__name__}.one", f"{__name__}.two"]
    settings.DUE = [f"{__name__}.due", f"{__name__}.due"]
    heard.clear()
    broken.clear()
    yield
    broken.clear()


def test_a_message_reaches_every_handler_once() -> None:
    subject = uuid4()
    announce(Verb.TOLD, subject, size=3)

    assert deliver(NOW) == 1
    assert deliver(NOW + timedelta(days=1)) == 0
    assert heard == [("one", subject), ("two", subject)]
    message = OutboxMessage.objects.get()
    assert (message.payload, message.delivered_at, message.attempts) == ({"size": 3}, NOW, 1)


def test_a_message_of_a_transaction_that_fails_is_never_told() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        announce(Verb.TOLD, uuid4())
        raise RuntimeError

    assert deliver(NOW) == 0


def test_messages_are_told_in_the_order_they_were_announced() -> None:
    subjects = [uuid4() for _ in range(5)]
    for subject in subjects:
        announce(Verb.TOLD, subject)

    deliver(NOW)

    assert [subject for name, subject in heard if name == "one"] == subjects


def test_a_handler_that_fails_is_asked_again_later_and_the_others_are_not() -> None:
    announce(Verb.TOLD, UUID(int=1))
    announce(Verb.TOLD, UUID(int=2))
    broken.add("one")

    assert deliver(NOW) == 0
    assert deliver(NOW + timedelta(seconds=1)) == 0
    assert OutboxMessage.objects.filter(attempts=1).count() == 2
    assert "ConnectionError('away')" in OutboxMessage.objects.all()[0].last_error
    broken.clear()
    assert deliver(NOW + timedelta(seconds=2)) == 2

    assert heard == [
        ("two", UUID(int=1)),
        ("two", UUID(int=2)),
        ("one", UUID(int=1)),
        ("one", UUID(int=2)),
    ]


def test_the_waits_grow_but_never_beyond_an_hour() -> None:
    announce(Verb.TOLD, UUID(int=1))
    broken.update({"one", "two"})
    now, waits = NOW, []
    for _ in range(14):
        deliver(now)
        due_at = OutboxMessage.objects.get().due_at
        assert due_at is not None
        waits.append((due_at - now).total_seconds())
        now = due_at

    assert waits == [min(2**attempt, 3600) for attempt in range(1, 15)]


def test_a_message_whose_runner_was_killed_is_told_again_after_its_lease() -> None:
    announce(Verb.TOLD, UUID(int=1))
    OutboxMessage.objects.update(attempts=1, due_at=NOW + timedelta(minutes=5))  # claimed, no more

    assert deliver(NOW + timedelta(minutes=4)) == 0
    assert deliver(NOW + timedelta(minutes=5)) == 1


def test_two_runners_at_once_never_tell_the_same_message() -> None:
    for _ in range(40):
        announce(Verb.TOLD, uuid4())

    def run() -> int:
        try:
            return deliver(NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        through = [pool.submit(run) for _ in range(4)]

    assert sum(found.result() for found in through) == 40
    assert len(heard) == len(set(heard)) == 80


def test_one_pass_does_what_is_due_tells_it_and_ticks() -> None:
    done = run_once(NOW)

    assert (done.delivered, done.failed) == (2, ())
    assert done.checkpoint is not None
    assert done.checkpoint.checkpoint.size == 4
    assert len(heard) == 4


def test_what_fails_in_a_pass_is_named_and_stops_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken.add("due")

    done = run_once(NOW)

    assert done.failed == (f"{__name__}.due", f"{__name__}.due")
    assert done.checkpoint is not None
    assert "away" in caplog.text
