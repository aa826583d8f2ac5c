"""What the reports on signatures rest on: policies and anchors, each named by its own digest.

Whether a report follows from them is judged by who has the software; here it is seen that nothing
of them was exchanged, and that no set of anchors lost a part.
"""

import json
from collections.abc import Iterator
from typing import Any

from oversight.verify.bundle import PARTS, POLICIES, REPORTS, SETS, part_path, policy_path, set_path
from oversight.verify.case import Case
from oversight.verify.recorded import Recorded, reports
from oversight.verify.report import Broken, Finding

_NAMED = ((REPORTS, ".json"), (POLICIES, ".json"), (SETS, ".json"), (PARTS, ""))


def evidence_is_what_it_is_named(case: Case) -> Iterator[Finding]:
    """Every report, policy, set of anchors and part of one is the one that its name says."""
    for folder, suffix in _NAMED:
        for path in case.bundle.paths(folder, suffix):
            named, found = path.removeprefix(folder).removesuffix(suffix), case.bundle.sha256[path]
            if named != found:
                yield Finding("other-evidence", path, named, found)
    for path in case.bundle.paths(SETS, ".json"):
        yield from _whole(case, path)


def listed(case: Case, path: str) -> dict[str, Any]:
    """Read which parts a set of anchors has.

    :raises Broken: when it is no list of parts.
    """
    try:
        found = json.loads(case.bundle.read(path))
        if isinstance(found, dict) and all(isinstance(one, list) for one in found.values()):
            return found
    except (ValueError, RecursionError):
        pass
    raise Broken("not-a-set", path, "a list of the parts of a set of anchors", "something else")


def has_evidence(case: Case, report: Recorded) -> bool:
    """Say whether the bundle holds what a report rests on."""
    needed = (policy_path(report.policy_digest), set_path(report.anchors_digest))
    return all(path in case.bundle for path in needed)


def without_evidence(case: Case) -> int:
    """Count the reports that come without what they rest on: older than the keeping of it."""
    told = (one for of_file in reports(case).values() for one in of_file)
    return sum(not has_evidence(case, one) for one in told)


def _whole(case: Case, path: str) -> Iterator[Finding]:
    for digests in listed(case, path).values():
        for digest in digests:
            if part_path(str(digest)) not in case.bundle:
                yield Finding("missing-file", path, part_path(str(digest)), "none")
