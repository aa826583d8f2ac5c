"""What follows a filing within seconds: the receipt as a paper, and retention in the vault.

Both come from the outbox, at least once; each looks first whether it has been done.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO

from bidding.actions.receipts import keep_paper
from bidding.models import Bid, Receipt
from bidding.papers import receipt_pdf
from bidding.queries import name_of, sealed_objects
from bidding.queries_again import everything_filed
from bidding.sealed.bid import Receipt as ReceiptObject
from bidding.verbs import Verb
from procurement.models.outbox import OutboxMessage
from procurement.objects import fetch
from procurement.proof.canonical import sha256_hex
from procurement.stored import vault
from procurement.vault import SEALED, VaultFault
from signatures.service import seal
from tenders.queries import notice_of, pack_of
from tenders.verbs import Verb as TenderVerb

REASON = "Receipt"
DEADLINE_MOVES = (TenderVerb.DEADLINE_EXTENDED, TenderVerb.NOTICE_AMENDED)


def handle(message: OutboxMessage, *, now: datetime) -> None:
    """Set a receipt as a sealed paper, or forbid the deletion of what was filed."""
    if message.verb == Verb.RECEIPT_PAPER_DUE:
        receipt = Receipt.objects.select_related("bid__slot__tender", "bid__slot__supplier")
        set_paper(receipt.get(bid=message.subject), now=now)
    elif message.verb == Verb.RETENTION_DUE:
        retain(Bid.objects.select_related("slot__tender").get(pk=message.subject))
    elif message.verb in DEADLINE_MOVES:  # what is kept from the deadline on, is kept longer
        for bid in everything_filed().filter(slot__tender=message.subject):
            retain(bid)


def set_paper(receipt: Receipt, *, now: datetime) -> None:
    """Set the paper of a receipt, seal it and keep it under the receipt's number."""
    if receipt.paper_version is not None:
        return
    bid = receipt.bid
    said = ReceiptObject.read(fetch(receipt.digest).body)
    notice = notice_of(bid.slot.tender)
    paper = receipt_pdf(receipt.note.encode(), said, notice, bidder_name=name_of(bid))
    sealed = seal(paper, reason=REASON, at=now)
    stored = vault().put(SEALED, receipt.paper_name, BytesIO(sealed.pdf), len(sealed.pdf))
    if keep_paper(
        number=receipt.number,
        sha256=sha256_hex(sealed.pdf),
        version_id=stored.version_id,
        level=sealed.level,
        stamp_owed=sealed.stamp_owed,
        now=now,
    ):
        lock(bid, receipt.paper_name, stored.version_id)
    else:
        with suppress(VaultFault):  # another runner was faster, and its paper stays
            vault().delete(SEALED, receipt.paper_name, stored.version_id)


def retain(bid: Bid) -> None:
    """Hold everything of a bid, and forbid its deletion until the pack's retention is over."""
    for name, version_id in sealed_objects(bid):
        lock(bid, name, version_id)


def retained_until(bid: Bid) -> datetime:
    """Say until when nothing of a bid may be deleted."""
    tender = bid.slot.tender
    return tender.closes_at + timedelta(seconds=pack_of(tender).retention_seconds)


def lock(bid: Bid, name: str, version_id: str) -> None:
    """Hold one object of a bid, and forbid its deletion as long."""
    vault().hold(SEALED, name, version_id)
    vault().retain(SEALED, name, version_id, retained_until(bid))
