"""Instants as people read them: in the buyer's time and in UTC, and how far away they are."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from procurement.texts import Text

ZONE = ZoneInfo("Asia/Shanghai")
OFFSET = "UTC+8"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAYS_ZH = "一二三四五六日"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
UNITS = (
    (timedelta(days=1), Text("d", "天")),
    (timedelta(hours=1), Text("h", "小时")),
    (timedelta(minutes=1), Text("min", "分")),
    (timedelta(seconds=1), Text("s", "秒")),
)
SHOWN_UNITS = 2


def written(at: datetime) -> Text:
    """Write an instant: ``Fri 27 Nov 2026, 17:00:00 CST (UTC+8) · 09:00 UTC``."""
    here, utc = at.astimezone(ZONE), at.astimezone(UTC)
    clock = f"{here:%H:%M:%S}"
    same_day = here.date() == utc.date()
    return Text(
        f"{DAYS[here.weekday()]} {_date(here)}, {clock} CST ({OFFSET}) · "
        f"{'' if same_day else _date(utc) + ', '}{_short(utc)} UTC",
        f"{_date_zh(here)}（周{DAYS_ZH[here.weekday()]}）{clock} 北京时间（{OFFSET}） · "
        f"{'' if same_day else _date_zh(utc) + ' '}{_short(utc)} UTC",
    )


def away(at: datetime, now: datetime) -> Text:
    """Say how far away an instant is: ``in 2 d 4 h``, ``3 min 5 s ago``, ``now``."""
    left = abs(at - now)
    found: list[tuple[int, Text]] = []
    for unit, name in UNITS:
        count, left = divmod(left, unit)
        if count or found:
            found.append((count, name))
    found = [(count, name) for count, name in found[:SHOWN_UNITS] if count]
    if not found:
        return Text("now", "现在")
    en = " ".join(f"{count} {name.en}" for count, name in found)
    zh = " ".join(f"{count} {name.zh}" for count, name in found)
    return Text(f"in {en}", f"{zh}后") if at > now else Text(f"{en} ago", f"{zh}前")


def _date(at: datetime) -> str:
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def _date_zh(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日"


def _short(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
