"""The background process works, ticks, lets a second one wait, and ends when told to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from procurement import clock
from procurement.journal.timestamping import due
from procurement.models import Checkpoint, Event, OutboxMessage
from tests.ground.making import event

ENDS_WITHIN_SECONDS = 20


@contextmanager
def started(address: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run a background process; whatever the test finds, it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "background", *words],
        env=os.environ | {"DATABASE_URL": address},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def until(holds: Callable[[], bool]) -> None:
    for _ in range(ENDS_WITHIN_SECONDS * 10):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def test_two_processes_make_one_log_and_end_when_told_to(fresh_database: str) -> None:
    event()
    with started(fresh_database) as one, started(fresh_database) as other:
        running = [one, other]
        until(lambda: Checkpoint.objects.count() >= 3)
        event()
        until(lambda: not Event.objects.filter(leaf_index=None).exists())

        for process in running:
            process.send_signal(signal.SIGTERM)
        said = [process.communicate(timeout=ENDS_WITHIN_SECONDS)[0] for process in running]

    assert [process.returncode for process in running] == [0, 0]
    assert said == ["", ""]


def test_a_killed_process_leaves_a_log_that_goes_on(fresh_database: str) -> None:
    with started(fresh_database):
        until(lambda: Checkpoint.objects.count() >= 1)
    event()

    with started(fresh_database, "--once") as next_one:
        said = next_one.communicate(timeout=ENDS_WITHIN_SECONDS)[0]

    assert said == "0 delivered, failed: 0\n"
    assert not Event.objects.filter(leaf_index=None).exists()


@pytest.mark.django_db
def test_without_an_authority_nothing_is_asked_of_one() -> None:
    due(now=clock.now() + timedelta(days=1))

    assert not OutboxMessage.objects.exists()
