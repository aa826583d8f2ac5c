"""Servers and workers connect as a role that cannot take away what the database holds."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import connection

from procurement.database_roles import faults
from procurement.models import Event, OutboxMessage
from tests.ground.making import application_role, event


@pytest.fixture
def as_application(fresh_database: str) -> Iterator[None]:
    """Go on as the application's role, after the owner has made an entry in the journal."""
    event()
    role = application_role()
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION AUTHORIZATION {role}")
        yield
        cursor.execute("RESET SESSION AUTHORIZATION")
        cursor.execute(f"DROP OWNED BY {role}")
        cursor.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param("TRUNCATE procurement_event CASCADE", id="empty the journal"),
        pytest.param("DELETE FROM procurement_event", id="delete from the journal"),
        pytest.param("UPDATE procurement_event SET at = now()", id="change an entry"),
        pytest.param("DROP TRIGGER rows_stay_as_written ON procurement_event", id="drop a trigger"),
        pytest.param("ALTER TABLE procurement_event DISABLE TRIGGER ALL", id="switch triggers off"),
        pytest.param("SET session_replication_role = replica", id="pass for a replica"),
        pytest.param("DROP TABLE bidding_bid CASCADE", id="drop a table"),
        pytest.param(
            "CREATE OR REPLACE FUNCTION daylight_now() RETURNS timestamptz LANGUAGE sql AS "
            "$$ SELECT '2000-01-01'::timestamptz $$",
            id="replace the clock",
        ),
        pytest.param("UPDATE daylight_clock SET ahead = '1 day'", id="move the clock"),
        pytest.param("CREATE TABLE mine (a int)", id="make a table"),
        pytest.param("DELETE FROM django_migrations", id="forget a migration"),
    ],
)
def test_the_application_cannot(as_application: None, attempt: str) -> None:
    with (
        pytest.raises(Exception, match=r"permission denied|must be owner"),
        connection.cursor() as c,
    ):
        c.execute(attempt)


def test_the_application_cannot_let_others_in(as_application: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON procurement_event TO PUBLIC")  # a warning of PostgreSQL's
        cursor.execute(
            "SELECT count(*) FROM information_schema.table_privileges "
            "WHERE table_name = 'procurement_event' AND grantee = 'PUBLIC'"
        )

        assert cursor.fetchone() == (0,)


def test_nothing_stands_against_the_applications_role(as_application: None) -> None:
    assert faults() == []


def test_the_application_writes_what_it_has_to(as_application: None) -> None:
    event()
    OutboxMessage.objects.create(verb="told", subject=uuid4(), payload={})
    OutboxMessage.objects.update(attempts=1)
    OutboxMessage.objects.all().delete()

    assert Event.everything.count() == 2


def test_an_owner_is_no_application(fresh_database: str) -> None:
    found = faults()

    assert any("can drop the rules that the tables hold" in fault for fault in found)
    assert any("is a superuser" in fault for fault in found)
