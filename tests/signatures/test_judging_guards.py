"""What breaks in an analysis of ours decides nothing, about one signature or about the file."""

from collections.abc import Callable
from typing import Any

import pytest
from pyhanko.pdf_utils.misc import PdfDecodeLimitError

from signatures.pdf import judge as judging
from signatures.pdf import looking
from signatures.pdf.report import Finding, Verdict
from signatures.pdf.source import Unjudgeable
from tests.signatures.documents import Practice

BROKEN = [
    pytest.param(ZeroDivisionError("ours"), "crashed", id="a mistake of ours"),
    pytest.param(RecursionError(), "resource-count", id="nested too deep"),
    pytest.param(PdfDecodeLimitError("too much"), "resource-count", id="unpacked too far"),
    pytest.param(
        Unjudgeable(Finding.of("resource-count", what="hashed bytes", limit=1)),
        "resource-count",
        id="counted too high",
    ),
]


def breaking(error: Exception, after: int) -> Callable[..., Any]:
    """Raise at every call but the first ones."""
    calls = iter([False] * after)

    def broken(*_: Any, **__: Any) -> Any:
        if next(calls, True):
            raise error
        return []

    return broken


@pytest.mark.parametrize(("error", "code"), BROKEN)
def test_a_signature_whose_value_could_not_be_verified_is_undecided(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    monkeypatch.setattr(looking, "verify", breaking(error, after=0))

    report = practice.judged(practice.bb)

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, (code,))


@pytest.mark.parametrize(("error", "code"), BROKEN)
def test_an_analysis_that_breaks_leaves_its_signature_undecided_and_no_other(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    monkeypatch.setattr(looking, "weaknesses", breaking(error, after=1))

    report = practice.judged(practice.sign(practice.bb, practice.key_of(), field="Second"))

    first, second = report.signatures
    assert report.verdict is Verdict.UNDECIDED
    assert [finding.code for finding in second.findings] == [code]
    assert first.findings == ()


def test_a_file_whose_analysis_breaks_as_a_whole_is_undecided(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "check_hybrid", breaking(ZeroDivisionError(), after=0))

    report = practice.judged(practice.bb)

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("crashed",))
    assert dict(report.findings[0].facts)["step"] == "2"
    assert report.not_checked == tuple(str(step) for step in range(3, 14))
