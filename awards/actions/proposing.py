"""Proposing who gets a lot: one person, with a reason, on a ranking that is settled."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from awards.actions.ready import TooFewBidders, require_ready, require_reason
from awards.actions.winner import DoesNotCount, require_eligible
from awards.models import LotAward
from awards.queries import LotResult, result
from awards.queries_checks import why_to_judge
from awards.statements import Proposal
from awards.verbs import Verb
from bidding.models import Bid
from procurement import objects, outbox
from procurement.actors import Actor, require
from procurement.journal.record import Kind, record
from procurement.refusals import Fault, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.entry import locked

PROPOSE = Text("propose an award", "提议定标")
NOT_JUDGED = Text(
    "Whether bid {bid} counts must be judged and confirmed: {why}",
    "投标 {bid} 是否有效须先判断并经确认：{why}",
)
SHOWN = 12  # hex digits of a digest, enough to find it on the page


class JudgementMissing(Refusal):
    code, status = "judgement-missing", 409
    title = Text("A bid of this lot has still to be judged", "本标段尚有投标有待判断")


@transaction.atomic
def propose(
    *, tender_id: UUID, lot: str, bid: str | None, reason: str, by: Actor, now: datetime
) -> LotAward:
    """Propose a bid for a lot by its digest, or None for nobody, with a reason that stands.

    The first of the ranking need not be proposed; whoever proposes another says why.

    :raises NotPermitted: unless ``by`` proposes for the agency.
    :raises NotFound: for a lot that is not there.
    :raises TooFewBidders: for a lot that was not opened.
    :raises JudgementMissing: while a bid of the lot has still to be judged.
    :raises DoesNotCount: for a bid that is not in the ranking.
    :raises WinnerDebarred: when somebody who stands in the bid is on the debarment list.
    :raises BadInput: without a reason.
    :raises WrongState: when something is proposed already, or decided.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.PROPOSE_AWARD, of=tender.agency_id)

    require_ready(tender, action=PROPOSE, by=by, now=now)
    require_reason(reason)
    found = result(tender, lot)
    _require_settled(found, bid)
    proposed = Bid.objects.get(digest=bid) if bid else None
    looked_up = require_eligible(proposed, now=now) if proposed else None

    award, _ = LotAward.objects.select_for_update().get_or_create(lot=found.lot)
    digest = objects.store(found.ranking.to_json(), tender=tender.pk, at=now)
    said = Proposal(str(tender.pk), lot, digest, bid, reason, str(by.user_id))
    proposal = objects.store(said.to_json(), tender=tender.pk, at=now)
    award.propose(at=now, by=by.user_id, proposal=proposal)
    award.bid = proposed
    award.ranking, award.reason = digest, reason
    award.save()
    body = {"object": proposal} | ({"check": looked_up.digest} if looked_up else {})
    record(Verb.AWARD_PROPOSED, tender=tender.pk, by=by, at=now, body={**body}, kind=Kind.CONTROL)
    outbox.announce(Verb.AWARD_PROPOSED, tender.pk, lot=lot)
    return award


def _require_settled(found: LotResult, bid: str | None) -> None:
    if found.sealed is not None:
        raise TooFewBidders
    if found.to_judge:
        raise JudgementMissing(
            faults=[
                Fault("not-judged", NOT_JUDGED, {"bid": digest[:SHOWN], "why": why})
                for digest, why in why_to_judge(found.to_judge).items()
            ]
        )
    if bid is not None and bid not in {place.bid for place in found.ranking.places}:
        raise DoesNotCount
