"""What the reports on signatures rest on: policies and anchors, each named by its own digest.

Whether a report follows from them is judged by who has the software; here it is seen that nothing
of them was exchanged, and that no set of anchors lost a part.
"""

import json
from collections.abc import Iterator
from typing import Any

from oversight.verify.bundle import PARTS, POLICIES, REPORTS, SETS, part_path, policy_path, set_path
from oversight.verify.case import Case
from oversight.verify.recorded import reports
from oversight.verify.report import Broken, Finding

_NAMED = ((REPORTS, ".json"), (POLICIES, ".json"), (SETS, ".json"), (PARTS, ""))


def evidence_is_what_it_is_named(case: Case) -> Iterator[Finding]:
    """Every report, policy, set of anchors and part of one is the one that its name says.

    Of none of them a part is missing.
    """
    for folder, suffix in _NAMED:
        for path in case.bundle.paths(folder, suffix):
            named, found = path.removeprefix(folder).removesuffix(suffix), case.bundle.sha256[path]
            if named != found:
                yield Finding("other-evidence", path, named, found)
    for path in case.bundle.paths(SETS, ".json"):
        yield from _whole(case, path)
    for of_file in reports(case).values():
        for report in of_file:
            for path in (policy_path(report.policy_digest), set_path(report.anchors_digest)):
                if path not in case.bundle:
                    yield Finding("missing-file", report.path, path, "none")


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


def _whole(case: Case, path: str) -> Iterator[Finding]:
    for digests in listed(case, path).values():
        for digest in digests:
            if part_path(str(digest)) not in case.bundle:
                yield Finding("missing-file", path, part_path(str(digest)), "none")
