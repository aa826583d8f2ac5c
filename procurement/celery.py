"""Work in the background on several machines: ``celery --app procurement.celery worker``.

The broker carries a rhythm and nothing else. ``celery --app procurement.celery beat`` asks again
and again for what ``manage.py background`` does by itself: for the outbox and for everything that
becomes due. What there is to do stands in the database alone, so a broker that is lost with all
it held loses nothing, and a broker that is read tells nothing. For the same reason nobody is
called when something is announced: the call would tell that somebody has just filed a bid.

Only where a broker is named is this module ever imported.
"""

import os
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "procurement.settings")

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings

DELIVER_EVERY: Final = 1  # second: papers and mails follow what was announced at once
EXPIRES_AFTER: Final = 30  # seconds; nobody had time, and beat has asked again since
REDIS_OPTIONS: Final = {
    "visibility_timeout": 3600,  # seconds after which another worker is given what one took
    "socket_connect_timeout": 5,  # seconds
    "socket_keepalive": True,
}

app = Celery("daylight", broker=settings.BROKER or None, include=["procurement.tasks"])
app.conf.update(
    task_serializer="json",
    accept_content=["json"],  # never pickle: whoever writes to the broker must not run code
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    worker_pool="threads",  # Celery's own child processes may not start any, and judging a PDF does
    worker_enable_remote_control=False,  # nobody steers a worker through the broker
    worker_cancel_long_running_tasks_on_connection_loss=False,  # they are safe to run twice
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # for ever
    broker_transport_options=REDIS_OPTIONS if settings.BROKER.startswith("redis") else {},
    beat_scheduler="celery.beat:Scheduler",  # keeps no file: every rhythm begins anew
    timezone="UTC",
)


def schedule() -> dict[str, dict[str, Any]]:
    """Give what beat asks for: the outbox, and each of ``settings.DUE`` by its name."""
    asks: dict[str, dict[str, Any]] = {
        "deliver": {"task": "procurement.tasks.deliver", "schedule": DELIVER_EVERY}
    }
    for name in settings.DUE:
        asks[name] = {
            "task": "procurement.tasks.work",
            "schedule": settings.TICK_SECONDS,
            "kwargs": {"name": name},
        }
    return {what: {**ask, "options": {"expires": EXPIRES_AFTER}} for what, ask in asks.items()}


app.conf.beat_schedule = schedule()


@setup_logging.connect
def keep_our_logs(**_: Any) -> None:
    """Leave the logs as the settings say; Celery would set up its own."""


@worker_init.connect
@beat_init.connect
def make_sure_of_the_place(**_: Any) -> None:
    """Refuse to start where a web server would refuse."""
    from procurement.clock import now  # noqa: TID251 - the start of a worker is an edge
    from procurement.starting import make_sure

    make_sure(now())


@worker_init.connect
def warm_up(**_: Any) -> None:
    """Begin what takes long the first time."""
    from procurement.warming import begin

    begin()
