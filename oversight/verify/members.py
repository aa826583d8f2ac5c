"""Who stands in a bid: each once in a lot, behind it by its own will, looked up before it counts.

What the platform asks of a bidder and of every member of a consortium when a bid is filed, as far
as a bundle shows it. Declarations are not in it.
"""

from collections.abc import Iterator

from bidding.sealed.consortium import Consortium, Mandate
from oversight.verify.case import Case
from oversight.verify.events import Placed
from oversight.verify.filings import Filing, bids_filed, fates
from oversight.verify.recorded import SOUND, reports
from oversight.verify.report import Finding
from procurement.proof.events import OBJECT
from procurement.proof.suppliers import DebarmentCheck, Purpose

FORMED, GIVEN, REVOKED = "consortium.formed", "mandate.given", "mandate.revoked"


def members_stand_once(case: Case) -> Iterator[Finding]:
    """Nobody stands in two counted bids for a lot: alone, as lead or as member."""
    counted, stands = fates(case).counted(), dict[tuple[str, str], Filing]()
    for one in bids_filed(case):
        if one.digest not in counted:
            continue
        for member in one.bid.bidder.members:
            other = stands.setdefault((one.bid.lot, member), one)
            if other.digest != one.digest:
                both = f"the bids {other.digest[:16]} and {one.digest[:16]} for {one.bid.lot}"
                yield Finding("member-twice", one.placed.path, f"one bid with {member}", both)


def members_stand_behind(case: Case) -> Iterator[Finding]:
    """Every member of a consortium mandated its lead before the filing, or signed the form."""
    for one in bids_filed(case):
        if len(one.bid.bidder.members) == 1:
            continue
        path, left = one.placed.path, _not_mandated(case, one)
        if left is None:
            yield Finding("no-consortium", path, "a consortium of these members", "none")
        elif left and not _signed_also(case, one, len(left)):
            who = ", ".join(sorted(left))
            yield Finding("not-mandated", path, f"a mandate or a signature of {who}", "neither")


def bidders_were_looked_up(case: Case) -> Iterator[Finding]:
    """Everybody in a bid was looked up in the debarment list when it was filed."""
    for one in bids_filed(case):
        yield from looked_up(case, one.placed, one, "submission")


def looked_up(case: Case, placed: Placed, one: Filing, purpose: Purpose) -> Iterator[Finding]:
    """Say what is wrong with the look-up that an event names: it asks for all, about this bid."""
    said = check_of(case, placed)
    if said is None:
        yield Finding("not-looked-up", placed.path, f"a look-up before the {purpose}", "none")
        return
    asked = tuple(sorted(entry.organisation for entry in said.asked))
    about = said.tender, said.bid, said.purpose, asked
    if about != (case.tender, one.digest, purpose, one.bid.bidder.members):
        members = ", ".join(one.bid.bidder.members)
        yield Finding("other-look-up", placed.path, f"of {members}", ", ".join(asked))


def check_of(case: Case, placed: Placed) -> DebarmentCheck | None:
    """Read the look-up that an event names; None where it names none.

    :raises Broken: when the bundle does not hold it.
    """
    digest = placed.event.body.get("check")
    return None if digest is None else case.object(DebarmentCheck, str(digest), placed.path)


def _not_mandated(case: Case, filing: Filing) -> set[str] | None:
    """Name the members without a mandate at the filing; None where there is no such consortium.

    A bid names its members and not their consortium: of several, the one that is furthest counts.
    """
    formed: list[Consortium] = []
    mandates: dict[str, Mandate] = {}
    for placed in case.concealed[: case.concealed.index(filing.placed)]:
        body, path = placed.event.body, placed.path
        if placed.event.verb == FORMED:
            formed.append(case.object(Consortium, str(body.get(OBJECT)), path))
        elif placed.event.verb == GIVEN:
            digest = str(body.get(OBJECT))
            mandates[digest] = case.object(Mandate, digest, path)
        elif placed.event.verb == REVOKED:
            mandates.pop(str(body.get("mandate")), None)
    left = [_left(one, mandates) for one in formed if _is_of(one, filing)]
    return min(left, key=len, default=None)


def _is_of(consortium: Consortium, filing: Filing) -> bool:
    bid = filing.bid
    ours = bid.tender, bid.bidder.lead, bid.bidder.members
    return (consortium.tender, consortium.lead, consortium.members) == ours


def _left(consortium: Consortium, mandates: dict[str, Mandate]) -> set[str]:
    whose = consortium.id, consortium.tender, consortium.lead
    given = {
        one.member for one in mandates.values() if (one.consortium, one.tender, one.lead) == whose
    }
    return {*consortium.members} - {consortium.lead} - given


def _signed_also(case: Case, filing: Filing, count: int) -> bool:
    """Tell whether a report on the form names the lead and so many others as its signers."""
    return any(
        report.verdict in SOUND and len(set(report.signers)) > count
        for report in reports(case).get(filing.receipt.form, ())
    )
