"""Making people, bodies and events through the real actions."""

import itertools
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from django.db import connection

from procurement import database_roles
from procurement.actions.accounts import create_organisation, create_user, grant_role
from procurement.actors import Actor, system_actor
from procurement.journal.record import Kind, record
from procurement.models import Event, Organisation, User
from procurement.roles import OrganisationKind, Role

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_serial = itertools.count(1)


class Verb(StrEnum):
    TOLD = "test.told"


def organisation(kind: OrganisationKind, name: str, **fields: UUID) -> Organisation:
    """Register a body."""
    return create_organisation(
        kind=kind,
        name_en=name,
        identifier_scheme="NTRCN",
        identifier=f"9111-{next(_serial)}",
        **fields,
        by=system_actor(),
        now=NOW,
    )


def person(name: str, **roles: Organisation) -> User:
    """Make a person with roles, ``officer=agency``."""
    user = create_user(
        email=f"{name.lower()}{next(_serial)}@example.org", name=name, by=system_actor(), now=NOW
    )
    for role, body in roles.items():
        grant(user, role, body)
    return user


def grant(user: User, role: str, body: Organisation) -> None:
    """Give a role."""
    grant_role(
        user_id=user.pk,
        organisation_id=body.pk,
        role=Role(role.replace("_", "-")),
        by=system_actor(),
        now=NOW,
    )


def event(
    tender: UUID | None = None, kind: Kind = Kind.FACT, by: Actor | None = None, **body: str
) -> Event:
    """Write an event."""
    return record(
        Verb.TOLD, tender=tender, by=by or system_actor(), at=NOW, body={**body}, kind=kind
    )


def application_role() -> str:
    """Make a role in the database and grant it what the application needs, as the owner."""
    role = f"application_{uuid4().hex[:8]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role} LOGIN")
    database_roles.grant(role)
    return role
