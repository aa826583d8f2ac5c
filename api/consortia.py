"""Bidding together: consortia and mandates, the members' own; for others as if there were none."""

from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bids import FilingView
from api.serializers import Shape, read
from bidding.actions.consortia import form_consortium, give_mandate, revoke_mandate
from bidding.models import Consortium, ConsortiumMember
from bidding.queries_consortia import own_consortia, own_consortium


class NewConsortium(Shape):
    lead = serializers.UUIDField()
    members = serializers.ListField(child=serializers.UUIDField(), max_length=200)


class NewMandate(Shape):
    supplier = serializers.UUIDField()


class ConsortiaView(FilingView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """List the consortia of a tender in which we stand."""
        found = own_consortia(tender, self.signed_in())
        return Response([_consortium(one) for one in found])

    @extend_schema(request=NewConsortium, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Form a consortium, as its lead."""
        sent = read(NewConsortium, request.data)
        made = form_consortium(tender_id=tender, **sent, by=self.signed_in(), now=self.now)
        return Response(_consortium(own_consortium(made.pk, self.by)), 201)


class ConsortiumView(FilingView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, consortium: UUID) -> Response:  # noqa: ARG002
        """Show a consortium in which we stand, and whose mandates it has."""
        return Response(_consortium(own_consortium(consortium, self.signed_in())))


class MandatesView(FilingView):
    @extend_schema(request=NewMandate, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, consortium: UUID) -> Response:
        """Let the lead sign and file in our name (signer of a member)."""
        sent = read(NewMandate, request.data)
        give_mandate(consortium_id=consortium, **sent, by=self.signed_in(), now=self.now)
        return Response(_consortium(own_consortium(consortium, self.by)), 201)


class MandateView(FilingView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request, consortium: UUID, supplier: UUID) -> Response:  # noqa: ARG002
        """Take our mandate back, before the bid is filed (signer of a member)."""
        by = self.signed_in()
        revoke_mandate(consortium_id=consortium, supplier=supplier, by=by, now=self.now)
        return Response(_consortium(own_consortium(consortium, self.by)))


_OF = "v1/consortia/<uuid:consortium>"
routes = [
    path("v1/tenders/<uuid:tender>/consortia", ConsortiaView.as_view()),
    path(_OF, ConsortiumView.as_view()),
    path(f"{_OF}/mandates", MandatesView.as_view()),
    path(f"{_OF}/mandates/<uuid:supplier>", MandateView.as_view()),
]


def _consortium(consortium: Consortium) -> dict[str, object]:
    return {
        "id": consortium.pk,
        "tender": consortium.tender_id,
        "lead": consortium.lead_id,
        "formed_at": consortium.formed_at,
        "members": [_member(one, consortium.lead_id) for one in consortium.members.all()],
    }


def _member(member: ConsortiumMember, lead: UUID) -> dict[str, object]:
    mandate = next(iter(member.mandates.all()), None)
    return {
        "supplier": member.supplier_id,
        "name": {"en": member.supplier.name_en, "zh": member.supplier.name_zh},
        "leads": member.supplier_id == lead,
        "mandate": mandate and {"object": mandate.object, "given_at": mandate.given_at},
    }
