"""What an event in the journal costs, beside an insert of its bytes into a bare table.

Both commit each time and wait for the disk. All writers are threads of one process, as in the web
server, so eight of them share one interpreter.
"""

from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg
from django.db import connection

from procurement.journal.record import Kind
from tests.bench.timing import per_second
from tests.ground.making import event

SECONDS = 2.0
WRITERS = (1, 8)


def rows(address: str) -> Iterator[str]:
    """Measure with one writer and with eight, in the database at ``address``."""
    sample = bytes(event(word="a body of usual length " * 4).event)
    with psycopg.connect(address, autocommit=True) as bare:
        bare.execute("CREATE TABLE bare (bytes bytea)")
    for writers in WRITERS:
        raw = per_second(_inserts(address, sample), writers, SECONDS)
        fact = per_second(_appends(Kind.FACT), writers, SECONDS)
        chained = per_second(_appends(Kind.CONTROL), writers, SECONDS)
        yield (
            f"{writers:>6} at once   append {raw / fact:5.1f} x   "
            f"to one tender's chain {raw / chained:5.1f} x"
        )


def _inserts(address: str, sample: bytes) -> Callable[[], Callable[[], object]]:
    def writer() -> Callable[[], object]:
        bare = psycopg.connect(address, autocommit=True)
        return lambda: bare.execute("INSERT INTO bare VALUES (%s)", [sample])

    return writer


def _appends(kind: Kind) -> Callable[[], Callable[[], object]]:
    tender = uuid4() if kind == Kind.CONTROL else None

    def writer() -> Callable[[], object]:
        connection.ensure_connection()
        return lambda: event(tender, kind, word="a body of usual length " * 4)

    return writer
