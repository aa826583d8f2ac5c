"""The opening: who is there, what each holder hands in, what came out, and the history of it."""

from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.serializers import Shape, read
from bidding.ceremonies import opening as ceremony
from bidding.ceremonies.reading import read_document, read_minutes_paper, read_sealed
from bidding.models import HolderNote
from bidding.queries_opening import (
    history_for,
    intent_of,
    minutes_note,
    minutes_seen,
    set_for,
    status,
)

BINARY, JSON_TEXT, PDF = "application/octet-stream", "application/json", "application/pdf"
NOTE_TEXT = "text/plain; charset=utf-8"
LONGEST_NOTE = 1_900_000  # characters; a disclosure of one envelope has some 250
NOT_KEPT = {"Cache-Control": "no-store"}


class Nothing(Shape):
    """A body in which nothing is said."""


class NewNote(Shape):
    note = serializers.CharField(max_length=LONGEST_NOTE, trim_whitespace=False)


class OpeningView(View):
    fresh = True

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Tell where the opening stands; what came out is told when it is announced."""
        return Response(status(tender, self.by))

    @extend_schema(request=Nothing, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Ask for the opening (an opener who is present)."""
        read(Nothing, request.data)
        ceremony.request(tender_id=tender, by=self.signed_in(), now=self.now)
        return Response(status(tender, self.by), 201)


class PresenceView(View):
    fresh = True

    @extend_schema(request=Nothing, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Say that one is here (opener)."""
        read(Nothing, request.data)
        found = ceremony.attend(tender_id=tender, by=self.signed_in(), now=self.now)
        return Response({"idx": found.idx, "at": found.at}, 201)


class SetView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Give the closed set to try: bids, manifests, and what is asked (holder of a seat)."""
        return Response(set_for(tender, self.signed_in()), headers=NOT_KEPT)


class SealedFileView(View):
    @extend_schema(responses={(200, BINARY): OpenApiTypes.BINARY})
    def get(
        self,
        request: Request,  # noqa: ARG002
        tender: UUID,
        manifest: str,
        name: str,
    ) -> HttpResponse:
        """Give the small sealed file that one's own key decrypts (holder of a seat)."""
        by = self.signed_in()
        file = read_sealed(tender_id=tender, manifest=manifest, name=name, by=by)
        return HttpResponse(file, BINARY, headers=NOT_KEPT)


class FailuresView(View):
    fresh = True

    @extend_schema(request=NewNote, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Say what does not decrypt, as a signed note (holder whom the request names)."""
        note = _note(request)
        kept = ceremony.say_failures(tender_id=tender, note=note, by=self.signed_in(), now=self.now)
        return _taken(kept)


class DisclosuresView(View):
    fresh = True

    @extend_schema(request=NewNote, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Disclose one's shares of the whole set, as a signed note (opener who is present)."""
        note = _note(request)
        kept = ceremony.disclose(tender_id=tender, note=note, by=self.signed_in(), now=self.now)
        return _taken(kept)


class IntentView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Give the leaf of the journalled release intent."""
        return Response(intent_of(tender, self.by), headers=NOT_KEPT)


class ReleaseView(View):
    @extend_schema(request=NewNote, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Answer the release intent, once, as a signed note (timekeeper)."""
        note = _note(request)
        kept = ceremony.release(tender_id=tender, note=note, by=self.signed_in(), now=self.now)
        return _taken(kept)


class MinutesSignaturesView(View):
    fresh = True

    @extend_schema(request=NewNote, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Sign the minutes, as a note (opener who was present)."""
        note = _note(request)
        kept = ceremony.sign_minutes(tender_id=tender, note=note, by=self.signed_in(), now=self.now)
        return _taken(kept)


class HistoryView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Give everything that was decided, with its proofs, as one object."""
        return Response(history_for(tender, self.by).to_json(), headers=NOT_KEPT)


class MinutesView(View):
    @extend_schema(responses={(200, JSON_TEXT): OpenApiTypes.OBJECT})
    def get(self, request: Request, tender: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the minutes as their canonical bytes."""
        return HttpResponse(minutes_seen(tender, self.by).canonical(), JSON_TEXT)


class MinutesNoteView(View):
    @extend_schema(responses={(200, NOTE_TEXT): OpenApiTypes.STR})
    def get(self, request: Request, tender: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the minutes with the signatures of openers and platform, as one note."""
        return HttpResponse(minutes_note(tender, self.by), NOTE_TEXT)


class MinutesPaperView(View):
    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, tender: UUID) -> StreamingHttpResponse:  # noqa: ARG002
        """Give the minutes as a paper with the platform's seal."""
        found = read_minutes_paper(tender_id=tender, by=self.by)
        return StreamingHttpResponse(found, content_type=PDF)


class OpenedDocumentView(View):
    @extend_schema(responses={(200, BINARY): OpenApiTypes.BINARY})
    def get(
        self,
        request: Request,  # noqa: ARG002
        tender: UUID,
        bid: str,
        document: str,
    ) -> StreamingHttpResponse:
        """Give a file that was inside a bid (the award, supervisors); the reading is journalled."""
        found, content = read_document(
            tender_id=tender, bid=bid, path=document, by=self.signed_in(), now=self.now
        )
        named = content_disposition_header(True, found.path.rsplit("/", 1)[-1]) or "attachment"
        headers = {**NOT_KEPT, "Content-Disposition": named, "Content-Length": str(found.length)}
        return StreamingHttpResponse(content, content_type=BINARY, headers=headers)


def _note(request: Request) -> bytes:
    text: str = read(NewNote, request.data)["note"]
    return text.encode()


def _taken(kept: HolderNote) -> Response:
    told = {"holder": kept.holder, "kind": kept.kind, "object": kept.object, "at": kept.at}
    return Response(told, 201)


_OF = "v1/tenders/<uuid:tender>"
routes: list[URLPattern] = [
    path(f"{_OF}/opening", OpeningView.as_view()),
    path(f"{_OF}/opening/presence", PresenceView.as_view()),
    path(f"{_OF}/opening/set", SetView.as_view()),
    path(f"{_OF}/opening/sealed/<str:manifest>/<str:name>", SealedFileView.as_view()),
    path(f"{_OF}/opening/failures", FailuresView.as_view()),
    path(f"{_OF}/opening/disclosures", DisclosuresView.as_view()),
    path(f"{_OF}/opening/intent", IntentView.as_view()),
    path(f"{_OF}/opening/release", ReleaseView.as_view()),
    path(f"{_OF}/opening/minutes-signatures", MinutesSignaturesView.as_view()),
    path(f"{_OF}/history", HistoryView.as_view()),
    path(f"{_OF}/minutes", MinutesView.as_view()),
    path(f"{_OF}/minutes.note", MinutesNoteView.as_view()),
    path(f"{_OF}/minutes.pdf", MinutesPaperView.as_view()),
    path(f"{_OF}/opened-bids/<str:bid>/documents/<path:document>", OpenedDocumentView.as_view()),
]
