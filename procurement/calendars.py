"""Working days of a country: a kept library of holidays, and what an operator amends.

A year of mainland China counts as published when the State Council's shifted working days are in
the library, or when an operator says so with the decree; the library guesses until then. Other
countries have their holidays by law, for every year.
"""

from datetime import date
from functools import cache
from typing import NamedTuple

import holidays
from django.db.models import QuerySet

from procurement.models import CalendarDay, CalendarYear, DayKind, Organisation
from procurement.proof.canonical import JSON
from procurement.texts import Text
from procurement.working_days import Calendar

YEARS = range(2020, 2051)  # that are read from the library; later ones count as unpublished
ANNOUNCED_YEARLY = frozenset({"CN"})  # General Office of the State Council, each autumn
ENGLISH, CHINESE = "en_US", "zh_CN"  # as the library names languages
_WORKED = Text("A weekend that is worked", "调休上班日")
_WORKED_WEEKDAYS = "weekend_workdays"  # of those classes of the library whose country shifts days


class _Library(NamedTuple):
    off: dict[date, Text]
    working: dict[date, Text]
    published: frozenset[int]


@cache
def countries() -> frozenset[str]:
    """Name the countries whose holidays the library has, by ISO 3166-1 alpha-2."""
    return frozenset(holidays.list_supported_countries(include_aliases=False))


def calendar_for(organisation: Organisation) -> Calendar:
    """Give the calendar by which days of a body are counted, as it stands now.

    A body without a country has weekends off and nothing else.
    """
    return calendar_of_country(organisation.country, organisation.time_zone)


def calendar_of_country(country: str, zone: str = "UTC") -> Calendar:
    """Give the calendar of a country in one of its zones, as it stands now."""
    if not country:
        return Calendar(zone)
    library = _library(country)
    off, working = dict(library.off), dict(library.working)
    for row in CalendarDay.objects.filter(country=country):  # the newest last
        kept, other = (off, working) if row.kind == DayKind.OFF else (working, off)
        other.pop(row.day, None)
        kept[row.day] = Text(row.name_en, row.name_zh)
    return Calendar(zone, country, off, working, _published(country))


def days_of(calendar: Calendar, year: int) -> list[dict[str, JSON]]:
    """List the days off of a year that are no plain weekend, and the weekends that are worked."""
    told = [(day, "off", name) for day, name in calendar.off.items()]
    told += [(day, "working", name) for day, name in calendar.working.items()]
    return [
        {"day": day.isoformat(), "kind": kind, "name": {**name._asdict()}}
        for day, kind, name in sorted(told)
        if day.year == year
    ]


def years_told(country: str) -> QuerySet[CalendarYear]:
    """List what operators said about years of a country, the newest last."""
    return CalendarYear.objects.filter(country=country)


def _published(country: str) -> frozenset[int]:
    years = set(_library(country).published)
    for row in CalendarYear.objects.filter(country=country):  # the newest last
        (years.add if row.published else years.discard)(row.year)
    return frozenset(years)


@cache
def _library(country: str) -> _Library:
    """Read a country's holidays once; in Chinese by their English names where there are no others.

    Of a country that the library does not have, every year waits for an operator.
    """
    if country not in countries():
        return _Library({}, {}, frozenset())
    english = _named(country, ENGLISH)
    chinese = _named(country, CHINESE)
    off = {day: Text(name, chinese.get(day, name)) for day, name in english.items()}
    worked: set[date] = getattr(english, _WORKED_WEEKDAYS, set())
    working = {day: _WORKED for day in worked if day.year in YEARS}
    told = {day.year for day in working} if country in ANNOUNCED_YEARLY else YEARS
    return _Library(off, working, frozenset(told))


def _named(country: str, language: str) -> holidays.HolidayBase:
    spoken = holidays.country_holidays(country).supported_languages
    known = language if language in spoken else ENGLISH if ENGLISH in spoken else None
    return holidays.country_holidays(country, years=YEARS, language=known)
