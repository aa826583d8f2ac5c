"""Which mandates count at an instant, and which a body has given."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from procurement.actors import Actor
from procurement.models import SigningMandate
from procurement.refusals import NotFound
from procurement.roles import Permission


def standing(at: datetime) -> QuerySet[SigningMandate]:
    """Give the mandates that count at ``at``.

    One that is recorded or revoked later changes nothing about what was signed and filed before.
    """
    return SigningMandate.objects.filter(
        Q(revoked_at=None) | Q(revoked_at__gt=at),
        valid_from__lte=at,
        valid_until__gt=at,
        recorded_at__lte=at,
    )


def mandates_of(organisation_id: UUID, by: Actor) -> QuerySet[SigningMandate]:
    """List what a body has drawn up and given, the newest first.

    :raises NotFound: unless ``by`` keeps its mandates.
    """
    if not by.has(Permission.KEEP_MANDATES, of=organisation_id):
        raise NotFound
    found = SigningMandate.objects.filter(organisation=organisation_id)
    return found.order_by("-asked_at", "pk")
