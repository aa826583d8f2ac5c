"""Periods and days: from a rule and an instant to a date, with the trace of how it was counted.

A period in days begins the day after its event and ends with the last hour of its last day; where
that day is not worked it goes on to the end of the next one that is (Regulation 1182/71, art. 3;
China's Civil Code, arts. 201 and 203). Days are those of the agency's own zone. An instant that a
period ends with is exclusive: 00:00 of the next day, as people say 24:00.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from procurement.proof.canonical import JSON
from procurement.proof.instants import format_instant
from procurement.texts import Text
from procurement.working_days import DAY, Calendar

__all__ = ["Calendar", "Dated", "Rule", "Trace", "after", "before", "earliest", "months_after"]

Unit = Literal["seconds", "days", "working-days", "months", "years", "count"]
CountFrom = Literal["next-day", "same-instant"]
Roll = Literal["next-working-day", "none"]
Evidence = Literal["read", "transposed", "general"]  # [V], [V*], [K] in the table of rules
MONTHS = 12  # of a year

_SAID = {
    "seconds": Text("{n} seconds", "{n} 秒"),
    "days": Text("{n} days", "{n} 日"),
    "working-days": Text("{n} working days", "{n} 个工作日"),
    "months": Text("{n} months", "{n} 个月"),
    "years": Text("{n} years", "{n} 年"),
    "count": Text("{n} (count)", "{n}（数量）"),
}
_SAID_ONE = {
    "seconds": "1 second",
    "days": "1 day",
    "working-days": "1 working day",
    "months": "1 month",
    "years": "1 year",
}
_BEFORE = Text("{period} before {{at}}", "{{at}} 前 {period}")
_AFTER = Text("{period} after {{at}}", "自 {{at}} 起 {period}")
_AT_LEAST_AFTER = Text("at least {period} after {{at}}", "自 {{at}} 起至少 {period}")
_UNVERIFIED = Text("unverified", "未核实")


@dataclass(frozen=True)
class Rule:
    """One number of a pack, how it is counted, and the article that it rests on."""

    value: int
    source: str
    unit: Unit = "seconds"
    count_from: CountFrom = "same-instant"
    roll: Roll = "none"
    evidence: Evidence = "general"
    effective_from: date | None = None
    note: Text | None = None  # what a reader should know about the number

    def cited(self) -> Text:
        """Give the source, marked where nobody has read it yet."""
        if self.evidence != "general":
            return Text(self.source, self.source)
        return Text(f"{self.source}; {_UNVERIFIED.en}", f"{self.source}；{_UNVERIFIED.zh}")

    def to_json(self) -> dict[str, JSON]:
        """Show the rule; ``verified`` tells whether its text was read."""
        since = self.effective_from
        return {
            "value": self.value,
            "unit": self.unit,
            "count_from": self.count_from,
            "roll": self.roll,
            "source": self.source,
            "evidence": self.evidence,
            "verified": self.evidence != "general",
            "effective_from": None if since is None else since.isoformat(),
            "note": None if self.note is None else {**self.note._asdict()},
        }


@dataclass(frozen=True)
class Trace:
    """How a date was counted: by which rule, from when, and which days were passed over."""

    rule: str
    by: Rule
    start: datetime
    zone: str
    result: datetime
    backwards: bool = False
    skipped: tuple[tuple[date, Text], ...] = ()  # not worked, so not counted
    rolled: tuple[tuple[date, Text], ...] = ()  # not worked, so not the last day
    unpublished: tuple[int, ...] = ()  # years whose holidays may still change

    def to_json(self) -> dict[str, JSON]:
        """Write the trace as readers and the notice's keeper see it."""
        return {
            "rule": self.rule,
            "source": self.by.source,
            "evidence": self.by.evidence,
            "verified": self.by.evidence != "general",
            "from": format_instant(self.start),
            "count": -self.by.value if self.backwards else self.by.value,
            "unit": self.by.unit,
            "count_from": self.by.count_from,
            "roll": self.by.roll,
            "zone": self.zone,
            "skipped": [_day_json(one) for one in self.skipped],
            "rolled": [_day_json(one) for one in self.rolled],
            "unpublished_years": [*self.unpublished],
            "result": format_instant(self.result),
        }


@dataclass(frozen=True)
class Dated:
    """A date that a rule gave, and how."""

    at: datetime
    trace: Trace

    @property
    def provisional(self) -> bool:
        """Tell whether a year was counted through whose holidays are not published yet."""
        return bool(self.trace.unpublished)

    def to_json(self) -> dict[str, JSON]:
        """Show the date with its trace."""
        return {
            "at": format_instant(self.at),
            "provisional": self.provisional,
            "trace": self.trace.to_json(),
        }


