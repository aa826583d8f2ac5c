"""What another version changes is named whole, in both languages (requirement A4)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from procurement.working_days import Calendar
from tenders.notice import Document, Notice
from tenders.rules.differences import OF_EVERY_VERSION, Difference, differences
from tenders.rules.timetable import shown_at
from tests.vectors.samples import notice as sample

NOTICE: Notice = Notice.of(sample().to_json()) if callable(sample) else sample
LATER = timedelta(hours=1)


def found(after: Notice) -> dict[str, Difference]:
    return {one.path: one for one in differences(NOTICE, after)}


def with_form(**sections: Any) -> Notice:
    return replace(NOTICE, response_form={**NOTICE.response_form, **sections})


def test_the_same_content_has_no_differences() -> None:
    again = replace(NOTICE, version=2, previous="0" * 64, reason="Nothing")

    assert differences(NOTICE, again) == []


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        pytest.param({"title": {"en": "Other"}}, "/title/en", id="title"),
        pytest.param({"description": {"zh": "新"}}, "/description/zh", id="description"),
        pytest.param({"validity_days": 3}, "/validity_days", id="validity"),
        pytest.param({"keyset": "1" * 64}, "/keyset", id="keys"),
        pytest.param({"anchors": "1" * 64}, "/anchors", id="anchors"),
        pytest.param({"closes_at": NOTICE.closes_at - LATER}, "/closes_at", id="deadline"),
        pytest.param({"delta_seconds": 11}, "/delta_seconds", id="delta"),
        pytest.param({"agency": "x+00000000+" + "A" * 44}, "/agency", id="key"),
    ],
)
def test_every_field_that_changes_is_named(changed: dict[str, Any], path: str) -> None:
    after = replace(NOTICE, **changed)

    difference = found(after)[path]

    assert difference.what.en != path
    assert difference.what.zh != path
    assert difference.before != difference.after


def test_an_instant_is_shown_as_the_clock_of_the_agency_shows_it_and_kept_for_programs() -> None:
    later = datetime(2027, 3, 24, 1, 30, tzinfo=UTC)
    gates = tuple(replace(gate, not_before=later) for gate in NOTICE.gates)
    after = replace(NOTICE, closes_at=later, gates=gates)

    told = {one.path: one for one in differences(NOTICE, after, Calendar("Asia/Shanghai"))}

    deadline = told["/closes_at"].to_json()
    assert deadline["after"] == "2027-03-24T01:30:00.000000Z"
    assert deadline["shown"] == {
        "before": shown_at(NOTICE.closes_at, Calendar("Asia/Shanghai")),
        "after": "2027-03-24 09:30:00 Asia/Shanghai",
    }
    gate = told[f"/gates/{NOTICE.gates[0].lot}/not_before"]
    assert gate.shown_after == "2027-03-24 09:30:00 Asia/Shanghai"


def test_what_is_no_instant_is_shown_as_it_stands() -> None:
    named = found(replace(NOTICE, title={"en": "2027-03-24T01:30:00.000000Z"}))

    assert named["/title/en"].shown_after == "2027-03-24T01:30:00.000000Z"
    assert found(replace(NOTICE, questions_until=None))["/questions_until"].shown_after is None


def test_no_field_of_a_notice_is_passed_over() -> None:
    compared = NOTICE.to_json().keys() - OF_EVERY_VERSION

    for name in compared:
        other = {**NOTICE.to_json(), name: None}
        changed = replace(NOTICE)
        object.__setattr__(changed, "to_json", lambda other=other: other)
        if NOTICE.to_json()[name] is not None:
            assert any(path.split("/")[1] == name for path in found(changed)), name


def test_a_document_that_joins_and_one_that_goes() -> None:
    added = replace(NOTICE, documents=(*NOTICE.documents, Document("plan.txt", 6, "a" * 64)))

    joined = found(added)["/documents/plan.txt"]
    gone = {one.path: one for one in differences(added, NOTICE)}["/documents/plan.txt"]

    assert joined.what.en == "Document “plan.txt”"
    assert joined.what.zh == "招标文件“plan.txt”"
    assert (joined.before, joined.after) == (None, "a" * 64)
    assert (gone.before, gone.after) == ("a" * 64, None)


def test_questions_in_another_order_are_named() -> None:
    one = {"id": "one", "text": {"en": "One?"}, "kind": "text"}
    two = {"id": "two", "text": {"en": "Two?"}, "kind": "text"}
    before, after = with_form(questions=[one, two]), with_form(questions=[two, one])

    (difference,) = differences(before, after)

    assert difference.what.en == "Order: Questions to bidders"
    assert (difference.before, difference.after) == ("one, two", "two, one")
