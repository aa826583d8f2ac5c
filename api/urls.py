"""The addresses of the REST interface, version 1."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from api import (
    accounts,
    awards,
    bids,
    bundles,
    calendars,
    consortia,
    debarments,
    following,
    log,
    openings,
    oversight,
    panels,
    people,
    questions,
    registration,
    suppliers,
    tenders,
    timetables,
)

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="api/docs.html"),
        name="docs",
    ),
    path("v1/me", accounts.MeView.as_view()),
    path("v1/organisations", accounts.OrganisationsView.as_view()),
    path("v1/users", accounts.UsersView.as_view()),
    path("v1/organisations/<uuid:organisation>/roles", accounts.RolesView.as_view()),
    path("v1/organisations/<uuid:organisation>/machines", accounts.MachinesView.as_view()),
    path("v1/organisations/<uuid:organisation>/note-keys", accounts.NoteKeysView.as_view()),
    path("v1/organisations/<uuid:organisation>/certificates", accounts.CertificatesView.as_view()),
    path(
        "v1/organisations/<uuid:organisation>/certificate-challenges",
        accounts.ChallengesView.as_view(),
    ),
    path("v1/organisations/<uuid:organisation>/agencies", accounts.JurisdictionView.as_view()),
    path("v1/memberships/<uuid:membership>", accounts.MembershipView.as_view()),
    path("v1/anchors", log.AnchorsView.as_view()),
    path("v1/log/checkpoint", log.CheckpointView.as_view()),
    re_path(
        r"^v1/log/tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/(?P<number>[x0-9./p]{3,40})$",
        log.TileView.as_view(),
    ),
    *registration.routes,
    *people.routes,
    *tenders.routes,
    *questions.routes,
    *following.routes,
    *timetables.routes,
    *calendars.routes,
    *panels.routes,
    *bids.routes,
    *consortia.routes,
    *suppliers.routes,
    *debarments.routes,
    *openings.routes,
    *awards.routes,
    *oversight.routes,
    *bundles.routes,
]
