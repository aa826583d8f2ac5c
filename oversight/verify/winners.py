"""Whether who won might: everybody who stands in the bid was looked up before the decision."""

from collections.abc import Iterator

from awards.statements import AwardDecision, Proposal
from oversight.verify.case import Case
from oversight.verify.filings import bids_filed
from oversight.verify.later_acts import CONFIRMED, DECIDED, confirmed_before
from oversight.verify.members import check_of, looked_up
from oversight.verify.report import Finding


def winners_were_looked_up(case: Case) -> Iterator[Finding]:
    """Who is on the debarment list won only where two people had said that the bid counts."""
    filed = {one.digest: one for one in bids_filed(case)}
    for decision in case.decided(DECIDED):
        placed, path = decision.placed, decision.placed.path
        said = case.object(AwardDecision, decision.object, path)
        bid = case.object(Proposal, said.proposal, path).bid
        if said.decision != CONFIRMED or bid is None or bid not in filed:
            continue
        yield from looked_up(case, placed, filed[bid], "award")
        check, judged = check_of(case, placed), confirmed_before(case, decision).get(bid)
        if check and check.found and not (judged and judged[1].counts):
            listed = ", ".join(f"{one.name} ({one.source})" for one in check.found)
            yield Finding("winner-debarred", path, "a judgement that the bid counts", listed)
