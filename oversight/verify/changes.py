"""Changes of a published tender: in order, only later, by whoever may, and in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bidding.sealed.changes import broken_changes
from bidding.sealed.may_open import deadline
from oversight.verify.case import Case, Decision, once
from oversight.verify.report import Broken, Finding
from tenders.notice import Extension, Notice
from tenders.panel.keyset import Keyset

FIXED, PUBLISHED = "keyset.fixed", "notice.published"


@dataclass(frozen=True)
class Version:
    """One version of the notice, in its place, and from which step on another one stands."""

    notice: Notice
    digest: str
    keyset: Keyset
    decision: Decision
    until: int  # the position in the chain; that of the end for the one in force


@once
def versions(case: Case) -> tuple[Version, ...]:
    """Read every version of the notice, the oldest first."""
    decided = case.decided(PUBLISHED)
    ends = [*(one.position for one in decided[1:]), len(case.told.history.steps)]
    return tuple(_version(case, one, end) for one, end in zip(decided, ends, strict=True))


def version_of(case: Case, notice: str) -> Version | None:
    """Find the version of the notice that a bid is for."""
    return next((one for one in versions(case) if one.digest == notice), None)


def stood_at(case: Case, head: str, version: Version) -> bool:
    """Tell whether a version was in force at a decision, given by its leaf."""
    leaves = [step.leaf for step in case.told.history.steps]
    return head in leaves and version.decision.position <= leaves.index(head) < version.until


def changes_are_later_and_in_time(case: Case) -> Iterator[Finding]:
    """Every version follows the one before, every deadline moved later, each while it was time.

    An extension or another version lies in a checkpoint that a quorum had signed by the deadline
    that it moved, and delta.
    """
    steps = case.told.history.steps
    for fault in broken_changes([(step.leaf, step.decided) for step in steps]):
        yield Finding(fault.code, "history.json", "a change that the rules let be", fault.code)
    for decision in case.decisions:
        before = deadline(steps[: decision.position])
        if before is None or not isinstance(decision.step.decided, Notice | Extension):
            continue
        limit = before + timedelta(seconds=case.notice.delta_seconds)
        if case.witnessed(decision.placed.size) > limit:
            path, found = decision.placed.path, str(case.witnessed(decision.placed.size))
            yield Finding("changed-late", path, f"witnessed by {limit}", found)


def keysets_are_fixed_first(case: Case) -> Iterator[Finding]:
    """Every version has the keyset that was fixed last before it."""
    for version in versions(case):
        fixed = fixed_for(case, version)
        if fixed is None or fixed.object != version.notice.keyset:
            found = fixed.object if fixed else "none"
            path = version.decision.placed.path
            yield Finding("other-keyset", path, version.notice.keyset, found)


def fixed_for(case: Case, version: Version) -> Decision | None:
    """Find the decision that fixed the keyset of a version."""
    before = [one for one in case.decided(FIXED) if one.position < version.decision.position]
    return before[-1] if before else None


def _version(case: Case, decision: Decision, until: int) -> Version:
    notice, path = decision.step.decided, decision.placed.path
    if not isinstance(notice, Notice):
        raise Broken("missing-object", path, Notice.TYPE, "another object")
    keyset = case.object(Keyset, notice.keyset, path)
    return Version(notice, decision.object, keyset, decision, until)
