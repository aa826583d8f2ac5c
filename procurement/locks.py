"""Doing something in one process at a time, by the database's advisory locks."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

from django.db import Error, connection

KEY_BYTES = 8  # what PostgreSQL's advisory locks are numbered with


@contextmanager
def held(what: str) -> Iterator[bool]:
    """Take the lock of this name for as long as the block lasts; tell whether it was free.

    The lock is the connection's: whoever is killed lets go of it.
    """
    key = int.from_bytes(sha256(what.encode()).digest()[:KEY_BYTES], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            _let_go(key)


def _let_go(key: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
    except Error:  # the connection is lost or useless, and its end ends the lock
        with suppress(Error):
            connection.close()
