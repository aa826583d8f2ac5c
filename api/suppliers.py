"""What a supplier says of itself once, and where that answers a tender; its own people's alone."""

from uuid import UUID

from django.http import StreamingHttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.raw import DIGEST_HEADER, incoming
from api.serializers import InstantField, Shape, read
from procurement.actions.facts import declare, give_fact
from procurement.ceremonies.supplier_documents import MOST_BYTES, give_document
from procurement.models import Declaration, SupplierDocument, SupplierFact
from procurement.queries_profile import (
    content_of,
    declaration_of,
    document_of,
    documents_of,
    facts_of,
)
from procurement.rules.declaration import STATEMENTS
from tenders.queries_profile import Answer, answers_for

RAW = "application/octet-stream"


class NewFact(Shape):
    kind = serializers.CharField(max_length=64)
    value = serializers.CharField(max_length=10_000)
    valid_from = InstantField(allow_null=True, default=None)
    valid_until = InstantField(allow_null=True, default=None)


class NewDeclaration(Shape):
    statements = serializers.ListField(child=serializers.CharField(max_length=64), max_length=100)
    valid_from = InstantField(allow_null=True, default=None)
    valid_until = InstantField()


class Validity(Shape):
    valid_until = InstantField(required=False)


class WhichTender(Shape):
    tender = serializers.UUIDField()


class ProfileView(View):
    @extend_schema(parameters=[OpenApiParameter("for", str)], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, supplier: UUID) -> Response:
        """Show what we gave once; with ``for``, how that answers a tender's form."""
        by = self.signed_in()
        if asked := request.query_params.get("for"):
            tender = read(WhichTender, {"tender": asked})["tender"]
            found = answers_for(tender, supplier, by=by, now=self.now)
            return Response(
                {
                    "tender": tender,
                    "questions": [_answer(one) for one in found.questions],
                    "documents": [_answer(one) for one in found.documents],
                    "declaration_needed": found.declaration_needed,
                    "undeclared": [text._asdict() for text in found.undeclared],
                }
            )
        declaration = declaration_of(supplier, by)
        return Response(
            {
                "facts": [_fact(one) for one in facts_of(supplier, by)],
                "documents": [_document(one) for one in documents_of(supplier, by)],
                "declaration": _declaration(declaration) if declaration else None,
                "statements": {code: text._asdict() for code, text in STATEMENTS.items()},
            }
        )


class FactsView(View):
    @extend_schema(request=NewFact, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, supplier: UUID) -> Response:
        """Give a fact once; the one of this kind before is replaced (supplier)."""
        sent = read(NewFact, request.data)
        made = give_fact(supplier_id=supplier, **sent, by=self.signed_in(), now=self.now)
        return Response(_fact(made), 201)


class SupplierDocumentView(View):
    @extend_schema(responses={(200, RAW): OpenApiTypes.BINARY})
    def get(
        self,
        request: Request,  # noqa: ARG002
        supplier: UUID,
        name: str,
    ) -> StreamingHttpResponse:
        """Give one of our documents."""
        found = document_of(supplier, name, self.signed_in())
        headers = {
            "Content-Length": str(found.length),
            "Content-Disposition": "attachment",  # never shown as a page of ours
            DIGEST_HEADER: found.sha256,
        }
        return StreamingHttpResponse(
            content_of(found), headers=headers, content_type=found.media_type
        )

    @extend_schema(
        parameters=[Validity],
        request={RAW: OpenApiTypes.BINARY},
        responses={201: OpenApiTypes.OBJECT},
    )
    def put(self, request: Request, supplier: UUID, name: str) -> Response:
        """Give a document once; the one of this name before is replaced (supplier)."""
        made = give_document(
            supplier_id=supplier,
            name=name,
            media_type=request.headers.get("Content-Type", ""),
            body=incoming(request, limit=MOST_BYTES),
            valid_until=read(Validity, request.query_params.dict()).get("valid_until"),
            by=self.signed_in(),
            now=self.now,
        )
        return Response(_document(made), 201)


class DeclarationsView(View):
    @extend_schema(request=NewDeclaration, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, supplier: UUID) -> Response:
        """Declare what we would prove if we won; the declaration before is replaced (signer)."""
        sent = read(NewDeclaration, request.data)
        made = declare(supplier_id=supplier, **sent, by=self.signed_in(), now=self.now)
        return Response(_declaration(made), 201)


_OF = "v1/suppliers/<uuid:supplier>"
routes = [
    path(f"{_OF}/profile", ProfileView.as_view()),
    path(f"{_OF}/facts", FactsView.as_view()),
    path(f"{_OF}/documents/<str:name>", SupplierDocumentView.as_view()),
    path(f"{_OF}/declarations", DeclarationsView.as_view()),
]


def _fact(fact: SupplierFact) -> dict[str, object]:
    return {"kind": fact.kind, "value": fact.value, **_valid(fact)}


def _document(document: SupplierDocument) -> dict[str, object]:
    return {
        "name": document.name,
        "media_type": document.media_type,
        "length": document.length,
        "sha256": document.sha256,
        **_valid(document),
    }


def _declaration(declaration: Declaration) -> dict[str, object]:
    said = {"statements": declaration.statements, "object": declaration.object}
    return {**said, **_valid(declaration)}


def _valid(kept: SupplierFact | SupplierDocument | Declaration) -> dict[str, object]:
    return {"valid_from": kept.valid_from, "valid_until": kept.valid_until}


def _answer(answer: Answer) -> dict[str, object]:
    return {
        "asked": answer.asked,
        "required": answer.required,
        "standing": answer.standing.value,
        "fact": _fact(answer.fact) if answer.fact else None,
        "document": _document(answer.document) if answer.document else None,
    }
