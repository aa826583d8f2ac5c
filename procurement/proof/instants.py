"""Instants in signed objects: UTC to the microsecond, ``2026-01-01T00:00:00.000000Z``."""

import re
from datetime import UTC, datetime

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


def format_instant(instant: datetime) -> str:
    """Write an aware datetime in its one form, 27 characters.

    :raises ValueError: for a naive one: without a zone it names no instant.
    """
    if instant.utcoffset() is None:
        raise ValueError("A datetime without a zone names no instant")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_instant(text: str) -> datetime:
    """Read an instant in that form, and no other, as an aware datetime in UTC.

    :raises ValueError: for any other form, and for a day or second that does not exist.
    """
    if not _FORM.fullmatch(text):
        raise ValueError("An instant is written like 2026-01-01T00:00:00.000000Z")
    instant = datetime.fromisoformat(text)
    if format_instant(instant) != text:  # newer Pythons read hour 24 as the next day
        raise ValueError("An instant has one spelling")
    return instant
