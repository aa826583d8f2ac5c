"""Celery carries a rhythm: its workers do what the background process does, each thing once."""

import os
import subprocess
import sys
from datetime import datetime
from threading import Barrier

import pytest
from pytest_django.fixtures import Settings

from procurement import background
from procurement.celery import app, schedule
from procurement.locks import held
from tests.ground.making import NOW
from tests.side_by_side import at_once

ENDS_WITHIN_SECONDS = 60
done: list[datetime] = []
together = Barrier(2, timeout=20)


def due(*, now: datetime) -> None:
    done.append(now)
    together.wait()


def broken(*, now: datetime) -> None:
    raise ConnectionError("away")


def test_beat_asks_for_the_outbox_and_for_everything_that_becomes_due(settings: Settings) -> None:
    asked = {(ask["task"], ask.get("kwargs", {}).get("name")) for ask in schedule().values()}

    due = {("procurement.tasks.work", name) for name in settings.DUE}
    assert asked == due | {("procurement.tasks.deliver", None)}


def test_a_message_that_carries_code_is_refused() -> None:
    assert (app.conf.accept_content, app.conf.task_serializer) == (["json"], "json")


def test_nothing_is_called_that_the_settings_do_not_name() -> None:
    with pytest.raises(ValueError, match="never becomes due"):
        background.work_alone("os.abort", NOW)


def test_of_two_workers_one_does_what_is_due(fresh_database: str, settings: Settings) -> None:
    settings.DUE = [f"{__name__}.due"]
    done.clear()

    def later() -> bool:
        while not done:  # the other one is at it
            pass
        try:
            return background.work_alone(f"{__name__}.due", NOW)
        finally:
            together.wait()

    found = at_once(lambda: background.work_alone(f"{__name__}.due", NOW), later)

    assert (found, done) == ([True, True], [NOW])


def test_what_fails_is_not_locked_for_the_next(fresh_database: str, settings: Settings) -> None:
    settings.DUE = [f"{__name__}.broken"]

    assert background.work_alone(f"{__name__}.broken", NOW) is False
    with held(f"due {__name__}.broken") as free:
        assert free


def test_the_try_out_runs_without_celery(fresh_database: str) -> None:
    began = (
        "import procurement.wsgi, procurement.background, sys; sys.exit('celery' in sys.modules)"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "procurement.settings",
        "DATABASE_URL": fresh_database,
    }

    ended = subprocess.run(
        [sys.executable, "-c", began], env=environment, timeout=ENDS_WITHIN_SECONDS, check=False
    )

    assert ended.returncode == 0
