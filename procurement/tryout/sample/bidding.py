"""Suppliers at work in the sample world: they seal, upload, sign and file, by the real actions."""

import hashlib
import os
import tempfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

from bidding.actions.preparing import prepare
from bidding.actions.uploads import begin_envelope
from bidding.ceremonies import submitting, uploading, withdrawing
from bidding.models import Bid, BidEnvelope, Receipt
from bidding.papers import bid_form_pdf, withdrawal_form_pdf
from bidding.queries import name_of, object_of, own_bid, withdrawal_of
from bidding.sealed.container import write_container
from bidding.sealed.inner import build_inner, items_leaves, items_root
from bidding.sealed.manifest import PART_BYTES, Context, Manifest
from bidding.sealed.sealing import seal
from procurement.actions.facts import declare
from procurement.incoming import Incoming
from procurement.queries_profile import undeclared
from procurement.rules.declaration import NEEDED
from procurement.tryout.sample.world import Body, World
from tenders.models import Tender
from tenders.queries import keyset_of, notice_of
from tenders.response_form import complete, fields

LOT = "lot-1"
TAX = "0.13"


def filed(world: World, tender: UUID, supplier: Body, unit_price: str) -> Receipt:
    """File an offer, from sealing to the receipt. It replaces the supplier's live bid."""
    row = Tender.objects.get(pk=tender)
    by = world.by(supplier.people["signer"])
    if undeclared([supplier.organisation.pk], world.now)[supplier.organisation.pk]:
        _declare(world, supplier)
    manifest, parts = _sealed(row, supplier, unit_price)
    envelope, _ = begin_envelope(
        tender_id=tender,
        supplier_id=supplier.organisation.pk,
        manifest=manifest.to_json(),
        by=by,
        now=world.now,
    )
    for name, data in parts.items():
        uploading.store_part(
            envelope_id=envelope.pk, name=name, body=_arriving(data), by=by, now=world.now
        )
    uploading.complete(envelope_id=envelope.pk, by=by, now=world.now)
    return confirmed(world, tender, supplier, manifest.digest())


def confirmed(world: World, tender: UUID, supplier: Body, manifest: str) -> Receipt:
    """Prepare a bid over an envelope that is there, sign its form and submit it."""
    by = world.by(supplier.people["signer"])
    bid, _ = prepare(
        tender_id=tender,
        supplier_id=supplier.organisation.pk,
        lot=LOT,
        envelopes={"offer": manifest},
        by=by,
        now=world.now,
    )
    own, notice = own_bid(bid.pk, by), notice_of(Tender.objects.get(pk=tender))
    form = bid_form_pdf(object_of(own), notice, bidder_name=name_of(own))
    signed = _signed(world, supplier, form)
    done = submitting.submit(
        bid_id=bid.pk, form=_arriving(signed), at_own_risk=False, by=by, now=world.now
    )
    return done.receipt


def confirmed_again(world: World, receipt: Receipt, supplier: Body) -> Receipt:
    """Confirm a bid under the notice in force, over what is sealed already."""
    bound = BidEnvelope.objects.select_related("envelope").get(bid=receipt.bid_id)
    tender = receipt.bid.slot.tender_id
    return confirmed(world, tender, supplier, bound.envelope.manifest)


def withdrawn(world: World, receipt: Receipt, supplier: Body) -> Bid:
    """Take a filed bid back."""
    by = world.by(supplier.people["signer"])
    bid = own_bid(receipt.bid_id, by)
    notice = notice_of(bid.slot.tender)
    form = withdrawal_form_pdf(withdrawal_of(bid), notice, bidder_name=name_of(bid))
    signed = _signed(world, supplier, form)
    return withdrawing.withdraw(bid_id=bid.pk, form=_arriving(signed), by=by, now=world.now)


def _sealed(tender: Tender, supplier: Body, unit_price: str) -> tuple[Manifest, dict[str, bytes]]:
    """Seal an offer; give its manifest and every part to upload."""
    notice, keyset = notice_of(tender), keyset_of(tender)
    table = next(one for one in notice.response_form["prices"] if one["lot"] == LOT)
    prices = {one["id"]: {"unit_price": unit_price, "tax_rate": TAX} for one in table["items"]}
    answers = {question["id"]: "30" for question in notice.response_form["questions"]}
    offer = complete(
        notice.response_form, LOT, {"answers": answers, "prices": prices, "documents": {}}
    )
    said = fields(offer)
    leaves = items_leaves([], said, [os.urandom(32).hex() for _ in said])
    bidder = str(supplier.organisation.pk)
    ctx = Context(keyset.digest(), str(tender.pk), LOT, "offer", bidder, os.urandom(32))
    inner = build_inner(
        tender=ctx.tender, lot=LOT, envelope="offer", bidder=bidder, nonce32=ctx.nonce32,
        items=leaves, offer=offer,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        container, payload = Path(folder) / "container.zip", Path(folder) / "payload.age"
        with container.open("xb") as out:
            write_container(out, inner, [])
        sealed = seal(container, payload, ctx=ctx, items_root=items_root(leaves), keyset=keyset)
        data = payload.read_bytes()
    cut = {
        f"payload-{n:05}": data[at : at + PART_BYTES]
        for n, at in enumerate(range(0, len(data), PART_BYTES))
    }
    return sealed.manifest, {**cut, **sealed.derived.files()}


def _declare(world: World, supplier: Body) -> None:
    """Declare once a year what every law asks of a bidder."""
    declare(
        supplier_id=supplier.organisation.pk,
        statements=sorted(NEEDED),
        valid_until=world.now + timedelta(days=360),
        by=world.by(supplier.people["signer"]),
        now=world.now,
    )


def _signed(world: World, supplier: Body, form: bytes) -> bytes:
    assert supplier.credential
    return world.sign(form, supplier.credential)


def _arriving(data: bytes) -> Incoming:
    return Incoming(BytesIO(data), len(data), hashlib.sha256(data).hexdigest())
