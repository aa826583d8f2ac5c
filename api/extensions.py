"""Later deadlines: what is signed, the second person's decision, the timekeeper's word."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import URLPattern, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.changes import LONGEST_REASON, ChangeJudged, change_json
from api.edge import View
from api.serializers import InstantField, Shape, read
from api.tender_documents import canonical_answer
from api.tender_shapes import LONGEST_OBJECT
from tenders.actions import extending
from tenders.actions.acknowledging import acknowledge
from tenders.changing import extension_to_sign
from tenders.models import ChangeKind
from tenders.queries_changes import changes_seen_by, running_tender_seen_by


class NewExtension(Shape):
    extension_note = serializers.CharField(max_length=LONGEST_OBJECT, trim_whitespace=False)


class ExtensionJudged(ChangeJudged):
    """A decision upon a revision: the first, unless another one was read."""

    revision = serializers.IntegerField(min_value=1, max_value=1_000_000, default=1)


class WhichExtension(Shape):
    closes_at = InstantField()
    cause = serializers.CharField(max_length=LONGEST_REASON)


class NewAcknowledgement(Shape):
    note = serializers.CharField(max_length=LONGEST_OBJECT, trim_whitespace=False)


class ExtensionToSignView(View):
    @extend_schema(
        parameters=[WhichExtension],
        responses={(200, "application/json"): OpenApiTypes.OBJECT},
    )
    def get(self, request: Request, tender: UUID) -> HttpResponse:
        """Give the extension that would move a published tender's deadline, to sign."""
        by = self.signed_in()
        asked = read(WhichExtension, request.query_params.dict())
        found = running_tender_seen_by(by, tender)
        return canonical_answer(extension_to_sign(found, **asked))


class ExtensionsView(View):
    fresh = True

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """List what was proposed and decided (the agency, its supervisor)."""
        found = changes_seen_by(self.signed_in(), tender, ChangeKind.EXTENSION)
        return Response({"extensions": [change_json(one) for one in found]})

    @extend_schema(request=NewExtension, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Put a signed extension before a second person (officer)."""
        note = read(NewExtension, request.data)["extension_note"].encode()
        made = extending.propose(
            tender_id=tender, extension_note=note, by=self.signed_in(), now=self.now
        )
        return Response(change_json(made), 201)


class ExtensionView(View):
    fresh = True

    @extend_schema(request=NewExtension, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, extension: UUID) -> Response:
        """Replace a signed extension that nobody has decided on (officer)."""
        note = read(NewExtension, request.data)["extension_note"].encode()
        made = extending.replace(
            change_id=extension, extension_note=note, by=self.signed_in(), now=self.now
        )
        return Response(change_json(made))

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request, extension: UUID) -> Response:  # noqa: ARG002
        """Take back an extension that nobody has decided on (officer)."""
        made = extending.drop(change_id=extension, by=self.signed_in(), now=self.now)
        return Response(change_json(made))


class ExtensionDecisionView(View):
    fresh = True

    @extend_schema(request=ExtensionJudged, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, extension: UUID) -> Response:
        """Let an extension come into force, or decline it (approver, not who proposed it)."""
        sent = read(ExtensionJudged, request.data)
        made = extending.decide(change_id=extension, **sent, by=self.signed_in(), now=self.now)
        return Response(change_json(made))


class AcknowledgementsView(View):
    @extend_schema(request=NewAcknowledgement, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Acknowledge the last extension (the tender's timekeeper)."""
        note = read(NewAcknowledgement, request.data)["note"].encode()
        said = acknowledge(tender_id=tender, note=note, by=self.signed_in(), now=self.now)
        return Response({"acknowledgement": said.digest(), "extension": said.extension}, 201)


routes: list[URLPattern] = [
    path("v1/tenders/<uuid:tender>/extension-to-sign", ExtensionToSignView.as_view()),
    path("v1/tenders/<uuid:tender>/extensions", ExtensionsView.as_view()),
    path("v1/extensions/<uuid:extension>", ExtensionView.as_view()),
    path("v1/extensions/<uuid:extension>/decision", ExtensionDecisionView.as_view()),
    path("v1/tenders/<uuid:tender>/extension-acknowledgements", AcknowledgementsView.as_view()),
]
