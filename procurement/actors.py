"""Who acts, in which roles, and whether they may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.db.models import Q

from procurement.refusals import NotPermitted
from procurement.roles import GRANTS, Permission, Role

if TYPE_CHECKING:
    from procurement.models import User

NOBODY = UUID(int=0)  # written as null in events


@dataclass(frozen=True)
class Actor:
    """Someone who asks for something, as known at one instant."""

    user_id: UUID
    name: str
    roles: frozenset[tuple[Role, UUID]]
    machine: bool = False
    language: str = "en"
    ip: str | None = None
    request_id: str | None = None
    jurisdiction: frozenset[UUID] = frozenset()  # agencies that this supervisor oversees
    authenticated_at: datetime | None = None  # when the session's oldest factor was shown last
    second_factor: bool = False  # the session rests on more than a password
    sign_ins_ended: int = 0  # how often they all were, when this was read

    def has(self, permission: Permission, of: UUID | None) -> bool:
        """Tell whether a role grants the permission at an organisation; None: at any at all.

        A supervisor's permissions hold for the agencies overseen, an operator's everywhere.
        """
        return any(
            permission in GRANTS[role] and (of is None or self._reaches(role, organisation, of))
            for role, organisation in self.roles
        )

    def organisations(self, *roles: Role) -> frozenset[UUID]:
        """Name the organisations where this actor has one of the roles; all, if none is named."""
        return frozenset(
            organisation for role, organisation in self.roles if not roles or role in roles
        )

    @property
    def recorded_as(self) -> UUID | None:
        """The user to be named in an event: nobody, for the platform itself and for strangers."""
        return None if self.user_id == NOBODY else self.user_id

    def with_request(self, *, ip: str | None, request_id: str | None) -> Actor:
        """Give the same actor, seen through one request."""
        return replace(self, ip=ip, request_id=request_id)

    def with_session(self, *, authenticated_at: datetime | None, second_factor: bool) -> Actor:
        """Give the same actor, with what a session shows of who is there."""
        return replace(self, authenticated_at=authenticated_at, second_factor=second_factor)

    def _reaches(self, role: Role, organisation: UUID, of: UUID) -> bool:
        if role is Role.OPERATOR:
            return True
        return organisation == of or (role is Role.SUPERVISOR and of in self.jurisdiction)

    @classmethod
    def of(cls, user: User, now: datetime) -> Actor:
        """Read a user's roles as they stand at ``now``."""
        from procurement.models import Membership

        held = Membership.objects.filter(
            Q(until=None) | Q(until__gt=now), user=user, since__lte=now
        ).values_list("role", "organisation_id")
        roles = frozenset((Role(role), organisation) for role, organisation in held)
        overseers = {organisation for role, organisation in roles if role is Role.SUPERVISOR}
        return cls(
            user_id=user.pk,
            name=user.name,
            roles=roles if user.is_active else frozenset(),
            machine=user.machine,
            language=user.language,
            sign_ins_ended=user.sign_ins_ended,
            jurisdiction=_overseen(overseers) if user.is_active else frozenset(),
        )


ANONYMOUS = Actor(user_id=NOBODY, name="", roles=frozenset())


def system_actor() -> Actor:
    """Give the platform itself, as work that has become due and commands of the operator act."""
    return Actor(
        user_id=NOBODY,
        name="Daylight",
        roles=frozenset({(Role.OPERATOR, NOBODY)}),
        machine=True,
    )


def require(by: Actor, permission: Permission, *, of: UUID) -> None:
    """Let an actor pass who has the permission at an organisation.

    :raises NotPermitted: otherwise.
    """
    if not by.has(permission, of=of):
        raise NotPermitted(permission=permission.value)


def _overseen(supervisors: Iterable[UUID]) -> frozenset[UUID]:
    """Collect the agencies of some supervisors' jurisdictions, and the agencies below them."""
    supervisors = list(supervisors)
    if not supervisors:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE overseen (id) AS (
                SELECT agency_id FROM procurement_jurisdiction WHERE supervisor_id = ANY(%s)
                UNION
                SELECT below.id FROM procurement_organisation below
                JOIN overseen ON below.parent_id = overseen.id
            )
            SELECT id FROM overseen
            """,
            [supervisors],
        )
        return frozenset(row[0] for row in cursor.fetchall())
