"""Reads that are written down: who looks at what, and when."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from oversight.queries import Entry, timeline
from oversight.verbs import Verb
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.roles import Permission
from tenders.queries import tender_seen_by


@transaction.atomic
def read_timeline(*, tender_id: UUID, by: Actor, now: datetime) -> list[Entry]:
    """Give a supervisor the timeline of a tender, and write down that it was read.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` oversees the agency.
    """
    tender = tender_seen_by(by, tender_id)
    require(by, Permission.READ_TIMELINE, of=tender.agency_id)

    entries = timeline(tender.pk)

    record(Verb.TIMELINE_READ, tender=tender.pk, by=by, at=now, body={})
    return entries
