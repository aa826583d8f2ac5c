"""What a tender gives out: documents, and the notice as an object, a signed note and a paper."""

from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.raw import incoming
from api.serializers import Shape, read
from api.tender_shapes import document_json
from procurement.proof.shapes import Statement
from procurement.refusals import NotFound
from tenders.ceremonies.documents import MOST_BYTES, add_document
from tenders.drafting import shown_form, shown_notice, shown_pdf
from tenders.queries import (
    content_of,
    document_of,
    documents_of,
    keyset_of,
    note_of,
    tender_seen_by,
)
from tenders.response_form import json_schema

NOTE = "text/plain; charset=utf-8"
PDF = "application/pdf"


class WhichVersion(Shape):
    version = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False)


class DocumentsView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """List the newest version of every document."""
        found = documents_of(tender_seen_by(self.by, tender))
        return Response({"documents": [document_json(document) for document in found]})


class DocumentView(View):
    @extend_schema(
        parameters=[WhichVersion],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, tender: UUID, name: str) -> StreamingHttpResponse:
        """Give a document, the newest version unless another is asked for."""
        asked = read(WhichVersion, request.query_params.dict())
        found = document_of(tender_seen_by(self.by, tender), name, asked.get("version"))
        headers = {
            "Content-Length": str(found.length),
            "Content-Disposition": "attachment",  # never shown as a page of ours
            "Content-SHA256": found.sha256,
        }
        return StreamingHttpResponse(
            content_of(found), headers=headers, content_type=found.media_type
        )

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: OpenApiTypes.OBJECT},
    )
    def put(self, request: Request, tender: UUID, name: str) -> Response:
        """Add a document or its next version; the same bytes are the same version (officer)."""
        made = add_document(
            tender_id=tender,
            name=name,
            media_type=request.headers.get("Content-Type", ""),
            body=incoming(request, limit=MOST_BYTES),
            by=self.signed_in(),
            now=self.now,
        )
        return Response(document_json(made), 201)


class NoticeView(View):
    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, tender: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the notice as its canonical bytes; before it is published, the one to sign."""
        return canonical_answer(shown_notice(tender_seen_by(self.by, tender), by=self.by))


class NoticeNoteView(View):
    @extend_schema(responses={(200, NOTE): OpenApiTypes.STR})
    def get(self, request: Request, tender: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the notice as the agency signed it."""
        return HttpResponse(note_of(tender_seen_by(self.by, tender).notice), NOTE)


class NoticePaperView(View):
    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, tender: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the paper that carries notice and keyset: signed, or before that the one to sign."""
        return HttpResponse(shown_pdf(tender_seen_by(self.by, tender), by=self.by), PDF)


class KeysetView(View):
    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, tender: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the keyset as its canonical bytes."""
        return canonical_answer(keyset_of(tender_seen_by(self.by, tender)))


class KeysetNoteView(View):
    @extend_schema(responses={(200, NOTE): OpenApiTypes.STR})
    def get(self, request: Request, tender: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the keyset as the agency signed it."""
        return HttpResponse(note_of(keyset_of(tender_seen_by(self.by, tender)).digest()), NOTE)


class ResponseFormView(View):
    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, tender: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the form that every offer answers, as its canonical bytes."""
        return canonical_answer(shown_form(tender_seen_by(self.by, tender)))


class OfferSchemaView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID, lot: str) -> Response:  # noqa: ARG002
        """Give the JSON Schema of an offer for a lot."""
        form = shown_form(tender_seen_by(self.by, tender))
        if form.table(lot) is None:
            raise NotFound
        return Response(json_schema(form.to_json(), lot))


def canonical_answer(statement: Statement) -> HttpResponse:
    """Give an object of the protocol as its canonical bytes, with its digest beside them."""
    headers = {"Digest-SHA256": statement.digest()}
    return HttpResponse(statement.canonical(), "application/json", headers=headers)


routes = [
    path("v1/tenders/<uuid:tender>/documents", DocumentsView.as_view()),
    path("v1/tenders/<uuid:tender>/documents/<str:name>", DocumentView.as_view()),
    path("v1/tenders/<uuid:tender>/notice", NoticeView.as_view()),
    path("v1/tenders/<uuid:tender>/notice.note", NoticeNoteView.as_view()),
    path("v1/tenders/<uuid:tender>/notice.pdf", NoticePaperView.as_view()),
    path("v1/tenders/<uuid:tender>/keyset", KeysetView.as_view()),
    path("v1/tenders/<uuid:tender>/keyset.note", KeysetNoteView.as_view()),
    path("v1/tenders/<uuid:tender>/response-form", ResponseFormView.as_view()),
    path("v1/tenders/<uuid:tender>/lots/<str:lot>/offer-schema", OfferSchemaView.as_view()),
]
