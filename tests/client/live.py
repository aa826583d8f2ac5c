"""A real site for the command to talk to: web server, sequencer, database, on loopback.

One for the whole run; every test brings its own bodies and people, so no two meet. What people do
at a screen they do here over REST, and what they do on their own machine by ``daylight``.
"""

import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from django.core.management import call_command

from client.main import main
from procurement.tryout.processes import LOOPBACK, Child, Processes, free_port
from tests import databases, servers
from tests.signing import Trust

PASSWORD = "correct horse battery"
OPERATOR = "operator@live.example"


@dataclass
class Live:
    """The site, and how to reach it."""

    address: str
    home: Path
    database: str
    trust: Trust
    processes: Processes
    environment: dict[str, str]
    unblocked: Callable[[], contextlib.AbstractContextManager[None]]
    server: Child | None = None

    def start(self) -> None:
        """Start the web server, and wait until it serves the log's first checkpoint."""
        self.server = self.processes.start(
            "site",
            [
                *(sys.executable, "-m", "gunicorn", "--bind", self.address.split("//")[1]),
                *("--workers", "1", "--threads", "8", "--no-control-socket"),
                "procurement.wsgi",
            ],
            env=self.environment,
            ready=f"{self.address}/api/v1/log/checkpoint",
        )

    def kill(self) -> None:
        """Take the web server away as a power cut would."""
        assert self.server is not None
        self.server.kill()

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Act in the site's own database, through the product's actions."""
        with self.unblocked(), databases.using(self.database):
            yield

    def person(self, name: str, email: str, folder: Path) -> "Person":
        """Let somebody sign in, at the site and with the command."""
        found = Person(self, name, email, folder / name)
        found.sign_in()
        return found


@dataclass
class Person:
    """Somebody with an account, and a folder on a machine of their own."""

    site: Live
    name: str
    email: str
    folder: Path
    id: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> None:
        """Sign in with ``daylight login``; its session serves at the screen, too."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "password").write_text(PASSWORD + "\n")
        told = self.done(
            *("login", self.site.address, "--email", self.email),
            *("--password-file", self.folder / "password"),
        )
        self.id = told["id"]
        session = json.loads(Path(told["profile"]).read_text())["session"]
        self.headers = {"X-Session-Token": session}

    def daylight(self, *arguments: object) -> tuple[int, dict[str, Any]]:
        """Run the command as this person, with ``--json``; the exit code and what it answered."""
        out, err = io.StringIO(), io.StringIO()
        before = os.environ.get("DAYLIGHT_CONFIG")
        os.environ["DAYLIGHT_CONFIG"] = str(self.folder / "profiles")
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main([*map(str, arguments), "--json"])
        finally:
            os.environ.pop("DAYLIGHT_CONFIG")
            if before is not None:
                os.environ["DAYLIGHT_CONFIG"] = before
        said = (out.getvalue() or err.getvalue()).strip().splitlines()
        return code, json.loads(said[-1]) if said else {}

    def done(self, *arguments: object) -> dict[str, Any]:
        """Run a command that has to succeed."""
        code, answer = self.daylight(*arguments)
        assert code == 0, answer
        return answer

    def done_quietly(self, *arguments: object) -> None:
        """Run a command that has to succeed and answers in lines."""
        with contextlib.redirect_stdout(io.StringIO()):
            assert main([*map(str, arguments)]) == 0

    def refused(self, *arguments: object) -> str:
        """Run a command that has to be refused; the code of the refusal."""
        code, answer = self.daylight(*arguments)
        assert code == 1, answer
        return str(answer["code"])

    def ask(self, method: str, path: str, body: object = None, **sent: Any) -> Any:
        """Ask the REST interface for something that it has to grant."""
        answer = self._answered(method, path, json=body, **sent)
        return answer.json() if answer.content else None

    def fetch(self, path: str) -> bytes:
        """Fetch a file from the REST interface, once the log holds what it tells of."""
        for _ in range(10):
            answer = self._sent("GET", path)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(int(answer.headers["Retry-After"]))
        assert answer.is_success, answer.text[:600]
        return answer.content

    def _sent(self, method: str, path: str, **sent: Any) -> httpx.Response:
        address = f"{self.site.address}/api/v1/{path}"
        return httpx.request(method, address, headers=self.headers, timeout=60, **sent)

    def _answered(self, method: str, path: str, **sent: Any) -> httpx.Response:
        answer = self._sent(method, path, **sent)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        return answer


@contextlib.contextmanager
def site(
    home: Path, trust: Trust, unblocked: Callable[[], contextlib.AbstractContextManager[None]]
) -> Iterator[Live]:
    """Run a site on a database of its own; ``unblocked`` lets tests use a database."""
    name = f"test_{servers.run_name()}_live_{os.getpid()}"
    databases._administer("CREATE DATABASE {} TEMPLATE {}", name, databases.template())
    try:
        with databases.using(name):
            address = databases.address()
            password = home / "operator-password"
            password.write_text(PASSWORD)
            said = io.StringIO()
            call_command(
                "create_operator", OPERATOR, "Operator", password_file=password, stdout=said
            )
        with Processes(home) as processes:
            port = free_port()
            environment = {"DATABASE_URL": address, "DAYLIGHT_MODE": "test"}
            processes.start(
                "background", [sys.executable, "manage.py", "background"], env=environment
            )
            here = f"http://{LOOPBACK}:{port}"
            live = Live(here, home, name, trust, processes, environment, unblocked)
            live.start()
            yield live
    finally:
        databases.drop(name)
