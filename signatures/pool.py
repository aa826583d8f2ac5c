"""Judging and reading in other processes, so that a hostile file hurts nothing but itself.

Workers are spawned once and kept warm, because importing the parsers takes most of a second. Each
has limits on memory and processor time, may not open a connection, and is replaced after a number
of jobs. A file that kills or stalls its worker is UNDECIDED, ``crashed`` or ``wall-clock``; the
jobs of other workers do not notice. ``wall-clock`` is a backstop: such a verdict is retried by who
asked (an opening at once, a form by ``bidding.ceremonies.rechecking``) and never stored as final.
What a file may take is counted before, and ``resource-count`` is final.

Whoever asks names a queue, a tender as a rule. Queues take turns, and none can hold every worker:
the files of one tender, hostile ones too, never let those of another wait for a worker.
"""

import hashlib
import multiprocessing
import resource
import signal
import sys
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
from signatures.places import Closed, Places

MEMORY_BYTES = 2 * 1024**3
WALL_CLOCK = timedelta(seconds=20)
PROCESSOR_TIME = timedelta(seconds=15)
JOBS_PER_WORKER = 1000  # a new one imports for as long as a hundred jobs take
START_UP = timedelta(seconds=60)  # for a worker to import everything on a busy machine
_WARMING = "warming"  # the queue of nobody's files

_FORBIDDEN = {
    *("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "socket.sendmsg"),
    *("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.fork", "os.forkpty"),
}


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    jobs: int = 0
    trusts: str = ""  # digest of the anchors that it was given last


@dataclass
class SignaturePool:
    """A few warm workers, and one more that starts when a second queue needs it.

    ``judge`` may be called from many threads; it waits for a worker.
    """

    workers: int = 2
    wall_clock: timedelta = WALL_CLOCK
    processor_time: timedelta = PROCESSOR_TIME
    memory_bytes: int = MEMORY_BYTES
    jobs_per_worker: int = JOBS_PER_WORKER
    _places: Places[_Worker] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._places = Places(self.workers)  # a worker starts with the first job at its place

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
        """Start every worker now, so that the first bid does not wait for imports.

        A pool that is closed meanwhile needs none.
        """
        started: list[_Worker] = []
        try:
            while len(started) < self.workers:
                started.append(self._place(_WARMING))
        except Closed:
            pass
        finally:
            for worker in started:
                self._places.give(_WARMING, worker)

    def judge(
        self,
        file: Path | bytes,
        *,
        policy: Policy,
        anchors: Anchors,
        at: datetime,
        queue: str = "",
    ) -> Report:
        """Judge one file in a worker, as ``signatures.pdf.judge.judge`` does.

        :raises OSError: when there is no file to read.
        :raises Closed: when the pool was closed.
        """
        answer = self._asked(queue, judge, file, anchors=anchors, policy=policy, at=at)
        if isinstance(answer, Finding):
            return _undecided(file, policy, anchors, at, answer)
        assert isinstance(answer, Report)
        return answer

    def pages_of(self, pdf: bytes, *, queue: str = "") -> tuple[str, ...] | None:
        """Read the words of a PDF in a worker, page by page; None where that cannot be done."""
        answer = self._asked(queue, pages_of, pdf)
        return answer if isinstance(answer, tuple) else None

    def _asked(
        self,
        queue: str,
        job: Callable[..., object],
        *what: object,
        anchors: Anchors | None = None,
        **how: object,
    ) -> object:
        """Have a worker do a job; a ``Finding`` says what stopped it.

        All authorities of a continent take megabytes, so a worker keeps the set that it was given.
        """
        worker = self._place(queue)
        try:
            if anchors is not None and worker.trusts != anchors.digest:
                worker.pipe.send(anchors)
                worker.trusts = anchors.digest
            worker.pipe.send((job, what, how, anchors is not None))
            answered = worker.pipe.poll(self.wall_clock.total_seconds())
            answer = worker.pipe.recv() if answered else _too_long(self.wall_clock)
        except (EOFError, OSError):
            _end(worker)
            answer = _cause(worker, self)
        except BaseException:
            self._give_back(queue, worker, over=True)
            raise
        self._give_back(queue, worker, over=isinstance(answer, Finding))
        if isinstance(answer, OSError):
            raise answer
        return answer

    def close(self) -> None:
        """End every worker; jobs that are running are waited for."""
        for worker in self._places.close():
            _end(worker)

    def _place(self, queue: str) -> _Worker:
        """Wait for a place and return its worker, started when there is none."""
        worker = self._places.take(queue)
        if worker is not None and worker.process.is_alive():
            return worker
        try:
            return _start(self)
        except BaseException:
            self._places.give(queue, None)
            raise

    def _give_back(self, queue: str, worker: _Worker, *, over: bool) -> None:
        worker.jobs += 1
        over = over or worker.jobs >= self.jobs_per_worker
        if over:
            _end(worker)
        self._places.give(queue, None if over else worker)


def _start(pool: SignaturePool) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    limits = (pool.memory_bytes, int(pool.processor_time.total_seconds()))
    process = context.Process(target=_work, args=(theirs, *limits), daemon=True)
    process.start()
    theirs.close()
    if not _is_ready(ours):
        process.kill()
        raise RuntimeError("a worker that judges signatures did not start")
    return _Worker(process, ours)


def _is_ready(pipe: Connection) -> bool:
    try:
        return pipe.poll(START_UP.total_seconds()) and pipe.recv() == "ready"
    except EOFError:  # it ended at once
        return False


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _too_long(allowed: timedelta) -> Finding:
    return Finding.of("wall-clock", seconds=int(allowed.total_seconds()))


def _cause(worker: _Worker, pool: SignaturePool) -> Finding:
    """Say what ended a worker: too much processor time, or something worse."""
    if worker.process.exitcode == -signal.SIGXCPU:
        return _too_long(pool.processor_time)
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
    for nothing in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(nothing, (0, 0))  # no dump of memory, and no file is written
    sys.addaudithook(_refuse_connections)
    pipe.send("ready")
    anchors = Anchors()
    while True:
        try:
            received = pipe.recv()
        except (EOFError, OSError):
            return
        if isinstance(received, Anchors):
            anchors = received
            continue
        job, what, how, trusting = received
        if trusting:
            how["anchors"] = anchors
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
