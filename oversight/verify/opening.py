"""No early release: every step of the opening was allowed when it was taken, in its order."""

from collections.abc import Iterator
from itertools import pairwise

from bidding.sealed.may_open import History, Seen, may_open
from bidding.sealed.opening import Request
from oversight.verify.case import Case, Decision
from oversight.verify.report import Finding

REQUESTED, FAILURES, REVEALS = "opening.requested", "opening.failures", "reveals.closed"
DISCLOSED, INTENT, RELEASED = "opening.disclosed", "release.intent", "opening.released"
OPENED, MINUTES = "opening.opened", "minutes.signed"
JUDGED = ("admissibility.judged", "admissibility.confirmed", "admissibility.declined")
AWARDS = ("award.proposed", "award.decided")
CONCLUDED, FAILED = "tender.concluded", "tender.unsuccessful"
STEPS = (
    ("keyset.fixed",),
    ("notice.published",),
    ("bids.closed",),
    (REQUESTED,),
    (FAILURES,),
    (REVEALS,),
    (DISCLOSED,),
    (INTENT,),
    (RELEASED,),
    (OPENED,),
    (MINUTES,),
    (*JUDGED, *AWARDS),
    (CONCLUDED, FAILED),
)
ANYWHERE = (
    *("order.made", "deadline.extended", "extension.acknowledged"),
    *("questions.overdue", "answer.published"),
)
AMENDS = ("keyset.fixed", "notice.published")
ONCE = (REQUESTED, REVEALS, INTENT, RELEASED, OPENED, MINUTES)
ASKED_AGAIN = (REQUESTED, DISCLOSED, INTENT, RELEASED)
NOT_ASKED = "stale-proof"  # the whole history is here: nothing can be newer than what is shown


def steps_are_in_order(case: Case) -> Iterator[Finding]:
    """Every decision follows what it rests on, and what happens once happened once."""
    rank = {verb: place for place, verbs in enumerate(STEPS) for verb in verbs}
    ordered = [one for one in case.decisions if not (one.verb in ANYWHERE or _amends(case, one))]
    for decision in ordered:
        if decision.verb not in rank:
            path = decision.placed.path
            yield Finding("unknown-decision", path, "a decision we know", decision.verb)
    known = [decision for decision in ordered if decision.verb in rank]
    for before, after in pairwise(known):
        if rank[after.verb] < rank[before.verb]:
            yield Finding("out-of-order", after.placed.path, f"before {before.verb}", after.verb)
    yield from _nothing_left_out(case, known)
    for verb in ONCE:
        if len(found := case.decided(verb)) > 1:
            yield Finding("done-twice", found[-1].placed.path, f"one {verb}", f"{len(found)}")
    yield from _closed_once(case)


def _amends(case: Case, decision: Decision) -> bool:
    """Tell a later version of the notice, or its keyset, while bids come in."""
    first, closed = case.decided("notice.published")[:1], case.decided("bids.closed")[:1]
    since = bool(first) and decision.position > first[0].position
    return decision.verb in AMENDS and since and not (closed and _after(decision, closed[0]))


def _after(decision: Decision, other: Decision) -> bool:
    return decision.position > other.position


def nothing_was_opened_early(case: Case) -> Iterator[Finding]:
    """Request, disclosures and release were allowed by the history as it was then."""
    for decision in case.decisions:
        if decision.verb in ASKED_AGAIN:
            for fault in may_open(_as_of(case, decision), decision.at, envelope_of(case)):
                if fault.code != NOT_ASKED:
                    yield Finding(
                        fault.code, decision.placed.path, "no reason against", fault.said("en")
                    )
    yield from _witnessed_between(case)


def envelope_of(case: Case) -> str:
    """Name the envelope that was to be opened."""
    requested = case.only(REQUESTED)
    if requested is None:
        return case.notice.gates[0].envelope
    return case.object(Request, requested.object, requested.placed.path).envelope


def _as_of(case: Case, decision: Decision) -> History:
    """Give the history as it stood with this decision, and who had witnessed it."""
    seen = Seen(decision.placed.leaf, case.times(decision.placed.size), case.anchors.quorum)
    return History(case.told.history.steps[: decision.position + 1], seen)


def _nothing_left_out(case: Case, known: list[Decision]) -> Iterator[Finding]:
    """Every step has the one before it; only a tender that fails may end from anywhere."""
    taken = {step.verb for step in case.told.history.steps}
    for before, verbs in pairwise(STEPS):
        for decision in known:
            if decision.verb in verbs and decision.verb != FAILED and not taken & set(before):
                path = decision.placed.path
                yield Finding("step-missing", path, f"{before[0]} before it", decision.verb)


def _closed_once(case: Case) -> Iterator[Finding]:
    verbs = [decision.verb for decision in case.decisions]
    extended = [at for at, verb in enumerate(verbs) if verb == "deadline.extended"]
    after = verbs[extended[-1] :] if extended else verbs
    if after.count("bids.closed") > 1:
        second = case.decided("bids.closed")[-1]
        yield Finding("closed-twice", second.placed.path, "one close", "a second")


def _witnessed_between(case: Case) -> Iterator[Finding]:
    """What a step rests on was witnessed before it: each lies in a later tick."""
    for earlier, later in (
        ("bids.closed", REQUESTED),
        (REQUESTED, FAILURES),
        (REVEALS, DISCLOSED),
        (INTENT, RELEASED),
    ):
        before = case.only(earlier)
        for decision in case.decided(later):
            if before is not None and decision.placed.index < before.placed.size:
                yield Finding("not-witnessed-before", decision.placed.path, earlier, later)
