"""The papers that a supplier signs: set anew each time, with the same bytes."""

from uuid import UUID

from bidding.papers import bid_form_pdf, withdrawal_form_pdf
from bidding.queries import name_of, names_of_members, object_of, own_bid, withdrawal_of
from procurement.actors import Actor
from procurement.objects import fetch
from tenders.notice import Notice


def bid_form(bid_id: UUID, by: Actor) -> bytes:
    """Set the form of one of our bids, under the notice that it was prepared for.

    :raises NotFound: for anybody else's.
    """
    bid = own_bid(bid_id, by)
    said = object_of(bid)
    notice = Notice.read(fetch(said.notice).body)
    return bid_form_pdf(said, notice, bidder_name=name_of(bid), members=names_of_members(bid))


def withdrawal_form(bid_id: UUID, by: Actor) -> bytes:
    """Set the form by which one of our bids is taken back.

    :raises NotFound: for anybody else's.
    """
    bid = own_bid(bid_id, by)
    notice = Notice.read(fetch(object_of(bid).notice).body)
    return withdrawal_form_pdf(withdrawal_of(bid), notice, bidder_name=name_of(bid))
