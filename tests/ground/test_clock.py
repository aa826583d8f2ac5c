"""One function moves the clock of the house and of its database together."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from procurement import clock


@pytest.mark.django_db
def test_the_clock_and_the_databases_clock_move_together() -> None:
    before = clock.now()
    clock.move(timedelta(days=20, microseconds=7))

    moved = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT daylight_now()")
        in_database = cursor.fetchone()[0]

    assert timedelta(days=20) < moved - before < timedelta(days=20, minutes=1)
    assert timedelta(0) <= in_database - moved < timedelta(minutes=1)
    clock.move(timedelta(0))
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
