"""Mandates to sign for a body: drawn up, given with its signature, listed, revoked."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.accounts import LONGEST_PROOF, PDF, Pages
from api.edge import View
from api.serializers import InstantField, Shape, read, unbase64
from procurement.actions.enrolment import MAX_CERTIFICATE_BYTES
from procurement.actions.mandates import revoke_mandate
from procurement.mandate_paper import mandate_pdf
from procurement.models import SigningMandate
from procurement.queries_mandates import mandates_of
from procurement.refusals import BadInput, Fault
from procurement.texts import Text
from signatures.mandates import Source, ask, give

LONGEST_REASON = 4000  # characters
_ONE_SOURCE = Text(
    "Name the certificate in one way: certificate, enrolled or signed_pdf",
    "请仅以一种方式指明证书：certificate、enrolled 或 signed_pdf",
)


class NewPaper(Shape):
    certificate = serializers.CharField(max_length=MAX_CERTIFICATE_BYTES * 2, required=False)
    enrolled = serializers.RegexField("^[0-9a-f]{64}$", required=False)  # its SHA-256
    signed_pdf = serializers.CharField(max_length=LONGEST_PROOF, required=False)  # base64
    valid_from = InstantField(required=False)
    valid_until = InstantField()


class SignedMandate(Shape):
    signed_mandate = serializers.CharField(max_length=LONGEST_PROOF)  # base64 of the PDF


class NewRevocation(Shape):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class PapersView(View):
    @extend_schema(request=NewPaper, responses={(201, PDF): OpenApiTypes.BINARY})
    def post(self, request: Request, organisation: UUID) -> HttpResponse:
        """Give a mandate to sign as a paper (administrator of the supplier, or operator)."""
        sent = read(NewPaper, request.data)
        made = ask(
            organisation_id=organisation,
            source=_source(sent),
            valid_from=sent.get("valid_from"),
            valid_until=sent["valid_until"],
            by=self.signed_in(),
            now=self.now,
        )
        return HttpResponse(mandate_pdf(made), PDF, status=201)


class MandatesView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, organisation: UUID) -> Response:
        """List a body's mandates, the newest first, a page at a time."""
        pages = Pages()
        found = mandates_of(organisation, self.signed_in())
        page = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response([_mandate(one) for one in page])

    @extend_schema(request=SignedMandate, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, organisation: UUID) -> Response:
        """Record a mandate by its paper, signed with the body's own certificate."""
        pdf = unbase64(read(SignedMandate, request.data)["signed_mandate"], "/signed_mandate")
        made = give(organisation_id=organisation, pdf=pdf, by=self.signed_in(), now=self.now)
        return Response(_mandate(made), 201)


class RevocationView(View):
    @extend_schema(request=NewRevocation, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, organisation: UUID, mandate: UUID) -> Response:
        """Revoke a mandate at once (administrator of the supplier, or operator)."""
        made = revoke_mandate(
            organisation_id=organisation,
            mandate_id=mandate,
            **read(NewRevocation, request.data),
            by=self.signed_in(),
            now=self.now,
        )
        return Response(_mandate(made))


_OF = "v1/organisations/<uuid:organisation>"
routes = [
    path(f"{_OF}/mandate-papers", PapersView.as_view()),
    path(f"{_OF}/mandates", MandatesView.as_view()),
    path(f"{_OF}/mandates/<uuid:mandate>/revocation", RevocationView.as_view()),
]


def _source(sent: dict[str, str]) -> Source:
    """Take the one certificate that was named.

    :raises BadInput: where none was, or several.
    """
    if len(sent.keys() & {"certificate", "enrolled", "signed_pdf"}) != 1:
        raise BadInput(faults=[Fault("one-certificate", _ONE_SOURCE)])
    files = {
        name: unbase64(sent[name], f"/{name}")
        for name in ("certificate", "signed_pdf")
        if name in sent
    }
    return Source(**files, enrolled=sent.get("enrolled"))


def _mandate(made: SigningMandate) -> dict[str, object]:
    return {
        "id": made.pk,
        "number": made.number,
        "certificate": made.certificate_sha256,
        "holder": made.holder,
        "scope": made.scope,
        "valid_from": made.valid_from,
        "valid_until": made.valid_until,
        "asked_at": made.asked_at,
        "recorded_at": made.recorded_at,
        "paper_sha256": made.paper_sha256,
        "revoked_at": made.revoked_at,
        "revoked_for": made.revoked_for,
    }
