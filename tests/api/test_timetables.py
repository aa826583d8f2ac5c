"""Rule packs, calendars and timetables over the interface: every date tells how it was counted.

Requirement E42, A12; evidence that nobody has read is shown as unverified.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenders.actions.plan import announce
from tests.api.test_tenders import Caller, body
from tests.tenders.under_pack import settle
from tests.world import World, plan_line, published_tender

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOSES = datetime(2026, 3, 24, 9, 30, tzinfo=SHANGHAI)
As = Callable[[str | None], Caller]


@pytest.fixture(autouse=True)
def _as_late_as_it_is(world: World) -> None:
    """The interface reads the clock itself, so the world goes by the same one."""
    world.wind_to(world.now)


@pytest.fixture
def as_(world: World) -> As:
    return lambda who: Caller(world, who)


def drafted(world: World, as_: As, **changed: Any) -> dict[str, Any]:
    """Draft a tender under the Procurement Law over the interface."""
    settle(world, "CN", "Asia/Shanghai")
    sent = body(world, **{"pack": "cn-gp", "closes_at": CLOSES.isoformat(), **changed})
    answer = as_("officer")("POST", "tenders", sent)
    assert answer.status_code == 201, answer.content
    shown: dict[str, Any] = answer.json()
    return shown


def test_a_timetable_shows_each_date_with_its_trace(world: World, as_: As) -> None:
    """Requirement E42: the trace names rule, article, and the days passed over."""
    tender = drafted(world, as_)

    shown = as_("officer")("GET", f"tenders/{tender['id']}/timetable").json()

    assert shown["pack"] == {
        "name": "cn-gp",
        "version": 1,
        "title": {"en": "China: Government Procurement Law", "zh": "中国：政府采购法"},
    }
    assert (shown["country"], shown["time_zone"]) == ("CN", "Asia/Shanghai")
    assert shown["provisional"] is False
    dates = {one["name"]: one for one in shown["dates"]}
    assert set(dates) == {
        "documents_until", "notice_until", "challenge_until", "earliest_deadline",
        "questions_until", "answers_until",
    }  # fmt: skip
    documents = dates["documents_until"]
    assert documents["at"] == "2026-03-09T16:00:00.000000Z"
    assert documents["label"]["zh"] == "招标文件至少提供至"
    assert documents["trace"]["skipped"] == [
        {"date": "2026-03-07", "why": {"en": "Saturday", "zh": "星期六"}},
        {"date": "2026-03-08", "why": {"en": "Sunday", "zh": "星期日"}},
    ]
    assert dates["answers_until"]["counted"] == {
        "en": "2 working days before 2026-03-24 09:30:00 Asia/Shanghai",
        "zh": "2026-03-24 09:30:00 Asia/Shanghai 前 2 个工作日",
    }
    assert dates["earliest_deadline"]["counted"]["en"].startswith("at least 20 days after 2026-")
    assert documents["trace"]["source"] == "Order 87 (第87号令), art. 18"
    assert documents["trace"]["verified"] is True
    assert dates["questions_until"]["trace"]["verified"] is False


def test_a_draft_into_a_year_that_is_not_published_is_provisional_until_it_is(
    world: World, as_: As
) -> None:
    """Provisional dates while a year's holidays are not published; an operator says when."""
    closes = datetime(2027, 3, 24, 9, 30, tzinfo=SHANGHAI)
    tender = drafted(world, as_, closes_at=closes.isoformat())
    address = f"tenders/{tender['id']}/timetable"
    assert as_("officer")("GET", address).json()["provisional"] is True

    told = {"year": 2027, "published": True, "source": "State Council, November 2026"}
    assert as_("operator")("POST", "calendars/CN/years", told).status_code == 201

    assert as_("officer")("GET", address).json()["provisional"] is False
    years = as_(None)("GET", "calendars/CN/years").json()
    assert 2027 in years["published"]
    assert years["told"][0]["source"] == "State Council, November 2026"


def test_an_amended_day_is_shown_to_all_and_counted(world: World, as_: As) -> None:
    tender = drafted(world, as_)
    flood = {
        "day": "2026-03-09", "kind": "off", "name": {"en": "Flood", "zh": "洪水"},
        "source": "City decree 3/2026",
    }  # fmt: skip

    assert as_("operator")("POST", "calendars/CN/days", flood).status_code == 201

    days = as_(None)("GET", "calendars/CN/days?year=2026").json()
    assert days["published"] is True
    assert {"day": "2026-03-09", "kind": "off", "name": {"en": "Flood", "zh": "洪水"}} in days[
        "days"
    ]
    assert {"2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"} < {
        one["day"] for one in days["days"] if one["kind"] == "working"
    }
    shown = as_("officer")("GET", f"tenders/{tender['id']}/timetable").json()
    assert shown["dates"][0]["at"] == "2026-03-10T16:00:00.000000Z"


