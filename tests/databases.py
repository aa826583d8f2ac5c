"""Databases for tests: migrated once, then copied.

Copying a migrated template takes a fraction of a second. Every worker gets a copy for tests that
roll back; a test of triggers, deadlines or concurrency gets a copy for itself and commits for real.
"""

import contextlib
import uuid
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from tests import servers


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


@contextlib.contextmanager
def fresh() -> Iterator[str]:
    """Use a copy that nobody else has, and yield its address for child processes."""
    name = f"test_{servers.run_name()}_{uuid.uuid4().hex[:12]}"
    with copied(name):
        yield address()


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
