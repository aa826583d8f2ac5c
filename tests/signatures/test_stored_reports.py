"""One row for one answer to a question; what the machine could not do is not stored."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from signatures.actions.reports import NotFinal, store_report
from signatures.models import SignatureReport
from signatures.pdf.report import Finding, Report, Verdict
from signatures.queries import latest_report, report_for
from tests.signatures.documents import RECEIVED, Practice

pytestmark = pytest.mark.django_db
LATER = RECEIVED + timedelta(seconds=1)


def test_a_report_is_stored_once_and_found_by_its_question(practice: Practice) -> None:
    report = practice.judged(practice.bb)

    first = store_report(report, now=LATER)
    again = store_report(report, now=LATER + timedelta(days=1))

    assert again.pk == first.pk
    found = _found(report)
    assert found is not None
    assert found == first == latest_report(report.file_sha256)
    assert (found.verdict, found.codes) == ("VALID", [])
    assert found.report == report.to_json()


def _found(report: Report) -> SignatureReport | None:
    return report_for(
        file_sha256=report.file_sha256,
        policy_digest=report.policy_digest,
        anchors_digest=report.anchors_digest,
        at=RECEIVED,
    )


def test_another_instant_is_another_question(practice: Practice) -> None:
    store_report(practice.judged(practice.bb), now=LATER)
    store_report(practice.judged(practice.bb, at=LATER), now=LATER)

    assert SignatureReport.objects.count() == 2


def test_another_version_of_the_judge_has_a_row_of_its_own(practice: Practice) -> None:
    report = practice.judged(practice.bb)
    older = replace(report, software="judge 0", verdict=Verdict.UNDECIDED)

    rows = [store_report(one, now=LATER) for one in (older, report, older)]

    assert [row.verdict for row in rows] == ["UNDECIDED", "VALID", "UNDECIDED"]
    assert SignatureReport.objects.count() == 2
    assert _found(report) == rows[1]


@pytest.mark.parametrize("code", ["wall-clock", "crashed"])
def test_what_the_machine_could_not_do_is_not_stored(practice: Practice, code: str) -> None:
    report = replace(practice.judged(practice.bb), findings=(Finding.of(code),))

    with pytest.raises(NotFinal):
        store_report(report, now=LATER)
    assert not SignatureReport.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"verdict": "FINE"}, id="signature_report_has_a_known_verdict"),
        pytest.param({"file_sha256": "X" * 64}, id="signature_report_names_digests_in_hex"),
        pytest.param(
            {"created_at": RECEIVED - timedelta(seconds=1)},
            id="signature_report_is_not_made_before_its_instant",
        ),
    ],
)
def test_the_database_refuses(
    practice: Practice, wrong: dict[str, object], request: pytest.FixtureRequest
) -> None:
    row = store_report(practice.judged(practice.bb), now=LATER)

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        SignatureReport.objects.filter(pk=row.pk).update(**wrong)
    assert request.node.callspec.id in str(refused.value)
