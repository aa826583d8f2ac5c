"""Versions of notices and documents, what differs between them, and copies of a tender."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import URLPattern, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.serializers import InstantField, Shape, read
from api.tender_documents import NOTE, PDF, canonical_answer
from api.tender_shapes import document_json, tender_json
from tenders.actions.copying import copy
from tenders.models import NoticeVersion
from tenders.queries import document_of, note_of, tender_seen_by, versions_of
from tenders.queries_changes import (
    notice_at,
    notice_differences,
    notice_paper,
    notice_version,
    notice_versions,
)
from tenders.queries_comparisons import comparison_of
from tenders.rules.wording import summary

HIGHEST = 1_000_000  # of a version


class Between(Shape):
    """Two versions of a document: ``from`` and ``to``."""

    to = serializers.IntegerField(min_value=1, max_value=HIGHEST)

    def get_fields(self) -> dict[str, Any]:
        """Name the earlier version as a reader does; Python keeps the word to itself."""
        earlier = serializers.IntegerField(min_value=1, max_value=HIGHEST)
        return {"from": earlier, **super().get_fields()}


class NewCopy(Shape):
    plan_line = serializers.UUIDField()
    closes_at = InstantField()
    opens_at = InstantField(required=False)


class NoticesView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """List every version of the notice, oldest first, with why there was another."""
        found = notice_versions(tender_seen_by(self.by, tender))
        return Response({"notices": [_version_json(one) for one in found]})


class NoticeVersionView(View):
    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, tender: UUID, version: int) -> HttpResponse:  # noqa: ARG002
        """Give a version of the notice as its canonical bytes."""
        return canonical_answer(notice_at(tender_seen_by(self.by, tender), version))


class NoticeVersionNoteView(View):
    @extend_schema(responses={(200, NOTE): OpenApiTypes.STR})
    def get(self, request: Request, tender: UUID, version: int) -> HttpResponse:  # noqa: ARG002
        """Give a version of the notice as the agency signed it."""
        found = notice_version(tender_seen_by(self.by, tender), version)
        return HttpResponse(note_of(found.digest), NOTE)


class NoticeVersionPaperView(View):
    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, tender: UUID, version: int) -> HttpResponse:  # noqa: ARG002
        """Give the signed paper of a version of the notice."""
        return HttpResponse(notice_paper(tender_seen_by(self.by, tender), version), PDF)


class NoticeDifferencesView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID, version: int) -> Response:  # noqa: ARG002
        """Say what a version of the notice changed, against the one before it."""
        seen = tender_seen_by(self.by, tender)
        found = notice_differences(seen, version)
        why = notice_version(seen, version).reason
        shown = [one.to_json() for one in found]
        return Response({"version": version, "reason": why, "differences": shown})


class DocumentVersionsView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID, name: str) -> Response:  # noqa: ARG002
        """List the published versions of a document, oldest first."""
        found = versions_of(tender_seen_by(self.by, tender), name)
        return Response({"versions": [document_json(one) for one in found]})


class DocumentDifferencesView(View):
    @extend_schema(parameters=[Between], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID, name: str) -> Response:
        """Compare a version of a document with the one that it replaced.

        Of two PDF files or plain texts the passages that changed are shown, word by word or line
        by line, else ``said`` tells why the digests alone can be compared.
        """
        asked = read(Between, request.query_params.dict())
        seen = tender_seen_by(self.by, tender)
        earlier, later = (document_of(seen, name, asked[end]) for end in ("from", "to"))
        found = comparison_of(earlier, later)
        result = found.result if found else None
        shown = {
            "from": document_json(earlier),
            "to": document_json(later),
            "said": {**summary(result)._asdict()},
            "wording": result,
        }
        return Response(shown)


class CopiesView(View):
    @extend_schema(request=NewCopy, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Draft a tender as an earlier one was, for another plan line (officer)."""
        sent = read(NewCopy, request.data)
        line = sent.pop("plan_line")
        made = copy(tender_id=tender, plan_line_id=line, **sent, by=self.signed_in(), now=self.now)
        return Response(tender_json(made, by=self.by, now=self.now), 201)


def _version_json(one: NoticeVersion) -> dict[str, Any]:
    return {
        "version": one.version,
        "digest": one.digest,
        "published_at": one.published_at,
        "reason": one.reason or None,
        "pdf_sha256": one.pdf_sha256,
    }


_TENDER = "v1/tenders/<uuid:tender>"
routes: list[URLPattern] = [
    path(f"{_TENDER}/notices", NoticesView.as_view()),
    path(f"{_TENDER}/notices/<int:version>", NoticeVersionView.as_view()),
    path(f"{_TENDER}/notices/<int:version>.note", NoticeVersionNoteView.as_view()),
    path(f"{_TENDER}/notices/<int:version>.pdf", NoticeVersionPaperView.as_view()),
    path(f"{_TENDER}/notices/<int:version>/differences", NoticeDifferencesView.as_view()),
    path(f"{_TENDER}/documents/<str:name>/versions", DocumentVersionsView.as_view()),
    path(f"{_TENDER}/documents/<str:name>/differences", DocumentDifferencesView.as_view()),
    path(f"{_TENDER}/copies", CopiesView.as_view()),
]
