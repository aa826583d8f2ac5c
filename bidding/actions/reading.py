"""Reading what was inside a bid: only for the award and for supervision, and never unseen."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bidding.models import OpenedDocument
from bidding.queries_opening import visible_tender
from bidding.verbs import Verb
from procurement.actors import Actor
from procurement.journal.record import record
from procurement.refusals import NotFound, NotPermitted
from procurement.roles import Permission
from tenders.models import Interests, Tender

READERS = (
    Permission.JUDGE_ADMISSIBILITY,
    Permission.CONFIRM_ADMISSIBILITY,
    Permission.READ_TIMELINE,
)


@transaction.atomic
def note_reading(
    *, tender_id: UUID, bid: str, path: str, by: Actor, now: datetime
) -> OpenedDocument:
    """Write down that somebody reads an opened document, and say where it is kept.

    :raises NotPermitted: unless ``by`` has part in the award, or supervises the agency.
    :raises NotFound: for what was not inside.
    """
    tender = visible_tender(tender_id, by)
    _require_reader(tender, by)

    found = OpenedDocument.objects.filter(
        bid__bid__digest=bid, bid__opening__tender=tender, path=path
    ).first()
    if found is None:
        raise NotFound

    record(
        Verb.OPENED_DOCUMENT_READ,
        tender=tender_id,
        by=by,
        at=now,
        body={"bid": bid, "path": path, "sha256": found.sha256},
    )
    return found


def _require_reader(tender: Tender, by: Actor) -> None:
    conflicts = Interests.objects.filter(tender=tender, user=by.user_id, conflict=True)
    if not any(by.has(one, of=tender.agency_id) for one in READERS) or conflicts.exists():
        raise NotPermitted
