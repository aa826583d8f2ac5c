"""Days are counted as the laws count them, by examples worked out by hand on wall calendars.

Requirement E42: periods by calendar, counting rule and holiday table, each with its trace.
Regulation 1182/71, art. 3; China's Civil Code, arts. 201 and 203; Order 87, art. 85.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from procurement.texts import Text
from procurement.working_days import Calendar
from tenders.packs import RulePack, packs
from tenders.rules.dates import Dated, Rule, after, before, counted, months_after
from tests.calendars import CHINA_2026, GERMANY_2026

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
BIDDING, GP, EU = (packs()[name] for name in ("cn-bidding", "cn-gp", "eu-2014-24"))


def shanghai(month: int, day: int, hour: int = 10, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def berlin(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def days(first: tuple[int, int], last: tuple[int, int]) -> list[date]:
    """List the days from one to another, both counted."""

    def each() -> Iterator[date]:
        day = date(2026, *first)
        while day <= date(2026, *last):
            yield day
            day += timedelta(days=1)

    return list(each())


@pytest.mark.parametrize(
    ("published", "closes", "rolled"),
    [
        pytest.param(shanghai(3, 2), shanghai(3, 24, 0), days((3, 22), (3, 22)), id="a Sunday"),
        pytest.param(shanghai(3, 3), shanghai(3, 24, 0), [], id="a Monday"),
        pytest.param(shanghai(1, 27), shanghai(2, 25, 0), days((2, 16), (2, 23)),
                     id="the eve of the Spring Festival, and the whole of it"),
        pytest.param(shanghai(1, 26), shanghai(2, 25, 0), days((2, 15), (2, 23)),
                     id="the Sunday that the Spring Festival begins with"),
        pytest.param(shanghai(1, 25), shanghai(2, 15, 0), [], id="Saturday 14 February is worked"),
        pytest.param(shanghai(2, 8), shanghai(3, 1, 0), [], id="Saturday 28 February is worked"),
        pytest.param(shanghai(4, 19), shanghai(5, 10, 0), [], id="Saturday 9 May is worked"),
        pytest.param(shanghai(8, 31), shanghai(9, 21, 0), [], id="Sunday 20 September is worked"),
        pytest.param(shanghai(9, 20), shanghai(10, 11, 0), [], id="Saturday 10 October is worked"),
        pytest.param(shanghai(9, 11), shanghai(10, 9, 0), days((10, 1), (10, 7)),
                     id="National Day"),
        pytest.param(shanghai(4, 11), shanghai(5, 7, 0), days((5, 1), (5, 5)), id="Labour Day"),
        pytest.param(shanghai(3, 3, 0), shanghai(3, 24, 0), [], id="published at midnight"),
        pytest.param(shanghai(3, 3, 23, 59), shanghai(3, 24, 0), [], id="published at 23:59"),
    ],
)  # fmt: skip
def test_twenty_days_in_china_end_with_a_working_day(
    published: datetime, closes: datetime, rolled: list[date]
) -> None:
    """The table of time limits, bid_period_min: Bidding Law art. 24, Procurement Law art. 35; day 1
    excluded, rolled over holidays (day_count)."""
    for pack in (BIDDING, GP):
        dated = pack.earliest_deadline(published, CHINA_2026)

        assert dated.at == closes
        assert [day for day, _ in dated.trace.rolled] == rolled
        assert not dated.provisional


def test_five_working_days_pass_over_the_spring_festival_and_count_its_working_saturday() -> None:
    """Documents are available, and a notice stands, for five working days (Order 87, 16 and 18)."""
    published = shanghai(2, 13, 9)

    dated = GP.documents_until(published, CHINA_2026)
    notice = GP.notice_until(published, CHINA_2026)

    assert dated is not None
    assert notice is not None
    assert dated.at == notice.at == shanghai(2, 28, 0)  # 14, 24, 25, 26 and 27 February
    assert [day for day, _ in dated.trace.skipped] == days((2, 15), (2, 23))
    assert dated.trace.skipped[2][1] == Text("Spring Festival", "春节")


def test_documents_are_to_be_had_for_five_days_under_the_bidding_law() -> None:
    """Requirement A3; section 3, documents_available_min: 5 d (BR16)."""
    dated = BIDDING.documents_until(shanghai(3, 2), CHINA_2026)

    assert dated is not None
    assert dated.at == shanghai(3, 10, 0)  # 7 and 8 March are a weekend, the 9th is the last day


def test_the_documents_are_challenged_within_seven_working_days_of_the_notices_period() -> None:
    """The table of time limits, question_cutoff of cn-gp: 7 wd after the notice's end."""
    dated = GP.challenge_until(shanghai(2, 13, 9), CHINA_2026)

    assert dated is not None
    assert dated.at == shanghai(3, 10, 0)  # 28 February, 2 to 6 and 9 March


