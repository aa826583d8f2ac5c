"""The panel: who must act together to open, their public keys, and the proof that these work."""

from dataclasses import asdict
from uuid import UUID

from django.http import HttpResponse
from django.urls import URLPattern, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.serializers import Shape, read
from procurement.actors import Actor
from tenders.actions.holders import answer, hand_in_keys
from tenders.actions.panel import appoint, draw_up_keyset
from tenders.models import Panel
from tenders.queries_panel import (
    keyset_drawn_up_by,
    own_challenge,
    own_place,
    places,
    seen_panel,
)

AGE = "application/octet-stream"
LONGEST_NOTE = 10_000  # characters; an answer has some 500


class NewPanel(Shape):
    k = serializers.IntegerField()
    openers = serializers.ListField(child=serializers.UUIDField(), max_length=50)
    timekeeper = serializers.UUIDField()
    escrow = serializers.ListField(child=serializers.UUIDField(), max_length=50)
    one_spare = serializers.BooleanField(default=False)


class NewKeys(Shape):
    recipient = serializers.CharField(max_length=100)
    verifier = serializers.CharField(max_length=300)


class Nothing(Shape):
    """A body in which nothing is said."""


class NewAnswer(Shape):
    note = serializers.CharField(max_length=LONGEST_NOTE, trim_whitespace=False)


class PanelView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Show the panel and how far it is (agency, its supervisor, the panel itself)."""
        return Response(panel_json(seen_panel(self.signed_in(), tender), self.by))

    @extend_schema(request=NewPanel, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, tender: UUID) -> Response:
        """Appoint the panel, or another in its place (officer, while the tender is a draft)."""
        sent = read(NewPanel, request.data)
        made = appoint(tender_id=tender, **sent, by=self.signed_in(), now=self.now)
        return Response(panel_json(made, self.by))


class PanelKeysView(View):
    @extend_schema(request=NewKeys, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Hand in the public halves of one's own keys (holder of a seat)."""
        sent = read(NewKeys, request.data)
        seat = hand_in_keys(tender_id=tender, **sent, by=self.signed_in(), now=self.now)
        return Response({"holder": seat.holder, "keys_at": seat.keys_at}, 201)


class PanelKeysetView(View):
    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, tender: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the keyset as its canonical bytes, for whoever sees the panel."""
        keyset = keyset_drawn_up_by(seen_panel(self.signed_in(), tender))
        return HttpResponse(keyset.canonical(), "application/json")

    @extend_schema(request=Nothing, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Draw up the keyset of everybody's keys, and seal every holder's challenge (officer)."""
        read(Nothing, request.data)
        keyset = draw_up_keyset(tender_id=tender, by=self.signed_in(), now=self.now)
        return Response({"digest": keyset.digest(), "keyset": keyset.to_json()}, 201)


class ChallengeView(View):
    @extend_schema(responses={(200, AGE): OpenApiTypes.BINARY})
    def get(self, request: Request, tender: UUID) -> HttpResponse:  # noqa: ARG002
        """Give one's own rehearsal, an age file that one's own key decrypts (holder of a seat)."""
        panel = seen_panel(self.signed_in(), tender)
        headers = {"Cache-Control": "no-store"}
        return HttpResponse(own_challenge(self.by, panel.tender_id), AGE, headers=headers)


class AnswersView(View):
    @extend_schema(request=NewAnswer, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Answer one's own rehearsal with a signed note (holder of a seat)."""
        sent = read(NewAnswer, request.data)
        seat = answer(tender_id=tender, note=sent["note"], by=self.signed_in(), now=self.now)
        return Response({"holder": seat.holder, "answered_at": seat.answered_at}, 201)


def panel_json(panel: Panel, by: Actor) -> dict[str, object]:
    """Show a panel and how far it is, with one's own seat."""
    own = own_place(by, panel.tender_id)
    return {
        "amendment": panel.amendment_id,
        "k": panel.k,
        "n": panel.n,
        "keyset": panel.keyset or None,
        "seats": [asdict(place) for place in places(panel)],
        "mine": asdict(own) if own else None,
    }


routes: list[URLPattern] = [
    path("v1/tenders/<uuid:tender>/panel", PanelView.as_view()),
    path("v1/tenders/<uuid:tender>/panel/keys", PanelKeysView.as_view()),
    path("v1/tenders/<uuid:tender>/panel/keyset", PanelKeysetView.as_view()),
    path("v1/tenders/<uuid:tender>/panel/challenge", ChallengeView.as_view()),
    path("v1/tenders/<uuid:tender>/panel/answers", AnswersView.as_view()),
]
