"""Reading what supervisors ask for, and what was replied: between them and the agency."""

from uuid import UUID

from procurement.actors import Actor
from procurement.refusals import NotFound
from tenders.models import Demand
from tenders.queries import tender_seen_by


def demands_seen_by(by: Actor, tender_id: UUID) -> list[Demand]:
    """List what was asked of an agency about a tender, the oldest first, each with its reply.

    :raises NotFound: to anybody but the agency and those who oversee it.
    """
    tender = tender_seen_by(by, tender_id)
    if tender.agency_id not in by.organisations() | by.jurisdiction:
        raise NotFound
    found = Demand.objects.visible_to(by).filter(tender=tender)
    return list(found.select_related("supervisor", "reply__by").order_by("made_at", "pk"))
