"""What time it is. Only the edges ask; everything below takes ``now`` as a parameter.

In production this is the system's clock. In try-out and tests it is the database's
``daylight_now()``, whose offset one function moves, so that both always agree.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection


def now() -> datetime:
    """Read the clock: an aware datetime in UTC."""
    if settings.PRODUCTION:
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT daylight_now()")
        found: datetime = cursor.fetchone()[0]
    return found.astimezone(UTC)


def move(ahead: timedelta) -> None:
    """Set the clock ahead of the system's by so much, for this process's database.

    :raises RuntimeError: in production, where no clock has an offset.
    """
    if settings.PRODUCTION:
        raise RuntimeError("The clock of a production server is not moved")
    seconds = ahead.total_seconds()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE daylight_clock SET ahead = make_interval(secs => %s)", [seconds])
