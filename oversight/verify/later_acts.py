"""Later acts, in order: judged and ranked by what was opened, decided by a second person."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from awards.scoring import NoPrice, Priced, standings
from awards.statements import (
    AwardDecision,
    Judgement,
    JudgementDecision,
    NotCounted,
    Place,
    Proposal,
    Ranking,
)
from bidding.sealed.opening import OPENED as AS_OPENED
from bidding.sealed.opening import Opened, Outcome
from oversight.verify.case import Case, Decision
from oversight.verify.filings import Filing, bids_filed
from oversight.verify.members import check_of
from oversight.verify.opening import CONCLUDED, FAILED, OPENED
from oversight.verify.recorded import SOUND
from oversight.verify.report import Finding
from tenders.notice import Order

JUDGED, PROPOSED, DECIDED = "admissibility.judged", "award.proposed", "award.decided"
ON_JUDGEMENTS = ("admissibility.confirmed", "admissibility.declined")
ACTS = (JUDGED, *ON_JUDGEMENTS, PROPOSED, DECIDED)
CONFIRMED = "confirmed"
Judgements = Mapping[str, tuple[str, Judgement]]  # by bid: the judgement's digest, and itself


def judgements_are_decided_by_another(case: Case) -> Iterator[Finding]:
    """Whether a bid counts was judged by one person and decided by a second, in this order."""
    judged: dict[str, Judgement] = {}
    for decision in case.decisions:
        path = decision.placed.path
        if decision.verb == JUDGED:
            judgement = case.object(Judgement, decision.object, path)
            judged[decision.object] = judgement
            yield from _by(decision, judgement.by)
            opened = case.only(OPENED)
            if opened is None or judgement.opened != opened.object:
                yield Finding("other-opening", path, "the outcome that stands", judgement.opened)
        elif decision.verb in ON_JUDGEMENTS:
            said = case.object(JudgementDecision, decision.object, path)
            yield from _by(decision, said.by)
            if (said.decision == CONFIRMED) != (decision.verb == ON_JUDGEMENTS[0]):
                yield Finding("other-decision", path, decision.verb, said.decision)
            yield from _second(judged.pop(said.judgement, None), said.by, path)


def nothing_was_decided_while_suspended(case: Case) -> Iterator[Finding]:
    """No judgement and no award while an order held the tender up, or after it was given up."""
    standing: Order | None = None
    for decision in case.decisions:
        order = decision.step.decided
        if isinstance(order, Order) and order.effect in ("suspend", "cancel"):
            standing = order
        elif isinstance(order, Order) and order.effect == "resume":
            standing = None
        elif decision.verb in ACTS and standing is not None and _stands(standing, decision):
            code = "cancelled" if standing.effect == "cancel" else "suspended"
            yield Finding(code, decision.placed.path, "nothing while it stands", standing.cause)


def rankings_follow(case: Case) -> Iterator[Finding]:
    """Every ranking, its points and its ties follow from prices and confirmed judgements."""
    decided = case.only(OPENED)
    if decided is None:
        return
    opened = case.object(Opened, decided.object, decided.placed.path)
    for decision in case.decided(PROPOSED):
        path = decision.placed.path
        proposal = case.object(Proposal, decision.object, path)
        confirmed = confirmed_before(case, decision)
        try:
            ranking = ranking_of(opened, decided.object, proposal.lot, confirmed)
        except NoPrice as refused:
            yield Finding(refused.code, path, "a price above zero", "none")
            continue
        if ranking.digest() != proposal.ranking:
            yield Finding("other-ranking", path, ranking.digest(), proposal.ranking)
        if proposal.bid is not None and proposal.bid not in {one.bid for one in ranking.places}:
            yield Finding("not-ranked", path, "a bid of the ranking", proposal.bid)
        for digest in sorted(_to_judge(case, opened, proposal.lot) - confirmed.keys()):
            yield Finding("not-judged", path, f"a confirmed judgement of {digest}", "none")


def awards_are_decided_by_another(case: Case) -> Iterator[Finding]:
    """Every award was proposed by one person and decided by a second; the end follows them all."""
    proposed: dict[str, Proposal] = {}
    ended: dict[str, bool] = {}
    for decision in case.decisions:
        path = decision.placed.path
        if decision.verb == PROPOSED:
            proposed[decision.object] = case.object(Proposal, decision.object, path)
            yield from _by(decision, proposed[decision.object].by)
        elif decision.verb == DECIDED:
            said = case.object(AwardDecision, decision.object, path)
            proposal = proposed.pop(said.proposal, None)
            yield from _by(decision, said.by)
            yield from _second(proposal, said.by, path)
            if proposal is not None and (proposal.lot != said.lot or said.lot in ended):
                yield Finding("other-lot", path, proposal.lot, said.lot)
            if proposal is not None and said.decision == CONFIRMED:
                ended[said.lot] = proposal.bid is not None
    yield from _end(case, ended)


def ranking_of(opened: Opened, digest: str, lot: str, confirmed: Judgements) -> Ranking:
    """Rank the bids of a lot that count, as of some confirmed judgements.

    :raises NoPrice: when one of them has none above zero.
    """
    mine = {outcome.bid: outcome for outcome in opened.bids if outcome.lot == lot}
    out = {bid for bid, (_, judgement) in confirmed.items() if not judgement.counts}
    counted = {bid: one for bid, one in mine.items() if one.cause == AS_OPENED and bid not in out}
    places = standings([Priced(bid, _price(one)) for bid, one in counted.items()])
    return Ranking(
        tender=opened.tender,
        lot=lot,
        opened=digest,
        judgements=tuple(sorted(named for bid, (named, _) in confirmed.items() if bid in mine)),
        places=tuple(
            Place(
                place=one.place,
                bid=one.bid,
                bidder=counted[one.bid].bidder,
                members=counted[one.bid].members,
                price=_announced(counted[one.bid])[0],
                currency=_announced(counted[one.bid])[1],
                points=str(one.points),
                tied=one.tied,
            )
            for one in places
        ),
        not_counted=tuple(
            NotCounted(
                bid,
                one.bidder,
                one.members,
                "judged-out" if one.cause == AS_OPENED else "not-opened",
            )
            for bid, one in mine.items()
            if bid not in counted
        ),
    )


def _stands(order: Order, decision: Decision) -> bool:
    return order.ends_at is None or decision.at < order.ends_at


def confirmed_before(case: Case, until: Decision) -> dict[str, tuple[str, Judgement]]:
    """Give the judgements that were confirmed before a decision, by bid."""
    found = {}
    for decision in case.decisions[: until.position]:
        if decision.verb == ON_JUDGEMENTS[0]:
            said = case.object(JudgementDecision, decision.object, decision.placed.path)
            judgement = case.object(Judgement, said.judgement, decision.placed.path)
            found[judgement.bid] = said.judgement, judgement
    return found


def _to_judge(case: Case, opened: Opened, lot: str) -> set[str]:
    """Name the opened bids that are not sound in every point, as the platform asks it.

    A bidder was on the debarment list when it filed, the offer departs from the form, or a
    signature that was asked for does not hold.
    """
    filed = {one.digest: one for one in bids_filed(case)}
    mine = [one for one in opened.bids if (one.lot, one.cause) == (lot, AS_OPENED)]
    return {one.bid for one in mine if not _sound(case, one, filed.get(one.bid))}


def _sound(case: Case, outcome: Outcome, filing: Filing | None) -> bool:
    check = check_of(case, filing.placed) if filing else None
    return (
        filing is not None
        and filing.receipt.verdict in SOUND
        and not (check and check.found)
        and outcome.why is None
        and all(one.signature != "required" or one.verdict in SOUND for one in outcome.documents)
    )


def _short(case: Case) -> set[str]:
    """Name the lots with too few bidders: nothing is decided about them."""
    decided = case.only(OPENED)
    if decided is None:
        return set()
    opened = case.object(Opened, decided.object, decided.placed.path)
    return {one.lot for one in opened.short}


def _price(outcome: Outcome) -> Decimal:
    return Decimal(_announced(outcome)[0])


def _announced(outcome: Outcome) -> tuple[str, str]:
    """Give the price that is scored, tax included, and its currency."""
    assert outcome.announced is not None, "an opened bid has a price, or it could not be read"
    return outcome.announced.total, outcome.announced.currency


def _by(decision: Decision, said: str) -> Iterator[Finding]:
    if decision.placed.event.by != said:
        path = decision.placed.path
        yield Finding("other-person", path, str(decision.placed.event.by), said)


def _second(first: Judgement | Proposal | None, by: str, path: str) -> Iterator[Finding]:
    if first is None:
        yield Finding("nothing-to-decide", path, "something that was put forward", "nothing")
    elif first.by == by:
        yield Finding("same-person", path, "a second person", by)


def _end(case: Case, ended: dict[str, bool]) -> Iterator[Finding]:
    """A tender is concluded when every lot is decided, and one at least was awarded."""
    for decision in case.decisions:
        if decision.verb not in (CONCLUDED, FAILED) or case.only(OPENED) is None:
            continue
        lots = {lot.lot for lot in case.notice.lots} - _short(case)
        concluded = decision.verb == CONCLUDED
        if lots - ended.keys() or concluded != any(ended.values()):
            decided = f"{len(ended)} of {len(lots)} lots decided"
            yield Finding("ended-too-soon", decision.placed.path, "every lot decided", decided)
