"""``daylight check``, and how forms are signed on the way: what stands behind the commands.

Exit codes of ``check``: 0 when every file is VALID or VALID_WITH_REMARKS, 1 when one is not, 2 for
wrong use.
"""

import json
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from client.explained import explained
from procurement.fonts import FontsMissing
from procurement.proof.canonical import JSON
from procurement.texts import Text, say
from signatures.pdf.anchors import Anchors, AnchorsUnreadable
from signatures.pdf.catalogue import message
from signatures.pdf.judge import judge
from signatures.pdf.policy import Policy
from signatures.pdf.proofs import evidence_for
from signatures.pdf.report import ACCEPTED, Finding, Report, SignatureFinding, Verdict, plain
from signatures.pdf.signing import (
    KeyUnreadable,
    SigningRefused,
    TimestampSource,
    sign_pdf,
)
from signatures.pdf.told import NOBODY, four_lines, said, who_acts
from signatures.pdf.told import explained as told_at_length
from signatures.platform import load_key, tsa_at

GOOD, NOT_GOOD, WRONG_USE = 0, 1, 2
NAME_A_FILE = Text(
    "daylight check: name at least one file, and an instant with its zone",
    "daylight check：请至少给出一个文件，且时间须带时区",
)
NOT_CHECKED = Text("daylight check: {why}", "daylight check：无法核验：{why}")
FOUR_LINES = Text(
    "{file}: {verdict}\n  signed by  {who}\n  found      {text}\n  to do      {action}\n",
    "{file}：{verdict}\n  签署人  {who}\n  结果    {text}\n  处理    {action}\n",
)
EXPLANATION = Text(
    "\n  {found}\n  {help}\n  To do: {to_do}\n  Who must act: {who}. Code: {code}\n",
    "\n  {found}\n  {help}\n  处理：{to_do}\n  由谁处理：{who}；代码：{code}\n",
)
NOT_SIGNED = (SigningRefused, KeyUnreadable, AnchorsUnreadable, OSError)


def run_check(
    files: Sequence[Path],
    *,
    anchors_dir: Path,
    at: datetime,
    as_json: bool,
    out: TextIO,
    policy: Policy | None = None,
    language: str = "en",
    explain: bool = False,
) -> int:
    """Judge files one after the other and print a verdict for each; a bad file stops nothing.

    With ``as_json`` every file is one JSON object on a line of its own, else four lines for people.
    With ``explain`` every finding is explained below them.
    """
    if not files or at.tzinfo is None:
        sys.stderr.write(say(NAME_A_FILE, {}, language) + "\n")
        return WRONG_USE
    try:
        anchors = Anchors.from_directory(anchors_dir)
    except (AnchorsUnreadable, OSError) as error:
        sys.stderr.write(say(NOT_CHECKED, {"why": not_signed(error)}, language) + "\n")
        return WRONG_USE

    code = GOOD
    for file in files:
        began = time.perf_counter()
        report: Report | None = None
        unreadable = ""
        try:
            report = judge(file, policy=policy or Policy(), anchors=anchors, at=at)
        except OSError as error:
            unreadable = plain(str(error))
        elapsed = round((time.perf_counter() - began) * 1000)
        if report is None or report.verdict not in ACCEPTED:
            code = NOT_GOOD
        if as_json:
            line = _line(file, report, elapsed)
            out.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
        else:
            out.write(_for_people(file, report, unreadable, language))
            if explain:
                out.write(_explanations(report, unreadable, language))
        out.flush()
    return code


def sign_bytes(
    pdf: bytes,
    *,
    p12: Path,
    passphrase: str | None,
    at: datetime,
    reason: str | None,
    tsa_url: str | None = None,
    anchors_dir: Path | None = None,
    field: str | None = None,
) -> bytes:
    """Sign a PDF with a key file, and give the signed copy.

    :raises NOT_SIGNED: when the key, the PDF or the time-stamping authority does not serve.
    """
    key = load_key(p12, passphrase)
    tsa: TimestampSource | None = None if tsa_url is None else tsa_at(tsa_url)
    evidence = None
    if anchors_dir is not None:
        evidence = evidence_for(key, Anchors.from_directory(anchors_dir))
    return sign_pdf(pdf, key, at=at, field=field, reason=reason, tsa=tsa, evidence=evidence)


def not_signed(error: Exception) -> Text:
    """Say in both languages why a key, a PDF, an authority or anchors do not serve."""
    if isinstance(error, SigningRefused):
        en, zh = message(error.finding, "en"), message(error.finding, "zh")
        return Text(f"{en.title}. {en.text} {en.action}", f"{zh.title}。{zh.text}{zh.action}")
    if isinstance(error, FontsMissing):
        return error.text
    if isinstance(error, KeyUnreadable):
        return Text(str(error), "密钥文件无法使用，或口令不符")
    if isinstance(error, AnchorsUnreadable):
        return Text(str(error), f"信任锚目录无法使用（{error}）")
    return Text(explained(error, "en"), explained(error, "zh"))


def _line(file: Path, report: Report | None, elapsed_ms: int) -> dict[str, Any]:
    """Shape one answer; others build on these keys."""
    line: dict[str, Any] = {"file": plain(str(file)), "elapsed_ms": elapsed_ms}
    if report is None:
        return line | {
            "sha256": None,
            "verdict": Verdict.UNDECIDED.value,
            "codes": ["unreadable"],
            "not_checked": [str(step) for step in range(1, 14)],
            "signatures": [],
        }
    return line | {
        "sha256": report.file_sha256,
        "verdict": report.verdict.value,
        "codes": [*report.codes],
        "not_checked": [*report.not_checked],
        "signatures": [_signature(one) for one in report.signatures],
    }


def _signature(one: SignatureFinding) -> JSON:
    return {
        "indication": one.indication.value,
        "sub_indication": one.sub_indication,
        "signer": None if one.signer is None else one.signer.to_json(),
        "covers_whole_file": one.covers_whole_file,
        "changes": [*one.changes],
        "field": one.field,
        "level": one.level,
    }


def _for_people(file: Path, report: Report | None, unreadable: str, language: str) -> str:
    """Write four lines: the verdict, who signed, what was found, what to do."""
    told: dict[str, object] = {"file": plain(str(file)), "who": NOBODY}
    if report is None:
        found, to_do = said(Finding.of("unreadable", what=unreadable))
        told |= {"verdict": Verdict.UNDECIDED.value, "text": found, "action": to_do}
    else:
        lines = four_lines(report)
        told |= {"verdict": report.verdict.value, "who": lines.signed_by}
        told |= {"text": lines.found, "action": lines.to_do}
    return say(FOUR_LINES, told, language)


def _explanations(report: Report | None, unreadable: str, language: str) -> str:
    """Explain every finding once: what was checked, the usual cause, what follows, who must act."""
    not_read = (Finding.of("unreadable", what=unreadable),)
    findings = not_read if report is None else report.findings
    return "".join(_explanation(one, language) for one in findings)


def _explanation(finding: Finding, language: str) -> str:
    found, to_do = said(finding)
    facts: dict[str, object] = {"found": found, "to_do": to_do, "code": finding.code}
    facts |= {"help": told_at_length(finding.code), "who": who_acts(finding.code)}
    return say(EXPLANATION, facts, language)
