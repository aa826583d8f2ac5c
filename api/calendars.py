"""Calendars of countries, as a library has them and operators amend them; and where a body is."""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.serializers import Shape, read
from api.tender_shapes import Title
from procurement.actions import calendars
from procurement.calendars import YEARS, calendar_of_country, days_of, years_told
from procurement.models import CalendarDay, CalendarYear, DayKind
from procurement.texts import Text

LONGEST_SOURCE = 500  # characters


class YearFilter(Shape):
    year = serializers.IntegerField(min_value=YEARS[0], max_value=YEARS[-1], required=False)


class NewDay(Shape):
    day = serializers.DateField()
    kind = serializers.ChoiceField(DayKind.values)
    name = Title()
    source = serializers.CharField(  # type: ignore[assignment]  # DRF takes it for a field
        max_length=LONGEST_SOURCE
    )


class NewYear(Shape):
    year = serializers.IntegerField()
    published = serializers.BooleanField()
    source = serializers.CharField(  # type: ignore[assignment]  # DRF takes it for a field
        max_length=LONGEST_SOURCE
    )


class NewPlace(Shape):
    country = serializers.CharField(max_length=2, allow_blank=True)
    time_zone = serializers.CharField(max_length=64)


class DaysView(View):
    @extend_schema(parameters=[YearFilter], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, country: str) -> Response:
        """List the days off and the working weekends of a year, this one unless it is named."""
        year = read(YearFilter, request.query_params.dict()).get("year", self.now.year)
        calendar = calendar_of_country(country)
        days = days_of(calendar, year)
        return Response({"published": calendar.is_published(year), "days": days})

    @extend_schema(request=NewDay, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, country: str) -> Response:
        """Say of a day whether it is worked (operator)."""
        sent = read(NewDay, request.data)
        kind, name = DayKind(sent.pop("kind")), Text(**sent.pop("name"))
        by = self.signed_in()
        made = calendars.add_day(country=country, kind=kind, name=name, **sent, by=by, now=self.now)
        return Response(_day(made), 201)


class YearsView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, country: str) -> Response:  # noqa: ARG002
        """List the years of a country that are published, and who said so."""
        calendar = calendar_of_country(country)
        return Response(
            {
                "published": sorted(calendar.published or ()),
                "told": [_year(row) for row in years_told(country)],
            }
        )

    @extend_schema(request=NewYear, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, country: str) -> Response:
        """Say whether a country has published its holidays of a year (operator)."""
        sent = read(NewYear, request.data)
        made = calendars.add_year(country=country, **sent, by=self.signed_in(), now=self.now)
        return Response(_year(made), 201)


class PlaceView(View):
    @extend_schema(request=NewPlace, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, organisation: UUID) -> Response:
        """Say in which country and time zone a body counts its days (operator)."""
        sent = read(NewPlace, request.data)
        by = self.signed_in()
        made = calendars.place(organisation_id=organisation, **sent, by=by, now=self.now)
        return Response({"country": made.country or None, "time_zone": made.time_zone})


def _day(row: CalendarDay) -> dict[str, Any]:
    return {
        "day": row.day,
        "kind": row.kind,
        "name": {"en": row.name_en, "zh": row.name_zh},
        "source": row.source,
        "added_at": row.added_at,
    }


def _year(row: CalendarYear) -> dict[str, Any]:
    return {
        "year": row.year,
        "published": row.published,
        "source": row.source,
        "added_at": row.added_at,
    }


routes = [
    path("v1/calendars/<str:country>/days", DaysView.as_view()),
    path("v1/calendars/<str:country>/years", YearsView.as_view()),
    path("v1/organisations/<uuid:organisation>/place", PlaceView.as_view()),
]
