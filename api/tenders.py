"""Tenders, from the plan line to the published notice, and the orders that hold them up."""

from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import tender_documents
from api.accounts import Pages
from api.edge import View
from api.parsers import PublicationParser
from api.search_shapes import TenderFilter, search_of, why_json
from api.serializers import read, unbase64
from api.tender_shapes import (
    DraftCancellation,
    NewApproval,
    NewInterests,
    NewOrder,
    NewPlanLine,
    NewPublication,
    NewTender,
    Nothing,
    Sections,
    approval_json,
    new_draft,
    plan_line_json,
    sections,
    summary,
    tender_json,
)
from procurement.texts import Text
from tenders.actions import approvals, drafting, ending, interests, orders, plan
from tenders.actions.publishing import Signed
from tenders.ceremonies.publication import publish_notice
from tenders.models import ApprovalKind
from tenders.queries import plan_lines_seen_by, suspended_among, tender_seen_by
from tenders.queries_search import found, matches


class PlanLinesView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """List the plan of one's own agency, or of those one oversees, a page at a time."""
        pages = Pages()
        found = plan_lines_seen_by(self.signed_in())
        page = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response([plan_line_json(line) for line in page])

    @extend_schema(request=NewPlanLine, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Plan a purchase (officer)."""
        sent = read(NewPlanLine, request.data)
        line = plan.add_plan_line(
            agency_id=sent["agency"],
            title=Text(**sent["title"]),
            **sent["budget"],
            by=self.signed_in(),
            now=self.now,
        )
        return Response(plan_line_json(line), 201)


class PlanLineWithdrawalView(View):
    @extend_schema(request=Nothing, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, plan_line: UUID) -> Response:
        """Give a planned purchase up (officer)."""
        read(Nothing, request.data)
        line = plan.withdraw_plan_line(plan_line_id=plan_line, by=self.signed_in(), now=self.now)
        return Response(plan_line_json(line))


class TendersView(View):
    @extend_schema(parameters=[TenderFilter], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """List tenders, a page at a time: what is published to all, drafts to those concerned."""
        asked = read(TenderFilter, request.query_params.dict())
        search, mine = search_of(asked), asked["mine"]
        pages = Pages()
        page = pages.paginate_queryset(found(self.by, search, mine=mine), request, view=self) or []
        held, why = suspended_among(page, self.now), matches(page, search)
        shown = [
            {**summary(tender, suspended=tender.pk in held), **why_json(why.get(tender.pk))}
            for tender in page
        ]
        return pages.get_paginated_response(shown)

    @extend_schema(request=NewTender, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Draft a tender for a planned purchase (officer)."""
        sent = read(NewTender, request.data)
        made = drafting.draft(
            plan_line_id=sent.pop("plan_line"),
            pack=sent.pop("pack"),
            draft=new_draft(sent),
            by=self.signed_in(),
            now=self.now,
        )
        return Response(tender_json(made, by=self.by, now=self.now), 201)


class TenderView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Show a tender."""
        found = tender_seen_by(self.by, tender)
        return Response(tender_json(found, by=self.by, now=self.now))

    @extend_schema(request=Sections, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, tender: UUID) -> Response:
        """Replace sections of a draft; approvals of it are void then (officer)."""
        sent = sections(read(Sections, request.data))
        made = drafting.edit(tender_id=tender, sections=sent, by=self.signed_in(), now=self.now)
        return Response(tender_json(made, by=self.by, now=self.now))


class InterestsView(View):
    @extend_schema(request=NewInterests, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Declare one's interests in a tender (whoever has a part in the agency's tenders)."""
        sent = read(NewInterests, request.data)
        made = interests.declare(tender_id=tender, **sent, by=self.signed_in(), now=self.now)
        shown = {"conflict": made.conflict, "statement": made.statement}
        return Response({**shown, "declared_at": made.declared_at}, 201)


class ApprovalRequestView(View):
    @extend_schema(request=Nothing, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, tender: UUID) -> Response:
        """Submit a draft for approval (officer)."""
        read(Nothing, request.data)
        made = approvals.submit_for_approval(tender_id=tender, by=self.signed_in(), now=self.now)
        return Response(tender_json(made, by=self.by, now=self.now))


class ApprovalsView(View):
    @extend_schema(request=NewApproval, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Approve a draft in one respect, or send it back (legal and finance approver)."""
        sent = read(NewApproval, request.data)
        kind = ApprovalKind(sent.pop("kind"))
        made = approvals.judge(
            tender_id=tender, kind=kind, **sent, by=self.signed_in(), now=self.now
        )
        return Response(approval_json(made), 201)


class PublicationView(View):
    fresh = True
    parser_classes = (PublicationParser,)

    @extend_schema(request=NewPublication, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Publish a tender by its signed notice, keyset and paper (officer)."""
        sent = read(NewPublication, request.data)
        signed = Signed(
            notice_note=sent["notice_note"].encode(),
            keyset_note=sent["keyset_note"].encode(),
            pdf=unbase64(sent["notice_pdf"], "/notice_pdf"),
        )
        made = publish_notice(tender_id=tender, signed=signed, by=self.signed_in(), now=self.now)
        return Response(tender_json(made, by=self.by, now=self.now), 201)


class CancellationView(View):
    fresh = True

    @extend_schema(request=NewOrder, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, tender: UUID) -> Response:
        """Give a tender up: a draft with a reason, a published one by a signed order (officer)."""
        by, sent = self.signed_in(), request.data
        if isinstance(sent, dict) and "order_note" in sent:
            note = read(NewOrder, sent)["order_note"].encode()
            made = ending.cancel(tender_id=tender, order_note=note, by=by, now=self.now)
        else:
            reason = read(DraftCancellation, sent)["reason"]
            made = ending.cancel_draft(tender_id=tender, reason=reason, by=by, now=self.now)
        return Response(tender_json(made, by=by, now=self.now))


class OrdersView(View):
    fresh = True

    @extend_schema(request=NewOrder, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Suspend a running tender or let it go on, by a signed order (supervisor)."""
        note = read(NewOrder, request.data)["order_note"].encode()
        made = orders.make(tender_id=tender, order_note=note, by=self.signed_in(), now=self.now)
        return Response({"order": made.digest(), "effect": made.effect}, 201)


routes = [
    path("v1/plan-lines", PlanLinesView.as_view()),
    path("v1/plan-lines/<uuid:plan_line>/withdrawal", PlanLineWithdrawalView.as_view()),
    path("v1/tenders", TendersView.as_view()),
    path("v1/tenders/<uuid:tender>", TenderView.as_view()),
    path("v1/tenders/<uuid:tender>/interests", InterestsView.as_view()),
    path("v1/tenders/<uuid:tender>/approval-request", ApprovalRequestView.as_view()),
    path("v1/tenders/<uuid:tender>/approvals", ApprovalsView.as_view()),
    path("v1/tenders/<uuid:tender>/publication", PublicationView.as_view()),
    path("v1/tenders/<uuid:tender>/cancellation", CancellationView.as_view()),
    path("v1/tenders/<uuid:tender>/orders", OrdersView.as_view()),
    *tender_documents.routes,
]
