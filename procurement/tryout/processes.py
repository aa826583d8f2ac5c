"""Child processes that do not outlive what started them.

    with Processes(home) as processes:
        port = free_port()
        processes.start("site", [...], ready=f"http://127.0.0.1:{port}/healthz")

Each child leads a process group of its own and writes to ``<home>/logs/<name>.log``. At the end,
also at Ctrl-C, at SIGTERM and at an exception, all are stopped in reverse order: SIGTERM first,
SIGKILL for those that do not listen. Their numbers are noted in ``<home>/run``; if the parent is
killed outright, `stop_left_over` finds them there.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import pwd
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import psutil

LOOPBACK: Final = "127.0.0.1"
STOP_SECONDS = 10.0  # between SIGTERM and SIGKILL
_LAST_WORDS = 800  # characters of a log in a message


class NotStarted(Exception):  # noqa: N818  # a sentence, as refusals are
    """A child process ended too early or did not answer in time."""


class PortTaken(Exception):  # noqa: N818  # a sentence, as refusals are
    """The port somebody asked for belongs to another program."""


@dataclass(frozen=True)
class Child:
    """One child process at work."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """Its process id, which is also the id of its group."""
        return self.process.pid

    def stop(self) -> None:
        """End it and everything it started; return when it has ended. Safe to call twice."""
        _stop_group(psutil.Process(self.pid) if self.process.poll() is None else None, self.pid)
        self.process.wait()

    def kill(self) -> None:
        """End it as a power cut would, for tests."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


class Processes:
    """The children of one command."""

    def __init__(self, home: Path) -> None:
        self._logs = home / "logs"
        self._notes = home / "run"
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, _leave)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # An impatient second Ctrl-C must not leave half of them behind.
        main = threading.current_thread() is threading.main_thread()
        impatience = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
        try:
            self.stop_all()
        finally:
            if main:
                signal.signal(signal.SIGINT, impatience)
                signal.signal(signal.SIGTERM, self._before)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        ready: str | None = None,
        within: float = 30.0,
        user: str | None = None,
    ) -> Child:
        """Start a child and wait until it answers.

        ``env`` is added to the environment. ``ready`` is an ``http://`` address on loopback that
        must answer 200, or ``127.0.0.1:PORT`` that must accept; ``within`` is in seconds. With
        ``user``, root lets it run as that system user.

        :raises NotStarted: with the end of its log; the child is stopped then.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        self._notes.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                start_new_session=True,
                user=user,
                group=pwd.getpwnam(user).pw_gid if user else None,
                extra_groups=[] if user else None,
            )
        child = Child(name, process, log)
        self._children.append(child)
        self._note(child)
        if ready is not None:
            self._wait(child, ready, within)
        return child

    def stop_all(self) -> None:
        """Stop every child, the youngest first."""
        while self._children:
            child = self._children[-1]
            child.stop()
            (self._notes / f"{child.pid}.json").unlink(missing_ok=True)
            self._children.pop()

    def leave_running(self) -> None:
        """Let the children outlive this program; `stop_left_over` ends them."""
        for child in self._children:
            child.process.returncode = 0  # else Python warns that nobody has waited for it
        self._children.clear()

    def _note(self, child: Child) -> None:
        with contextlib.suppress(psutil.Error):  # it may have ended already
            note = {"name": child.name, "began": psutil.Process(child.pid).create_time()}
            (self._notes / f"{child.pid}.json").write_text(json.dumps(note))

    def _wait(self, child: Child, ready: str, within: float) -> None:
        end = time.monotonic() + within
        while not answers(ready):
            code = child.process.poll()
            if code is not None or time.monotonic() > end:
                child.stop()
                what = f"did not answer in {within:g} s" if code is None else f"ended with {code}"
                words = child.log.read_text(errors="replace")[-_LAST_WORDS:].strip()
                raise NotStarted(f"{child.name} {what}. The end of {child.log}:\n{words}")
            time.sleep(0.05)


def stop_left_over(home: Path) -> list[str]:
    """Stop the children of a parent that was killed; return their names."""
    stopped = []
    for note in sorted((home / "run").glob("*.json"), reverse=True):
        with contextlib.suppress(psutil.Error, OSError, ValueError, KeyError):
            told = json.loads(note.read_text())
            process = psutil.Process(int(note.stem))
            # The number may have been given to another program since.
            if process.create_time() == told["began"]:
                _stop_group(process, process.pid)
                stopped.append(str(told["name"]))
        note.unlink(missing_ok=True)
    return stopped


def free_port(wanted: int | None = None) -> int:
    """Find a free port on loopback, or make sure that ``wanted`` is free.

    :raises PortTaken: with what to do about it.
    """
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, wanted or 0))
        except OSError as fault:
            raise PortTaken(
                f"port {wanted} cannot be used ({fault.strerror}). "
                "Stop the program that has it, or choose another: PORT=8123 make run"
            ) from fault
        return int(trial.getsockname()[1])


def answers(ready: str) -> bool:
    """Tell whether ``http://…`` answers 200, or ``host:port`` accepts a connection, now."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        if not ready.startswith("http://"):
            host, _, port = ready.rpartition(":")
            with socket.create_connection((host, int(port)), timeout=1):
                return True
        parts = urlsplit(ready)
        connection = http.client.HTTPConnection(parts.hostname or LOOPBACK, parts.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", parts.path or "/")
            return connection.getresponse().status == 200
    return False


def _stop_group(leader: psutil.Process | None, group: int) -> None:
    """SIGTERM to the group, SIGKILL to what is left of it; ``leader`` None: it has ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while leader is not None and _works(leader) and time.monotonic() < end:
            time.sleep(0.02)
        os.killpg(group, signal.SIGKILL)


def _works(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signal.SIGTERM)
