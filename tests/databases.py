"""Databases for tests: migrated once, then copied.

Copying a migrated template takes a fraction of a second. Every worker gets a copy for tests that
roll back; a test of triggers, deadlines or concurrency gets a copy for itself and commits for real.
"""

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import psycopg
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from procurement import clock
from tests import rows, servers
from tests.rows import Rows


def template() -> str:
    """Migrate this run's template from zero, once for all workers, and return its name."""
    name, unfinished = f"test_{servers.run_name()}", f"test_{servers.run_name()}_unfinished"
    with servers.alone("template"):
        servers.start_database()
        with _administrator() as admin:
            known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not known:
            _administer("CREATE DATABASE {}", unfinished)
            with using(unfinished):
                call_command("migrate", verbosity=0, interactive=False)
            _administer("ALTER DATABASE {} RENAME TO {}", unfinished, name)
    return name


@contextlib.contextmanager
def copied(name: str) -> Iterator[None]:
    """Copy the template to ``name``, use it, and drop it."""
    _administer("CREATE DATABASE {} TEMPLATE {}", name, template())
    try:
        with using(name):
            yield
    finally:
        drop(name)


@dataclass
class Spare:
    """A database that one test leaves as the next may take it, with the template's rows only."""

    name: str
    shape: str
    pristine: Rows

    @classmethod
    def of(cls, name: str) -> "Spare":
        """Look at a database that was just copied from the template and is used now."""
        return cls(name, rows.shape(), rows.read())

    def is_clean(self) -> bool:
        """End everybody else in it and take all rows out that were put in.

        Tell whether the rest of it is as it was, too; if not, it cannot be used again.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        if rows.shape() != self.shape:
            return False
        rows.exchange(rows.read(), self.pristine, sequences_too=True)
        clock.move(timedelta())
        return True


_spare: list[Spare] = []


@contextlib.contextmanager
def fresh() -> Iterator[str]:
    """Use a database that nobody else has, and yield its address for child processes.

    It may be one that was used before: with all rows taken out, and if nothing else was changed.
    """
    spare = _spare.pop() if _spare else None
    with contextlib.ExitStack() as left:
        if spare is None:
            name = f"test_{servers.run_name()}_{uuid.uuid4().hex[:12]}"
            _administer("CREATE DATABASE {} TEMPLATE {}", name, template())
        else:
            name = spare.name
        left.callback(drop, name)
        with using(name):
            spare = spare or Spare.of(name)
            yield address()
            connections.close_all()
            if spare.is_clean():
                left.pop_all()
                _spare.append(spare)


def drop_spare() -> None:
    """Let go of what ``fresh`` keeps for the next test."""
    while _spare:
        drop(_spare.pop().name)


@contextlib.contextmanager
def using(name: str) -> Iterator[None]:
    """Point Django, in every thread, to the database ``name``."""
    settings = connections["default"].settings_dict
    before = settings["NAME"]
    connections.close_all()
    settings["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        settings["NAME"] = before


def address() -> str:
    """The address of the database that Django uses now, for a child process's DATABASE_URL."""
    settings = connections["default"].settings_dict
    host, password = settings["HOST"], settings["PASSWORD"]
    user = quote(settings["USER"], safe="") + (f":{quote(password, safe='')}" if password else "")
    if host.startswith("/"):
        return f"postgresql://{user}@/{settings['NAME']}?host={quote(host, safe='/')}"
    return f"postgresql://{user}@{host}:{settings['PORT'] or 5432}/{settings['NAME']}"


def drop(name: str) -> None:
    """Drop a database, also from under connections that were forgotten."""
    _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def drop_template() -> None:
    """Leave nothing on a server that is not ours; our own goes as a whole."""
    if not servers.database_is_ours():
        with contextlib.suppress(psycopg.OperationalError):  # away: then there is nothing to drop
            drop(f"test_{servers.run_name()}")


def _administer(statement: str, *names: str) -> None:
    with _administrator() as admin:
        admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


@contextlib.contextmanager
def _administrator() -> Iterator[psycopg.Connection]:
    settings = connections["default"].settings_dict
    with psycopg.connect(
        dbname="postgres",
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        autocommit=True,
    ) as connection:
        yield connection
