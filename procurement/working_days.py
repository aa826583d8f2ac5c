"""A calendar of one country in one zone: which days are worked, and which year is settled yet.

Plain values; ``procurement.calendars`` fills them from a library and from what an operator amends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from procurement.texts import Text

DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6  # as date.weekday() counts
_WEEKEND = {SATURDAY: Text("Saturday", "星期六"), SUNDAY: Text("Sunday", "星期日")}


@dataclass(frozen=True)
class Calendar:
    """Days off and weekends that are worked, each with its name, and the years published so far.

    ``published`` is None where no year waits for an announcement.
    """

    zone: str = "UTC"  # IANA
    country: str = ""  # ISO 3166-1 alpha-2; empty: only weekends are off
    off: Mapping[date, Text] = field(default_factory=dict)
    working: Mapping[date, Text] = field(default_factory=dict)
    published: frozenset[int] | None = None

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def why_off(self, day: date) -> Text | None:
        """Say why a day is not worked; None for a working day."""
        if day in self.off:
            return self.off[day]
        if day in self.working:
            return None
        return _WEEKEND.get(day.weekday())

    def is_published(self, year: int) -> bool:
        """Tell whether the holidays of a year are settled."""
        return self.published is None or year in self.published

    def local(self, at: datetime) -> datetime:
        """Give an instant as the clock on the wall shows it."""
        return at.astimezone(self._zone)

    def instant(self, day: date, at: time) -> datetime:
        """Give the instant at which the clock on the wall shows this.

        Shown twice, or jumped over, when clocks change: the later one, which gives more time.
        """
        told = [datetime.combine(day, at, self._zone).replace(fold=fold) for fold in (0, 1)]
        return max(one.astimezone(UTC) for one in told)

    def end_of(self, day: date) -> datetime:
        """Give the instant at which a day is over: 24 o'clock on the wall."""
        return self.instant(day + DAY, time())


WEEKENDS_ONLY = Calendar()
