"""Filing a bid: one transaction, in which the receipt is signed and the trigger decides on time."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction

from bidding.actions.preparing import locked_bid
from bidding.actions.standing import require_behind, require_members
from bidding.actions.uploads import require_open
from bidding.models import Arrival, Bid, BidEnvelope, BidState, Receipt
from bidding.queries import live_bid, object_of
from bidding.rules.confirmation import Overtaken
from bidding.sealed.bid import Receipt as ReceiptObject
from bidding.sealed.bid import Received, Verdict
from bidding.sealed.receipt_numbers import new_number
from bidding.verbs import Verb
from procurement import objects, outbox
from procurement.actors import Actor, require
from procurement.anchors import current_anchors
from procurement.journal.proofs import latest_checkpoint
from procurement.journal.record import Kind, control_head, record
from procurement.journal.timestamping import stamped_text
from procurement.keys import receipt_signer
from procurement.proof.basis import Basis
from procurement.proof.canonical import sha256_hex
from procurement.queries import require_still_in
from procurement.refusals import AlreadyDone
from procurement.roles import Permission
from procurement.texts import Text

_FILED = Text(
    "It was submitted with another signed form, under the receipt {number}",
    "该投标已以另一份签名文件递交，回执编号为 {number}",
)


@dataclass(frozen=True)
class JudgedForm:
    """A signed form as it lies in the vault, and what its signatures are worth."""

    sha256: str
    version_id: str
    verdict: str
    codes: tuple[str, ...]
    basis: Basis
    at_own_risk: bool = False  # accepted although INVALID
    signed_for: tuple[UUID, ...] = ()  # suppliers whose signatures hold, beside the lead's


@transaction.atomic
def file_bid(
    *,
    bid_id: UUID,
    arrival: Arrival,
    form: JudgedForm,
    at_own_risk: bool = False,
    by: Actor,
    now: datetime,
) -> Receipt:
    """File a bid and sign its receipt; the same form again gives the same receipt.

    The lock is on the bidder's slot, never on the tender. Whether it is in time the database
    decides at commit (``bidding.triggers``), so this may still be refused after it has returned.

    :raises NotPermitted: unless ``by`` submits bids for the supplier.
    :raises SignedOut: when ``by`` was shut out meanwhile.
    :raises AlreadyDone: when the bid was filed with another form.
    :raises Refusal: as ``standing.require_members`` and ``require_behind`` do.
    :raises Overtaken: when the bid that it replaces, or the notice, is another one by now.
    :raises NotOpenForBids: for a tender that is not published.
    :raises SubmissionClosed: for a ticket at or after the deadline.
    """
    bid = locked_bid(bid_id, by)
    require(by, Permission.SUBMIT_BID, of=bid.slot.supplier_id)

    if receipt := receipt_of(bid, form.sha256):
        return receipt
    require_still_in(by)
    live, said = live_bid(bid.slot), object_of(bid)
    if (said.supersedes, said.notice) != (live.digest if live else None, bid.slot.tender.notice):
        raise Overtaken
    require_open(bid.slot.tender, arrival.at)
    require_behind(bid, form.signed_for)
    looked_up = require_members(bid, said, at_own_risk=at_own_risk, now=now)

    if live:
        live.supersede()
        live.save()
    bid.file()
    bid.filed_by_id, bid.arrival = by.user_id, arrival
    bid.form_sha256, bid.form_version = form.sha256, form.version_id
    bid.verdict, bid.codes, bid.at_own_risk = form.verdict, [*form.codes], form.at_own_risk
    bid.debarred = bool(looked_up.faults)
    bid.save()
    written = _receipt(bid, arrival)
    digest = objects.store(written.to_json(), tender=bid.slot.tender_id, at=now, restricted=True)
    event = record(
        Verb.BID_FILED,
        tender=bid.slot.tender_id,
        by=by,
        at=now,
        body={
            "object": digest,
            "bid": bid.digest,
            "check": looked_up.digest,
            **form.basis.named(),
        },
        kind=Kind.CONCEALED,
    )
    receipt = Receipt.objects.create(
        number=written.number,
        bid=bid,
        digest=digest,
        note=written.sign(receipt_signer()).decode(),
        received_at=arrival.at,
        issued_at=now,
        event=event.pk,
    )
    outbox.announce(Verb.RECEIPT_PAPER_DUE, bid.pk)
    outbox.announce(Verb.RETENTION_DUE, bid.pk)
    return receipt


def receipt_of(bid: Bid, form_sha256: str) -> Receipt | None:
    """Give the receipt for exactly this form, None for a bid that is still to be filed.

    :raises AlreadyDone: when the bid was filed with another form.
    :raises WrongState: for one that was discarded.
    """
    receipt = Receipt.objects.filter(bid=bid).first()
    if receipt is None:
        require_prepared(bid)
        return None
    if bid.form_sha256 != form_sha256:
        raise AlreadyDone(_FILED, number=receipt.number)
    return receipt


def require_prepared(bid: Bid) -> None:
    """Let pass what was prepared and not submitted or discarded.

    :raises WrongState: otherwise, in the words of the move.
    """
    if bid.state != BidState.PREPARED:
        bid.file()


def _receipt(bid: Bid, arrival: Arrival) -> ReceiptObject:
    """Write what the platform promises: what it has, since when, and the log as it saw it."""
    bound = BidEnvelope.objects.filter(bid=bid).select_related("envelope")
    checkpoint = latest_checkpoint()
    return ReceiptObject(
        number=new_number(),
        tender=str(bid.slot.tender_id),
        bid=bid.digest,
        form=bid.form_sha256,
        envelopes={
            one.envelope.name: Received(one.envelope.manifest, one.envelope.length) for one in bound
        },
        verdict=cast("Verdict", bid.verdict),
        received_at=arrival.at,
        control_head=control_head(bid.slot.tender_id) or "",
        checkpoint=sha256_hex(stamped_text(checkpoint)) if checkpoint else None,
        anchors=current_anchors().digest(),
    )
