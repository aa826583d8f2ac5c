"""The debarment list: public as it stands, kept by operators, confirmed by supervisors."""

from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.accounts import Pages
from api.edge import View
from api.serializers import InstantField, Shape, read
from awards.queries_checks import checks_of
from procurement.actions.debarment import decide_debarment, propose_debarment, propose_lifting
from procurement.models import Debarment, DebarmentCheck
from procurement.queries_debarment import debarments, list_version
from tenders.queries import tender_seen_by

LONGEST_REASON = 4_000


class NewDebarment(Shape):
    identifier_scheme = serializers.CharField(max_length=20)
    identifier = serializers.CharField(max_length=100)
    name = serializers.CharField(max_length=300)
    starts_at = InstantField()
    ends_at = InstantField(allow_null=True, default=None)
    source = serializers.CharField(max_length=1_000)  # type: ignore[assignment]
    reason = serializers.CharField(max_length=LONGEST_REASON)


class NewLifting(Shape):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class Confirmation(Shape):
    confirmed = serializers.BooleanField()


class DebarmentsView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """List who is or was debarred, with the version of the list, a page at a time."""
        pages = Pages()
        page = pages.paginate_queryset(debarments(self.by), request, view=self) or []
        answer = pages.get_paginated_response([_debarment(one) for one in page])
        answer.data["version"] = list_version()
        return answer

    @extend_schema(request=NewDebarment, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Put a body forward for the list (operator)."""
        sent = read(NewDebarment, request.data)
        made = propose_debarment(**sent, by=self.signed_in(), now=self.now)
        return Response(_debarment(made), 201)


class DebarmentLiftingView(View):
    @extend_schema(request=NewLifting, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, debarment: UUID) -> Response:
        """Put forward that an entry should go before its date (operator)."""
        sent = read(NewLifting, request.data)
        made = propose_lifting(debarment_id=debarment, **sent, by=self.signed_in(), now=self.now)
        return Response(_debarment(made), 201)


class DebarmentDecisionView(View):
    @extend_schema(request=Confirmation, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, debarment: UUID) -> Response:
        """Confirm or decline what an operator put forward (supervisor)."""
        sent = read(Confirmation, request.data)
        made = decide_debarment(debarment_id=debarment, **sent, by=self.signed_in(), now=self.now)
        return Response(_debarment(made))


class ChecksView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Show, after the opening, which bidders were looked up, when, and what was found."""
        by = self.signed_in()
        found = checks_of(tender_seen_by(by, tender), by)
        return Response({"checks": [_check(one) for one in found]})


routes = [
    path("v1/debarments", DebarmentsView.as_view()),
    path("v1/debarments/<uuid:debarment>/lifting", DebarmentLiftingView.as_view()),
    path("v1/debarments/<uuid:debarment>/decision", DebarmentDecisionView.as_view()),
    path("v1/tenders/<uuid:tender>/debarment-checks", ChecksView.as_view()),
]


def _debarment(one: Debarment) -> dict[str, object]:
    return {
        "id": one.pk,
        "state": one.state,
        "identifier": {"scheme": one.identifier_scheme, "id": one.identifier},
        "name": one.name,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "source": one.source,
        "reason": one.reason,
        "listed_version": one.listed_version,
        "lift_reason": one.lift_reason,
        "lifted_version": one.lifted_version,
    }


def _check(one: DebarmentCheck) -> dict[str, object]:
    return {
        "bid": one.bid,
        "organisation": one.organisation_id,
        "name": {"en": one.organisation.name_en, "zh": one.organisation.name_zh},
        "purpose": one.purpose,
        "at": one.at,
        "list_version": one.list_version,
        "found": one.found,
        "evidence": one.object,
    }
