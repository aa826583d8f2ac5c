"""Rule packs, and the dates that they give a tender, each with its trace."""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.accounts import Pages
from api.edge import View
from api.serializers import Shape, read
from api.tender_shapes import Nothing, plan_line_json
from procurement.proof.canonical import JSON
from procurement.proof.instants import parse_instant
from procurement.refusals import NotFound
from procurement.texts import say
from procurement.working_days import Calendar
from tenders.actions.plan import announce
from tenders.models import Tender
from tenders.packs import RulePack, editions, pack, packs
from tenders.queries import announced_lines, pack_of, tender_seen_by
from tenders.queries_timetable import dates_shown
from tenders.rules.dates import counted
from tenders.rules.pack_shown import pack_json, summary_json
from tenders.rules.timetable import AT_LEAST, LABELS, shown_at


class PackFilter(Shape):
    version = serializers.IntegerField(min_value=1, required=False)


class PacksView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """List the rule packs, each in its newest edition."""
        return Response([summary_json(one) for one in packs().values()])


class PackView(View):
    @extend_schema(parameters=[PackFilter], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, name: str) -> Response:
        """Show a rule pack with its sources, the newest edition unless another is asked for."""
        asked = read(PackFilter, request.query_params.dict())
        found = _edition(name, asked.get("version"))
        return Response({**pack_json(found), "versions": editions(name)})


class TimetableView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Show a tender's dates with their traces; of a draft as if it were published now."""
        found = tender_seen_by(self.by, tender)
        return Response(timetable_json(found, dates_shown(found, now=self.now)))


class AnnouncementView(View):
    @extend_schema(request=Nothing, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, plan_line: UUID) -> Response:
        """Announce a planned purchase to all, as a prior notice (officer)."""
        read(Nothing, request.data)
        line = announce(plan_line_id=plan_line, by=self.signed_in(), now=self.now)
        return Response(plan_line_json(line))


class PriorNoticesView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """List the purchases that agencies have announced, a page at a time."""
        pages = Pages()
        page = pages.paginate_queryset(announced_lines(), request, view=self) or []
        return pages.get_paginated_response([plan_line_json(line) for line in page])


def timetable_json(tender: Tender, dates: list[JSON]) -> dict[str, Any]:
    """Show the timetable of a tender."""
    zone = Calendar(tender.agency.time_zone)
    shown = [_labelled(one, zone) for one in dates if isinstance(one, dict)]
    return {
        "pack": summary_json(pack_of(tender)),
        "country": tender.agency.country or None,
        "time_zone": tender.agency.time_zone,
        "published_at": tender.published_at,
        "closes_at": tender.closes_at,
        "opens_at": tender.opens_at,
        "reductions": tender.reductions,
        "justification": tender.justification,
        "announced_at": tender.plan_line.announced_at,
        "provisional": any(one["provisional"] for one in shown),
        "dates": shown,
    }


def _labelled(one: dict[str, Any], zone: Calendar) -> dict[str, Any]:
    """Show a date with its name and, in words, how it was counted."""
    name, trace = one["name"], one["trace"]
    text, at = counted(trace, least=name in AT_LEAST), shown_at(parse_instant(trace["from"]), zone)
    said = {lang: say(text, {"at": at}, lang) for lang in ("en", "zh")}
    return {"label": {**LABELS[name]._asdict()}, **one, "counted": said}


def _edition(name: str, version: int | None) -> RulePack:
    if name not in packs():
        raise NotFound
    if version is None:
        return packs()[name]
    if version not in editions(name):
        raise NotFound
    return pack(name, version)


routes = [
    path("v1/packs", PacksView.as_view()),
    path("v1/packs/<str:name>", PackView.as_view()),
    path("v1/tenders/<uuid:tender>/timetable", TimetableView.as_view()),
    path("v1/plan-lines/<uuid:plan_line>/announcement", AnnouncementView.as_view()),
    path("v1/prior-notices", PriorNoticesView.as_view()),
]
