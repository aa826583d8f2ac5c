"""What was recorded about signatures: the reports of the bundle."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oversight.verify.bundle import REPORTS
from oversight.verify.case import Case, once
from oversight.verify.report import Broken
from procurement.proof.basis import BY_MANDATE

SOUND = ("VALID", "VALID_WITH_REMARKS")  # verdicts on a signature that settle the matter
_QUESTION = ("policy_digest", "anchors_digest", "software")


@dataclass(frozen=True)
class Recorded:
    """One report: of which file, as of when it was judged, with what verdict, and who signed."""

    path: str
    digest: str  # of the report itself
    file: str  # SHA-256
    at: datetime
    verdict: str
    signers: tuple[str, ...]  # certificates, SHA-256
    by_mandate: frozenset[str]  # those of them that count by a mandate
    policy_digest: str
    anchors_digest: str
    software: str


@once
def reports(case: Case) -> dict[str, list[Recorded]]:
    """Read every report of the bundle, by the digest of the file that it is about.

    :raises Broken: for one that is none.
    """
    found: dict[str, list[Recorded]] = {}
    for path in case.bundle.paths(REPORTS, ".json"):
        try:
            value: dict[str, Any] = json.loads(case.bundle.read(path))
            signed = [one for one in value["signatures"] if one["signer"]]
            report = Recorded(
                path,
                case.bundle.sha256[path],
                str(value["file_sha256"]),
                datetime.fromisoformat(value["at"]),
                str(value["verdict"]),
                tuple(sorted(map(_certificate, signed))),
                frozenset(_certificate(one) for one in signed if one.get("bound_by") == BY_MANDATE),
                *(str(value[name]) for name in _QUESTION),
            )
            found.setdefault(report.file, []).append(report)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Broken("not-a-report", path, "a report on signatures", str(error)) from error
    return found


def _certificate(signature: dict[str, Any]) -> str:
    return str(signature["signer"]["certificate_sha256"])
