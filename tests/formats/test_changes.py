"""A published tender changes only later, step by step, and by whoever may (protocol, 0 and 1)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bidding.sealed.changes import faults_of_changes
from procurement.proof.shapes import Malformed, Statement
from tenders.answers import Answer, Overdue
from tenders.notice import Acknowledgement, Extension, Notice
from tests.vectors.samples import CLOSES_AT, TENDER, an_id, extension, gates, notice

DAY = timedelta(days=1)
RULE = "unanswered-question"
FIRST = an_id("first question")
SECOND = an_id("second question")


def reasons(*decided: Statement | None) -> list[str]:
    told = [(f"{n:064x}", one) for n, one in enumerate(decided, start=1)]
    return [fault.code for fault in faults_of_changes(told)]


def amended(before: Notice, *, closes_at: datetime = CLOSES_AT) -> Notice:
    return replace(
        before,
        version=before.version + 1,
        previous=before.digest(),
        reason="A better drawing",
        closes_at=closes_at,
        gates=gates(closes_at),
    )


def acknowledged(of: Extension, *, at: int) -> Acknowledgement:
    return Acknowledgement(TENDER, of.digest(), f"{at:064x}")


def overdue(*questions: str) -> Overdue:
    return Overdue(TENDER, notice().digest(), tuple(sorted(questions)), CLOSES_AT - 6 * DAY)


def answered(*questions: str) -> Answer:
    said = ({"en": "How many?"}, {"en": "Ten."})
    return Answer(TENDER, notice().digest(), 1, tuple(sorted(questions)), *said)


def test_an_unchanged_tender_has_no_reason_against_it() -> None:
    assert reasons(None, notice()) == []


def test_a_new_version_names_the_one_before_and_the_reason() -> None:
    second = amended(notice())

    assert reasons(notice(), second, amended(second)) == []
    with pytest.raises(Malformed, match="names the one before, and why"):
        Notice.of({**second.to_json(), "reason": None})


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"version": 3}, id="a version is left out"),
        pytest.param({"previous": "0" * 64}, id="another one is before it"),
        pytest.param({"agency": "x+00000000+" + "A" * 44}, id="another agency speaks"),
    ],
)
def test_versions_follow_each_other(other: dict[str, object]) -> None:
    second = replace(amended(notice()), **other)

    assert reasons(notice(), second) == ["not-the-next-version"]


def test_a_history_begins_with_the_first_version() -> None:
    assert reasons(amended(notice())) == ["not-the-next-version"]


def test_no_version_moves_the_deadline_back() -> None:
    """Requirement B18: never shortened; Directive 2014/24/EU, annex IV (c)."""
    second = amended(notice(), closes_at=CLOSES_AT - timedelta(seconds=1))

    assert reasons(notice(), second) == ["moved-back"]


def test_no_extension_moves_the_deadline_or_a_gate_back() -> None:
    later = extension(CLOSES_AT + DAY)
    earlier = extension(CLOSES_AT + DAY - timedelta(microseconds=1))
    gate_back = replace(extension(CLOSES_AT + DAY), closes_at=CLOSES_AT + 2 * DAY)
    gate_back = replace(gate_back, gates=gates(CLOSES_AT + DAY - timedelta(seconds=1)))
    ends = (acknowledged(later, at=2),)

    assert reasons(notice(), later, *ends, earlier, acknowledged(earlier, at=4)) == ["moved-back"]
    assert reasons(notice(), later, *ends, gate_back, acknowledged(gate_back, at=4)) == [
        "moved-back"
    ]


def test_an_extension_adds_no_gate() -> None:
    more = extension(CLOSES_AT + DAY)
    more = replace(more, gates=(*more.gates, replace(more.gates[0], envelope="price")))

    assert reasons(notice(), more, acknowledged(more, at=2)) == ["other-gates"]


def test_an_extension_is_of_the_notice_in_force() -> None:
    stale = extension(CLOSES_AT + DAY)

    assert reasons(notice(), amended(notice()), stale, acknowledged(stale, at=3)) == [
        "extension-of-other-notice"
    ]


def test_nothing_opens_before_the_timekeeper_has_acknowledged_the_extension() -> None:
    """Requirement E44: a deadline moves by two people's decision, and the timekeeper knows."""
    later = extension(CLOSES_AT + DAY)
    other = extension(CLOSES_AT + 2 * DAY)

    assert reasons(notice(), later) == ["extension-not-acknowledged"]
    assert reasons(notice(), later, acknowledged(later, at=2)) == []
    assert reasons(notice(), later, acknowledged(later, at=1)) == ["extension-not-acknowledged"]
    assert reasons(notice(), later, acknowledged(other, at=2)) == ["extension-not-acknowledged"]
    assert reasons(notice(), later, acknowledged(later, at=2), other) == [
        "extension-not-acknowledged"
    ]


def test_an_overdue_question_keeps_everything_shut_until_it_is_answered() -> None:
    """Requirement B14: a late answer forces an extension; D47(3)."""
    asked = (notice(), overdue(FIRST, SECOND))

    assert reasons(*asked) == ["question-unanswered"]
    assert reasons(*asked, answered(FIRST)) == ["question-unanswered"]
    assert reasons(*asked, answered(FIRST), answered(SECOND)) == []


def test_the_platform_extends_by_rule_only_for_an_overdue_question_twice_and_within_bounds() -> (
    None
):
    bound = timedelta(seconds=notice().pack.question_extension_seconds)
    one = extension(CLOSES_AT + bound, RULE)
    two = extension(CLOSES_AT + 2 * bound, RULE)
    three = extension(CLOSES_AT + 3 * bound, RULE)
    seen = [acknowledged(one, at=3), acknowledged(two, at=5), acknowledged(three, at=7)]
    told = [notice(), overdue(FIRST), one, seen[0], two, seen[1]]

    assert reasons(*told, answered(FIRST)) == []
    assert reasons(*told, three, seen[2], answered(FIRST)) == ["not-by-rule"]
    assert reasons(notice(), one, acknowledged(one, at=2)) == ["not-by-rule"]
    too_far = extension(CLOSES_AT + bound + timedelta(seconds=1), RULE)
    assert reasons(notice(), overdue(FIRST), too_far, acknowledged(too_far, at=3)) == [
        "not-by-rule",
        "question-unanswered",
    ]
