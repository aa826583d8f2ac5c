"""What changed of a tender stands on its page: versions with differences, later deadlines, why."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from procurement.actors import ANONYMOUS
from procurement.mail import due as send
from procurement.outbox import deliver
from procurement.working_days import Calendar
from tenders.queries_search import found
from tenders.rules.timetable import shown_at
from tenders.search import Search
from tests.portal.reading import fetched, words
from tests.portal.test_searching import calendar
from tests.tenders.changing import again, amended, extended, running_tender
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_world(world: World) -> World:
    """Give a world whose clock is the database's too."""
    world.wind_to(world.now)
    return world


def test_a_version_is_shown_with_its_reason_and_all_that_it_changed(open_world: World) -> None:
    """Requirement A4: amendments are new versions with a visible difference."""
    tender = running_tender(open_world)
    title = {"en": "Stools for the hall", "zh": "大厅凳子"}

    tender = amended(open_world, tender, title=title)

    en, zh = (words(fetched(f"/tenders/{tender.pk}/", lang)) for lang in ("en", "zh"))
    assert "Version 2 in force" in en
    assert "Before: Chairs for the hall Now: Stools for the hall" in en
    assert "原为： 大厅座椅 现为： 大厅凳子" in zh
    assert tender.notice in en
    deadline = shown_at(tender.closes_at, Calendar(tender.agency.time_zone))
    assert f"Now: {deadline}" in en
    assert f"现为： {deadline}" in zh


def test_what_was_changed_is_found_by_its_new_words(open_world: World) -> None:
    tender = running_tender(open_world)

    amended(open_world, tender, title={"en": "Stools for the hall", "zh": "大厅凳子"})

    assert list(found(ANONYMOUS, Search(q="stools 凳子"))) == [tender]
    assert list(found(ANONYMOUS, Search(q="座椅"))) == []


def test_a_later_deadline_is_shown_with_its_cause_told_to_all_and_moved_in_calendars(
    open_world: World,
) -> None:
    """Requirement B16, B18: a public notice, and one to everybody who follows."""
    tender = running_tender(open_world)
    path = f"/tenders/{tender.pk}/deadline.ics"
    before = calendar(path)[0]
    deliver(open_world.now)
    send(now=open_world.now)
    django_mail.outbox.clear()

    tender = again(extended(open_world, tender))

    assert "The deadline was moved To" in words(fetched(f"/tenders/{tender.pk}/"))
    after = calendar(path)[0]
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
    assert after["DTSTART"] == tender.closes_at > before["DTSTART"]
    deliver(open_world.now)
    send(now=open_world.now)
    assert "“Chairs for the hall”: bids close later" in {one.subject for one in django_mail.outbox}


@pytest.mark.parametrize("versions", [2, 4])
def test_the_number_of_queries_does_not_grow_with_versions(
    open_world: World, versions: int
) -> None:
    tender = running_tender(open_world)
    for number in range(versions - 1):
        tender = amended(open_world, tender, title={"en": f"Stools {number}", "zh": "凳子"})
        open_world.now += timedelta(seconds=1)
    path = f"/tenders/{tender.pk}/"
    fetched(path)

    with CaptureQueriesContext(connection) as queries:
        fetched(path)

    assert len(queries) == 11