@pytest.mark.parametrize(
    ("published", "grounds", "closes", "rolled"),
    [
        pytest.param(berlin(2, 23), [], berlin(3, 31, 0), [],
                     id="35 days over the change of clocks"),
        pytest.param(berlin(2, 27), [], berlin(4, 8, 0), days((4, 3), (4, 6)), id="Easter"),
        pytest.param(berlin(3, 4), ["e-submission"], berlin(4, 8, 0), days((4, 3), (4, 6)),
                     id="30 days"),
        pytest.param(berlin(3, 2), ["e-submission"], berlin(4, 2, 0), [], id="a Wednesday"),
        pytest.param(berlin(10, 20), ["urgent"], berlin(11, 5, 0), [],
                     id="15 days over the change of clocks in autumn"),
        pytest.param(berlin(4, 16), ["prior-notice"], berlin(5, 5, 0), days((5, 1), (5, 3)),
                     id="15 days and Labour Day"),
        pytest.param(berlin(3, 2), ["e-submission", "urgent"], berlin(3, 18, 0), [],
                     id="the shorter of two grounds"),
        pytest.param(berlin(4, 9), [], berlin(5, 16, 0), days((5, 14), (5, 14)),
                     id="Ascension Day"),
    ],
)  # fmt: skip
def test_days_in_the_union_begin_the_day_after_and_end_with_a_working_day(
    published: datetime, grounds: list[str], closes: datetime, rolled: list[date]
) -> None:
    """The table of time limits: D27 35/30/15/15 d [V*]; day_count by Regulation 1182/71, art. 3."""
    dated = EU.earliest_deadline(published, GERMANY_2026, frozenset(grounds))

    assert dated.at == closes
    assert [day for day, _ in dated.trace.rolled] == rolled
    assert not dated.provisional


def test_a_day_is_a_day_of_the_agencys_zone() -> None:
    late_in_utc = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # 3 March in Berlin and in Shanghai

    berlin_s = EU.earliest_deadline(late_in_utc, GERMANY_2026)
    shanghai_s = GP.earliest_deadline(late_in_utc, CHINA_2026)

    assert berlin_s.at == datetime(2026, 4, 7, 22, 0, tzinfo=UTC)
    assert shanghai_s.at == datetime(2026, 3, 23, 16, 0, tzinfo=UTC)


def test_answers_are_out_six_whole_days_before_the_deadline_and_four_when_urgent() -> None:
    """Requirement B14; D47(3): 6 d, accelerated 4 d [V*]."""
    closes_at = berlin(4, 15, 12)

    plain = EU.answers_until(closes_at, GERMANY_2026)
    urgent = EU.answers_until(closes_at, GERMANY_2026, frozenset({"urgent"}))

    assert plain is not None
    assert urgent is not None
    assert plain.at == berlin(4, 9, 0)
    assert urgent.at == berlin(4, 11, 0)
    assert urgent.trace.rule == "answers_until/urgent"


def test_a_cut_off_shows_the_same_time_on_the_wall_before_and_after_the_clock_change() -> None:
    """Requirement B14; deadlines are wall-clock: 29 March has 23 hours in Berlin."""
    dated = EU.questions_until(berlin(4, 5, 12), GERMANY_2026)

    assert dated is not None
    assert dated.at == datetime(2026, 3, 26, 11, 0, tzinfo=UTC)  # 12:00 in winter
    assert berlin(4, 5, 12) - dated.at == timedelta(days=10, hours=-1)


def test_objections_come_ten_days_before_and_are_answered_within_three() -> None:
    """Requirement B14, B19; BR22: objection 10 d before the deadline, answer 3 d."""
    closes_at = shanghai(3, 24, 9, 30)

    questions = BIDDING.questions_until(closes_at, CHINA_2026)
    answers = BIDDING.answers_until(closes_at, CHINA_2026)
    answer = BIDDING.answer_due(shanghai(3, 9), CHINA_2026)

    assert questions is not None
    assert answers is not None
    assert answer is not None
    assert questions.at == shanghai(3, 14, 9, 30)
    assert answers.at == shanghai(3, 17, 9, 30)
    assert answer.at == shanghai(3, 13, 0)


