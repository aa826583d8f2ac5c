"""A file made to stall is stopped by counting, whatever it abuses, and is never called signed.

How long the large ones take is measured by ``python -m tests.bench signed``.
"""

import pikepdf
import pytest

from signatures.pdf import ends, parsers, source, tables
from signatures.pdf.policy import Limits, Policy
from signatures.pdf.report import Report, Verdict
from tests.signatures.documents import Practice, plain_pdf, streamed
from tests.signatures.stalling import STALLING, giant_contents

COUNTED = {  # what is counted, by what the file abuses
    "a table that declares thousands of millions": "objects",
    "a table with millions of lines": "objects",
    "a table with lines of another width": "objects",
    "a table of empty parts": "objects",
    "a bomb in a table": "objects",
    "a form of one long list": "values",
    "a form of escapes": "escapes",
    "a form of open brackets": "escapes",
    "a form of nested dictionaries": "nesting",
    "a form behind comments": "comments",
    "a list as long as the file in an object stream": "values",
    "thousands of revisions": "revisions",
    "many names in objects of many forms": "values",
    "many names in objects of one form": "values",
    "deep nesting": "nesting",
    "fields within fields": "nesting",
}
LOW = Policy(limits=Limits(objects=1000))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the counts, so that small files meet them."""
    monkeypatch.setattr(parsers, "VALUES", 1000)
    monkeypatch.setattr(parsers, "ESCAPES", 1000)
    monkeypatch.setattr(ends, "VALUES", 20_000)


def _counts(report: Report) -> set[str]:
    return {str(dict(f.facts)["what"]) for f in report.findings if f.code == "resource-count"}


@pytest.mark.parametrize("name", STALLING)
def test_a_file_made_to_stall_is_stopped_by_its_counts(practice: Practice, name: str) -> None:
    report = practice.judged(STALLING[name](11), policy=LOW)

    assert report.verdict not in (Verdict.VALID, Verdict.VALID_WITH_REMARKS)
    assert not {"crashed", "wall-clock"} & set(report.codes)
    assert _counts(report) == ({COUNTED[name]} if name in COUNTED else set())


def test_a_giant_contents_is_cheap_to_refuse(practice: Practice) -> None:
    report = practice.judged(giant_contents(practice, 100), policy=LOW)

    assert report.verdict is Verdict.INVALID


def test_an_odd_table_is_read_line_by_line_no_further_than_its_limit(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "ODD_ENTRIES", 100)

    report = practice.judged(STALLING["a table with lines of another width"](1))

    assert _counts(report) == {"objects"}


def test_a_large_file_is_not_hashed_for_every_one_of_many_signatures(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "HASHED", len(practice.co_signed))

    report = practice.judged(practice.co_signed)

    assert (report.verdict, _counts(report)) == (Verdict.UNDECIDED, {"hashed bytes"})


def test_a_list_that_every_member_of_an_object_stream_points_at_is_counted_each_time(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsers, "VALUES", 5000)

    report = practice.judged(_one_list_for_many(practice, 200))

    assert (report.verdict, _counts(report)) == (Verdict.UNDECIDED, {"values"})


def _one_list_for_many(practice: Practice, members: int) -> bytes:
    """Append an object stream in which all members stand at one place."""
    signed = practice.sign(
        plain_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), tsa=practice.tsa
    )
    numbers = range(600, 600 + members)
    head = b"".join(b"%d 0 " % one for one in numbers)
    data = head + b"[" + b" 1" * 100 + b" ]"
    facts = (members, len(head), len(data), data)
    stream = b"<< /Type /ObjStm /N %d /First %d /Length %d >>\nstream\n%s\nendstream" % facts
    inside = [(one, 2, 500, index) for index, one in enumerate(numbers)]
    return streamed(signed, {500: stream}, *inside)