def test_what_is_published_keeps_the_dates_it_was_published_with(world: World, as_: As) -> None:
    """Requirement E42: the computed trace is stored."""
    settle(world, "CN", "Asia/Shanghai")
    tender = published_tender(world, pack="cn-gp", closes_at=CLOSES, opens_at=CLOSES)
    address = f"tenders/{tender.pk}/timetable"
    before = as_(None)("GET", address).json()
    flood = {
        "day": "2026-03-09", "kind": "off", "name": {"en": "Flood", "zh": "洪水"},
        "source": "City decree 3/2026",
    }  # fmt: skip

    as_("operator")("POST", "calendars/CN/days", flood)

    assert as_(None)("GET", address).json() == before
    assert before["published_at"] == "2026-03-02T09:30:00Z"


def test_grounds_for_less_time_are_sent_shown_and_edited(world: World, as_: As) -> None:
    """The table of time limits: urgent needs a justification (D27(3))."""
    settle(world, "DE", "Europe/Berlin")
    closes = datetime(2026, 4, 20, 12, tzinfo=ZoneInfo("Europe/Berlin")).isoformat()
    sent = body(world, pack="eu-2014-24", closes_at=closes, reductions=["urgent"])

    refused = as_("officer")("POST", "tenders", sent)
    made = as_("officer")("POST", "tenders", {**sent, "justification": "The bridge is closed"})
    tender = made.json()
    edited = as_("officer")(
        "PATCH", f"tenders/{tender['id']}", {"reductions": [], "justification": ""}
    )

    assert refused.status_code == 400
    assert [one["code"] for one in refused.json()["errors"]] == ["not-justified"]
    assert (tender["reductions"], tender["justification"]) == (["urgent"], "The bridge is closed")
    assert (edited.json()["reductions"], edited.json()["justification"]) == ([], "")


def test_packs_are_listed_and_shown_with_what_nobody_has_verified(as_: As) -> None:
    listed = as_(None)("GET", "packs").json()
    shown = as_(None)("GET", "packs/eu-2014-24").json()

    assert [one["name"] for one in listed] == ["cn-bidding", "cn-gp", "eu-2014-24", "training"]
    assert shown["versions"] == [1]
    assert shown["switches"]["who_decrypts"]["value"] == "quorum"
    assert shown["rules"]["bid_period"]["evidence"] == "transposed"
    assert shown["rules"]["amendment_minimum"]["verified"] is False
    assert shown["reductions"]["prior-notice"]["no_newer"]["value"] == 35
    assert set(shown["texts"]) == {"decryption", "fallback"}


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("packs/eu-2004-18", id="a pack that is not there"),
        pytest.param("packs/cn-gp?version=9", id="an edition that is not there"),
        pytest.param("tenders/6f9b1f0e-0000-4000-8000-000000000000/timetable", id="no tender"),
    ],
)
def test_what_is_not_there_is_not_found(as_: As, address: str) -> None:
    assert as_(None)("GET", address).status_code == 404


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        pytest.param("calendars/XX/years",
                     {"year": 2027, "published": True, "source": "x"}, id="no such country"),
        pytest.param("calendars/CN/years",
                     {"year": 1900, "published": True, "source": "x"}, id="no such year"),
        pytest.param("calendars/CN/years",
                     {"year": 2027, "published": True, "source": ""}, id="no source"),
        pytest.param("calendars/CN/days",
                     {"day": "2027-02-30", "kind": "off", "name": {"en": "x"}, "source": "x"},
                     id="no such day"),
        pytest.param("calendars/CN/days",
                     {"day": "2027-02-10", "kind": "half", "name": {"en": "x"}, "source": "x"},
                     id="neither off nor worked"),
    ],
)  # fmt: skip
def test_a_bad_word_about_a_calendar_is_refused(
    as_: As, address: str, sent: dict[str, Any]
) -> None:
    assert as_("operator")("POST", address, sent).status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_prior_notices_are_listed_in_as_many_queries_for_one_as_for_three(
    world: World, as_: As, rows: int
) -> None:
    """Requirement A12: an early notice is public."""
    for _ in range(rows):
        announce(plan_line_id=plan_line(world).pk, by=world.by("officer"), now=world.now)
    stranger = as_(None)

    with CaptureQueriesContext(connection) as queries:
        shown = stranger("GET", "prior-notices").json()

    assert len(shown["results"]) == rows
    assert len(queries) == 3  # the clock, the count, and the page
