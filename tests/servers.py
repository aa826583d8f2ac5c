"""The servers of one test run: started when first wanted, shared by all workers, gone at the end.

Each run has a directory of its own, named by the process that leads it, so two runs side by side
do not meet. What a killed run left behind, the next one removes.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from procurement.tryout import embedded, minio_server
from procurement.tryout.processes import Processes, stop_left_over

ROOT = Path(__file__).parent.parent


def prepare_environment() -> None:
    """Give this run a home and a database address, for itself and for every child process.

    Workers inherit the answer of the process that started them. A DATABASE_URL from outside is
    used as it is; its server must let us create databases.
    """
    if "DAYLIGHT_TEST_RUN" in os.environ:
        return
    tools = Path(os.environ.get("DAYLIGHT_HOME", ROOT / ".daylight")).absolute()
    _sweep(tools / "tests")
    home = tools / "tests" / str(os.getpid())
    home.mkdir(parents=True)
    os.environ["DAYLIGHT_TEST_RUN"] = home.name
    os.environ["DAYLIGHT_TEST_TOOLS"] = str(tools)
    os.environ["DAYLIGHT_HOME"] = str(home)
    os.environ["DAYLIGHT_MODE"] = "test"
    os.environ.setdefault("DATABASE_URL", embedded.address(home))


def home() -> Path:
    """The directory of this run."""
    return Path(os.environ["DAYLIGHT_HOME"])


def tools() -> Path:
    """Where built programs are kept from run to run."""
    return Path(os.environ["DAYLIGHT_TEST_TOOLS"])


def run_name() -> str:
    """A name that no other run at work has."""
    return os.environ["DAYLIGHT_TEST_RUN"]


def database_is_ours() -> bool:
    """Tell whether the tests use the embedded PostgreSQL, not a DATABASE_URL from outside."""
    return os.environ["DATABASE_URL"] == embedded.address(home())


def start_database() -> None:
    """Start the embedded PostgreSQL of this run, unless DATABASE_URL names another one."""
    if database_is_ours():
        embedded.start(home(), durable=False)


@dataclass(frozen=True)
class SharedMinio:
    """The MinIO that all workers share."""

    url: str
    endpoint: str


def start_minio() -> SharedMinio:
    """Start this run's MinIO, or find the one another worker started.

    :raises MinioNotBuilt: with the sentence to skip or to fail with.
    """
    note = home() / "minio.json"
    with alone("minio"):
        if not note.exists():
            processes, program = Processes(home()), minio_server.build(tools())
            server = minio_server.start(processes, program, home() / "minio")
            processes.leave_running()  # this worker may end before the others
            note.write_text(json.dumps({"url": server.url, "endpoint": server.endpoint}))
    return SharedMinio(**json.loads(note.read_text()))


@contextlib.contextmanager
def alone(what: str) -> Iterator[None]:
    """Let one worker at a time do this."""
    with (home() / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def stop_all() -> None:
    """Stop this run's servers and remove its directory."""
    _remove(home())


def _sweep(runs: Path) -> None:
    for left in runs.glob("*"):
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(int(left.name)).status() != psutil.STATUS_ZOMBIE:
                continue
        _remove(left)


def _remove(run: Path) -> None:
    stop_left_over(run)
    embedded.stop(run)
    shutil.rmtree(run, ignore_errors=True)
