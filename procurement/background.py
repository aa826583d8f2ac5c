"""What runs behind the web server: the outbox, what has become due, and the sequencer.

Safe to run anywhere and twice. Legality never waits for it: a bid is late by the clock, whether
this has run or not. With a broker ``procurement.tasks`` does the same work, and the sequencer is a
process of its own.
"""

import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Thread

from django.conf import settings
from django.db import Error, connection

from procurement.dotted import found
from procurement.journal.sequencer import tick
from procurement.locks import held
from procurement.outbox import deliver
from procurement.proof.checkpoint import SignedCheckpoint

_LEADER = 0x6261636B67726F  # "backgro", a number for PostgreSQL's advisory lock
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pass:
    """What one pass did: messages through, names of what failed, the checkpoint it ended with."""

    delivered: int
    failed: tuple[str, ...]
    checkpoint: SignedCheckpoint | None


def run_once(now: datetime) -> Pass:
    """Do what is due, tell what was announced, and tick. What fails is logged and named."""
    failed = work(now)
    delivered = deliver(now)
    return Pass(delivered, failed, tick(now))


def work(now: datetime) -> tuple[str, ...]:
    """Call every ``settings.DUE``; one that fails does not stop the next. Name those that did."""
    return tuple(name for name in settings.DUE if not _worked(name, now))


def work_alone(name: str, now: datetime) -> bool:
    """Call one of ``settings.DUE`` unless another process is at it; tell whether it went well.

    :raises ValueError: for any other name: whoever writes to the broker must not call what they
        like.
    """
    if name not in settings.DUE:
        raise ValueError(f"{name!r} never becomes due")
    with held(f"due {name}") as free:
        return not free or _worked(name, now)


def run_until(stop: Event, clock: Callable[[], datetime]) -> None:
    """Run until ``stop`` is set: the sequencer in a thread of its own, the rest here.

    Of several such processes one works and the others wait to take over.
    """
    sequencer = Thread(target=every_tick, args=(stop, clock, tick), name="sequencer", daemon=True)
    sequencer.start()
    every_tick(stop, clock, _work_if_leader)
    sequencer.join()


def told_to_stop() -> Event:
    """Give what is set when this process is asked to end."""
    stop = Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    return stop


def every_tick(
    stop: Event, clock: Callable[[], datetime], act: Callable[[datetime], object]
) -> None:
    """Act again and again until ``stop`` is set; what fails is logged and tried again."""
    try:
        while not stop.wait(settings.TICK_SECONDS):
            try:
                act(clock())
            except Exception:  # noqa: BLE001 - the loop outlives a lost connection
                _log.exception("%s has failed; it is tried again", act.__name__)
                with suppress(Error):
                    connection.close()  # and with it a lock that may be half lost
    finally:
        connection.close()


def _worked(name: str, now: datetime) -> bool:
    due: Callable[..., object] = found([name])[0]
    try:
        due(now=now)
    except Exception:  # noqa: BLE001 - whatever one does, the others run
        _log.exception("%s has failed", name)
        return False
    return True


def _work_if_leader(now: datetime) -> None:
    """Work, unless another process does. The lock stays ours until the connection ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND pid = pg_backend_pid() AND (classid::bigint << 32 | objid::bigint) = %(key)s) "
            "OR pg_try_advisory_lock(%(key)s)",
            {"key": _LEADER},
        )
        leads = cursor.fetchone()[0]
    if leads:
        work(now)
        deliver(now)
