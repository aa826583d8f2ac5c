"""Letting go of what was uploaded and never filed, when the tender takes no bids any more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bidding.models import Bid, Envelope, OpenedBid
from bidding.queries_left_over import NO_MORE_BIDS, was_filed


@transaction.atomic
def let_go(*, envelope_id: UUID) -> None:
    """Forget the parts of an envelope that no filed bid binds; afterwards no row names them."""
    found = Envelope.objects.select_for_update(of=("self",)).select_related("tender")
    envelope = found.get(pk=envelope_id)

    if envelope.tender.state in NO_MORE_BIDS and not was_filed(envelope):
        envelope.parts.all().delete()


@transaction.atomic
def note_swept(row: Envelope | Bid | OpenedBid, *, now: datetime) -> None:
    """Write down that nothing is stored beside what the rows name; it is not looked for again."""
    type(row).objects.filter(pk=row.pk, swept_at=None).update(swept_at=now)
