"""``daylight submit``: upload a sealed envelope, sign the bid form, file it, and keep the receipt.

Every step may be repeated: parts that are there are not sent again, and a form that was signed but
not yet answered is sent again as it is, so that the first arrival counts.
"""

import argparse
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bidding.sealed.bid import Bid, Bidder, Receipt, Received
from bidding.sealed.manifest import PART_BYTES, Manifest
from bidding.sealed.parts import part_count
from client.fetching import Fetched, read_folder
from client.files import read_small, write_new
from client.output import GOOD, Output, Stopped
from client.papers import add_signer, require_inside, signed_paper
from client.profiles import add_profile, signed_in
from client.receipts import (
    check_proof,
    keep_receipt,
    open_receipt,
    require_receipt_for,
    wait_for_proof,
)
from client.sealing import stored
from client.server import Refused, Server
from procurement.proof.canonical import canonical, sha256_hex
from procurement.proof.instants import format_instant

REASON = "Bid form"


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``submit``."""
    submit = commands.add_parser("submit", help="upload a sealed envelope, sign and file the bid")
    submit.add_argument("sealed", type=Path, metavar="SEALED_DIR")
    submit.add_argument("--tender", type=Path, required=True, metavar="DIR", help="as fetched")
    submit.add_argument("--anchors", type=Path, metavar="FILE", help="else those in the folder")
    submit.add_argument("--supplier", metavar="ID", help="else the bidder of the envelope")
    add_signer(submit)
    submit.add_argument(
        "--form-only",
        type=Path,
        metavar="FORM.pdf",
        help="upload; write the form to sign elsewhere",
    )
    submit.add_argument("--signed", type=Path, metavar="FORM.pdf", help="the form, signed")
    submit.add_argument(
        "--at-own-risk", action="store_true", help="file it though its signature does not hold"
    )
    submit.add_argument(
        "--wait", type=float, default=60, metavar="SECONDS", help="for the proof in the log"
    )
    add_profile(submit)
    submit.set_defaults(run=run_submit)


def run_submit(args: argparse.Namespace, out: Output) -> int:
    """File one envelope as a bid; what is not receipted is not filed, and is said so."""
    _require_one_way(args)
    fetched = read_folder(args.tender, args.anchors)
    manifest = _manifest(args.sealed, fetched)
    supplier = args.supplier or manifest.bidder
    server = signed_in(args, out)
    _upload(server, args.sealed, manifest, supplier, out)
    bid, told = _prepared(server, manifest, supplier, fetched, out)
    form = server.read(f"bids/{told['id']}/form.pdf")
    require_inside(form, {"bid.json": bid.canonical()})
    if args.form_only is not None:
        return _write_form(args.form_only, form, bid, out)
    signed, ours = _signed(args, form, bid)
    answer = _file(server, told["id"], signed, args, ours)
    note = str(answer["receipt"]).encode()
    receipt = open_receipt(note, fetched.anchors)
    received = Received(manifest.digest(), manifest.payload.length)
    require_receipt_for(receipt, bid, sha256_hex(signed), {manifest.envelope: received})
    kept = _beside(args.sealed, "receipt.note")
    keep_receipt(kept, note)
    _say_receipt(kept, receipt, answer, out)
    proved = _prove(server, told["id"], args, receipt, fetched, out)
    out.answer(
        bid=bid.digest(),
        id=told["id"],
        number=receipt.number,
        receipt=str(kept),
        received_at=format_instant(receipt.received_at),
        verdict=receipt.verdict,
        messages=answer.get("messages", []),
        proved=proved,
    )
    return GOOD


def _require_one_way(args: argparse.Namespace) -> None:
    ways = [args.key is not None, args.signed is not None, args.form_only is not None]
    if ways.count(True) != 1:
        raise Stopped("how-signed", "Choose one: --key to sign here, --form-only, or --signed.")


def _manifest(sealed: Path, fetched: Fetched) -> Manifest:
    """Read an envelope that is whole and of this tender."""
    manifest = Manifest.read(read_small(sealed / "manifest.json"))
    _, wrong = stored(sealed, manifest)
    if wrong:
        raise Stopped("changed", f"Not what was sealed: {', '.join(wrong)}. Seal again.")
    notice = fetched.notice
    if (manifest.tender, manifest.keyset) != (notice.tender, notice.keyset):
        raise Stopped("other-tender", "The envelope was sealed for another tender or keyset.")
    return manifest


def _upload(server: Server, sealed: Path, manifest: Manifest, supplier: str, out: Output) -> None:
    body = {"supplier": supplier, "manifest": manifest.to_json()}
    begun = server.post(f"tenders/{manifest.tender}/envelopes", body, repeatable=True)
    if begun["part_bytes"] != PART_BYTES:
        raise Stopped("other-parts", "The server cuts parts of another size; use a newer tool.")
    missing = set(begun["missing"])
    parts = [one for one in _parts(manifest) if one[0] in missing]
    if len(missing) > len(parts):
        raise Stopped("other-parts", "The server asks for parts that the envelope does not have.")
    for name, file, offset in out.each(parts, f"Uploading {sealed.name}"):
        data = _part(sealed / file, offset)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-SHA256": hashlib.sha256(data).hexdigest(),
        }
        server.send("PUT", f"envelopes/{begun['id']}/parts/{name}", content=data, headers=headers)
    server.post(f"envelopes/{begun['id']}/completion", {}, repeatable=True)
    out.say(f"Uploaded {len(parts)} parts, {manifest.payload.length:,} bytes; not submitted yet.")


def _parts(manifest: Manifest) -> Iterator[tuple[str, str, int]]:
    """Name every part, the file that it is in, and where it begins there."""
    for number in range(part_count(manifest.payload.length)):
        yield f"payload-{number:05}", "payload.age", number * PART_BYTES
    for number in range(1, len(manifest.shares) + 1):
        yield f"share-{number}.age", f"share-{number}.age", 0
    yield "p.age", "p.age", 0
    yield "e.age", "e.age", 0


def _part(path: Path, offset: int) -> bytes:
    with path.open("rb") as source:
        source.seek(offset)
        return source.read(PART_BYTES)


def _prepared(
    server: Server, manifest: Manifest, supplier: str, fetched: Fetched, out: Output
) -> tuple[Bid, dict[str, Any]]:
    """Prepare the bid, and compare the server's object with our own, byte for byte.

    Only the server knows which bid of ours this one replaces; people are told.
    """
    envelopes = {manifest.envelope: manifest.digest()}
    body = {"supplier": supplier, "lot": manifest.lot, "envelopes": envelopes}
    told = server.post(f"tenders/{manifest.tender}/bids", body, repeatable=True)
    said = Bid.of(told["bid"])
    ours = Bid(
        tender=manifest.tender,
        lot=manifest.lot,
        bid_version=said.bid_version,
        supersedes=said.supersedes,
        notice=fetched.notice.digest(),
        bidder=Bidder(supplier, (supplier,)),
        envelopes=envelopes,
    )
    if canonical(told["bid"]) != ours.canonical() or told["digest"] != ours.digest():
        raise Stopped(
            "other-bid",
            "The server made another bid of this envelope than we do: sign nothing. "
            "Fetch the tender again; if it stays so, complain.",
        )
    if ours.supersedes is not None:
        out.say(f"It replaces your bid {ours.supersedes}, once it is receipted.")
    return ours, told


def _write_form(path: Path, form: bytes, bid: Bid, out: Output) -> int:
    write_new(path, form)
    out.say(f"{path}: the bid form; sign it (PAdES), then run this again with --signed")
    out.say("  Nothing has been submitted yet.")
    out.answer(form=str(path), bid=bid.digest(), submitted=False)
    return GOOD


def _signed(args: argparse.Namespace, form: bytes, bid: Bid) -> tuple[bytes, Path | None]:
    """Give the signed form, and where it is kept if we signed it."""
    if args.signed is not None:
        signed = read_small(args.signed)
        require_inside(signed, {"bid.json": bid.canonical()})
        return signed, None
    path = _beside(args.sealed, "signed.pdf")
    if path.exists():
        signed = read_small(path)
        require_inside(signed, {"bid.json": bid.canonical()})
    else:
        signed = signed_paper(form, args, reason=REASON)
        write_new(path, signed)
    return signed, path


def _file(
    server: Server, bid: str, signed: bytes, args: argparse.Namespace, ours: Path | None
) -> Any:
    """Send the signed form; a form of ours that was refused is not sent again."""
    headers = {"Content-Type": "application/pdf", "Idempotency-Key": sha256_hex(signed)}
    query = {"at_own_risk": "true"} if args.at_own_risk else {}
    try:
        answer = server.send(
            "POST", f"bids/{bid}/submission", content=signed, headers=headers, query=query
        )
    except Refused:
        if ours is not None:
            ours.unlink()
        raise
    return answer.json()


def _say_receipt(path: Path, receipt: Receipt, answer: Any, out: Output) -> None:
    out.say(f"Submitted. {path}: receipt {receipt.number}, signed by the platform's receipt key")
    out.say(f"  received at {format_instant(receipt.received_at)}; signature {receipt.verdict}")
    for message in answer.get("messages", []):
        out.say(f"  {message['title']}. {message['text']} {message['action']}")


def _prove(
    server: Server,
    bid: str,
    args: argparse.Namespace,
    receipt: Receipt,
    fetched: Fetched,
    out: Output,
) -> bool:
    """Wait until the log holds the receipt, check it and keep the proof."""
    proof = wait_for_proof(server, bid, args.wait)
    if proof is None:
        out.say("  The log does not hold it yet; ask again: daylight receipt")
        return False
    check_proof(proof, receipt, fetched.anchors)
    path = _beside(args.sealed, "proof.json")
    path.write_bytes(canonical(dict(proof)))
    out.say(f"  {path}: the log holds it, and the witnesses signed the log")
    return True


def _beside(sealed: Path, name: str) -> Path:
    return sealed.with_name(f"{sealed.name}.{name}")
