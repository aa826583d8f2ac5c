"""A tender under China's Government Procurement Law, over the Spring Festival of 2026.

The clock shows Tuesday 27 January 2026, 10:00 in Shanghai. Day 20 is the eve of the festival, 16
February; its holidays end with the 23rd, so bids are due no earlier than the end of the 24th.
"""

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from procurement.actions.calendars import add_day
from procurement.models import DayKind
from procurement.texts import Text
from tenders.actions.approvals import NotReady, submit_for_approval
from tenders.actions.extending import extend_by_rule
from tenders.models import Tender
from tenders.queries import notice_of
from tenders.queries_timetable import dated
from tests.signing import Trust
from tests.tenders import changing
from tests.tenders.under_pack import SECOND, dates_of, drafted, refusals, settle
from tests.world import World, approve, publish

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
PUBLISHED = datetime(2026, 1, 27, 10, 0, tzinfo=SHANGHAI)
EARLIEST = datetime(2026, 2, 25, 0, 0, tzinfo=SHANGHAI)
FESTIVAL = [f"2026-02-{day}" for day in range(16, 24)]


@pytest.fixture
def january(db: None, trust: Trust) -> World:
    """Give a world before the festival, its agency in China."""
    world = World.at_first(trust, now=PUBLISHED)
    settle(world, "CN", "Asia/Shanghai")
    return world


def test_a_tender_goes_from_the_plan_to_its_notice(january: World) -> None:
    """Requirement E42: 20 d, 5 wd, 7 wd, enquiries in 3 wd; the trace is kept."""
    closes_at = datetime(2026, 2, 28, 9, 30, tzinfo=SHANGHAI)  # a Saturday, and worked
    tender = drafted(january, "cn-gp", closes_at)
    submit_for_approval(tender_id=tender.pk, by=january.by("officer"), now=january.now)
    approve(january, tender)

    published = publish(january, tender)

    notice = notice_of(published)
    assert (notice.pack.name, notice.pack.minimum_bidders) == ("cn-gp", 3)
    assert notice.questions_until == datetime(2026, 2, 14, 9, 30, tzinfo=SHANGHAI)
    assert notice.answers_until == datetime(2026, 2, 26, 9, 30, tzinfo=SHANGHAI)
    assert dates_of(published) == {
        "documents_until": "2026-02-03T16:00:00.000000Z",
        "notice_until": "2026-02-03T16:00:00.000000Z",
        "challenge_until": "2026-02-12T16:00:00.000000Z",
        "earliest_deadline": "2026-02-24T16:00:00.000000Z",
        "questions_until": "2026-02-14T01:30:00.000000Z",
        "answers_until": "2026-02-26T01:30:00.000000Z",
    }
    earliest = next(one for one in published.timetable if one["name"] == "earliest_deadline")
    assert [day["date"] for day in earliest["trace"]["rolled"]] == FESTIVAL
    assert not any(one["provisional"] for one in published.timetable)


def test_the_festival_itself_is_no_day_to_end_on(january: World) -> None:
    """The table of time limits, day_count: rolled over statutory holidays (O87-85)."""
    tender = drafted(january, "cn-gp", EARLIEST - SECOND)

    (fault,) = refusals(january, tender)

    assert fault.facts["earliest"] == "2026-02-25 00:00:00 Asia/Shanghai"
    assert fault.facts["rule"] == "bid_period"
    assert "Government Procurement Law (政府采购法), art. 35" in fault.said("en")


