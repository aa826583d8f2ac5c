"""Asking an agency for something by the real action."""

from datetime import datetime

from tenders.actions.orders import make
from tenders.models import Demand, Tender
from tests.world import World, order


def demanded(world: World, tender: Tender, *, ends_at: datetime) -> Demand:
    """Let the supervisor ask for something until an instant."""
    note = order(world, tender, "produce", ends_at=ends_at)
    made = make(tender_id=tender.pk, order_note=note, by=world.by("overseer"), now=world.now)
    return Demand.objects.get(order=made.digest())
