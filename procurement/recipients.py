"""Who is written to: people by their roles, as they hold them now."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from procurement.models import Membership, User
from procurement.roles import Role


def holding(role: Role, organisations: Iterable[UUID], now: datetime) -> list[User]:
    """Name the people who hold a role at some organisations, each once."""
    held = Membership.objects.filter(
        Q(until=None) | Q(until__gt=now),
        role=role,
        organisation__in=[*organisations],
        since__lte=now,
    )
    found = User.objects.filter(pk__in=held.values("user"), is_active=True, machine=False)
    return list(found.order_by("pk"))
