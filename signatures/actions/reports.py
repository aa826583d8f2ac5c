"""Storing verdicts. No PDF is read here: judging is done before, outside of any transaction."""

from datetime import datetime

from django.db import transaction

from procurement.proof.canonical import digest
from signatures.models import SignatureReport
from signatures.pdf.report import Report

PASSING = {"wall-clock", "crashed"}  # retried; what the machine could not do is no verdict


class NotFinal(ValueError):  # noqa: N818 - reads as the sentence it is
    """The report is UNDECIDED for a reason of this machine: judge again, store nothing."""


@transaction.atomic
def store_report(report: Report, *, now: datetime) -> SignatureReport:
    """Store a report, or return the row that holds this very report already.

    Another version of the judge may answer a question otherwise. Its report is a row of its own:
    whoever names the row names the verdict that they were given.

    :raises NotFinal: for a report that was stopped by the wall clock or by a crash.
    """
    if PASSING & set(report.codes):
        raise NotFinal(", ".join(report.codes))

    body = report.to_json()
    row, _ = SignatureReport.objects.get_or_create(
        file_sha256=report.file_sha256,
        policy_digest=report.policy_digest,
        anchors_digest=report.anchors_digest,
        at=report.at,
        report_digest=digest(body),
        defaults={
            "verdict": report.verdict.value,
            "codes": [*report.codes],
            "report": body,
            "software": report.software,
            "created_at": now,
        },
    )
    return row
