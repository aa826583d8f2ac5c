"""A timetable leaves suppliers the time that the rule pack asks for, to the microsecond."""

from datetime import UTC, datetime, timedelta

import pytest

from tenders.packs import TRAINING, BadPack, packs, read_pack
from tenders.rules.timetable import Timetable, faults

PACK = packs()[TRAINING]
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
PERIOD = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("closes_in", "opens_in", "codes"),
    [
        pytest.param(PERIOD, PERIOD, [], id="exactly the period"),
        pytest.param(PERIOD - MOMENT, PERIOD, ["bid-period-too-short"], id="a moment less"),
        pytest.param(-PERIOD, PERIOD, ["bid-period-too-short"], id="a deadline that is over"),
        pytest.param(PERIOD, PERIOD - MOMENT, ["opens-before-it-closes"], id="opens too early"),
        pytest.param(PERIOD, 2 * PERIOD, [], id="opens later"),
    ],
)
def test_a_timetable_is_judged_by_its_pack(
    closes_in: timedelta, opens_in: timedelta, codes: list[str]
) -> None:
    found = faults(Timetable(AT, AT + closes_in, AT + opens_in), pack=PACK)

    assert [fault.code for fault in found] == codes


def test_a_fault_names_the_rule_its_source_and_what_would_do() -> None:
    (fault,) = faults(Timetable(AT, AT + MOMENT, AT + MOMENT), pack=PACK)

    for lang in ("en", "zh"):
        said = fault.said(lang)
        assert "bid_period" in said
        assert PACK.rules.bid_period.source in said
        assert "2026-03-02 09:00:30 UTC" in said


@pytest.mark.parametrize(
    ("at", "in_time"),
    [
        pytest.param(AT - MOMENT, False, id="a moment before publication"),
        pytest.param(AT, True, id="at publication"),
        pytest.param(AT + PERIOD - MOMENT, True, id="a moment before the deadline"),
        pytest.param(AT + PERIOD, False, id="at the deadline"),
    ],
)
def test_bids_are_in_time_strictly_before_the_deadline(at: datetime, in_time: bool) -> None:
    assert Timetable(AT, AT + PERIOD, AT + PERIOD).takes_bids(at) is in_time


def test_practice_is_measured_in_seconds() -> None:
    told = {name: rule.value for name, rule in vars(PACK.rules).items() if rule}

    assert told == {
        "bid_period": 30,
        "grace": 3,
        "delta": 10,
        "tick": 1,
        "reveal": 5,
        "freshness": 60,
        "minimum_bidders": 1,
        "openers_minimum": 2,
        "retention": 86_400,
        "repeat_rehearsal": 0,
        "amendment_minimum": 20,
        "questions_until": 10,
        "answers_until": 5,
        "question_extension": 15,
        "most_question_extensions": 2,
    }


RULES = "\n".join(f'{name} = {{ value = 10, source = "x" }}' for name in vars(PACK.rules))
SWITCHES = """
public_opening = { value = true, source = "x" }
who_decrypts = { value = "quorum", source = "x" }
amendment_notice = { value = "public", source = "x" }
committee_excluded_from_opening = { value = false, source = "x" }
self_declaration = { value = false, source = "x" }
"""
WHOLE = (
    f'name = "p"\nversion = 1\n[title]\nen = "a"\nzh = "b"\n[switches]{SWITCHES}[rules]\n{RULES}\n'
).replace("delta = { value = 10", "delta = { value = 90")


def test_a_whole_pack_is_read() -> None:
    assert read_pack(WHOLE, "p.toml").delta_seconds == 90


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        pytest.param("version = 1", "", id="no version"),
        pytest.param("version = 1", "version = '1'", id="a version that is no number"),
        pytest.param("grace = {", "grade = {", id="a rule that nobody knows"),
        pytest.param('grace = { value = 10, source = "x" }', "", id="a rule left out"),
        pytest.param('grace = { value = 10, source = "x"', 'grace = { value = 10, source = " "',
                     id="no source"),
        pytest.param("grace = { value = 10", "grace = { value = -1", id="less than nothing"),
        pytest.param("grace = { value = 10", "grace = { value = 1.5", id="half a second"),
        pytest.param("delta = { value = 90", "delta = { value = 29", id="delta below its least"),
        pytest.param('zh = "b"', "", id="one language"),
        pytest.param("true", '"yes"', id="a switch that is neither on nor off"),
        pytest.param("[title]", "[titles]", id="an unknown table"),
        pytest.param("[rules]", "[rules", id="no TOML"),
    ],
)  # fmt: skip
def test_an_unsound_pack_is_refused_by_name(was: str, becomes: str) -> None:
    assert was in WHOLE
    with pytest.raises(BadPack, match=r"^p\.toml: "):
        read_pack(WHOLE.replace(was, becomes, 1), "p.toml")