@dataclass
class _Count:
    """A walk over days that notes what it passed over."""

    calendar: Calendar
    skipped: list[tuple[date, Text]] = field(default_factory=list)
    rolled: list[tuple[date, Text]] = field(default_factory=list)
    years: set[int] = field(default_factory=set)

    def walk(self, day: date, rule: Rule, step: timedelta = DAY) -> date:
        """Go as many days, or working days, as the rule says."""
        if rule.unit == "days":
            return day + rule.value * step
        for _ in range(rule.value):
            day = self._next(day + step, step, self.skipped)
        return day

    def roll(self, day: date) -> date:
        """Go on to the next working day, unless this is one."""
        return self._next(day, DAY, self.rolled)

    def traced(
        self, name: str, rule: Rule, start: datetime, result: datetime, *, backwards: bool = False
    ) -> Dated:
        """Give the date with what was noted on the way."""
        unpublished = [year for year in sorted(self.years) if not self.calendar.is_published(year)]
        trace = Trace(
            rule=name,
            by=rule,
            start=start,
            zone=self.calendar.zone,
            result=result,
            backwards=backwards,
            skipped=tuple(self.skipped),
            rolled=tuple(self.rolled),
            unpublished=tuple(unpublished),
        )
        return Dated(result, trace)

    def _next(self, day: date, step: timedelta, noted: list[tuple[date, Text]]) -> date:
        self.years.add(day.year)
        while (why := self.calendar.why_off(day)) is not None:
            noted.append((day, why))
            day += step
            self.years.add(day.year)
        return day


def after(name: str, rule: Rule, start: datetime, calendar: Calendar) -> Dated:
    """Count a period from an instant on.

    By ``next-day`` it ends with its last day, by ``same-instant`` when the clock on the wall of
    that day shows what it showed at the beginning.
    """
    count = _Count(calendar)
    if rule.unit == "seconds":
        result = start.astimezone(UTC) + timedelta(seconds=rule.value)
        return count.traced(name, rule, start, result)
    if rule.count_from == "next-day":
        day, shown = calendar.local(start).date(), None
    else:
        day, shown = _shown(start, calendar)
    last = count.walk(day, rule)
    if rule.roll == "next-working-day":
        last = count.roll(last)
    result = calendar.end_of(last) if shown is None else calendar.instant(last, shown)
    return count.traced(name, rule, start, result)


def before(name: str, rule: Rule, end: datetime, calendar: Calendar) -> Dated:
    """Count back from an instant; by ``next-day`` so many whole days lie between."""
    count = _Count(calendar)
    if rule.unit == "seconds":
        result = end.astimezone(UTC) - timedelta(seconds=rule.value)
        return count.traced(name, rule, end, result, backwards=True)
    day, shown = _shown(end, calendar)
    first = count.walk(day, rule, -DAY)
    if rule.count_from == "same-instant":
        result = calendar.end_of(first) if shown is None else calendar.instant(first, shown)
    else:
        result = calendar.instant(first, time())
    return count.traced(name, rule, end, result, backwards=True)


def months_after(start: datetime, months: int, calendar: Calendar) -> datetime:
    """Give the same day of a later month, or that month's last (Regulation 1182/71, art. 3(2)c)."""
    local = calendar.local(start)
    year, month = divmod(local.month - 1 + months, MONTHS)
    following = divmod(local.month + months, MONTHS)
    longest = date(local.year + following[0], following[1] + 1, 1) - DAY
    day = min(local.day, longest.day)
    return calendar.instant(date(local.year + year, month + 1, day), local.time())


def said(rule: Rule) -> Text:
    """Give a period in words: 35 days."""
    return _period(rule.value, rule.unit)


def counted(trace: Mapping[str, Any], *, least: bool = False) -> Text:
    """Say how a date was counted, by its trace: ``5 working days before {at}``.

    ``{at}`` is the instant that it was counted from; ``least`` says that a later date would do.
    """
    text = _BEFORE if trace["count"] < 0 else _AT_LEAST_AFTER if least else _AFTER
    period = _period(abs(trace["count"]), trace["unit"])
    return Text(text.en.format(period=period.en), text.zh.format(period=period.zh))


def _period(n: int, unit: str) -> Text:
    text = _SAID[unit]
    en = _SAID_ONE.get(unit, text.en) if n == 1 else text.en
    return Text(en.format(n=n), text.zh.format(n=n))


def earliest(dates: Iterable[Dated]) -> Dated:
    """Give the earliest of some dates."""
    return min(dates, key=lambda dated: dated.at)


def _shown(at: datetime, calendar: Calendar) -> tuple[date, time | None]:
    """Give the day and what the clock shows; midnight is the end of the day before (None)."""
    local = calendar.local(at)
    if local.time() == time():
        return local.date() - DAY, None
    return local.date(), local.time()


def _day_json(day: tuple[date, Text]) -> JSON:
    return {"date": day[0].isoformat(), "why": {**day[1]._asdict()}}
