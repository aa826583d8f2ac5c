"""A bid that follows a change of the notice: prepared again over what was sealed, and signed."""

from bidding.models import Bid
from tenders.models import Tender
from tests.bidding.filing import FiledBid, prepared, signed_form, submit
from tests.world import Company, World


def confirmed(world: World, tender: Tender, supplier: Company, before: FiledBid) -> FiledBid:
    """Confirm a filed bid for the notice in force, without sealing anew."""
    bid = prepared(world, tender, supplier, before.sealed)
    form = signed_form(world, supplier, bid)
    filed = submit(world, supplier, bid, form)
    return FiledBid(Bid.objects.get(pk=bid.pk), filed.receipt, form, before.sealed)
