"""Closing a tender to bids, when its deadline and its grace have passed."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from procurement.actors import system_actor
from procurement.refusals import Refusal
from procurement.texts import Text
from tenders.actions.entry import locked, require_state
from tenders.actions.overdue import miss_cut_off
from tenders.models import Tender, TenderState

_CLOSE = Text("close", "截止")


class StillOpen(Refusal):
    code, status = "still-open", 409
    title = Text(
        "Bids that arrive in time may still be on their way", "按时到达的投标可能仍在提交中"
    )


@transaction.atomic
def close(tender_id: UUID, *, now: datetime) -> Tender:
    """Close a tender to bids. Whoever calls counts them and records it, in the same transaction.

    A suspension does not stop it: it stops the opening. What is overdue then is written down first,
    so that it stands in the history before the close, whether or not a task has run.

    :raises WrongState: unless it is published.
    :raises StillOpen: before the deadline and its grace have passed.
    """
    miss_cut_off(tender_id, now=now)
    tender = locked(tender_id, by=system_actor())

    require_state(tender, TenderState.PUBLISHED, action=_CLOSE)
    if now < tender.closes_at + timedelta(seconds=tender.grace_seconds or 0):
        raise StillOpen

    tender.close(at=now)
    tender.save()
    return tender
