"""Following a tender, and letting it go.

Nothing of it is written into the log: who wants to hear of a tender may be who bids for it, and
that nobody reads before the opening (rules.md A10).
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement.actors import Actor
from tenders.models import Following
from tenders.queries import tender_seen_by


@transaction.atomic
def follow(*, tender_id: UUID, by: Actor, now: datetime) -> Following:
    """Let a person hear of everything that is decided about a tender; again changes nothing.

    :raises NotFound: when ``by`` sees no such tender.
    """
    tender = tender_seen_by(by, tender_id)

    found, made = Following.objects.get_or_create(
        tender=tender, user_id=by.user_id, defaults={"chosen": True, "since": now}
    )
    if not made and not found.chosen:
        found.chosen = True
        found.save()
    return found


@transaction.atomic
def unfollow(*, tender_id: UUID, by: Actor) -> None:
    """Let a tender go; whoever does not follow it is told nothing else."""
    Following.objects.filter(tender=tender_id, user=by.user_id).delete()


@transaction.atomic
def follow_for(*, tender_id: UUID, user_id: UUID, now: datetime) -> None:
    """Let who filed a bid hear of its tender, unless they follow it already."""
    Following.objects.get_or_create(
        tender_id=tender_id, user_id=user_id, defaults={"chosen": False, "since": now}
    )
