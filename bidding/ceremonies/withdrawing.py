"""Withdrawing a bid (protocol, message 6): the same way in as a bid, and the same judgement."""

from datetime import datetime
from uuid import UUID

from bidding.actions import withdrawing
from bidding.actions.arrivals import WITHDRAWAL
from bidding.actions.uploads import require_open
from bidding.ceremonies import forms
from bidding.ceremonies.submitting import lateness_remembered
from bidding.models import Bid
from bidding.queries import own_bid, withdrawal_of
from procurement.actors import Actor, require
from procurement.incoming import Incoming
from procurement.roles import Permission


def withdraw(*, bid_id: UUID, form: Incoming, by: Actor, now: datetime) -> Bid:
    """Take a filed bid back by its signed form. There is no own risk: an invalid one does nothing.

    :raises NotFound: for anybody else's bid.
    :raises NotPermitted: unless ``by`` withdraws bids for the supplier.
    :raises SubmissionClosed: when the ticket, or the commit, came too late.
    :raises FormRefused: for a form that is not this withdrawal, not signed, or not validly.
    :raises FormNotKept: when the vault is away; the ticket is kept.
    """
    bid = own_bid(bid_id, by)
    require(by, Permission.WITHDRAW_BID, of=bid.slot.supplier_id)
    with forms.received(form, bid=bid, what=WITHDRAWAL, at_own_risk=False, by=by) as received:
        if not withdrawing.is_withdrawn(bid, received.sha256):
            with lateness_remembered(bid, WITHDRAWAL, received.arrival, by=by, now=now):
                _withdrawn(bid, received, by, now)
    return own_bid(bid_id, by)


def _withdrawn(bid: Bid, received: forms.Received, by: Actor, now: datetime) -> None:
    require_open(bid.slot.tender, received.arrival.at)
    now = received.after(now)
    judged = forms.judged(received, inside=withdrawal_of(bid).canonical(), bid=bid, now=now)
    forms.require_accepted(judged, at_own_risk=False)
    kept = forms.kept(received, bid.withdrawal_form_name, judged)
    withdrawing.withdraw_bid(bid_id=bid.pk, arrival=received.arrival, form=kept, by=by, now=now)
