"""What a story is played with: people who sign in, ask the REST interface and run ``daylight``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

PATIENCE = 60.0  # seconds for one request
PATIENT_TRIES = 5
LONG = 1.0  # seconds after which a step shows that it is at work
BAR = 24  # characters
ENDS_WITHOUT_ANSWER = "no answer"

Json = dict[str, Any]
Done = TypeVar("Done")


class StepFailed(Exception):  # noqa: N818 - reads as what happened
    """A step that did not do what it should."""


@dataclass
class Stage:
    """One run: its folder, the running site, and everything that the acts remember."""

    home: Path
    address: str
    run: str  # tells this run's names from those of the last one
    tsa: str  # who dates what people sign
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    @property
    def tender(self) -> str:
        """The tender of this story."""
        return self.ids["tender"]

    def path(self, *steps: str) -> Path:
        """Name a file of this run, whose folder exists from now on."""
        path = self.home.joinpath(*steps)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def person(self, name: str, email: str, password: str) -> Person:
        """Let somebody sign in."""
        found = self.people[name] = Person(self, name, email, password)
        found.sign_in()
        return found

    @property
    def anchors(self) -> Path:
        """The anchors, as everybody took them before the tender began."""
        return self.path("anchors.json")


@dataclass
class Person:
    """Somebody with an account, at a screen of their own."""

    stage: Stage
    name: str
    email: str
    password: str
    token: str = ""

    def sign_in(self) -> None:
        """Sign in over the headless interface, and keep the session's token."""
        answer = httpx.post(
            f"{self.stage.address}/_allauth/app/v1/auth/login",
            json={"email": self.email, "password": self.password},
            timeout=PATIENCE,
        )
        if answer.status_code != httpx.codes.OK:
            raise StepFailed(f"{self.name} could not sign in: {answer.text[:200]}")
        self.token = answer.json()["meta"]["session_token"]

    def ask(
        self, method: str, path: str, body: Json | None = None, *, refused: str | None = None
    ) -> Any:
        """Ask the REST interface, and give its answer.

        ``refused`` is the code of the problem with which it must refuse; that problem is the answer
        then.

        :raises StepFailed: when it did otherwise.
        """
        return self._answered(self._sent(method, path, json=body), refused)

    def send(self, method: str, path: str, data: bytes, kind: str, **headers: str) -> Any:
        """Send bytes to the REST interface, and give its answer."""
        sent = {"Content-Type": kind, **headers}
        return self._answered(self._sent(method, path, content=data, headers=sent), None)

    def fetch(self, path: str) -> bytes:
        """Fetch bytes from the REST interface, again when it asks for a little patience."""
        answer = self._sent("GET", path)
        for _ in range(PATIENT_TRIES):
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(float(answer.headers.get("Retry-After", 1)))
            answer = self._sent("GET", path)
        if answer.is_error:
            raise StepFailed(f"GET {path}: {answer.status_code} {answer.text[:300]}")
        return answer.content

    def fetched(self, path: str) -> bytes | None:
        """Fetch bytes from the REST interface; None while they are not there."""
        answer = self._sent("GET", path)
        return None if answer.is_error else answer.content

    def daylight(self, *arguments: object, refused: str | None = None) -> Json:
        """Run ``daylight`` as this person would, on their own machine.

        :raises StepFailed: when it did not do, or not refuse, as it should.
        """
        ran = subprocess.run(
            [sys.executable, "-m", "client.main", *map(str, arguments), "--json"],
            capture_output=True,
            text=True,
            check=False,
            env={
                **os.environ,
                "DAYLIGHT_CONFIG": str(self.folder),
                "DAYLIGHT_TSA_URL": self.stage.tsa,
                "LANG": "en_GB.UTF-8",
            },
        )
        answer = _last_object(ran.stderr if ran.returncode else ran.stdout)
        if answer is None and ran.returncode == 0:
            return {}  # ``sign`` and ``check`` answer in a form of their own
        if answer is None:
            raise StepFailed(f"daylight {arguments[0]}: {ran.stderr[-600:] or ENDS_WITHOUT_ANSWER}")
        if refused is None and ran.returncode:
            raise StepFailed(f"daylight {arguments[0]}: {_why(answer)}")
        if refused is not None and (ran.returncode, answer.get("code")) != (1, refused):
            raise StepFailed(f"this was to be refused ({refused}), and was not: {_why(answer)}")
        return answer

    @property
    def folder(self) -> Path:
        """This person's own folder: profile, keys, files."""
        folder = self.stage.home / self.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _sent(self, method: str, path: str, **parts: Any) -> httpx.Response:
        headers = {**parts.pop("headers", {}), "Accept-Language": "en"}
        if self.token:
            headers["X-Session-Token"] = self.token
        address = f"{self.stage.address}/api/v1/{path}"
        try:
            return httpx.request(method, address, headers=headers, timeout=PATIENCE, **parts)
        except httpx.HTTPError as error:
            raise StepFailed(f"{method} {path}: {error}") from error

    def _answered(self, answer: httpx.Response, refused: str | None) -> Any:
        said = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        asked = f"{answer.request.method} {answer.request.url.path}"
        if refused is None and answer.is_error:
            raise StepFailed(f"{asked}: {answer.status_code} {problem(said) or answer.text[:300]}")
        if refused is not None and (not answer.is_error or said.get("code") != refused):
            raise StepFailed(f"{asked} was to be refused ({refused}), and was not: {said}")
        return said


