"""``daylight seal``: an envelope, made on one's own machine.

Order: what the offer leaves out is filled in from what the supplier gave once; everything is
checked against the notice, then packed and sealed in a hidden folder, tried once, and only then
does the folder get its name. The seed lies beside it, never in it.
"""

import argparse
import hashlib
import mimetypes
import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bidding.sealed.container import SourceFile, write_container
from bidding.sealed.inner import build_inner, items_leaves, items_root
from bidding.sealed.manifest import Context
from bidding.sealed.sealing import seal
from client.asked import add_asked, read_asked
from client.files import (
    new_folder,
    read_json,
    taken_back,
    write_new,
)
from client.filling import Filled, add_filling, filled_in, inside
from client.output import GOOD, Output, Stopped
from procurement.proof.age_keys import Identity
from procurement.refusals import BadInput
from procurement.texts import Text
from tenders.notice import Notice
from tenders.response_form import check, complete, documents_faults, fields

PDF_MAGIC = b"%PDF-"
UNKNOWN_TYPE = "application/octet-stream"
SEED_IS_THERE = Text(
    "{path} is there already, and a seed is never overwritten.", "{path} 已存在，种子绝不覆盖。"
)
TOO_LATE = Text(
    "Note: the deadline has passed; this envelope can be sealed, but not be in time.",
    "注意：已过截止时间；此信封仍可封装，但不能按时递交。",
)
TOTAL = Text(
    "The offer answers the form; its total is {total} {currency}.",
    "报价符合响应表；总价为 {total} {currency}。",
)
PACKED = Text("Packed {count} files: {length:,} bytes.", "已打包 {count} 个文件：{length:,} 字节。")
IS_SEALED = Text(
    "{folder}: sealed and tried; this is what you file\n"
    "{seed}: its seed; keep it, and never send it to anyone before the opening",
    "{folder}：已封装并试解；这就是您要递交的信封\n"
    "{seed}：其种子；请妥善保管，开标前切勿发送给任何人",
)
NOT_AN_ANSWER = Text("The offer does not answer the form.", "报价不符合响应表。")


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``seal``."""
    sealing = commands.add_parser(
        "seal",
        help="seal an offer and its documents",
        description="What the offer leaves out is filled in from what you gave once (daylight "
        "profile), and shown. Offline, from the copy of daylight profile save.",
    )
    add_asked(sealing)
    sealing.add_argument("--lot", required=True)
    sealing.add_argument("--envelope", default="offer")
    sealing.add_argument("--bidder", required=True, metavar="UUID", help="your supplier's id")
    sealing.add_argument(
        "--offer", type=Path, required=True, metavar="OFFER.json", help="answers and prices"
    )
    sealing.add_argument(
        "--document", action="append", default=[], metavar="NAME=PATH", help="once per document"
    )
    sealing.add_argument("--out", type=Path, required=True, metavar="DIR")
    add_filling(sealing)
    sealing.set_defaults(run=run_seal)


def run_seal(args: argparse.Namespace, out: Output) -> int:
    """Seal one envelope into a new folder, or refuse and leave nothing behind."""
    notice, keyset, closes_at = read_asked(args)
    entered = Filled(read_json(args.offer), _documents(args.document))
    filled = filled_in(entered, notice.response_form, closes_at, args, out)
    documents = filled.documents
    offer = _offer(notice, args.lot, filled.offer, documents)
    seed_path = args.out.with_name(args.out.name + ".seed")
    if seed_path.exists():
        raise Stopped("exists", SEED_IS_THERE, path=seed_path)
    if datetime.now(UTC) >= closes_at:
        out.say(TOO_LATE)
    out.say(TOTAL, total=offer["total"], currency=offer["currency"])

    ctx = Context(
        keyset.digest(), notice.tender, args.lot, args.envelope, args.bidder, os.urandom(32)
    )
    Context.of(ctx.to_json())  # a bad --bidder is refused here
    files = [_measured(documents[name], path) for name, path in offer["documents"].items()]
    with taken_back(seed_path), new_folder(args.out) as folder:
        with tempfile.TemporaryDirectory(dir=args.out.parent) as beside:
            container = Path(beside) / "container.zip"
            root = _pack(container, ctx, files, offer)
            out.say(PACKED, count=len(files), length=container.stat().st_size)
            sealed = seal(
                container, folder / "payload.age", ctx=ctx, items_root=root, keyset=keyset
            )
        for name, data in sealed.derived.files().items():
            write_new(folder / name, data)
        write_new(folder / "manifest.json", sealed.manifest.canonical())
        kept = Identity.from_bytes(sealed.seed).encode().encode() + b"\n"
        write_new(seed_path, kept, secret=True)
    out.say(IS_SEALED, folder=args.out, seed=seed_path)
    out.answer(
        manifest=sealed.manifest.digest(),
        folder=str(args.out),
        seed=str(seed_path),
        total=offer["total"],
        total_net=offer["total_net"],
        currency=offer["currency"],
        length=sealed.manifest.payload.length,
        from_profile=filled.told(),
    )
    return GOOD


def _documents(given: list[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for one in given:
        name, equals, path = one.partition("=")
        if not equals or not name or name in found:
            text = Text(
                "Write --document NAME=PATH, each name once: “{given}”.",
                "请写成 --document NAME=PATH，每个名称只出现一次：“{given}”。",
            )
            raise Stopped("bad-document", text, given=one)
        if not Path(path).is_file():
            text = Text("There is no file {path}.", "没有文件 {path}。")
            raise Stopped("no-such-file", text, path=path)
        found[name] = Path(path)
    return found


def _offer(notice: Notice, lot: str, offer: Any, documents: Mapping[str, Path]) -> dict[str, Any]:
    """Complete the offer with its totals and paths, or name every fault in it at once."""
    form = notice.response_form
    if isinstance(offer, dict) and "documents" not in offer:
        paths = {name: inside(name, path) for name, path in documents.items()}
        offer = {**offer, "documents": paths}
    described = {name: (media_type(path), path.stat().st_size) for name, path in documents.items()}
    faults = list(documents_faults(form, lot, described))
    try:
        filled = complete(form, lot, offer)
    except BadInput as refusal:
        # A missing document is one fault, whether the offer or the command leaves it out.
        both = {(fault.code, fault.pointer): fault for fault in (*refusal.faults, *faults)}
        faults = list(both.values())
    if faults:
        raise Stopped("bad-offer", NOT_AN_ANSWER, faults=faults)
    if set(filled["documents"]) != set(documents):
        raise Stopped(
            "other-documents",
            Text(
                "Offer and --document do not name the same documents.",
                "报价与 --document 所列的文件不一致。",
            ),
        )
    if faults := check(form, lot, filled):
        raise Stopped("bad-offer", NOT_AN_ANSWER, faults=faults)
    return filled


def media_type(path: Path) -> str:
    """Tell a file's media type: a PDF by its first bytes, others by their ending."""
    guessed = mimetypes.guess_type(path.name)[0] or UNKNOWN_TYPE
    with path.open("rb") as source:
        is_pdf = source.read(len(PDF_MAGIC)) == PDF_MAGIC
    if is_pdf:
        return "application/pdf"
    return UNKNOWN_TYPE if guessed == "application/pdf" else guessed


def _measured(source: Path, inside: str) -> SourceFile:
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return SourceFile(inside, lambda: source.open("rb"), source.stat().st_size, digest)


def _pack(container: Path, ctx: Context, files: list[SourceFile], offer: dict[str, Any]) -> str:
    """Write the container and give the root over everything in it."""
    said = fields(offer)
    salts = [os.urandom(32).hex() for _ in range(len(files) + len(said))]
    leaves = items_leaves(files, said, salts)
    inner = build_inner(
        tender=ctx.tender,
        lot=ctx.lot,
        envelope=ctx.envelope,
        bidder=ctx.bidder,
        nonce32=ctx.nonce32,
        items=leaves,
        offer=offer,
    )
    with container.open("xb") as out:
        write_container(out, inner, files)
    return items_root(leaves)
