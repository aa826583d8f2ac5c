"""``daylight verify --signatures``: reports judged again from what they rest on, as it is bundled.

By the same version of the judge a report comes out byte for byte. What another version makes may
differ: that is a remark, and it is said how. Another verdict is a finding in any case.
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from oversight.verify.bundle import part_path, policy_path, set_path
from oversight.verify.case import Case
from oversight.verify.checking import Check
from oversight.verify.frozen import listed
from oversight.verify.recorded import Recorded, reports
from oversight.verify.report import Finding, Remark
from signatures.evidence.comparing import Outcome, compared
from signatures.pdf.anchors import Anchors
from signatures.pdf.frozen import SetUnreadable, put_together
from signatures.pdf.judge import judge
from signatures.pdf.policy import MIB, Policy, PolicyUnreadable
from signatures.pdf.software import software

LARGEST_PART = 64 * MIB  # the longest revocation list that is met, several times over
Files = Callable[[Case, Path], Iterable[tuple[str, Path]]]


def again(files: Files) -> tuple[Check, ...]:
    """Give the checks on reports that come with what they rest on."""
    return (
        Check(
            "judged-again",
            lambda case: _differing(case, files, _ours),
            lambda case: _any(case, _ours),
        ),
        Check(
            "judged-by-other-software",
            lambda case: _differing(case, files, _others),
            lambda case: _any(case, _others),
        ),
    )


def _ours(report: Recorded) -> bool:
    return report.software == software()


def _others(report: Recorded) -> bool:
    return not _ours(report)


def _any(case: Case, meant: Callable[[Recorded], bool]) -> bool:
    told = (one for of_file in reports(case).values() for one in of_file)
    return any(meant(one) for one in told)


def _differing(case: Case, files: Files, meant: Callable[[Recorded], bool]) -> Iterator[Finding]:
    """Judge every file again for each report on it that is meant, and name what differs."""
    known = lru_cache(maxsize=2)(lambda digest: _anchors(case, digest))
    recorded = reports(case)
    with tempfile.TemporaryDirectory() as folder:
        for sha256, file in files(case, Path(folder)):
            for report in recorded.get(sha256, ()):
                if meant(report):
                    yield from _judged_again(case, file, report, known)


def _judged_again(
    case: Case, file: Path, report: Recorded, known: Callable[[str], Anchors]
) -> Iterator[Finding]:
    try:
        policy, anchors = _policy(case, report.policy_digest), known(report.anchors_digest)
    except (PolicyUnreadable, SetUnreadable) as error:
        yield Finding("other-evidence", report.path, "a policy and anchors", str(error))
        return
    told: dict[str, Any] = json.loads(case.bundle.read(report.path))
    outcome, why = compared(told, judge(file, policy=policy, anchors=anchors, at=report.at))
    if outcome is Outcome.OTHER_SOFTWARE:
        yield Remark("other-judge", report.path, "the same verdict", why)
    elif outcome is not Outcome.SAME:
        yield Finding("other-report", report.path, "what its evidence gives", why)


def _policy(case: Case, digest: str) -> Policy:
    try:
        found = Policy.from_json(json.loads(case.bundle.read(policy_path(digest))))
    except (ValueError, RecursionError) as error:
        raise PolicyUnreadable(str(error)) from error
    if found.digest != digest:
        raise PolicyUnreadable(f"the policy {digest[:12]} is not as its digest says")
    return found


def _anchors(case: Case, digest: str) -> Anchors:
    def part(sha256: str) -> bytes:
        return case.bundle.read(part_path(sha256), LARGEST_PART)

    return put_together(digest, listed(case, set_path(digest)), part)
