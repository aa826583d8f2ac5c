"""For those who oversee: the timeline of a tender. For everyone who is signed in: what waits."""

from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from oversight.actions import read_timeline
from oversight.queries import Entry
from procurement.proof.instants import format_instant
from procurement.texts import Text, say
from procurement.waiting import Waiting, waiting_for


class TimelineView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Tell what happened to a tender (supervisor); the reading is written down."""
        entries = read_timeline(tender_id=tender, by=self.signed_in(), now=self.now)
        return Response({"events": [entry_json(entry) for entry in entries]})


class WaitingView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """List what waits for whoever asks, the oldest first."""
        found = waiting_for(self.signed_in(), self.now)
        return Response([_waiting(one) for one in found])


routes = [
    path("v1/tenders/<uuid:tender>/timeline", TimelineView.as_view()),
    path("v1/waiting", WaitingView.as_view()),
]


def entry_json(entry: Entry) -> dict[str, object]:
    """Write an event in words."""
    return {
        "at": format_instant(entry.at),
        "kind": entry.kind,
        "verb": entry.verb,
        "text": entry.text._asdict(),
        "by": {"id": entry.by, "name": entry.name} if entry.by else None,
        "withheld": entry.body is None,
        "body": entry.body,
        "leaf": entry.leaf,
        "index": entry.index,
    }


def _waiting(one: Waiting) -> dict[str, object]:
    title = one.facts.get("title")
    return {
        "what": one.what,
        "tender": one.tender,
        "since": format_instant(one.since) if one.since else None,
        "title": title._asdict() if isinstance(title, Text) else title,
        "text": {lang: say(one.text, one.facts, lang) for lang in ("en", "zh")},
        "address": one.address,
    }
