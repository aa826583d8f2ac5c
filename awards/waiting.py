"""What waits for those who propose and decide awards."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from awards.models import Admissibility, AdmissibilityState, AwardState, LotAward
from awards.queries import STANDING, judgement_needed, short_lots, unsound
from awards.queries_checks import why_to_judge
from bidding.models import Opening, OpeningState
from procurement.actors import Actor
from procurement.refusals import Fact
from procurement.roles import Role
from procurement.texts import Text
from procurement.waiting import Waiting
from tenders.models import Lot, TenderState

JUDGE = Text(
    "“{title}”: judge whether bid {bid} counts: {why}",
    "“{title}”：判断投标 {bid} 是否有效：{why}",
)
CONFIRM = Text(
    "“{title}”: confirm or decline the judgement on bid {bid}: {why}",
    "“{title}”：确认或否决对投标 {bid} 的判断：{why}",
)
PROPOSE = Text("“{title}”: propose who gets lot {lot}", "“{title}”：提议标段 {lot} 的中标人")
DECIDE = Text(
    "“{title}”: confirm or decline the proposal for lot {lot}",
    "“{title}”：确认或否决标段 {lot} 的定标提议",
)
SHOWN = 12  # hex digits of a digest
AT_WORK = {"tender__state": TenderState.CLOSED, "state": OpeningState.MINUTED}


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:  # noqa: ARG001
    """List what proposers and deciders of an agency do next, each for those who may do it."""
    proposes = actor.organisations(Role.AWARD_PROPOSER)
    decides = actor.organisations(Role.AWARD_DECIDER)
    return [
        *(_to_judge(proposes) if proposes else ()),
        *(_to_propose(proposes) if proposes else ()),
        *(_to_confirm(decides, actor) if decides else ()),
        *(_to_decide(decides, actor) if decides else ()),
    ]


def _to_judge(agencies: Iterable[UUID]) -> Iterable[Waiting]:
    standing = Admissibility.objects.filter(bid=OuterRef("pk"), state__in=STANDING)
    bids = (
        unsound()
        .filter(~Exists(standing), opening__in=_openings(agencies))
        .select_related("bid", "opening__tender")
        .prefetch_related("documents")
    )
    why = why_to_judge(bids)
    for one in bids:
        tender, bid = one.opening.tender, one.bid.digest
        facts: dict[str, Fact] = {"title": tender.title, "bid": bid[:SHOWN], "why": why[bid]}
        where = f"/api/v1/tenders/{tender.pk}/judgements"
        yield Waiting("judge-bid", tender.pk, one.opening.minuted_at, JUDGE, facts, where)


def _to_propose(agencies: Iterable[UUID]) -> Iterable[Waiting]:
    """Opened lots that nothing holds up: no proposal stands, and no bid is to be judged."""
    unsettled = judgement_needed().filter(
        opening__tender=OuterRef("tender"), bid__slot__lot=OuterRef("key")
    )
    openings = {opening.tender_id: opening for opening in _openings(agencies)}
    lots = Lot.objects.filter(
        Q(award=None) | Q(award__state=AwardState.PENDING), ~Exists(unsettled), tender__in=openings
    ).select_related("tender")
    for lot in lots:
        if lot.key in short_lots(openings[lot.tender_id]):
            continue
        facts: dict[str, Fact] = {"title": lot.tender.title, "lot": lot.key}
        since = openings[lot.tender_id].minuted_at
        yield Waiting(
            "propose-award", lot.tender_id, since, PROPOSE, facts, _address(lot, "proposal")
        )


def _to_confirm(agencies: Iterable[UUID], actor: Actor) -> Iterable[Waiting]:
    judgements = (
        Admissibility.objects.filter(
            state=AdmissibilityState.JUDGED, bid__outcome__opening__in=_openings(agencies)
        )
        .exclude(judged_by=actor.user_id)
        .select_related("bid__slot__tender", "bid__outcome__bid")
        .prefetch_related("bid__outcome__documents")
    )
    why = why_to_judge(one.bid.outcome for one in judgements)
    for one in judgements:
        tender, bid = one.bid.slot.tender, one.bid.digest
        facts: dict[str, Fact] = {"title": tender.title, "bid": bid[:SHOWN], "why": why[bid]}
        where = f"/api/v1/judgements/{one.pk}/decision"
        yield Waiting("confirm-judgement", tender.pk, one.judged_at, CONFIRM, facts, where)


def _to_decide(agencies: Iterable[UUID], actor: Actor) -> Iterable[Waiting]:
    awards = (
        LotAward.objects.filter(state=AwardState.PROPOSED, lot__tender__agency__in=agencies)
        .exclude(proposed_by=actor.user_id)
        .select_related("lot__tender")
    )
    for award in awards:
        lot = award.lot
        facts: dict[str, Fact] = {"title": lot.tender.title, "lot": lot.key}
        where = _address(lot, "decision")
        yield Waiting("decide-award", lot.tender_id, award.proposed_at, DECIDE, facts, where)


def _openings(agencies: Iterable[UUID]) -> QuerySet[Opening]:
    return Opening.objects.filter(tender__agency__in=agencies, **AT_WORK)


def _address(lot: Lot, act: str) -> str:
    return f"/api/v1/tenders/{lot.tender_id}/lots/{lot.key}/{act}"
