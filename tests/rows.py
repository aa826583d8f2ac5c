"""The rows of a whole database: read, compared, and put back without doing again what made them.

``COPY`` writes and reads them, so they come back as they were, to the last bit. While they are put
back no trigger looks and no reference is checked: these rows passed both when they were made.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

# Where the clock stands is as late as it is, and no part of what anybody did.
CLOCK = "daylight_clock"
_TABLES = (
    "SELECT quote_ident(relname) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> %s"
    " ORDER BY relname"
)
_SEQUENCES = (
    "SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = 'public'"
)
# Whatever makes two databases of one installation differ that is not a row.
_SHAPE = """
    SELECT md5(string_agg(said, chr(10) ORDER BY said)) FROM (
        SELECT concat_ws(' ', oid, relname, relowner, relacl) FROM pg_class WHERE oid >= 16384
        UNION ALL SELECT concat_ws(' ', oid, tgenabled) FROM pg_trigger
        UNION ALL SELECT concat_ws(' ', oid, md5(prosrc), proowner, proacl) FROM pg_proc
            WHERE oid >= 16384
        UNION ALL SELECT concat_ws(' ', attrelid, attnum, attacl) FROM pg_attribute
            WHERE attacl IS NOT NULL
        UNION ALL SELECT concat_ws(' ', nspname, nspacl) FROM pg_namespace
        UNION ALL SELECT concat_ws(' ', setrole, setconfig) FROM pg_db_role_setting
            JOIN pg_database ON setdatabase = pg_database.oid WHERE datname = current_database()
        UNION ALL SELECT datacl::text FROM pg_database WHERE datname = current_database()
    ) AS shape (said)
"""


@dataclass(frozen=True)
class Rows:
    """All rows by table, as COPY writes them, and how far each sequence had counted."""

    tables: dict[str, bytes]
    sequences: dict[str, int | None]

    @cached_property
    def digest(self) -> str:
        """Tell two states apart, in whatever order their rows lie."""
        told = hashlib.sha256()
        for table, rows in self.tables.items():
            lines = b"\n".join(sorted(rows.splitlines()))
            told.update(b"%s %d\n%s" % (table.encode(), len(lines), lines))
        return told.hexdigest()


def read() -> Rows:
    """Read every row that this connection sees."""
    with connection.cursor() as cursor:
        tables = {table: _copied_out(cursor, table) for table in _with_rows(cursor)}
        cursor.execute(_SEQUENCES)
        return Rows(tables, dict(cursor.fetchall()))


def exchange(there: Rows, wanted: Rows, *, sequences_too: bool = False) -> None:
    """Put wanted rows in place of those that are there.

    A sequence never counts backwards, unless ``sequences_too`` says that nobody else uses it.
    """
    with transaction.atomic(), connection.cursor() as cursor, _unwatched(cursor):
        for table, rows in there.tables.items():
            if rows != wanted.tables.get(table):
                cursor.execute(f"DELETE FROM {table}")
        for table, rows in wanted.tables.items():
            if rows != there.tables.get(table):
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
        for sequence, place in wanted.sequences.items():
            if place is None:
                if sequences_too:
                    cursor.execute(f"ALTER SEQUENCE {sequence} RESTART")
            elif sequences_too or (there.sequences[sequence] or 0) < place:
                cursor.execute("SELECT setval(%s, %s)", [sequence, place])


def shape() -> str:
    """Tell two shapes of a database apart: tables, triggers, functions, and who may what."""
    with connection.cursor() as cursor:
        cursor.execute(_SHAPE)
        found: str = cursor.fetchone()[0]
        return found


@contextmanager
def _unwatched(cursor: CursorWrapper) -> Iterator[None]:
    cursor.execute("SET LOCAL session_replication_role = replica")
    yield
    cursor.execute("SET LOCAL session_replication_role = origin")


def _with_rows(cursor: CursorWrapper) -> list[str]:
    cursor.execute(_TABLES, [CLOCK])
    asked = [f"SELECT '{t}' WHERE EXISTS (SELECT FROM {t})" for (t,) in cursor.fetchall()]
    cursor.execute(" UNION ALL ".join(asked))
    return [table for (table,) in cursor.fetchall()]


def _copied_out(cursor: CursorWrapper, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(bytes(block) for block in copy)
