"""Following tenders, and saved searches with their digests: each person their own, for no other."""

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
from api.search_shapes import SearchShape, search_of
from api.serializers import Shape, read
from api.tender_shapes import Nothing, summary
from tenders.actions import following, searches
from tenders.models import DigestRhythm, SavedSearch
from tenders.queries import suspended_among
from tenders.queries_search import followed_by, saved_by


class NewSavedSearch(Shape):
    query = SearchShape()
    digest = serializers.ChoiceField(DigestRhythm.values)


class FollowedView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """List the tenders that one follows, a page at a time, what closes next first."""
        pages = Pages()
        page = pages.paginate_queryset(followed_by(self.signed_in()), request, view=self) or []
        held = suspended_among([one.tender for one in page], self.now)
        shown = [
            {"since": one.since, "tender": summary(one.tender, suspended=one.tender_id in held)}
            for one in page
        ]
        return pages.get_paginated_response(shown)


class FollowingView(View):
    @extend_schema(request=Nothing, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Follow a tender: a letter comes for everything that is decided about it."""
        read(Nothing, request.data)
        made = following.follow(tender_id=tender, by=self.signed_in(), now=self.now)
        return Response({"tender": tender, "since": made.since}, 201)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Let a tender go; letters about one's own bid come all the same."""
        following.unfollow(tender_id=tender, by=self.signed_in())
        return Response(status=204)


class SavedSearchesView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """List one's saved searches."""
        return Response([_saved(one) for one in saved_by(self.signed_in())])

    @extend_schema(request=NewSavedSearch, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Save a search; what is published from now on comes as a daily or weekly letter."""
        sent = read(NewSavedSearch, request.data)
        made = searches.save(
            search=search_of(sent["query"]),
            digest=DigestRhythm(sent["digest"]),
            by=self.signed_in(),
            now=self.now,
        )
        return Response(_saved(made), 201)


class SavedSearchView(View):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, search: UUID) -> Response:  # noqa: ARG002
        """Let a saved search go."""
        searches.let_go(search_id=search, by=self.signed_in())
        return Response(status=204)


routes = [
    path("v1/following", FollowedView.as_view()),
    path("v1/tenders/<uuid:tender>/following", FollowingView.as_view()),
    path("v1/saved-searches", SavedSearchesView.as_view()),
    path("v1/saved-searches/<uuid:search>", SavedSearchView.as_view()),
]


def _saved(one: SavedSearch) -> dict[str, Any]:
    return {
        "id": one.pk,
        "query": one.query,
        "digest": one.digest,
        "created_at": one.created_at,
    }
