"""An instant has one spelling: UTC, microseconds, Z."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.proof.instants import format_instant, parse_instant


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant_is_read_as_it_was_written(instant: datetime) -> None:
    assert parse_instant(format_instant(instant)) == instant


def test_another_zone_is_written_in_utc() -> None:
    noon_in_beijing = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=8)))

    assert format_instant(noon_in_beijing) == "2026-01-01T04:00:00.000000Z"


def test_a_clock_without_a_zone_names_no_instant() -> None:
    with pytest.raises(ValueError, match="zone"):
        format_instant(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-01",
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00.000Z",
        "2026-01-01T00:00:00.000000",
        "2026-01-01T00:00:00.000000+00:00",
        "2026-01-01t00:00:00.000000z",
        "2026-01-01 00:00:00.000000Z",
        "2026-01-01T00:00:00,000000Z",
        "2026-01-01T00:00:00.000000Z\n",
        "2026-02-30T00:00:00.000000Z",
        "2026-01-01T24:00:00.000000Z",
        "2026-01-01T23:59:60.000000Z",
        "0000-01-01T00:00:00.000000Z",
        "٢٠٢٦-01-01T00:00:00.000000Z",
    ],
)
def test_every_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text)
