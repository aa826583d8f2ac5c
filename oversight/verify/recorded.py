"""What was recorded about signatures: a report for every verdict that the tender rests on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bidding.sealed.opening import Opened
from oversight.verify.bundle import REPORTS
from oversight.verify.case import Case, once
from oversight.verify.filings import bids_filed
from oversight.verify.opening import OPENED
from oversight.verify.report import Broken, Finding

SOUND = ("VALID", "VALID_WITH_REMARKS")  # verdicts on a signature that settle the matter
_QUESTION = ("policy_digest", "anchors_digest", "software")
UNREPORTED = ("NOT_JUDGED", "UNDECIDED")  # no PDF; or the machine could not finish


@dataclass(frozen=True)
class Recorded:
    """One report: where it lies, as of when it was judged, with what verdict, and who signed."""

    path: str
    at: datetime
    verdict: str
    signers: tuple[str, ...]  # certificates, SHA-256
    policy_digest: str = ""
    anchors_digest: str = ""
    software: str = ""


def verdicts_have_reports(case: Case) -> Iterator[Finding]:
    """Every verdict on a form or a document that was opened is the one of a report."""
    for one in bids_filed(case):
        yield from _reported(case, one.receipt.form, one.receipt.verdict, one.placed.path)
    decided = case.only(OPENED)
    if decided is None:
        return
    path = decided.placed.path
    for outcome in case.object(Opened, decided.object, path).bids:
        for document in outcome.documents:
            yield from _reported(case, document.sha256, document.verdict, path)


@once
def reports(case: Case) -> dict[str, list[Recorded]]:
    """Read every report of the bundle, by the digest of the file that it is about.

    :raises Broken: for one that is none.
    """
    found: dict[str, list[Recorded]] = {}
    for path in case.bundle.paths(REPORTS, ".json"):
        try:
            value: dict[str, Any] = json.loads(case.bundle.read(path))
            signed = [one["signer"] for one in value["signatures"] if one["signer"]]
            report = Recorded(
                path,
                datetime.fromisoformat(value["at"]),
                str(value["verdict"]),
                tuple(sorted(str(signer["certificate_sha256"]) for signer in signed)),
                *(str(value.get(name, "")) for name in _QUESTION),
            )
            found.setdefault(str(value["file_sha256"]), []).append(report)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Broken("not-a-report", path, "a report on signatures", str(error)) from error
    return found


def _reported(case: Case, sha256: str, verdict: str, path: str) -> Iterator[Finding]:
    said = {report.verdict for report in reports(case).get(sha256, ())}
    if verdict not in said and verdict not in UNREPORTED:
        yield Finding("no-report", path, f"a report that says {verdict}", ", ".join(sorted(said)))
