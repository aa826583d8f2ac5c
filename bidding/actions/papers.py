"""Writing down sealed papers; what was sealed while the stamping authority was away is owed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bidding.models import SealedPaper
from bidding.verbs import Verb
from procurement import outbox


@transaction.atomic
def keep_copy(
    *,
    name: str,
    sha256: str,
    version: str,
    level: str,
    stamp_owed: bool,
    now: datetime,
    bid: UUID | None = None,
    opening: UUID | None = None,
) -> SealedPaper | None:
    """Write down the first copy of a sealed paper, once; None when there is one already.

    With ``stamp_owed`` a second copy follows, stamped as soon as the authority answers.
    """
    paper, made = SealedPaper.objects.get_or_create(
        name=name,
        copy=1,
        defaults={
            "bid_id": bid,
            "opening_id": opening,
            "sha256": sha256,
            "version": version,
            "level": level,
            "made_at": now,
        },
    )
    if not made:
        return None
    if stamp_owed:
        outbox.announce(Verb.STAMP_DUE, paper.pk)
    return paper


@transaction.atomic
def keep_stamped(
    *, paper: SealedPaper, sha256: str, version: str, level: str, now: datetime
) -> bool:
    """Write down the second copy of a paper, once. Tell whether this one is it."""
    _, made = SealedPaper.objects.get_or_create(
        name=paper.name,
        copy=2,
        defaults={
            "bid_id": paper.bid_id,
            "opening_id": paper.opening_id,
            "sha256": sha256,
            "version": version,
            "level": level,
            "made_at": now,
        },
    )
    return made
