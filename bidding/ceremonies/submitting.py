"""Submitting a bid (protocol, messages 6 and 7): ticket → form → verdict → vault → receipt.

    1. a ticket with the database's clock, committed before anything is judged
    2. the signed form, read to a file
    3. it carries the bid, to the byte, and is signed
    4. what its signatures are worth; INVALID only at the supplier's own risk
    5. the form into the vault, held
    6. one transaction: everybody who bids looked up in the debarment list, filed, receipt signed,
       event written; at its end the trigger decides

Killed anywhere, the supplier sends the same again: the first ticket counts, and there is one
receipt. It is answered when the transaction has committed, never before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from bidding.actions import filing
from bidding.actions.arrivals import SUBMISSION
from bidding.actions.standing import looked_up, members_of
from bidding.actions.uploads import require_open
from bidding.ceremonies import forms
from bidding.models import Arrival, Bid, Receipt
from bidding.queries import findings_at_intake, object_of, own_bid
from bidding.rules.deadline import SubmissionClosed
from procurement.actors import Actor, require
from procurement.constraint_refusals import refusal_for
from procurement.incoming import Incoming
from procurement.journal.record import attempt
from procurement.proof.canonical import JSON
from procurement.proof.instants import format_instant
from procurement.refusals import Refusal
from procurement.roles import Permission
from procurement.rules.debarment import BidderDebarred
from signatures.pdf.report import Finding


@dataclass(frozen=True)
class Filed:
    """What a supplier is answered: the receipt, the verdict on the form, and its reasons."""

    receipt: Receipt
    verdict: str
    findings: tuple[Finding, ...]


def submit(*, bid_id: UUID, form: Incoming, at_own_risk: bool, by: Actor, now: datetime) -> Filed:
    """Submit a prepared bid by its signed form, and give the receipt.

    :raises NotFound: for anybody else's bid.
    :raises NotPermitted: unless ``by`` submits bids for the supplier.
    :raises SubmissionClosed: when the ticket, or the commit, came too late.
    :raises FormRefused: for a form that is not this bid's, not signed, or not signed validly.
    :raises BidderDebarred: for a bidder on the list, unless at its own risk.
    :raises MembersNotFree: when somebody stands in another bid, or does not stand behind this one.
    :raises FormNotKept: when the vault is away; the ticket is kept.
    """
    bid = own_bid(bid_id, by)
    require(by, Permission.SUBMIT_BID, of=bid.slot.supplier_id)
    with forms.received(form, bid=bid, what=SUBMISSION, at_own_risk=at_own_risk, by=by) as received:
        if not (receipt := filing.receipt_of(bid, received.sha256)):
            with lateness_remembered(bid, SUBMISSION, received.arrival, by=by, now=now):
                receipt = _filed(bid, received, at_own_risk, by, now)
    bid = own_bid(bid_id, by)
    return Filed(receipt, bid.verdict, findings_at_intake(bid))


def _filed(
    bid: Bid, received: forms.Received, at_own_risk: bool, by: Actor, now: datetime
) -> Receipt:
    require_open(bid.slot.tender, received.arrival.at)
    now = received.after(now)
    judged = forms.judged(received, inside=object_of(bid).canonical(), bid=bid, now=now)
    forms.require_accepted(judged, at_own_risk=at_own_risk)
    kept = forms.kept(received, bid.form_name, judged)
    with debarment_remembered(bid, by=by, now=now):
        return filing.file_bid(
            bid_id=bid.pk,
            arrival=received.arrival,
            form=kept,
            at_own_risk=at_own_risk,
            by=by,
            now=now,
        )


@contextmanager
def lateness_remembered(
    bid: Bid, what: str, arrival: Arrival, *, by: Actor, now: datetime
) -> Iterator[None]:
    """Say what the database decided, and write down who came too late, where nobody reads it yet.

    :raises SubmissionClosed: with the deadline and the arrival in it.
    """
    try:
        yield
    except (IntegrityError, SubmissionClosed) as error:
        refusal = error if isinstance(error, SubmissionClosed) else refusal_for(error)
        if refusal is None:
            raise
        if isinstance(refusal, SubmissionClosed):
            _written_down(refusal, bid, by, now, what=what, arrived=format_instant(arrival.at))
        raise refusal from None


@contextmanager
def debarment_remembered(bid: Bid, *, by: Actor, now: datetime) -> Iterator[None]:
    """Keep the evidence of a look-up because of which a bid was refused, where nobody reads it yet.

    :raises BidderDebarred: again.
    """
    try:
        yield
    except BidderDebarred as refusal:
        found = looked_up(bid, members_of(object_of(bid)), now)
        _written_down(refusal, bid, by, now, check=found.digest)
        raise


def _written_down(refusal: Refusal, bid: Bid, by: Actor, now: datetime, **facts: JSON) -> None:
    """Write a refused filing into the journal, where nobody reads it before the opening."""
    tender, said = bid.slot.tender_id, {"bid": bid.digest, **facts}
    attempt(refusal.code, by=by, at=now, tender=tender, concealed=True, facts=said)