def test_enquiries_are_counted_back_in_working_days_over_national_day() -> None:
    """Requirement B14: enquiries are answered in 3 wd, so two days before after five before."""
    closes_at = shanghai(10, 12, 9, 30)  # a Monday

    questions = GP.questions_until(closes_at, CHINA_2026)
    answers = GP.answers_until(closes_at, CHINA_2026)

    assert questions is not None
    assert answers is not None
    assert answers.at == shanghai(10, 9, 9, 30)  # 10 and 9 October: the Saturday is worked
    assert questions.at == shanghai(9, 29, 9, 30)  # and 8 October, 30 and 29 September


def test_an_amendment_leaves_fifteen_days_in_china_and_ten_in_the_union() -> None:
    """Requirement B15; BL23, BR21, O87-27: 15 d; D47(3): in proportion."""
    assert BIDDING.amended_deadline(shanghai(3, 2), CHINA_2026).at == shanghai(3, 18, 0)
    assert GP.amended_deadline(shanghai(3, 2), CHINA_2026).at == shanghai(3, 18, 0)
    assert EU.amended_deadline(berlin(3, 2), GERMANY_2026).at == berlin(3, 13, 0)


@pytest.mark.parametrize(
    ("extended", "expected"),
    [
        pytest.param(
            EU.question_extension(berlin(10, 23, 12), GERMANY_2026), berlin(10, 27, 12),
            id="Friday noon in summer to Tuesday noon in winter",
        ),
        pytest.param(
            GP.question_extension(shanghai(2, 13, 9, 30), CHINA_2026), shanghai(2, 24, 9, 30),
            id="over the Spring Festival, whose Saturday before is worked",
        ),
        pytest.param(
            GP.question_extension(shanghai(2, 14, 0), CHINA_2026), shanghai(2, 25, 0),
            id="the end of Friday is no part of Saturday",
        ),
        pytest.param(
            BIDDING.question_extension(shanghai(2, 12, 9, 30), CHINA_2026), shanghai(2, 24, 9, 30),
            id="three days, then on to the next working day",
        ),
    ],
)  # fmt: skip
def test_an_unanswered_question_moves_the_deadline_at_the_same_time_of_day(
    extended: Dated, expected: datetime
) -> None:
    """Requirement B14 and implementation note 4: Prozorro's precedent is +2 wd."""
    assert extended.at == expected


@pytest.mark.parametrize("pack", [BIDDING, GP, EU], ids=lambda pack: pack.name)
def test_no_extension_by_rule_goes_beyond_its_bound_whatever_is_off(pack: RulePack) -> None:
    closes_at = shanghai(3, 24)
    off = dict.fromkeys(days((3, 20), (6, 30)), Text("Flood", "洪水"))
    drowned = Calendar("Asia/Shanghai", "CN", off, {}, frozenset({2026}))

    extended = pack.question_extension(closes_at, drowned)

    bound = timedelta(seconds=pack.question_extension_bound_seconds)
    assert extended.at == closes_at + bound


@pytest.mark.parametrize("pack", [BIDDING, GP, EU], ids=lambda pack: pack.name)
def test_every_day_of_the_year_is_extended_within_the_bound(pack: RulePack) -> None:
    calendar = GERMANY_2026 if pack is EU else CHINA_2026
    zone = BERLIN if pack is EU else SHANGHAI
    closing = [datetime(2026, 1, 5, 9, 30, tzinfo=zone) + timedelta(days=day) for day in range(350)]

    added = [pack.question_extension(at, calendar).trace.result - at for at in closing]

    assert max(added) <= timedelta(seconds=pack.question_extension_bound_seconds)
    assert min(added) >= timedelta(days=2) - timedelta(hours=1)


def test_a_date_in_a_year_that_is_not_published_is_provisional_and_says_which() -> None:
    """Requirement E42; provisional until the State Council publishes the year's holidays."""
    before_it = GP.earliest_deadline(shanghai(12, 1), CHINA_2026)
    into_it = GP.earliest_deadline(shanghai(12, 20), CHINA_2026)

    assert not before_it.provisional
    assert into_it.provisional
    assert into_it.trace.unpublished == (2027,)
    assert into_it.to_json()["provisional"] is True


