"""Suppliers at work: an offer sealed, uploaded, prepared, signed and filed, by the real actions.

filed = filed_bid(world, tender, world.suppliers[0], "12.50")
filed.sealed.seed, filed.bid.digest, filed.receipt.note
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.db import connection

from bidding.actions.preparing import prepare
from bidding.actions.uploads import begin_envelope
from bidding.ceremonies import submitting, uploading, withdrawing
from bidding.ceremonies.submitting import Filed
from bidding.models import Bid, Envelope, Receipt
from bidding.papers import bid_form_pdf, withdrawal_form_pdf
from bidding.queries import name_of, object_of, own_bid, withdrawal_of
from bidding.sealed.container import SourceFile, write_container
from bidding.sealed.derived import Derived
from bidding.sealed.inner import build_inner, items_leaves, items_root
from bidding.sealed.manifest import PART_BYTES, Context, Manifest
from bidding.sealed.sealing import seal
from procurement.incoming import Incoming
from tenders.models import Tender
from tenders.queries import keyset_of, notice_of
from tenders.response_form import complete, fields
from tests.world import Company, World

SMALL_PDF = b"%PDF-1.7\n%a small technical part\n%%EOF\n"


@dataclass(frozen=True)
class SealedOffer:
    """What a supplier uploads, and the seed that it keeps."""

    manifest: Manifest
    payload: bytes
    derived: Derived
    seed: bytes

    def parts(self) -> dict[str, bytes]:
        """Give every part by its name."""
        cut = range(0, len(self.payload), PART_BYTES)
        payload = {
            f"payload-{n:05}": self.payload[at : at + PART_BYTES] for n, at in enumerate(cut)
        }
        return {**payload, **self.derived.files()}


@dataclass(frozen=True)
class FiledBid:
    """A filed bid: the row, the receipt, the signed form and the sealed offer."""

    bid: Bid
    receipt: Receipt
    form: bytes
    sealed: SealedOffer


def seal_offer(
    world: World,
    tender: Tender,
    supplier: Company,
    price: str,
    *,
    lot: str = "lot-1",
    document: bytes = SMALL_PDF,
) -> SealedOffer:
    """Seal an offer on the supplier's own device; ``price`` is that of one unit of each item."""
    notice, keyset = notice_of(tender), keyset_of(tender)
    form = notice.response_form
    table = next(one for one in form["prices"] if one["lot"] == lot)
    entered = {
        "answers": {question["id"]: "14" for question in form["questions"]},
        "prices": {
            item["id"]: {"unit_price": price, "tax_rate": "0.13"} for item in table["items"]
        },
        "documents": {one["name"]: f"documents/{one['name']}.pdf" for one in form["documents"]},
    }
    offer = complete(form, lot, entered)
    files = [_file(path, document) for path in offer["documents"].values()]
    said = fields(offer)
    leaves = items_leaves(files, said, [os.urandom(32).hex() for _ in (*files, *said)])
    ctx = Context(
        keyset.digest(), str(tender.pk), lot, "offer", str(supplier.organisation.pk), os.urandom(32)
    )
    inner = build_inner(
        tender=ctx.tender, lot=lot, envelope="offer", bidder=ctx.bidder, nonce32=ctx.nonce32,
        items=leaves, offer=offer,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        container, payload = Path(folder) / "container.zip", Path(folder) / "payload.age"
        with container.open("xb") as out:
            write_container(out, inner, files)
        sealed = seal(container, payload, ctx=ctx, items_root=items_root(leaves), keyset=keyset)
        return SealedOffer(sealed.manifest, payload.read_bytes(), sealed.derived, sealed.seed)


def begun(world: World, tender: Tender, supplier: Company, sealed: SealedOffer) -> Envelope:
    """Begin an upload."""
    envelope, _ = begin_envelope(
        tender_id=tender.pk,
        supplier_id=supplier.organisation.pk,
        manifest=sealed.manifest.to_json(),
        by=world.by(supplier.signer),
        now=world.now,
    )
    return envelope


def store(world: World, supplier: Company, envelope: Envelope, name: str, data: bytes) -> None:
    """Upload one part."""
    body = Incoming(BytesIO(data), len(data), hashlib.sha256(data).hexdigest())
    by = world.by(supplier.signer)
    uploading.store_part(envelope_id=envelope.pk, name=name, body=body, by=by, now=world.now)


def uploaded(world: World, tender: Tender, supplier: Company, sealed: SealedOffer) -> Envelope:
    """Upload an envelope and complete it."""
    envelope = begun(world, tender, supplier, sealed)
    for name, data in sealed.parts().items():
        store(world, supplier, envelope, name, data)
    by = world.by(supplier.signer)
    return uploading.complete(envelope_id=envelope.pk, by=by, now=world.now)


def prepared(world: World, tender: Tender, supplier: Company, sealed: SealedOffer) -> Bid:
    """Prepare a bid over an uploaded envelope."""
    bid, _ = prepare(
        tender_id=tender.pk,
        supplier_id=supplier.organisation.pk,
        lot=sealed.manifest.lot,
        envelopes={"offer": sealed.manifest.digest()},
        by=world.by(supplier.signer),
        now=world.now,
    )
    return bid


def prepared_bid(world: World, tender: Tender, supplier: Company, price: str) -> Bid:
    """Seal, upload and prepare, up to the signature."""
    sealed = seal_offer(world, tender, supplier, price)
    uploaded(world, tender, supplier, sealed)
    return prepared(world, tender, supplier, sealed)


def bid_form(world: World, supplier: Company, bid: Bid) -> bytes:
    """Fetch the form that a supplier signs."""
    bid = own_bid(bid.pk, world.by(supplier.signer))
    notice = notice_of(bid.slot.tender)
    return bid_form_pdf(object_of(bid), notice, bidder_name=name_of(bid))


def signed_form(world: World, supplier: Company, bid: Bid) -> bytes:
    """Sign the form of a bid with the supplier's certificate."""
    return world.trust.sign(bid_form(world, supplier, bid), supplier.credential, world.now)


def signed_withdrawal(world: World, supplier: Company, bid: Bid) -> bytes:
    """Sign the form by which a bid is taken back."""
    bid = own_bid(bid.pk, world.by(supplier.signer))
    notice = notice_of(bid.slot.tender)
    form = withdrawal_form_pdf(withdrawal_of(bid), notice, bidder_name=name_of(bid))
    return world.trust.sign(form, supplier.credential, world.now)


def submit(
    world: World,
    supplier: Company,
    bid: Bid,
    form: bytes,
    *,
    at_own_risk: bool = False,
    announced: bool = True,
) -> Filed:
    """Send a signed form."""
    filed = submitting.submit(
        bid_id=bid.pk,
        form=arriving(form, announced=announced),
        at_own_risk=at_own_risk,
        by=world.by(supplier.signer),
        now=world.now,
    )
    committed()
    return filed


def committed() -> None:
    """Let the database judge what was filed now, also where a whole test is one transaction."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def withdraw(world: World, supplier: Company, bid: Bid, form: bytes) -> Bid:
    """Send a signed withdrawal."""
    by = world.by(supplier.signer)
    return withdrawing.withdraw(bid_id=bid.pk, form=arriving(form), by=by, now=world.now)


def withdrawn_bid(world: World, supplier: Company, bid: Bid) -> Bid:
    """Take a filed bid back."""
    return withdraw(world, supplier, bid, signed_withdrawal(world, supplier, bid))


def filed_bid(
    world: World,
    tender: Tender,
    supplier: Company,
    price: str,
    *,
    lot: str = "lot-1",
    document: bytes = SMALL_PDF,
) -> FiledBid:
    """File an offer, from sealing to the receipt. It replaces the supplier's live bid."""
    sealed = seal_offer(world, tender, supplier, price, lot=lot, document=document)
    uploaded(world, tender, supplier, sealed)
    bid = prepared(world, tender, supplier, sealed)
    form = signed_form(world, supplier, bid)
    filed = submit(world, supplier, bid, form)
    return FiledBid(Bid.objects.get(pk=bid.pk), filed.receipt, form, sealed)


def arriving(data: bytes, *, announced: bool = True) -> Incoming:
    """Let bytes come in, with their digest beforehand or without."""
    digest = hashlib.sha256(data).hexdigest() if announced else None
    return Incoming(BytesIO(data), len(data), digest)


def _file(path: str, data: bytes) -> SourceFile:
    return SourceFile(path, lambda: BytesIO(data), len(data), hashlib.sha256(data).hexdigest())
