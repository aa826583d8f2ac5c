"""Who may ask for what: every address, method and role, declared in one table.

A new address without a row fails the first test. Every cell is tried with a real request.
"""

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.test import Client
from knox.models import AuthToken

from api.urls import urlpatterns
from procurement.actions.accounts import create_organisation, create_user, grant_role
from procurement.actors import system_actor
from procurement.journal.sequencer import tick
from procurement.models import Event, Organisation, User
from procurement.proof.notes import Signer
from procurement.roles import MACHINES, ORGANISATION_OF, OrganisationKind, Role

pytestmark = pytest.mark.django_db(transaction=False)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PUBLIC, SIGNED_IN, OPERATOR = "anyone", "whoever is signed in", "operators"
_serial = itertools.count(1)


@dataclass(frozen=True)
class Row:
    """One address and method, who may use it, and what the right one gets."""

    method: str
    route: str
    allowed: str
    status: int
    refused: int = 403  # 404 where what one may not see does not exist


MATRIX = [
    Row("get", "schema/", PUBLIC, 200),
    Row("get", "docs/", PUBLIC, 200),
    Row("get", "v1/me", SIGNED_IN, 200),
    Row("get", "v1/organisations", PUBLIC, 200),
    Row("post", "v1/organisations", OPERATOR, 201),
    Row("post", "v1/users", OPERATOR, 201),
    Row("post", "v1/organisations/<uuid:organisation>/roles", OPERATOR, 201),
    Row("post", "v1/organisations/<uuid:organisation>/machines", OPERATOR, 201),
    Row("post", "v1/organisations/<uuid:organisation>/note-keys", OPERATOR, 201),
    Row("post", "v1/organisations/<uuid:organisation>/agencies", OPERATOR, 201),
    Row("delete", "v1/memberships/<uuid:membership>", OPERATOR, 200, refused=404),
    Row("get", "v1/anchors", PUBLIC, 200),
    Row("get", "v1/log/checkpoint", PUBLIC, 200),
    Row("get", "v1/log/tile/0/000.p/4", PUBLIC, 200),
]
ASKERS = ["stranger", *(role.value for role in Role)]


def body(kind: OrganisationKind) -> Organisation:
    return create_organisation(
        kind=kind,
        name_en=f"{kind} {next(_serial)}",
        identifier_scheme="NTRCN",
        identifier=f"9112-{next(_serial)}",
        by=system_actor(),
        now=NOW,
    )


def someone() -> User:
    address = f"person{next(_serial)}@example.org"
    return create_user(email=address, name="Somebody", by=system_actor(), now=NOW)


def signed_in_as(role: Role) -> Client:
    user = User.objects.create_user(
        f"holder{next(_serial)}@example.org", name="Holder", machine=role in MACHINES
    )
    kind = next(iter(ORGANISATION_OF[role]))
    grant_role(
        user_id=user.pk, organisation_id=body(kind).pk, role=role, by=system_actor(), now=NOW
    )
    _, token = AuthToken.objects.create(user, expiry=None)
    return Client(headers={"Authorization": f"Token {token}"})


def prepared(row: Row) -> tuple[str, dict[str, object]]:
    """Give an address that exists and a request that would succeed for the right person."""
    path = "/api/" + row.route
    sent: dict[str, object] = {}
    if row.route == "v1/organisations":
        number = next(_serial)
        sent = {"kind": "agency", "name_en": "New", "identifier_scheme": "NTRCN",
                "identifier": f"new-{number}"}  # fmt: skip
    elif row.route == "v1/users":
        sent = {"email": f"new{next(_serial)}@example.org", "name": "New",
                "password": "correct horse battery"}  # fmt: skip
    elif row.route.endswith("/roles"):
        path = path.replace("<uuid:organisation>", str(body(OrganisationKind.AGENCY).pk))
        sent = {"user": str(someone().pk), "role": "officer"}
    elif row.route.endswith("/machines"):
        kind = next(iter(ORGANISATION_OF[Role.TIMEKEEPER]))
        path = path.replace("<uuid:organisation>", str(body(kind).pk))
        sent = {"name": "Clock", "role": "timekeeper"}
    elif row.route.endswith("/note-keys"):
        path = path.replace("<uuid:organisation>", str(body(OrganisationKind.AGENCY).pk))
        sent = {"vkey": Signer.generate(f"daylight.example/agency/{next(_serial)}").verifier}
    elif row.route.endswith("/agencies"):
        path = path.replace("<uuid:organisation>", str(body(OrganisationKind.SUPERVISOR).pk))
        sent = {"agency": str(body(OrganisationKind.AGENCY).pk)}
    elif "<uuid:membership>" in row.route:
        held = grant_role(
            user_id=someone().pk, organisation_id=body(OrganisationKind.AGENCY).pk,
            role=Role.OFFICER, by=system_actor(), now=NOW,
        )  # fmt: skip
        path = path.replace("<uuid:membership>", str(held.pk))
    return path, sent


def test_every_address_has_a_row() -> None:
    routes = {str(pattern.pattern) for pattern in urlpatterns}
    known = {row.route for row in MATRIX}

    assert {route for route in routes if not route.startswith("^")} == {
        route for route in known if "/tile/" not in route
    }


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: f"{row.method} {row.route}")
@pytest.mark.parametrize("asker", ASKERS)
def test_only_the_right_people_get_through(row: Row, asker: str) -> None:
    tick(NOW)
    client = Client() if asker == "stranger" else signed_in_as(Role(asker))
    path, sent = prepared(row)
    before = set(Event.everything.values_list("pk", flat=True))

    answer = client.generic(row.method.upper(), path, json.dumps(sent), "application/json")

    if (
        row.allowed == PUBLIC
        or asker == Role.OPERATOR
        or (row.allowed == SIGNED_IN and asker != "stranger")
    ):
        assert answer.status_code == row.status, answer.content
    else:
        assert answer.status_code == (401 if asker == "stranger" else row.refused), answer.content
        assert answer["Content-Type"] == "application/problem+json"
        written = Event.everything.exclude(pk__in=before).values_list("kind", flat=True)
        attempted = answer.status_code == 403
        assert list(written) == (["attempt"] if attempted else []), "nothing else was done"