def test_a_country_that_announces_nothing_has_no_provisional_dates() -> None:
    from_december = datetime(2026, 12, 20, 10, tzinfo=BERLIN)

    assert not EU.earliest_deadline(from_december, GERMANY_2026).provisional


def test_a_trace_tells_the_rule_its_source_and_every_day_passed_over() -> None:
    """Requirement E42: the computed trace."""
    trace = GP.earliest_deadline(shanghai(1, 27, 9), CHINA_2026).to_json()["trace"]

    assert isinstance(trace, dict)
    assert trace.pop("rolled") == [
        {"date": day.isoformat(), "why": {"en": "Spring Festival", "zh": "春节"}}
        for day in days((2, 16), (2, 23))
    ]
    assert trace == {
        "rule": "bid_period",
        "source": "Government Procurement Law (政府采购法), art. 35",
        "evidence": "read",
        "verified": True,
        "from": "2026-01-27T01:00:00.000000Z",
        "count": 20,
        "unit": "days",
        "count_from": "next-day",
        "roll": "next-working-day",
        "zone": "Asia/Shanghai",
        "skipped": [],
        "unpublished_years": [],
        "result": "2026-02-24T16:00:00.000000Z",
    }


@pytest.mark.parametrize(
    ("at", "on_the_wall"),
    [
        pytest.param(
            datetime(2026, 3, 27, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
            id="2:30 is jumped over on 29 March, so 3:30",
        ),
        pytest.param(
            datetime(2026, 10, 23, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            id="2:30 comes twice on 25 October, so the second",
        ),
    ],
)  # fmt: skip
def test_a_time_that_the_clock_change_makes_doubtful_is_the_later(
    at: datetime, on_the_wall: datetime
) -> None:
    rule = Rule(2, "A test", unit="days")

    assert after("rule", rule, at, GERMANY_2026).at == on_the_wall


def test_seconds_are_seconds_in_every_zone() -> None:
    rule = Rule(86_400, "A test")
    at = berlin(3, 28, 12)

    assert after("rule", rule, at, GERMANY_2026).at == at.astimezone(UTC) + timedelta(days=1)
    assert before("rule", rule, at, GERMANY_2026).at == at.astimezone(UTC) - timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        pytest.param(berlin(3, 2), 12, datetime(2027, 3, 2, 10, tzinfo=BERLIN), id="a year"),
        pytest.param(berlin(8, 31), 6, datetime(2027, 2, 28, 10, tzinfo=BERLIN), id="no 31st"),
        pytest.param(berlin(12, 31), 12, datetime(2027, 12, 31, 10, tzinfo=BERLIN), id="December"),
        pytest.param(berlin(1, 15), 11, datetime(2026, 12, 15, 10, tzinfo=BERLIN), id="in a year"),
    ],
)
def test_months_end_with_the_same_day_or_the_months_last(
    start: datetime, months: int, end: datetime
) -> None:
    """Regulation 1182/71, art. 3(2)(c)."""
    assert months_after(start, months, GERMANY_2026) == end


@pytest.mark.parametrize(
    ("dated", "least", "en", "zh"),
    [
        pytest.param(
            before("rule", Rule(10, "A test", unit="days"), berlin(6, 30), GERMANY_2026),
            False,
            "10 days before {at}",
            "{at} 前 10 日",
            id="counted back",
        ),
        pytest.param(
            before("rule", Rule(5, "A test", unit="working-days"), berlin(6, 30), GERMANY_2026),
            False,
            "5 working days before {at}",
            "{at} 前 5 个工作日",
            id="in working days",
        ),
        pytest.param(
            after("rule", Rule(10, "A test", unit="days"), berlin(6, 1), GERMANY_2026),
            True,
            "at least 10 days after {at}",
            "自 {at} 起至少 10 日",
            id="a date that may be later",
        ),
        pytest.param(
            after("rule", Rule(1, "A test", unit="days"), berlin(6, 1), GERMANY_2026),
            False,
            "1 day after {at}",
            "自 {at} 起 1 日",
            id="one day",
        ),
    ],
)
def test_how_a_date_was_counted_is_said_in_words(
    dated: Dated, least: bool, en: str, zh: str
) -> None:
    """Requirement E42: a reader follows the trace without knowing its signs."""
    assert counted(dated.trace.to_json(), least=least) == Text(en, zh)
