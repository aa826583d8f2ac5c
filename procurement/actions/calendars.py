"""What an operator says about days: a country's holidays and years, and where a body is."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction

from procurement.actors import Actor, require
from procurement.calendars import YEARS, countries
from procurement.journal.record import record
from procurement.models import CalendarDay, CalendarYear, DayKind, Organisation
from procurement.proof.canonical import JSON
from procurement.refusals import BadInput, Fact, Fault, NotFound
from procurement.roles import Permission
from procurement.texts import Text
from procurement.verbs import Verb

_NO_COUNTRY = Text(
    "There is no country “{country}”: write its two letters as ISO 3166-1 has them",
    "没有国家代码“{country}”：请按 ISO 3166-1 填写两个字母",
)
_NO_ZONE = Text(
    "There is no time zone “{zone}”: write it as Asia/Shanghai",
    "没有时区“{zone}”：请按 Asia/Shanghai 的形式填写",
)
_NO_YEAR = Text("Calendars are kept for {first} to {last}", "日历保存 {first} 年至 {last} 年")
_NO_SOURCE = Text("Name the decree or the law that says so", "请注明依据的文件或法律")


@transaction.atomic
def add_day(
    *,
    country: str,
    day: date,
    kind: DayKind,
    name: Text,
    source: str,
    by: Actor,
    now: datetime,
) -> CalendarDay:
    """Say of a day whether it is worked; the newest word counts.

    :raises NotPermitted: unless ``by`` is an operator.
    :raises BadInput: for a country or a year of which no calendar is kept, or without a source.
    """
    require(by, Permission.KEEP_CALENDARS, of=UUID(int=0))

    _judge(country, day.year, source)

    row = CalendarDay.objects.create(
        country=country,
        day=day,
        kind=kind,
        name_en=name.en or name.zh,
        name_zh=name.zh or name.en,
        source=source.strip(),
        added_by_id=by.user_id,
        added_at=now,
    )
    body = {"country": country, "day": day.isoformat(), "kind": kind.value, "source": row.source}
    record(Verb.CALENDAR_DAY_ADDED, tender=None, by=by, at=now, body={**body})
    return row


@transaction.atomic
def add_year(
    *, country: str, year: int, published: bool, source: str, by: Actor, now: datetime
) -> CalendarYear:
    """Say whether a country has published its holidays of a year; the newest word counts.

    :raises NotPermitted: unless ``by`` is an operator.
    :raises BadInput: for a country or a year of which no calendar is kept, or without a source.
    """
    require(by, Permission.KEEP_CALENDARS, of=UUID(int=0))

    _judge(country, year, source)

    row = CalendarYear.objects.create(
        country=country,
        year=year,
        published=published,
        source=source.strip(),
        added_by_id=by.user_id,
        added_at=now,
    )
    body: dict[str, JSON] = {
        "country": country,
        "year": year,
        "published": published,
        "source": row.source,
    }
    record(Verb.CALENDAR_YEAR_ADDED, tender=None, by=by, at=now, body=body)
    return row


@transaction.atomic
def place(
    *, organisation_id: UUID, country: str, time_zone: str, by: Actor, now: datetime
) -> Organisation:
    """Say where a body is, so that its days are counted by the calendar of that place.

    What is published keeps the dates that it was published with.

    :raises NotFound: when there is no such body.
    :raises NotPermitted: unless ``by`` is an operator.
    :raises BadInput: for a country or a time zone that nobody knows.
    """
    rows = Organisation.objects.select_for_update(of=("self",))
    if (body := rows.filter(pk=organisation_id).first()) is None:
        raise NotFound
    require(by, Permission.KEEP_CALENDARS, of=body.pk)

    found = [*_of_country(country)] if country else []
    if time_zone not in available_timezones():
        facts: dict[str, Fact] = {"zone": time_zone[:64]}
        found.append(Fault("no-such-zone", _NO_ZONE, facts, "/time_zone"))
    if found:
        raise BadInput(faults=found)

    body.country, body.time_zone = country, time_zone
    body.save()
    told = {"organisation": str(body.pk), "country": country, "time_zone": time_zone}
    record(Verb.ORGANISATION_PLACED, tender=None, by=by, at=now, body={**told})
    return body


def _judge(country: str, year: int, source: str) -> None:
    found = _of_country(country)
    if year not in YEARS:
        facts: dict[str, Fact] = {"first": YEARS[0], "last": YEARS[-1]}
        found.append(Fault("no-such-year", _NO_YEAR, facts))
    if not source.strip():
        found.append(Fault("no-source", _NO_SOURCE, pointer="/source"))
    if found:
        raise BadInput(faults=found)


def _of_country(country: str) -> list[Fault]:
    if country in countries():
        return []
    return [Fault("no-such-country", _NO_COUNTRY, {"country": country[:8]}, "/country")]