def problem(said: Json) -> str:
    """Give a problem's own words, with every reason."""
    reasons = [str(error.get("detail", "")) for error in said.get("errors", [])]
    words = [str(said.get("title", "")), str(said.get("detail", "")), *reasons]
    return "; ".join(word for word in words if word)


def require(holds: bool, otherwise: str) -> None:
    """Go on only if it holds.

    :raises StepFailed: with what was found otherwise.
    """
    if not holds:
        raise StepFailed(otherwise)


def at_once(acts: Iterable[Callable[[], Done]]) -> list[Done]:
    """Let several people act at the same time; give what came of it in their order."""
    acts = list(acts)
    with ThreadPoolExecutor(max_workers=len(acts)) as hands:
        return [done.result() for done in [hands.submit(act) for act in acts]]


def until(holds: Callable[[], Done | None], *, within: float, what: str) -> Done:
    """Wait until something is so, and give it.

    :raises StepFailed: when it is not so in time.
    """
    end = time.monotonic() + within
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.2)
    raise StepFailed(f"after {within:.0f} seconds: {what}")


def wait_until(instant: datetime) -> None:
    """Wait for an instant."""
    while (left := (instant - datetime.now(UTC)).total_seconds()) > 0:
        time.sleep(min(left, 0.1))


@contextmanager
def shown_at_work(what: str) -> Iterator[None]:
    """Show a bar that moves while a step takes longer than a second; only to a person."""
    stop = threading.Event()
    if not sys.stdout.isatty():
        yield
        return
    drawing = threading.Thread(target=_draw, args=(what, stop), daemon=True)
    drawing.start()
    try:
        yield
    finally:
        stop.set()
        drawing.join()


def _draw(what: str, stop: threading.Event) -> None:
    began = time.monotonic()
    while not stop.wait(0.1):
        spent = time.monotonic() - began
        if spent > LONG:
            at = int(spent * 8) % BAR
            bar = " " * at + "━━━" + " " * (BAR - at)
            sys.stdout.write(f"\r  {spent:5.1f} s  [{bar[:BAR]}] {what}")
            sys.stdout.flush()
    sys.stdout.write("\r\x1b[2K")
    sys.stdout.flush()


def _last_object(text: str) -> Json | None:
    for line in reversed(text.strip().splitlines()):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            return found
    return None


def _why(answer: Json) -> str:
    reasons = [str(fault.get("text", "")) for fault in answer.get("faults", [])]
    return "; ".join(word for word in [str(answer.get("message", answer)), *reasons] if word)
