"""The try-out site on this machine: database, practice authority, web server, work behind it."""

import fcntl
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.core.management import call_command

from procurement import clock
from procurement.models import User
from procurement.tryout import authority, embedded
from procurement.tryout.processes import (
    LOOPBACK,
    NotStarted,
    Processes,
    free_port,
    stop_left_over,
)

DEFAULT_PORT = 8000
ENDS_WITHIN_SECONDS = 60.0  # all that works behind a site, and its database
# Each worker does two things at a time; none asks the others how they are.
WORKER = ("--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat")
OPERATOR = "operator@try-out.example"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Site:
    """Where the running site is, the operator's sign-in, and who gives timestamps."""

    address: str
    operator: str
    password: str
    tsa: str


@contextmanager
def site(
    say: Say, port: int | None = None, prepare: Callable[[], object] = lambda: None
) -> Iterator[Site]:
    """Run the site for as long as the block lasts; nothing of it outlives the block.

    ``prepare`` is called when the database is there, and before anything else runs on it.

    One that is just ending here is waited for.

    :raises PortTaken: when another program has the port.
    :raises NotStarted: with the last words of what did not start, or while another site runs here.
    """
    home = Path(settings.HOME)
    with alone(home, say):
        yield from _site(home, say, port, prepare)


def _site(home: Path, say: Say, port: int | None, prepare: Callable[[], object]) -> Iterator[Site]:
    stop_left_over(home)
    own_database = settings.DATABASE_URL in (None, "", embedded.address(home))
    taken = free_port(port if port is not None else int(os.environ.get("PORT", DEFAULT_PORT)))
    say("Preparing the database …")
    if own_database:  # the site that was here may have stopped it since
        embedded.start(home, say=say)
    _migrate()
    password = _operator(home)
    address = f"http://{LOOPBACK}:{taken}"
    try:
        prepare()
        with Processes(home) as processes:
            say("Starting the site …")
            tsa = authority.start(processes, home, say, now=clock.now())
            tsa = settings.TSA_URL or tsa
            env = {"DAYLIGHT_TSA_URL": tsa}
            _start_work(processes, env)
            processes.start(
                "site",
                [
                    *(sys.executable, "-m", "gunicorn", "--bind", f"{LOOPBACK}:{taken}"),
                    *("--config", "python:procurement.gunicorn_conf"),
                    *("--workers", "2" if settings.BROKER else "1", "--threads", "8"),
                    "procurement.wsgi",
                ],
                env=env,
                ready=f"{address}/api/v1/log/checkpoint",  # after the first tick,
            )
            yield Site(address, OPERATOR, password, tsa)
    finally:
        if own_database:
            embedded.stop(home)


@contextmanager
def alone(home: Path, say: Say, within: float = ENDS_WITHIN_SECONDS) -> Iterator[None]:
    """Let one site at a time run in ``home``; wait for one that is ending, at most ``within`` s.

    :raises NotStarted: when it has not ended by then.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "site.lock").open("w") as lock:
        if not _taken(lock):
            say(f"Another site runs here or is just ending; waiting up to {within:g} s for it …")
            end = time.monotonic() + within
            while not _taken(lock):
                if time.monotonic() > end:
                    raise NotStarted(
                        f"Another site runs in {home}. Use that one, or end it with Ctrl-C; "
                        "or run a second one elsewhere: DAYLIGHT_HOME=… PORT=8123 make run"
                    )
                time.sleep(0.1)
        yield


def _taken(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def run(say: Say) -> None:
    """Run the site until Ctrl-C, and say where it is."""
    with site(say) as running:
        say(f"The interface     {running.address}/api/docs/")
        say(f"The log           {running.address}/api/v1/log/checkpoint")
        say(f"Operator          {running.operator}  ·  {running.password}")
        say("Ctrl-C ends it, and the database with it.")
        while True:
            time.sleep(3600)


def _migrate() -> None:
    """Migrate, as the owner of the tables where there is one."""
    if settings.DATABASE_OWNER_URL:
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0", "--no-input"], check=True)
    else:
        call_command("migrate", verbosity=0, interactive=False)


def _start_work(processes: Processes, env: dict[str, str]) -> None:
    """Start what works behind the site: one process, or with a broker one for each part of it."""
    parts: dict[str, tuple[str, ...]] = {"background": ("manage.py", "background")}
    if settings.BROKER:
        celery = ("-m", "celery", "--quiet", "--app", "procurement.celery")
        worker = (*celery, "worker", *WORKER)
        parts = {
            "sequencer": ("manage.py", "sequencer"),
            "worker-1": (*worker, "--hostname", "worker-1@%h"),
            "worker-2": (*worker, "--hostname", "worker-2@%h"),
            "beat": (*celery, "beat", "--pidfile="),
        }
    for name, words in parts.items():
        processes.start(name, [sys.executable, *words], env=env)


def _operator(home: Path) -> str:
    """Make the try-out's operator once; the password lies in a file that only its owner reads."""
    path = home / "operator-password"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(12))
    if not User.objects.filter(email=OPERATOR).exists():
        call_command("create_operator", OPERATOR, "Operator", password_file=str(path), verbosity=0)
    return path.read_text()