def test_an_unanswered_question_moves_the_deadline_and_the_count_is_kept(january: World) -> None:
    """Requirement B14: a late answer forces an extension, and its trace is stored."""
    january.wind_to(january.now)  # the database judges what still runs
    closes_at = datetime(2026, 3, 6, 9, 30, tzinfo=SHANGHAI)  # a Friday
    tender = drafted(january, "cn-gp", closes_at)
    submit_for_approval(tender_id=tender.pk, by=january.by("officer"), now=january.now)
    approve(january, tender)
    published = publish(january, tender)
    january.wind_to(published.answers_until)

    extend_by_rule(tender.pk, [str(uuid4())], now=january.now)

    moved = Tender.objects.get(pk=tender.pk)
    assert moved.closes_at == datetime(2026, 3, 10, 9, 30, tzinfo=SHANGHAI)  # a Tuesday
    told = {one["name"]: one for one in moved.timetable}
    assert told["question_extension"]["trace"]["from"] == "2026-03-06T01:30:00.000000Z"
    assert [day["date"] for day in told["question_extension"]["trace"]["skipped"]] == [
        "2026-03-07",
        "2026-03-08",
    ]
    assert told["answers_until"]["at"] == "2026-03-06T01:30:00.000000Z"
    assert [one for one in moved.timetable if one["name"] == "earliest_deadline"] == [
        one for one in published.timetable if one["name"] == "earliest_deadline"
    ]


def test_what_was_counted_from_the_publication_outlasts_a_change_of_the_calendar(
    january: World,
) -> None:
    """Requirement E42: the trace tells why the notice was lawful on its day."""
    closes_at = datetime(2026, 3, 6, 9, 30, tzinfo=SHANGHAI)
    tender = drafted(january, "cn-gp", closes_at)
    submit_for_approval(tender_id=tender.pk, by=january.by("officer"), now=january.now)
    approve(january, tender)
    published = publish(january, tender)
    add_day(
        country="CN", day=date(2026, 2, 24), kind=DayKind.OFF, name=Text("Snow", "雪"),
        source="City decree 1/2026", by=january.by("operator"), now=january.now,
    )  # fmt: skip

    told = dated(published, january.now)

    from_publication = [one for one in published.timetable if one["name"] == "earliest_deadline"]
    assert [one for one in told if one["name"] == "earliest_deadline"] == from_publication


def test_an_amendment_leaves_fifteen_days_and_the_count_is_kept(january: World) -> None:
    """Requirement B15; O87-27: 15 d after a change of substance; E42: the trace is stored."""
    january.wind_to(january.now)
    closes_at = datetime(2026, 3, 6, 9, 30, tzinfo=SHANGHAI)
    tender = drafted(january, "cn-gp", closes_at)
    submit_for_approval(tender_id=tender.pk, by=january.by("officer"), now=january.now)
    approve(january, tender)
    publish(january, tender)
    january.wind_to(datetime(2026, 2, 13, 10, 0, tzinfo=SHANGHAI))  # day 15 is the 28th, worked

    amended = changing.amended(january, tender, closes_at=closes_at, validity_days=120)

    told = {one["name"]: one for one in amended.timetable}
    assert told["amended_deadline"]["at"] == "2026-02-28T16:00:00.000000Z"
    assert told["amended_deadline"]["trace"]["source"].startswith("Order 87 (第87号令), art. 27")
    assert "earliest_deadline" in told


def test_an_amendment_too_close_to_the_deadline_names_rule_source_and_earliest_date(
    january: World,
) -> None:
    """Requirement B15; O87-27. Day 15 is Saturday 7 March, so Monday the 9th."""
    january.wind_to(january.now)
    closes_at = datetime(2026, 3, 6, 9, 30, tzinfo=SHANGHAI)
    tender = drafted(january, "cn-gp", closes_at)
    submit_for_approval(tender_id=tender.pk, by=january.by("officer"), now=january.now)
    approve(january, tender)
    publish(january, tender)
    january.wind_to(datetime(2026, 2, 20, 10, 0, tzinfo=SHANGHAI))
    change = changing.drafted(january, tender, closes_at=closes_at, validity_days=120)

    with pytest.raises(NotReady) as refused:
        changing.asked(january, change)

    (fault,) = refused.value.faults
    assert "2026-03-10 00:00:00 Asia/Shanghai" in fault.said("en")
    assert "rule amendment_minimum of the pack “cn-gp”" in fault.said("en")
    assert "Order 87 (第87号令), art. 27" in fault.said("zh")
