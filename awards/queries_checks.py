"""Who was looked up in the debarment list: read after the opening, of bids that were opened."""

from awards.queries import opening_of
from bidding.models import OpenedBid
from procurement.actors import Actor
from procurement.models import DebarmentCheck
from procurement.refusals import NotFound
from procurement.roles import Role
from tenders.models import Tender


def checks_of(tender: Tender, by: Actor) -> list[DebarmentCheck]:
    """List the look-ups of the bids that were opened, the oldest first.

    :raises NotFound: before the opening, and to all but the agency and those who oversee it.
    """
    concerned = tender.agency_id in by.organisations() or (
        tender.agency_id in by.jurisdiction and bool(by.organisations(Role.SUPERVISOR))
    )
    opening = opening_of(tender.pk)
    if opening is None or not concerned:
        raise NotFound
    opened = OpenedBid.objects.filter(opening=opening).values("bid__digest")
    found = DebarmentCheck.objects.filter(tender=tender.pk, bid__in=opened)
    return list(found.select_related("organisation").order_by("at", "organisation"))
