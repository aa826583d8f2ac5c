"""Act three: sealed and signed bids; one is replaced, one refused and signed again, one is late."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from procurement.tryout.story.cast import SUPPLIERS
from procurement.tryout.story.stage import (
    Json,
    Person,
    Stage,
    at_once,
    require,
    wait_until,
)
from procurement.tryout.story.tender import LOT, passphrase
from procurement.typesetting import typeset
from signatures.practice import edited, with_annex

PAPERS = Path(__file__).parent.parent / "papers"
LARGE, LARGE_BYTES = "east", 50 * 1024 * 1024
REPLACES, ALTERS, LATE = "north", "south", "west"
IN_TIME = ("north", "south", "east")
UNIT_PRICES = {"north": "128.00", "south": "99.00", "east": "131.50", "west": "90.00"}
BETTER_PRICE = "121.00"
QUANTITY, TAX_RATE = 100, "0.13"
LATE_BY = timedelta(seconds=1)


def prepare_documents(stage: Stage) -> str:
    """Write and sign the suppliers' technical offers, before the clock runs."""
    at_once([partial(_technical_offer, stage[name]) for name in SUPPLIERS])
    document = stage[ALTERS].folder / "technical.pdf"
    document.write_bytes(edited(document.read_bytes()))
    megabytes = LARGE_BYTES // (1024 * 1024)
    return f"technical offers written and signed, one of {megabytes} MB, one altered after signing"


def fetch(stage: Stage) -> str:
    """Let every supplier fetch the tender, and check it against the anchors."""
    at_once([partial(_fetch, stage[name]) for name in SUPPLIERS])
    return f"{len(SUPPLIERS)} suppliers fetched the tender and checked it: one history, signed"


def refuse_edited_form(stage: Stage) -> str:
    """Let a supplier edit its bid form after signing, and read why that is no good."""
    south = stage[ALTERS]
    _seal(south, "offer", UNIT_PRICES[ALTERS])
    signed = _signed_form(south)
    changed = south.folder / "edited.pdf"
    changed.write_bytes(edited(signed.read_bytes()))
    refusal = _submit(south, "--signed", changed, refused="form-refused")
    reason = "; ".join(str(fault["text"]) for fault in refusal["faults"])
    require(bool(reason), f"a refusal without a reason: {refusal}")
    stage.facts["signed form"] = signed
    return f"south edited its bid form after signing: refused: {reason}"


def submit_all(stage: Stage) -> str:
    """Let three suppliers submit: one replaces its bid, one signs again, one sends 50 MB."""
    at_once([partial(_replace, stage[REPLACES]), partial(_sign_again, stage[ALTERS]),
             partial(_send_large, stage[LARGE]), partial(_get_ready, stage[LATE])])  # fmt: skip
    for name in IN_TIME:
        require(stage.facts[f"receipt {name}"].is_file(), f"{name} has no receipt")
    left = (stage.facts["closes_at"] - datetime.now(UTC)).total_seconds()
    require(left > 0, f"the bids took {-left:.0f} s more than there was time for")
    return f"three suppliers hold signed receipts; {left:.0f} s are left"


def show_nothing(stage: Stage) -> str:
    """Show that neither officer nor supervisor nor stranger sees how many bids there are."""
    for name in ("officer", "supervisor"):
        seen = json.dumps(stage[name].ask("GET", f"tenders/{stage.tender}"))
        seen += json.dumps(stage[name].ask("GET", f"tenders/{stage.tender}/opening"))
        for supplier in SUPPLIERS:
            require(stage.ids[supplier] not in seen, f"{name} sees that {supplier} filed")
    return "neither the officer nor the supervisor sees who filed, or how many"


def refuse_late(stage: Stage) -> str:
    """Let a fourth supplier come a second late."""
    wait_until(stage.facts["closes_at"] + LATE_BY)
    west = stage[LATE]
    refusal = _submit(west, "--signed", stage.facts["late form"], refused="submission-closed")
    return f"west is a second late: {refusal['message']}"


