"""Bids and vaults that are not as they should be, as a supplier or administrator makes them."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings

from bidding.models import Bid, Part
from bidding.sealed.container import SourceFile, write_container
from bidding.sealed.derived import Derived
from bidding.sealed.inner import build_inner, items_leaves, items_root
from bidding.sealed.manifest import Context
from bidding.sealed.sealing import seal
from procurement.proof.canonical import sha256_hex
from procurement.vault import SEALED
from tenders.models import Tender
from tenders.queries import keyset_of, notice_of
from tenders.response_form import complete, fields
from tests.bidding.filing import (
    SMALL_PDF,
    FiledBid,
    SealedOffer,
    prepared,
    signed_form,
    submit,
    uploaded,
)
from tests.world import Company, World

Offer = dict[str, Any]


def file_sealed(world: World, tender: Tender, supplier: Company, sealed: SealedOffer) -> FiledBid:
    """File an envelope as it is; the platform cannot look inside."""
    uploaded(world, tender, supplier, sealed)
    bid = prepared(world, tender, supplier, sealed)
    form = signed_form(world, supplier, bid)
    filed = submit(world, supplier, bid, form)
    return FiledBid(Bid.objects.get(pk=bid.pk), filed.receipt, form, sealed)


def with_other_file(sealed: SealedOffer, name: str, data: bytes = b"garbage") -> SealedOffer:
    """Put other bytes in the place of a small file, and name them in the manifest."""
    manifest, derived = sealed.manifest, sealed.derived
    if name.startswith("share-"):
        place = int(name.removeprefix("share-").removesuffix(".age")) - 1
        shares, named = list(derived.shares), list(manifest.shares)
        shares[place], named[place] = data, sha256_hex(data)
        return replace(
            sealed,
            manifest=replace(manifest, shares=tuple(named)),
            derived=replace(derived, shares=tuple(shares)),
        )
    field = name.removesuffix(".age")
    changed: dict[str, Any] = {field: sha256_hex(data)}
    made: Derived = replace(derived, **{field: data})
    return replace(sealed, manifest=replace(manifest, **changed), derived=made)


def seal_changed(
    tender: Tender,
    supplier: Company,
    price: str,
    *,
    change: Callable[[Offer], Offer] = lambda offer: offer,
    inside: Callable[[Offer], Offer] = lambda inner: inner,
    files: dict[str, bytes] | None = None,
) -> SealedOffer:
    """Seal an offer that a program of the supplier's own has changed.

    ``change`` alters the completed offer, ``inside`` what ``inner.json`` says of itself.
    """
    notice, keyset = notice_of(tender), keyset_of(tender)
    offer = change(
        complete(
            notice.response_form,
            "lot-1",
            {
                "answers": {"delivery-days": "14"},
                "prices": {"chairs": {"unit_price": price, "tax_rate": "0.13"}},
                "documents": {"technical": "documents/technical.pdf"},
            },
        )
    )
    sources = [
        SourceFile(path, lambda d=data: BytesIO(d), len(data), hashlib.sha256(data).hexdigest())  # type: ignore[misc]
        for path, data in (files or {"documents/technical.pdf": SMALL_PDF}).items()
    ]
    said = fields(offer)
    leaves = items_leaves(sources, said, [os.urandom(32).hex() for _ in (*sources, *said)])
    bidder = str(supplier.organisation.pk)
    ctx = Context(keyset.digest(), str(tender.pk), "lot-1", "offer", bidder, os.urandom(32))
    plain = {
        "tender": ctx.tender, "lot": "lot-1", "envelope": "offer", "bidder": bidder,
        "nonce32": ctx.nonce32, "items": leaves, "offer": offer,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        container, payload = Path(folder) / "container.zip", Path(folder) / "payload.age"
        with container.open("xb") as out:
            write_container(out, build_inner(**inside(plain)), sources)
        sealed = seal(container, payload, ctx=ctx, items_root=items_root(leaves), keyset=keyset)
        return SealedOffer(sealed.manifest, payload.read_bytes(), sealed.derived, sealed.seed)


def swap_in_the_vault(bid: FiledBid, name: str, data: bytes | None) -> None:
    """Do what whoever owns the directory vault can: change a stored version, or take it away."""
    part = Part.objects.get(envelope__manifest=bid.sealed.manifest.digest(), name=name)
    root = Path(settings.VAULT.removeprefix("dir://"))
    file = root / SEALED / part.object_name / f"{part.object_version}.bytes"
    before = file.read_bytes()
    file.unlink()
    if data is not None:
        file.write_bytes(data[: len(before)].ljust(len(before), b"\0"))
