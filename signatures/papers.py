"""The report on a signed PDF, as a paper that carries the report itself inside."""

from pathlib import Path

from django.conf import settings

from procurement.proof.canonical import JSON, canonical
from procurement.texts import Text
from procurement.typesetting import Attachment, typeset
from signatures.pdf.report import Report
from signatures.pdf.told import four_lines, said

PAPERS = Path(__file__).parent / "papers"


def check_pdf(report: Report) -> bytes:
    """Set a report in both languages; it embeds ``report.json``, which is what counts."""
    lines = four_lines(report)
    told: dict[str, JSON] = {name: _both(text) for name, text in vars(lines).items()}
    inside = Attachment(
        "report.json", canonical(report.to_json()), "application/json", "Report / 验证报告"
    )
    return typeset(
        PAPERS / "check.typ",
        told
        | {
            "report": report.to_json(),
            "findings": [
                {"code": one.code, "found": _both(found), "to_do": _both(to_do)}
                for one in report.findings
                for found, to_do in [said(one)]
            ],
            "training": not settings.PRODUCTION,
        },
        attachments=[inside],
        title="Check of a signed PDF / PDF 签名验证报告",
        dated=report.at,
    )


def _both(text: Text) -> JSON:
    return {"en": text.en, "zh": text.zh}
