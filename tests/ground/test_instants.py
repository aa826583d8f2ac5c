"""An instant is written with the buyer's clock and UTC, and says how far away it is."""

from datetime import UTC, datetime, timedelta

import pytest

from procurement.instants import away, written

DEADLINE = datetime(2026, 11, 27, 9, tzinfo=UTC)


def test_a_deadline_is_written_in_both_clocks_and_both_languages() -> None:
    assert written(DEADLINE) == (
        "Fri 27 Nov 2026, 17:00:00 CST (UTC+8) · 09:00 UTC",
        "2026年11月27日（周五）17:00:00 北京时间（UTC+8） · 09:00 UTC",
    )


def test_seconds_are_shown_where_there_are_some() -> None:
    found = written(DEADLINE + timedelta(seconds=5))

    assert found.en == "Fri 27 Nov 2026, 17:00:05 CST (UTC+8) · 09:00:05 UTC"


def test_another_day_in_utc_is_named() -> None:
    assert written(DEADLINE + timedelta(hours=8)) == (
        "Sat 28 Nov 2026, 01:00:00 CST (UTC+8) · 27 Nov 2026, 17:00 UTC",
        "2026年11月28日（周六）01:00:00 北京时间（UTC+8） · 2026年11月27日 17:00 UTC",
    )


@pytest.mark.parametrize(
    ("left", "en", "zh"),
    [
        pytest.param(
            timedelta(days=2, hours=4, minutes=9), "in 2 d 4 h", "2 天 4 小时后", id="days"
        ),
        pytest.param(timedelta(days=2, minutes=9), "in 2 d", "2 天后", id="days and no hour"),
        pytest.param(timedelta(hours=1), "in 1 h", "1 小时后", id="an hour"),
        pytest.param(timedelta(seconds=45), "in 45 s", "45 秒后", id="seconds"),
        pytest.param(timedelta(milliseconds=999), "now", "现在", id="less than a second"),
        pytest.param(timedelta(0), "now", "现在", id="now"),
        pytest.param(-timedelta(minutes=3, seconds=5), "3 min 5 s ago", "3 分 5 秒前", id="past"),
    ],
)
def test_it_says_how_far_away_it_is(left: timedelta, en: str, zh: str) -> None:
    assert away(DEADLINE, DEADLINE - left) == (en, zh)
