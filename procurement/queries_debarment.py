"""Reading the debarment list, as it stands or as it stood in a version."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Max, Q, QuerySet

from procurement.actors import Actor
from procurement.models import Debarment, DebarmentListVersion


def list_version() -> int:
    """Count the confirmed changes of the list; 0 is the empty list."""
    return DebarmentListVersion.objects.aggregate(Max("number"))["number__max"] or 0


def listed_in(version: int) -> QuerySet[Debarment]:
    """Give the entries that stood on the list in a version, whatever was changed since."""
    return Debarment.objects.filter(
        Q(lifted_version=None) | Q(lifted_version__gt=version), listed_version__lte=version
    )


def entries_at(version: int, keys: Iterable[str], at: datetime) -> list[Debarment]:
    """Find the entries about some bodies that hold at an instant: ``starts_at <= at < ends_at``."""
    holds = listed_in(version).filter(
        Q(ends_at=None) | Q(ends_at__gt=at), key__in=list(keys), starts_at__lte=at
    )
    return list(holds.order_by("listed_version"))


def debarments(by: Actor) -> QuerySet[Debarment]:
    """List what was ever on the list, the newest first; to its keepers, what is proposed, too."""
    newest = F("listed_version").desc(nulls_first=True)
    return Debarment.objects.visible_to(by).order_by(newest, "-proposed_at", "pk")
