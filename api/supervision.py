"""What supervisors read, and ask for; every reading is written down."""

from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.oversight import entry_json
from api.serializers import Shape, read
from oversight.actions import read_askers, read_attempts, read_supervision
from oversight.queries_supervision import Late
from procurement.proof.instants import format_instant
from tenders.actions.asking import commitment
from tenders.actions.demands import reply
from tenders.models import Demand, MissedCutOff, Question, Reply, Tender
from tenders.queries_demands import demands_seen_by
from tenders.rules import remark

REASON = OpenApiParameter("reason", str, required=True, description="written down with the reading")


class Reason(Shape):
    reason = serializers.CharField(max_length=remark.LONGEST, allow_blank=True, default="")


class NewReply(Shape):
    text = serializers.CharField(max_length=remark.LONGEST)


class SupervisionView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Tell what goes on in one's jurisdiction (supervisor)."""
        found = read_supervision(by=self.signed_in(), now=self.now)
        return Response({
            "closings": [_closing(one) for one in found.closings],
            "openings": [_opening(one) for one in found.openings],
            "late": [_late(one) for one in found.late],
            "overdue_answers": [_unanswered(one) for one in found.unanswered],
            "demands": [{**_about(one.tender), **_demand(one)} for one in found.demands],
        })  # fmt: skip


class AttemptsView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """List what was refused about a tender (supervisor)."""
        found = read_attempts(tender_id=tender, by=self.signed_in(), now=self.now)
        return Response({"attempts": [entry_json(one) for one in found]})


class AskersView(View):
    @extend_schema(parameters=[REASON], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:
        """Tell who asked what, after the end of a tender (supervisor)."""
        reason = read(Reason, request.query_params.dict())["reason"]
        found = read_askers(tender_id=tender, reason=reason, by=self.signed_in(), now=self.now)
        return Response({"askers": [_asker(one) for one in found]})


class DemandsView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """List what supervisors asked for, and the replies (the agency, supervisor)."""
        found = demands_seen_by(self.signed_in(), tender)
        return Response({"demands": [_demand(one) for one in found]})


class ReplyView(View):
    @extend_schema(request=NewReply, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID, order: str) -> Response:
        """Reply to what a supervisor asked for, once (officer)."""
        text = read(NewReply, request.data)["text"]
        made = reply(tender_id=tender, order=order, text=text, by=self.signed_in(), now=self.now)
        return Response(_reply(made), 201)


_OF_TENDER = "v1/tenders/<uuid:tender>"
routes = [
    path("v1/supervision", SupervisionView.as_view()),
    path(f"{_OF_TENDER}/attempts", AttemptsView.as_view()),
    path(f"{_OF_TENDER}/askers", AskersView.as_view()),
    path(f"{_OF_TENDER}/demands", DemandsView.as_view()),
    path(f"{_OF_TENDER}/demands/<str:order>/reply", ReplyView.as_view()),
]


def _about(tender: Tender) -> dict[str, object]:
    agency = {"id": tender.agency_id, "en": tender.agency.name_en, "zh": tender.agency.name_zh}
    return {"tender": tender.pk, "title": tender.title._asdict(), "agency": agency}


def _closing(tender: Tender) -> dict[str, object]:
    return {**_about(tender), "closes_at": format_instant(tender.closes_at)}


def _opening(tender: Tender) -> dict[str, object]:
    return {**_about(tender), "opens_at": format_instant(tender.opens_at)}


def _late(late: Late) -> dict[str, object]:
    return {**_about(late.tender), "what": late.what, "since": format_instant(late.since)}


def _unanswered(missed: MissedCutOff) -> dict[str, object]:
    since = format_instant(missed.answers_until)
    return {**_about(missed.tender), "answers_until": since, "extended": missed.extended}


def _demand(demand: Demand) -> dict[str, object]:
    return {
        "order": demand.order,
        "supervisor": demand.supervisor_id,
        "cause": demand.cause,
        "made_at": format_instant(demand.made_at),
        "due_at": format_instant(demand.due_at),
        "reply": _reply(demand.reply) if hasattr(demand, "reply") else None,
    }


def _reply(reply: Reply) -> dict[str, object]:
    return {"text": reply.text, "by": reply.by_id, "at": format_instant(reply.at)}


def _asker(question: Question) -> dict[str, object]:
    supplier = question.supplier
    return {
        "question": question.pk,
        "text": question.text,
        "asked_at": format_instant(question.asked_at),
        "supplier": {"id": supplier.pk, "en": supplier.name_en, "zh": supplier.name_zh},
        "by": {"id": question.asked_by_id, "name": question.asked_by.name},
        "answer": question.answer.number if question.answer else None,
        "salt": question.salt.hex(),
        "commitment": commitment(question),
    }
