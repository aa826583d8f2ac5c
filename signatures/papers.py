"""The report on a signed PDF, as a paper that carries the report itself inside."""

from pathlib import Path

from django.conf import settings

from procurement.proof.canonical import JSON, canonical
from procurement.typesetting import Attachment, typeset
from signatures.pdf.phrases import said_changes
from signatures.pdf.report import Finding, Report
from signatures.pdf.told import four_lines, in_detail, said, who_acts

PAPERS = Path(__file__).parent / "papers"


def check_pdf(report: Report) -> bytes:
    """Set a report in both languages; it embeds ``report.json``, which is what counts."""
    lines = four_lines(report)
    told: dict[str, JSON] = {name: text._asdict() for name, text in vars(lines).items()}
    inside = Attachment(
        "report.json", canonical(report.to_json()), "application/json", "Report / 验证报告"
    )
    return typeset(
        PAPERS / "check.typ",
        told
        | {
            "report": report.to_json(),
            "findings": [_finding(one) for one in report.findings],
            "changes": [said_changes(one.changes)._asdict() for one in report.signatures],
            "training": not settings.PRODUCTION,
        },
        attachments=[inside],
        title="Check of a signed PDF / PDF 签名验证报告",
        dated=report.at,
    )


def _finding(one: Finding) -> JSON:
    found, to_do = said(one)
    who, more = who_acts(one.code), in_detail(one)
    return {
        "code": one.code,
        "found": found._asdict(),
        "to_do": to_do._asdict(),
        "who": who._asdict(),
        "help": more._asdict(),
    }
