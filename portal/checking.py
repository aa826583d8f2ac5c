"""Check a signed PDF: a page for anybody, which works without scripts and keeps nothing."""

import base64
import json
from pathlib import Path
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portal.edge import page
from procurement.addresses import client_address, site_of
from procurement.clock import now
from procurement.rates import count
from procurement.refusals import BadInput, Fault, TooLarge
from procurement.texts import Text
from signatures.asking import LARGEST, SCOPE, policy_for
from signatures.evidence.etsi_report import etsi_report
from signatures.papers import check_pdf
from signatures.pdf.catalogue import CATALOGUE, SECTIONS
from signatures.pdf.phrases import said_changes
from signatures.pdf.policy import MIB
from signatures.pdf.report import Finding, Report, plain
from signatures.pdf.told import (
    VERDICTS,
    explained,
    four_lines,
    in_detail,
    in_general,
    link_to,
    said,
    who_acts,
)
from signatures.service import look

FRAME_BYTES = 64 * 1024  # of a form around its file
NO_FILE = Text("Choose a PDF file first; nothing was sent", "请先选择 PDF 文件；未发送任何内容")
NOT_A_FORM = Text(
    "The form did not arrive whole; nothing was kept, send it again",
    "表单未完整到达；未保存任何内容，请重新发送",
)
TOO_LARGE = Text("At most {limit} MiB are taken here", "此处最多接收 {limit} MiB")
LONGEST_IDENTIFIER = 120


@csrf_exempt  # nothing is changed, for nobody: whoever sends a file is shown what is in it
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show the form; judge the file that came with it, and forget it.

    :raises TooLarge: before anything of a larger file is read.
    :raises TooOften: for more files than a person looks at.
    :raises BadInput: without a file.
    """
    shown: dict[str, Any] = {"now": now(), "largest": LARGEST // MIB}
    if request.method == "POST":
        shown |= _judged(request)
    answer = page(request, "portal/check.html", shown)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """Explain every code that a check can find."""
    sections = [(name, [_explained(one) for one in entries]) for name, entries in SECTIONS]
    return page(request, "portal/codes.html", {"now": now(), "sections": sections})


def _explained(code: str) -> dict[str, Any]:
    title, found, to_do = in_general(code)
    verdict = VERDICTS[CATALOGUE[code].verdict]
    more = {"who": who_acts(code), "help": explained(code), "verdict": verdict}
    return {"code": code, "title": title, "found": found, "to_do": to_do, **more}


def _judged(request: HttpRequest) -> dict[str, Any]:
    if int(request.headers.get("Content-Length") or 0) > LARGEST + FRAME_BYTES:
        raise TooLarge(TOO_LARGE, limit=LARGEST // MIB)
    count(SCOPE, site_of(client_address(request.META) or ""))
    file = _sent(request)
    identifier = request.POST.get("identifier", "").strip()[:LONGEST_IDENTIFIER]
    report = look(_where(file), policy=policy_for(identifier=identifier), at=now())
    return {
        "name": plain(file.name or ""),
        "identifier": identifier,
        "report": report,
        "lines": four_lines(report),
        "findings": [_found(one) for one in report.findings],
        "signatures": [(one, said_changes(one.changes)) for one in report.signatures],
        "as_json": _inside(json.dumps(report.to_json(), ensure_ascii=False, indent=2).encode()),
        "as_pdf": _inside(check_pdf(report)),
        "as_etsi": _inside(etsi_report(report)),
        "tone": _tone(report),
    }


def _found(finding: Finding) -> dict[str, Any]:
    found, to_do = said(finding)
    more = {"who": who_acts(finding.code), "help": in_detail(finding)}
    return {
        "code": finding.code,
        "found": found,
        "to_do": to_do,
        "link": link_to(finding.code),
        **more,
    }


def _sent(request: HttpRequest) -> "UploadedFile[bytes]":
    try:
        file = request.FILES.get("file")
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        raise BadInput(faults=[Fault("not-a-form", NOT_A_FORM)]) from None
    if not isinstance(file, UploadedFile):
        raise BadInput(faults=[Fault("no-file", NO_FILE, pointer="/file")])
    return file


def _where(file: "UploadedFile[bytes]") -> Path | bytes:
    """Give a file as Django has it: a large one on the disk until the request ends."""
    if isinstance(file, TemporaryUploadedFile):
        return Path(file.temporary_file_path())
    return bytes(file.read())


def _inside(data: bytes) -> str:
    """Write a file into the page itself: nothing is kept here that could be fetched later."""
    return base64.b64encode(data).decode()


def _tone(report: Report) -> str:
    """Name how a verdict is coloured; it is said in words beside that."""
    if report.verdict.value.startswith("VALID"):
        return "good"
    return "waits" if report.verdict.value == "UNDECIDED" else "bad"
