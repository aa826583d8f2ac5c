"""A tender under Directive 2014/24/EU, of an agency in Germany, over Easter and a clock change.

The clock shows Monday 2 March 2026, 10:30 in Berlin. Day 35 is Easter Monday, 6 April, so Tuesday
the 7th; day 30 is Wednesday 1 April, day 15 Tuesday 17 March. Clocks go forward on 29 March.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from procurement.refusals import AlreadyDone, BadInput, NotPermitted, WrongState
from tenders.actions.approvals import submit_for_approval
from tenders.actions.plan import announce, withdraw_plan_line
from tenders.models import PlanLine
from tenders.packs import packs
from tenders.queries import announced_lines, notice_of
from tenders.rules.timetable import Timetable, faults
from tests.calendars import GERMANY_2026
from tests.tenders.under_pack import SECOND, dates_of, drafted, refusals, settle
from tests.world import World, approve, draft_tender, plan_line, publish

BERLIN = ZoneInfo("Europe/Berlin")
EU = packs()["eu-2014-24"]


def at(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=BERLIN)


IN_35, IN_30, IN_15 = at(4, 8), at(4, 2), at(3, 18)
URGENT = {"reductions": ("urgent",), "justification": "The bridge is closed since the flood"}


@pytest.fixture(autouse=True)
def _in_germany(request: pytest.FixtureRequest) -> None:
    if "world" in request.fixturenames:
        settle(request.getfixturevalue("world"), "DE", "Europe/Berlin")


def announced(world: World, days_before: int) -> PlanLine:
    """Plan a purchase and announce it so many days before now."""
    line = plan_line(world)
    now = world.now - timedelta(days=days_before)
    return announce(plan_line_id=line.pk, by=world.by("officer"), now=now)


@pytest.mark.django_db
def test_a_tender_goes_from_the_plan_to_its_notice(world: World) -> None:
    """The table of time limits (EU): 30 d by e-submission; B14: answers 6 d before, D47(3)."""
    closes_at = at(4, 9, 12)
    tender = drafted(
        world, "eu-2014-24", closes_at, reductions=("e-submission",),
        opens_at=closes_at + timedelta(hours=24),
    )  # fmt: skip
    submit_for_approval(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    approve(world, tender)

    published = publish(world, tender)

    notice = notice_of(published)
    assert (notice.pack.name, notice.pack.minimum_bidders) == ("eu-2014-24", 1)
    assert notice.pack.public_opening is False
    assert notice.questions_until == at(3, 30, 12)
    assert notice.answers_until == at(4, 3)
    assert dates_of(published) == {
        "earliest_deadline": "2026-04-01T22:00:00.000000Z",
        "questions_until": "2026-03-30T10:00:00.000000Z",
        "answers_until": "2026-04-02T22:00:00.000000Z",
    }
    earliest = published.timetable[0]
    assert earliest["trace"]["rule"] == "bid_period/e-submission"
    assert earliest["trace"]["evidence"] == "transposed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sections", "earliest", "rule", "article"),
    [
        pytest.param({}, IN_35, "bid_period", "art. 27(1)", id="35 days"),
        pytest.param({"reductions": ("e-submission",)}, IN_30, "bid_period/e-submission",
                     "art. 27(4)", id="30 days"),
        pytest.param(URGENT, IN_15, "bid_period/urgent", "art. 27(3)", id="15 days"),
    ],
)  # fmt: skip
def test_a_second_less_is_refused_with_rule_source_and_earliest_date(
    world: World, sections: dict[str, Any], earliest: datetime, rule: str, article: str
) -> None:
    """The table of time limits, bid_period_min: D27."""
    tender = drafted(world, "eu-2014-24", earliest - SECOND, **sections)

    (fault,) = refusals(world, tender)

    assert fault.code == "bid-period-too-short"
    assert fault.facts["rule"] == rule
    assert fault.facts["earliest"] == f"{earliest:%Y-%m-%d} 00:00:00 Europe/Berlin"
    assert article in fault.said("en")
    assert article in fault.said("zh")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sections", "code", "pointer"),
    [
        pytest.param({"reductions": ("urgent",)}, "not-justified", "/justification",
                     id="urgent, and nobody says why"),
        pytest.param({"reductions": ("urgent",), "justification": " \n"}, "not-justified",
                     "/justification", id="urgent, and it is said in blanks"),
        pytest.param({"reductions": ("cheap",)}, "no-such-reduction", "/reductions/0",
                     id="no ground at all"),
        pytest.param({"reductions": ("e-submission", "e-submission")}, "repeated",
                     "/reductions/1", id="one ground twice"),
        pytest.param({"opens_at": IN_35 + timedelta(days=1, seconds=1)}, "opens-too-late",
                     "/opens_at", id="opened later than promptly"),
    ],
)  # fmt: skip
def test_a_draft_that_the_directive_does_not_know_is_refused(
    world: World, sections: dict[str, Any], code: str, pointer: str
) -> None:
    """The table of time limits: urgent needs a justification (D27(3)); opening promptly."""
    with pytest.raises(BadInput) as refused:
        draft_tender(world, pack="eu-2014-24", **{"closes_at": IN_35, "opens_at": IN_35} | sections)

    (fault,) = refused.value.faults
    assert (fault.code, fault.pointer) == (code, pointer)


@pytest.mark.django_db
def test_an_urgent_tender_is_published_with_its_justification_and_answers_in_four_days(
    world: World,
) -> None:
    """Requirement B14: accelerated, 4 d before (D47(3))."""
    tender = drafted(world, "eu-2014-24", at(3, 20, 12), **URGENT)
    submit_for_approval(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    approve(world, tender)

    published = publish(world, tender)

    assert published.justification == URGENT["justification"]
    assert published.answers_until == at(3, 16)
    assert published.questions_until == at(3, 14, 12)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days_before", "allowed"),
    [
        pytest.param(34, False, id="34 days"),
        pytest.param(35, True, id="35 days"),
        pytest.param(365, True, id="12 months"),
        pytest.param(366, False, id="12 months and a day"),
    ],
)
def test_a_prior_notice_shortens_the_time_when_it_is_neither_too_new_nor_too_old(
    world: World, days_before: int, allowed: bool
) -> None:
    """Requirement A12: D48, 27(2): 35 d to 12 m before, then 15 d."""
    line = announced(world, days_before)
    tender = drafted(world, "eu-2014-24", IN_15, line=line, reductions=("prior-notice",))

    if allowed:
        asked = submit_for_approval(tender_id=tender.pk, by=world.by("officer"), now=world.now)
        assert asked.submitted_at == world.now
    else:
        (fault,) = refusals(world, tender)
        assert (fault.code, fault.pointer) == ("no-prior-notice-in-time", "/reductions")
        assert "at least 35 days and at most 12 months" in fault.said("en")
        assert "至少 35 日、至多 12 个月" in fault.said("zh")


@pytest.mark.parametrize(
    ("announced_at", "published_at", "allowed"),
    [
        pytest.param(at(2, 20, 12), at(3, 27, 12), True, id="35 days to the hour"),
        pytest.param(at(2, 20, 12), at(3, 27, 12) - SECOND, False, id="a second less"),
        pytest.param(at(2, 27, 12), at(4, 3, 12), True, id="over the clock change, on the wall"),
        pytest.param(at(2, 27, 12), at(4, 3, 12) - SECOND, False, id="and a second less"),
        pytest.param(None, at(4, 3, 12), False, id="never announced"),
    ],
)
def test_a_prior_notice_is_old_enough_to_the_second(
    announced_at: datetime | None, published_at: datetime, allowed: bool
) -> None:
    """Requirement A12."""
    later = published_at + timedelta(days=60)
    grounds = frozenset({"prior-notice"})

    found = faults(
        Timetable(published_at, later, later, grounds, announced_at),
        pack=EU, calendar=GERMANY_2026,
    )  # fmt: skip

    assert [fault.code for fault in found] == ([] if allowed else ["no-prior-notice-in-time"])


@pytest.mark.django_db
def test_an_announced_purchase_is_there_for_all_until_it_is_withdrawn(world: World) -> None:
    """Requirement A12: an early notice is supported, and public."""
    kept, dropped, quiet = announced(world, 3), announced(world, 2), plan_line(world)
    withdraw_plan_line(plan_line_id=dropped.pk, by=world.by("officer"), now=world.now)

    assert list(announced_lines()) == [kept]
    assert quiet.announced_at is None
    with pytest.raises(AlreadyDone):
        announced_again(world, kept)
    with pytest.raises(WrongState):
        announced_again(world, dropped)
    with pytest.raises(NotPermitted):
        announce(plan_line_id=quiet.pk, by=world.by("legal"), now=world.now)


def announced_again(world: World, line: PlanLine) -> None:
    announce(plan_line_id=line.pk, by=world.by("officer"), now=world.now)
