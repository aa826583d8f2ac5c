"""Who won: the bidder that was proposed, with all its members, looked up before the decision."""

from collections.abc import Iterator

from awards.statements import AwardDecision, Proposal
from oversight.verify.case import Case, Decision
from oversight.verify.filings import Filing, bids_filed
from oversight.verify.later_acts import CONFIRMED, DECIDED, confirmed_before
from oversight.verify.members import check_of, looked_up
from oversight.verify.report import Finding


def winners_are_named_and_looked_up(case: Case) -> Iterator[Finding]:
    """Every decision names who stands in the winning bid, and a look-up of them all.

    Who is on the debarment list won only where two people had said that the bid counts.
    """
    filed = {one.digest: one for one in bids_filed(case)}
    for decision in case.decided(DECIDED):
        path = decision.placed.path
        said = case.object(AwardDecision, decision.object, path)
        bid = case.object(Proposal, said.proposal, path).bid
        won = filed.get(bid or "") if said.decision == CONFIRMED else None
        if said.winner != (won.bid.bidder if won else None):
            yield Finding("other-winner", path, _named(won), str(said.winner))
        if won is not None:
            yield from _eligible(case, decision, won)


def _eligible(case: Case, decision: Decision, won: Filing) -> Iterator[Finding]:
    placed, judged = decision.placed, confirmed_before(case, decision).get(won.digest)
    yield from looked_up(case, placed, won, "award")
    check = check_of(case, placed)
    if check and check.found and not (judged and judged[1].counts):
        listed = ", ".join(f"{one.name} ({one.source})" for one in check.found)
        yield Finding("winner-debarred", placed.path, "a judgement that the bid counts", listed)


def _named(won: Filing | None) -> str:
    return str(won.bid.bidder) if won else "nobody"
