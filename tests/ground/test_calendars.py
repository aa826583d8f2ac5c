"""The calendar of a body: a kept library, amended by operators; years wait to be published.

Requirement E42: a holiday table; section 3, implementation note 3: days off and working weekends.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from procurement.actions.calendars import add_day, add_year, place
from procurement.actors import Actor
from procurement.calendars import calendar_for, calendar_of_country, days_of
from procurement.models import CalendarDay, CalendarYear, DayKind, Event, Organisation
from procurement.refusals import BadInput, NotFound, NotPermitted
from procurement.texts import Text
from tests.calendars import CHINA_2026, GERMANY_2026, WORKED_WEEKENDS
from tests.world import World

pytestmark = pytest.mark.django_db
YEAR_2026 = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]
FLOOD = Text("Flood", "洪水")
DECREE = "State Council, notice of November 2026"


def amend(
    world: World,
    day: date,
    kind: DayKind = DayKind.OFF,
    *,
    country: str = "CN",
    who: str = "operator",
) -> CalendarDay:
    return add_day(
        country=country, day=day, kind=kind, name=FLOOD, source=DECREE, by=world.by(who),
        now=world.now,
    )  # fmt: skip


def tell(world: World, year: int, *, published: bool = True, who: str = "operator") -> CalendarYear:
    return add_year(
        country="CN", year=year, published=published, source=DECREE, by=world.by(who),
        now=world.now,
    )  # fmt: skip


def put(world: World, country: str, time_zone: str, *, who: str = "operator") -> Organisation:
    return place(
        organisation_id=world.agency.pk, country=country, time_zone=time_zone,
        by=world.by(who), now=world.now,
    )  # fmt: skip


def test_every_day_of_2026_in_china_is_worked_or_off_as_the_state_council_has_it() -> None:
    library = calendar_of_country("CN", "Asia/Shanghai")

    off = [day for day in YEAR_2026 if library.why_off(day)]

    assert off == [day for day in YEAR_2026 if CHINA_2026.why_off(day)]
    assert not any(library.why_off(date(2026, *day)) for day in WORKED_WEEKENDS)


def test_every_day_of_2026_in_germany_is_worked_or_off_as_its_laws_have_it() -> None:
    library = calendar_of_country("DE", "Europe/Berlin")

    off = [day for day in YEAR_2026 if library.why_off(day)]

    assert off == [day for day in YEAR_2026 if GERMANY_2026.why_off(day)]


@pytest.mark.parametrize(
    ("country", "year", "published"),
    [
        ("CN", 2025, True),
        ("CN", 2026, True),
        ("CN", 2027, False),
        ("DE", 2027, True),
        ("DE", 2051, False),
        ("", 2027, True),
    ],
)
def test_a_year_of_china_waits_for_its_announcement(
    country: str, year: int, published: bool
) -> None:
    assert calendar_of_country(country).is_published(year) is published


def test_an_operator_says_that_a_year_is_published_and_takes_it_back(world: World) -> None:
    tell(world, 2027)
    assert calendar_of_country("CN").is_published(2027)

    world.now += timedelta(seconds=1)
    tell(world, 2027, published=False)
    assert not calendar_of_country("CN").is_published(2027)


def test_the_newest_word_about_a_day_counts(world: World) -> None:
    monday = date(2027, 3, 1)
    amend(world, monday)
    assert calendar_of_country("CN").why_off(monday) == FLOOD

    world.now += timedelta(seconds=1)
    amend(world, monday, DayKind.WORKING)
    assert calendar_of_country("CN").why_off(monday) is None
    assert calendar_of_country("DE").why_off(monday) is None


def test_a_guess_of_the_library_and_a_weekend_may_turn_out_to_be_worked(world: World) -> None:
    guessed, saturday = date(2027, 2, 9), date(2027, 2, 20)
    assert calendar_of_country("CN").why_off(guessed)
    assert calendar_of_country("CN").why_off(saturday)

    for day in (guessed, saturday):
        amend(world, day, DayKind.WORKING)

    calendar = calendar_of_country("CN")
    assert not [day for day in (guessed, saturday) if calendar.why_off(day)]
    told = {one["day"]: one["kind"] for one in days_of(calendar, 2027)}
    assert (told["2027-02-09"], told["2027-02-20"]) == ("working", "working")


def test_a_body_counts_by_its_own_country_and_zone(world: World) -> None:
    assert calendar_for(world.agency).why_off(date(2026, 10, 1)) is None

    placed = calendar_for(put(world, "CN", "Asia/Shanghai"))

    assert placed.why_off(date(2026, 10, 1)) == Text("National Day", "国庆节")
    assert placed.local(datetime(2026, 3, 1, 20, tzinfo=UTC)).date() == date(2026, 3, 2)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda world, who: amend(world, date(2027, 1, 1), who=who), id="a day"),
        pytest.param(lambda world, who: tell(world, 2027, who=who), id="a year"),
        pytest.param(lambda world, who: put(world, "CN", "Asia/Shanghai", who=who), id="a place"),
    ],
)
@pytest.mark.parametrize("who", ["officer", "overseer", "legal", "timekeeper"])
def test_nobody_but_an_operator_amends_a_calendar(
    world: World, act: Callable[[World, str], object], who: str
) -> None:
    with pytest.raises(NotPermitted):
        act(world, who)

    assert not CalendarDay.objects.exists()
    assert not CalendarYear.objects.exists()


@pytest.mark.parametrize(
    ("act", "codes"),
    [
        pytest.param(lambda world: amend(world, date(2027, 1, 1), country="XX"),
                     ["no-such-country"], id="a country nobody knows"),
        pytest.param(lambda world: amend(world, date(1999, 1, 1)), ["no-such-year"],
                     id="a year before the calendars"),
        pytest.param(lambda world: tell(world, 2051), ["no-such-year"],
                     id="a year after the calendars"),
        pytest.param(lambda world: put(world, "XX", "Mars/Olympus"),
                     ["no-such-country", "no-such-zone"], id="a place nobody knows"),
    ],
)  # fmt: skip
def test_what_no_calendar_is_kept_for_is_refused(
    world: World, act: Callable[[World], object], codes: list[str]
) -> None:
    with pytest.raises(BadInput) as refused:
        act(world)

    assert [fault.code for fault in refused.value.faults] == codes


def test_a_word_without_a_source_is_refused(world: World) -> None:
    with pytest.raises(BadInput) as refused:
        add_year(
            country="CN", year=2027, published=True, source=" ", by=world.by("operator"),
            now=world.now,
        )  # fmt: skip

    assert [fault.code for fault in refused.value.faults] == ["no-source"]


def test_a_body_that_is_not_there_is_not_placed(world: World) -> None:
    by: Actor = world.by("operator")
    with pytest.raises(NotFound):
        place(organisation_id=uuid4(), country="CN", time_zone="UTC", by=by, now=world.now)


def test_every_word_is_in_the_journal(world: World) -> None:
    before = Event.objects.count()
    amend(world, date(2027, 3, 1))
    tell(world, 2027)
    put(world, "CN", "Asia/Shanghai")

    told = [event.verb for event in Event.objects.order_by("pk")]

    assert len(told) == before + 3
    assert {"calendar.day-added", "calendar.year-added", "organisation.placed"} <= set(told)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_calendar_is_read_in_two_queries_however_much_was_amended(
    world: World, rows: int
) -> None:
    for number in range(rows):
        amend(world, date(2027, 3, 1 + number))
        tell(world, 2027 + number)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        calendar_of_country("CN")

    assert len(queries) == 2


@pytest.mark.parametrize("table", ["procurement_calendarday", "procurement_calendaryear"])
def test_what_was_said_of_a_calendar_stays_said(world: World, table: str) -> None:
    amend(world, date(2027, 3, 1))
    tell(world, 2027)

    with pytest.raises(IntegrityError, match="stay as"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET source = 'another'")