def total(unit_price: str) -> str:
    """Compute what a supplier's bid must come to, tax included."""
    cents = int(unit_price.replace(".", "")) * QUANTITY
    cents += (cents * int(TAX_RATE.removeprefix("0.")) + 50) // 100
    return f"{cents // 100}.{cents % 100:02}"


def _technical_offer(supplier: Person) -> None:
    english, chinese = SUPPLIERS[supplier.name]
    words: Json = {
        "title": "Technical offer / 技术方案",
        "bidder": f"{english} / {chinese}",
        "paragraphs": ["Stackable chairs, oak, 24 kg a pair.", "交货：14 天。"],
    }
    pdf = typeset(PAPERS / "offer.typ", words, title="Technical offer")
    if supplier.name == LARGE:
        pdf = with_annex(pdf, os.urandom(LARGE_BYTES), "drawings.bin")
    written = supplier.folder / "written.pdf"
    written.write_bytes(pdf)
    supplier.daylight(
        *("sign", written, "--key", supplier.folder / "certificate.p12"),
        *passphrase(supplier.stage),
        *("--out", supplier.folder / "technical.pdf"),
    )


def _fetch(supplier: Person) -> None:
    stage = supplier.stage
    supplier.daylight(
        *("fetch", stage.tender, "--out", supplier.folder / "tender"),
        *("--anchors", stage.anchors),
    )


def _seal(supplier: Person, name: str, unit_price: str) -> None:
    offer = supplier.folder / f"{name}.json"
    prices = {"chairs": {"unit_price": unit_price, "tax_rate": TAX_RATE}}
    offer.write_text(json.dumps({"answers": {"delivery-days": "14"}, "prices": prices}))
    made = supplier.daylight(
        *("seal", "--tender", supplier.folder / "tender", "--lot", LOT),
        *("--bidder", supplier.stage.ids[supplier.name], "--offer", offer),
        *("--document", f"technical={supplier.folder / 'technical.pdf'}"),
        *("--out", supplier.folder / "sealed" / name),
    )
    require(made["total"] == total(unit_price), f"another total than computed: {made['total']}")


def _submit(
    supplier: Person, *how: object, name: str = "offer", refused: str | None = None
) -> Json:
    stage = supplier.stage
    answer = supplier.daylight(
        *("submit", supplier.folder / "sealed" / name, "--tender", supplier.folder / "tender"),
        *("--supplier", stage.ids[supplier.name], "--anchors", stage.anchors, *how),
        refused=refused,
    )
    if "receipt" in answer:
        stage.facts[f"receipt {supplier.name}"] = Path(answer["receipt"])
    return answer


def _signing(supplier: Person) -> tuple[object, ...]:
    key = supplier.folder / "certificate.p12"
    return "--key", key, *passphrase(supplier.stage)


def _signed_form(supplier: Person) -> Path:
    """Upload, take the bid form, and sign it with a tool of one's own."""
    form, signed = supplier.folder / "form.pdf", supplier.folder / "signed.pdf"
    _submit(supplier, "--form-only", form)
    supplier.daylight("sign", form, *_signing(supplier), "--out", signed)
    return signed


def _replace(north: Person) -> None:
    _seal(north, "offer", UNIT_PRICES[REPLACES])
    _submit(north, *_signing(north))
    _seal(north, "better", BETTER_PRICE)
    _submit(north, *_signing(north), name="better")


def _sign_again(south: Person) -> None:
    _submit(south, "--signed", south.stage.facts["signed form"])


def _send_large(east: Person) -> None:
    _seal(east, "offer", UNIT_PRICES[LARGE])
    _submit(east, *_signing(east))


def _get_ready(west: Person) -> None:
    _seal(west, "offer", UNIT_PRICES[LATE])
    west.stage.facts["late form"] = _signed_form(west)
