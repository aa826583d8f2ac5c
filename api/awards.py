"""After the opening: rankings for everyone; judgements, proposals and decisions for the agency."""

from uuid import UUID

from django.http import StreamingHttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.serializers import Shape, read
from awards.actions.judging import decide_judgement, judge
from awards.ceremonies.deciding import decide, propose
from awards.ceremonies.decision_paper import read_decision_paper
from awards.models import Admissibility, LotAward
from awards.queries import LotResult, bidder_of, results
from bidding.models import Bid
from procurement.models import Organisation
from procurement.proof.canonical import JSON
from procurement.proof.instants import format_instant
from tenders.queries import tender_seen_by

LONGEST_REASON = 4_000
DIGEST = "^[0-9a-f]{64}$"
PDF = "application/pdf"


class NewJudgement(Shape):
    bid = serializers.RegexField(DIGEST)
    counts = serializers.BooleanField()
    reason = serializers.CharField(max_length=LONGEST_REASON)


class NewProposal(Shape):
    bid = serializers.RegexField(DIGEST, allow_null=True)
    reason = serializers.CharField(max_length=LONGEST_REASON)


class NewDecision(Shape):
    decision = serializers.ChoiceField(["confirmed", "declined"])
    reason = serializers.CharField(max_length=LONGEST_REASON)


class RankingView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Give every lot's ranking, judgements and award, once the bids were opened."""
        found = tender_seen_by(self.by, tender)
        return Response({"lots": [_lot(one) for one in results(found)]})


class JudgementsView(View):
    @extend_schema(request=NewJudgement, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Judge whether a bid counts whose signatures do not hold (award proposer)."""
        sent = read(NewJudgement, request.data)
        made = judge(tender_id=tender, **sent, by=self.signed_in(), now=self.now)
        return Response(_judgement(made), 201)


class JudgementDecisionView(View):
    fresh = True

    @extend_schema(request=NewDecision, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, judgement: UUID) -> Response:
        """Confirm or decline somebody else's judgement (award decider)."""
        sent = read(NewDecision, request.data)
        made = decide_judgement(judgement_id=judgement, **sent, by=self.signed_in(), now=self.now)
        return Response(_judgement(made))


class ProposalView(View):
    @extend_schema(request=NewProposal, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID, lot: str) -> Response:
        """Propose who gets a lot, with a reason (award proposer)."""
        sent = read(NewProposal, request.data)
        made = propose(tender_id=tender, lot=lot, **sent, by=self.signed_in(), now=self.now)
        return Response(_award(made), 201)


class DecisionView(View):
    fresh = True

    @extend_schema(request=NewDecision, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, tender: UUID, lot: str) -> Response:
        """Confirm or decline somebody else's proposal (award decider)."""
        sent = read(NewDecision, request.data)
        made = decide(tender_id=tender, lot=lot, **sent, by=self.signed_in(), now=self.now)
        return Response(_award(made))


class DecisionPaperView(View):
    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, tender: UUID, decision: str) -> StreamingHttpResponse:  # noqa: ARG002
        """Give a decision as a paper with the platform's seal; it is named by its digest."""
        found = read_decision_paper(tender_id=tender, decision=decision, by=self.by)
        return StreamingHttpResponse(found, content_type=PDF)


routes = [
    path("v1/tenders/<uuid:tender>/ranking", RankingView.as_view()),
    path("v1/tenders/<uuid:tender>/judgements", JudgementsView.as_view()),
    path("v1/judgements/<uuid:judgement>/decision", JudgementDecisionView.as_view()),
    path("v1/tenders/<uuid:tender>/lots/<str:lot>/proposal", ProposalView.as_view()),
    path("v1/tenders/<uuid:tender>/lots/<str:lot>/decision", DecisionView.as_view()),
    path("v1/tenders/<uuid:tender>/decisions/<str:decision>.pdf", DecisionPaperView.as_view()),
]


def _lot(result: LotResult) -> dict[str, JSON]:
    return {
        "lot": result.lot.key,
        "ranking": result.ranking.to_json(),
        "digest": result.ranking.digest(),
        "to_judge": [one.bid.digest for one in result.to_judge],
        "judgements": [_judgement(one) for one in result.judgements],
        "bidders": {str(one.pk): _name(one) for one in result.bidders},
        "award": _award(result.award) if result.award else None,
        "sealed": result.sealed,
    }


def _judgement(judgement: Admissibility) -> dict[str, JSON]:
    return {
        "id": str(judgement.pk),
        "state": judgement.state,
        "bid": judgement.bid.digest,
        "counts": judgement.counts,
        "reason": judgement.reason,
        "object": judgement.object,
        "judged_at": format_instant(judgement.judged_at),
        "decided_at": format_instant(judgement.decided_at) if judgement.decided_at else None,
        "decision_reason": judgement.decision_reason,
    }


def _award(award: LotAward) -> dict[str, JSON]:
    return {
        "state": award.state,
        "bid": award.bid.digest if award.bid else None,
        "bidder": _bidder(award.bid) if award.bid else None,
        "reason": award.reason,
        "ranking": award.ranking,
        "proposal": award.proposal,
        "decision": award.decision,
        "decision_paper": _paper(award),
        "decision_reason": award.decision_reason,
    }


def _paper(award: LotAward) -> str | None:
    """Say where the newest decision stands as a paper; it takes some seconds to be there."""
    if not award.decision:
        return None
    return f"/api/v1/tenders/{award.lot.tender_id}/decisions/{award.decision}.pdf"


def _bidder(bid: Bid) -> dict[str, JSON]:
    found = bidder_of(bid)
    return {"lead": found.lead, "members": [*found.members]}


def _name(body: Organisation) -> JSON:
    return {"en": body.name_in("en"), "zh": body.name_in("zh")}
