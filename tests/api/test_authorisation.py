"""Who may ask for what: every address, method, role and relation, declared in one table.

The rows stand in ``tests/api/matrix``, one module an area. A new address without a row fails the
first test. Every cell is one real request in the state that its row names, and is rolled back.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.urls import URLPattern

from api.urls import urlpatterns
from procurement.models import Event, Membership
from procurement.roles import Role
from tests.api.matrix.people import EVERYONE
from tests.api.matrix.row import Case, Row
from tests.api.matrix.states import WALKS, Walk
from tests.api.matrix.table import MATRIX
from tests.world import World

PROBLEM = "application/problem+json"
READING = ("get", "head", "options")
# An attempt goes into the journal, upon its chain where it has one, and nowhere else.
OF_ATTEMPTS = {"procurement_event", "procurement_controlchain", "procurement_concealedchain"}


def method_of(pattern: URLPattern) -> set[str]:
    """Name what an address takes."""
    view = getattr(pattern.callback, "view_class", None) or pattern.callback.cls
    return {name for name in view.http_method_names if hasattr(view, name)} - {"options", "head"}


def test_every_address_and_method_has_a_row() -> None:
    addresses = {
        (method, str(pattern.pattern)) for pattern in urlpatterns for method in method_of(pattern)
    }
    rows = {(row.method, row.route) for row in MATRIX}

    tile = "v1/log/tile/"  # the one address that is a regular expression
    assert {one for one in addresses if not one[1].startswith("^")} == {
        one for one in rows if not one[1].startswith(tile)
    }
    assert [one for one in addresses if one[1].startswith("^")] == [
        ("get", next(str(p.pattern) for p in urlpatterns if tile in str(p.pattern)))
    ]
    assert any(row.route.startswith(tile) for row in MATRIX)


def test_every_row_is_tried_in_a_state_that_a_walk_comes_to() -> None:
    assert {row.at for row in MATRIX} <= {state for states in WALKS.values() for state in states}


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_only_the_right_people_get_through(
    real_world: World, walk: Walk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "django.request")  # refusals by the thousand
    seen, wrong = [], []
    for state, case in walk(real_world):
        seen.append(state)
        known = set(Event.everything.values_list("pk", flat=True))
        for row in (row for row in MATRIX if row.at == state):
            wrong += [fault for who in sorted(EVERYONE) for fault in tried(row, case, who, known)]

    assert not wrong, "\n".join(wrong)
    assert tuple(seen) == WALKS[walk]
    assert set(Membership.objects.values_list("role", flat=True)) == set(Role)


def tried(row: Row, case: Case, who: str, known: set[UUID]) -> Iterator[str]:
    """Ask once, and say what is wrong with the answer and with what it left behind."""
    with rolled_back():
        counted = tuples_written()
        answer = row.ask(case, who)
        said = content(answer)
        tables = {name for name, count in tuples_written().items() if count != counted.get(name)}
        written = new_events(known) if "procurement_event" in tables else []
    cell = f"{row.method} {row.route}, {row.at}, {who}:"
    expected = row.expected(who)
    if answer.status_code != expected:
        yield f"{cell} {answer.status_code} instead of {expected} {said[:300]!r}"
    if answer.status_code < 400:
        if row.method in READING and not tables <= OF_ATTEMPTS:
            yield f"{cell} a reading wrote into {tables}"
        return
    if answer["Content-Type"] != PROBLEM:
        yield f"{cell} no problem details"
    attempt = "concealed" if row.concealed else "attempt"
    if written != ([attempt] if answer.status_code == 403 else []):
        yield f"{cell} {answer.status_code} wrote {written} into the journal"
    if answer.status_code != 409 and not tables <= OF_ATTEMPTS:
        yield f"{cell} refused, and wrote into {tables}"


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo whatever is done, attempts of their own transaction included, as a test case does."""
    undone = transaction.atomic()
    undone._from_testcase = True  # type: ignore[attr-defined]
    with undone:
        yield
        transaction.set_rollback(True)


def tuples_written() -> dict[str, int]:
    """Count by table what this connection has written, also what it undid; until it commits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        return dict(cursor.fetchall())


def new_events(known: set[UUID]) -> list[str]:
    """Give the kinds of the events that were not there before."""
    return list(Event.everything.exclude(pk__in=known).values_list("kind", flat=True))


def content(answer: HttpResponseBase) -> bytes:
    """Read an answer whole, streamed or not."""
    if answer.streaming:
        return b"".join(answer)  # type: ignore[arg-type]
    return answer.content  # type: ignore[attr-defined, no-any-return]
