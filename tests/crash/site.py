"""A site as production has it, of which every part can be killed: by the numbers we started.

PostgreSQL, Redis and MinIO on loopback; two web processes and two workers that connect as the
application's role; the sequencer and the clock of the rhythm. Redis keeps nothing on disk, so a
killed Redis is a Redis that has lost everything.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psutil
from django.db import connections

from procurement.settings import _database
from procurement.tryout import minio_server, services
from procurement.tryout.processes import LOOPBACK, Child, Processes, free_port
from procurement.tryout.run import WORKER
from tests import servers

Found = TypeVar("Found")
CELERY = (sys.executable, "-m", "celery", "--quiet", "--app", "procurement.celery")


@dataclass
class Site:
    """The site, its parts by name, and how to kill each."""

    processes: Processes
    running: services.Services
    home: Path
    environment: dict[str, str]
    port: int = 0
    web: Child | None = None
    behind: dict[str, Child] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def start_web(self) -> None:
        self.port = self.port or free_port()
        self.web = self.processes.start(
            "site",
            [
                *(sys.executable, "-m", "gunicorn", "--bind", f"{LOOPBACK}:{self.port}"),
                *("--config", "python:procurement.gunicorn_conf"),
                *("--workers", "2", "--threads", "4", "procurement.wsgi"),
            ],
            env=self.environment,
            ready=f"{self.address}/healthz",
            within=60,
        )

    def start_worker(self, name: str) -> None:
        words = [*CELERY, "worker", *WORKER, "--hostname", f"{name}@%h"]
        self.behind[name] = self.processes.start(name, words, env=self.environment)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Let sequencer, workers and beat work for as long as the block lasts."""
        sequencer = [sys.executable, "manage.py", "sequencer"]
        self.behind["sequencer"] = self.processes.start(
            "sequencer", sequencer, env=self.environment
        )
        for name in ("worker-1", "worker-2"):
            self.start_worker(name)
        beat = [*CELERY, "beat", "--pidfile="]
        self.behind["beat"] = self.processes.start("beat", beat, env=self.environment)
        try:
            yield
        finally:
            for child in self.behind.values():
                child.stop()
            self.behind.clear()

    # ── each kills one part, and brings it back ──────────────────────────────────────────────

    def kill_web_process(self) -> None:
        """Kill one of the two; their parent starts another."""
        assert self.web is not None
        workers = psutil.Process(self.web.pid).children()
        workers[0].kill()

    def kill_worker(self) -> None:
        self.behind["worker-1"].kill()
        self.start_worker("worker-1")

    def kill_redis(self) -> None:
        self.running.redis.kill()
        port = int(self.environment["DAYLIGHT_BROKER"].rpartition(":")[2].partition("/")[0])
        self.running.redis, _ = services.start_redis(
            self.processes, self.home, self.running.passwords, print, port
        )

    def kill_minio(self) -> None:
        self.running.minio.child.kill()
        self.running.minio = minio_server.start_again(self.processes, self.running.minio)

    def kill_postgresql(self) -> None:
        """Kill it with everybody who works in it: they lead groups of their own."""
        postmaster = psutil.Process(self.running.postgresql.pid)
        all_of_it = [postmaster, *postmaster.children()]
        for one in all_of_it:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.running.postgresql.process.wait()
        psutil.wait_procs(all_of_it[1:], timeout=20)
        self.running.postgresql, _ = services.start_postgresql(
            self.processes,
            self.home,
            self.running.passwords,
            print,
            self.running.postgresql_port,
        )


@contextlib.contextmanager
def site(anchors: Path) -> Iterator[Site]:
    """Run the site without its workers; the database is migrated, and this process its owner."""
    home = servers.home() / "crash"
    with Processes(home) as processes:
        running = services.start(processes, home, print, tools=servers.tools())
        environment = running.environment | {
            "DAYLIGHT_MODE": "test",
            "DAYLIGHT_KEYS_DIR": str(servers.home() / "keys"),
            "DAYLIGHT_SIGNATURE_ANCHORS": str(anchors),
            "DAYLIGHT_TSA_URL": "",
        }
        made = Site(processes, running, home / "services", environment)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0", "--no-input"],
            env=os.environ | environment,
            check=True,
        )
        with as_owner(running):
            made.start_web()
            yield made


@contextlib.contextmanager
def as_owner(running: services.Services) -> Iterator[None]:
    """Point Django, in every thread, to the site's database."""
    kept = connections["default"].settings_dict
    before = dict(kept)
    connections.close_all()
    kept.update(_database(running.address(services.OWNER)))
    try:
        yield
    finally:
        connections.close_all()
        kept.update(before)


def until(asked: Callable[[], Found], *, what: str, within: float = 60) -> Found:
    """Ask until there is an answer."""
    ends = time.monotonic() + within
    while not (found := asked()):
        assert time.monotonic() < ends, f"no {what} within {within} s"
        time.sleep(0.2)
    return found
