"""Judging and reading in other processes, so that a hostile file hurts nothing but itself.

Workers are spawned once and kept warm, because importing the parsers takes most of a second. Each
has limits on memory and processor time, may not open a connection, and is replaced after a number
of jobs. A file that kills or stalls its worker is UNDECIDED, ``crashed`` or ``wall-clock``; the
jobs of other workers do not notice. ``wall-clock`` is a backstop: such a verdict is retried and
never stored as final.
"""

import hashlib
import multiprocessing
import queue
import resource
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType

from signatures.pdf.anchors import Anchors
from signatures.pdf.judge import blank_report, judge, stopped
from signatures.pdf.policy import Policy
from signatures.pdf.report import Finding, Report
from signatures.pdf.text import pages_of

MEMORY_BYTES = 2 * 1024**3
WALL_CLOCK = timedelta(seconds=20)
PROCESSOR_TIME = timedelta(seconds=15)
JOBS_PER_WORKER = 200
START_UP = timedelta(seconds=60)  # for a worker to import everything on a busy machine

_LATE = object()  # no answer within the time
_FORBIDDEN = ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.exec")


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    jobs: int = 0


@dataclass
class SignaturePool:
    """A few warm workers. ``judge`` may be called from many threads; it waits for a free one."""

    workers: int = 2
    wall_clock: timedelta = WALL_CLOCK
    processor_time: timedelta = PROCESSOR_TIME
    memory_bytes: int = MEMORY_BYTES
    jobs_per_worker: int = JOBS_PER_WORKER
    _free: "queue.LifoQueue[_Worker | None]" = field(init=False, repr=False)
    _closed: threading.Event = field(init=False, repr=False, default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._free = queue.LifoQueue()
        for _ in range(self.workers):
            self._free.put(None)  # a place; its worker starts with the first job

    def __enter__(self) -> "SignaturePool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def warm(self) -> None:
        """Start every worker now, so that the first bid does not wait for imports."""
        started = [self._place() for _ in range(self.workers)]
        for worker in started:
            self._free.put(worker)

    def judge(
        self, file: Path | bytes, *, policy: Policy, anchors: Anchors, at: datetime
    ) -> Report:
        """Judge one file in a worker, as ``signatures.pdf.judge.judge`` does.

        :raises OSError: when there is no file to read.
        """
        answer = self._asked(judge, file, policy=policy, anchors=anchors, at=at)
        if isinstance(answer, Finding):
            return _undecided(file, policy, anchors, at, answer)
        assert isinstance(answer, Report)
        return answer

    def pages_of(self, pdf: bytes) -> tuple[str, ...] | None:
        """Read the words of a PDF in a worker, page by page; None where that cannot be done."""
        answer = self._asked(pages_of, pdf)
        return answer if isinstance(answer, tuple) else None

    def _asked(self, job: Callable[..., object], *what: object, **how: object) -> object:
        """Have a worker do a job; a ``Finding`` says what stopped it."""
        worker = self._place()
        try:
            worker.pipe.send((job, what, how))
            answered = worker.pipe.poll(self.wall_clock.total_seconds())
            answer = worker.pipe.recv() if answered else _LATE
        except (EOFError, OSError):
            _end(worker)
            self._free.put(None)
            return _cause(worker, self)
        if answer is _LATE:
            _end(worker)
            self._free.put(None)
            return Finding.of("wall-clock", seconds=int(self.wall_clock.total_seconds()))
        self._give_back(worker)
        if isinstance(answer, OSError):
            raise answer
        return answer

    def close(self) -> None:
        """End every worker; jobs that are running are waited for."""
        self._closed.set()
        for _ in range(self.workers):
            worker = self._free.get()
            if worker is not None:
                _end(worker)

    def _place(self) -> _Worker:
        """Wait for a free place and return its worker, started when there is none."""
        worker = self._free.get()
        if worker is not None and worker.process.is_alive():
            return worker
        try:
            return _start(self)
        except BaseException:
            self._free.put(None)
            raise

    def _give_back(self, worker: _Worker) -> None:
        worker.jobs += 1
        if worker.jobs >= self.jobs_per_worker:
            _end(worker)
            self._free.put(None)
        else:
            self._free.put(worker)


def _start(pool: SignaturePool) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    limits = (pool.memory_bytes, int(pool.processor_time.total_seconds()))
    process = context.Process(target=_work, args=(theirs, *limits), daemon=True)
    process.start()
    theirs.close()
    if not ours.poll(START_UP.total_seconds()) or ours.recv() != "ready":
        process.kill()
        raise RuntimeError("a worker that judges signatures did not start")
    return _Worker(process, ours)


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _cause(worker: _Worker, pool: SignaturePool) -> Finding:
    """Say what ended a worker: too much processor time, or something worse."""
    if worker.process.exitcode == -signal.SIGXCPU:
        return Finding.of("wall-clock", seconds=int(pool.processor_time.total_seconds()))
    return Finding.of("crashed", step="–", error=f"worker ended {worker.process.exitcode}")


def _undecided(
    file: Path | bytes, policy: Policy, anchors: Anchors, at: datetime, finding: Finding
) -> Report:
    digest, length = _hashed(file)
    return stopped(blank_report(digest, length, policy, anchors, at), finding, 0)


def _hashed(file: Path | bytes) -> tuple[str, int]:
    if isinstance(file, bytes):
        return hashlib.sha256(file).hexdigest(), len(file)
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest(), file.stat().st_size


# -- in the worker -------------------------------------------------------------------------------


def _work(pipe: Connection, memory_bytes: int, seconds: int) -> None:
    """Answer jobs until the pipe is closed; run in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse_connections)
    pipe.send("ready")
    while True:
        try:
            job, what, how = pipe.recv()
        except (EOFError, OSError):
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime)
        resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 1, resource.RLIM_INFINITY))
        try:
            answer = job(*what, **how)
        except OSError as error:
            answer = error
        pipe.send(answer)


def _refuse_connections(event: str, _arguments: object) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"a worker that judges signatures does not {event}")
