"""``daylight seal`` and ``daylight inspect``: an envelope, made and looked at on one's own machine.

Order: everything is checked against the notice first, then packed and sealed in a hidden folder,
tried once, and only then does the folder get its name. The seed lies beside it, never in it.
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

from bidding.sealed.container import SourceFile, read_container, write_container
from bidding.sealed.derived import differences
from bidding.sealed.inner import build_inner, items_leaves, items_root, read_inner
from bidding.sealed.manifest import Context, Manifest
from bidding.sealed.parts import part_digests, payload_root
from bidding.sealed.sealing import seal
from bidding.sealed.unsealing import open_payload
from client.asked import add_asked, read_asked
from client.files import (
    new_folder,
    read_json,
    read_object,
    read_small,
    taken_back,
    write_new,
)
from client.output import GOOD, Output, Stopped
from procurement.proof.age_keys import Identity
from procurement.proof.canonical import sha256_hex
from procurement.refusals import BadInput
from tenders.notice import Notice
from tenders.panel.keyset import Keyset
from tenders.response_form import check, complete, documents_faults, fields

PDF_MAGIC = b"%PDF-"
UNKNOWN_TYPE = "application/octet-stream"


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``seal`` and ``inspect``."""
    sealing = commands.add_parser("seal", help="seal an offer and its documents")
    add_asked(sealing)
    sealing.add_argument("--lot", required=True)
    sealing.add_argument("--envelope", default="offer")
    sealing.add_argument("--bidder", required=True, metavar="UUID")
    sealing.add_argument("--offer", type=Path, required=True, metavar="OFFER.json")
    sealing.add_argument(
        "--document", action="append", default=[], metavar="NAME=PATH", help="once per document"
    )
    sealing.add_argument("--out", type=Path, required=True, metavar="DIR")
    sealing.set_defaults(run=run_seal)

    inspect = commands.add_parser("inspect", help="look at a sealed envelope and check its digests")
    inspect.add_argument("sealed", type=Path, metavar="DIR")
    inspect.add_argument("--seed", type=Path, help="also rebuild it and list its files")
    inspect.add_argument("--keyset", type=Path, help="needed with --seed")
    inspect.add_argument("--agency-key", metavar="VKEY")
    inspect.set_defaults(run=run_inspect)


def run_seal(args: argparse.Namespace, out: Output) -> int:
    """Seal one envelope into a new folder, or refuse and leave nothing behind."""
    notice, keyset = read_asked(args)
    documents = _documents(args.document)
    offer = _offer(notice, args.lot, read_json(args.offer), documents)
    seed_path = args.out.with_name(args.out.name + ".seed")
    if seed_path.exists():
        raise Stopped("exists", f"{seed_path} is there already, and a seed is never overwritten.")
    if datetime.now(UTC) >= notice.closes_at:
        out.say("Note: the deadline has passed; this envelope can be sealed, but not be in time.")
    out.say(f"The offer answers the form; its total is {offer['total']} {offer['currency']}.")

    ctx = Context(
        keyset.digest(), notice.tender, args.lot, args.envelope, args.bidder, os.urandom(32)
    )
    Context.of(ctx.to_json())  # a bad --bidder is refused here
    files = [_measured(documents[name], path) for name, path in offer["documents"].items()]
    with taken_back(seed_path), new_folder(args.out) as folder:
        with tempfile.TemporaryDirectory(dir=args.out.parent) as beside:
            container = Path(beside) / "container.zip"
            root = _pack(container, ctx, files, offer)
            out.say(f"Packed {len(files)} files: {container.stat().st_size:,} bytes.")
            sealed = seal(
                container, folder / "payload.age", ctx=ctx, items_root=root, keyset=keyset
            )
        for name, data in sealed.derived.files().items():
            write_new(folder / name, data)
        write_new(folder / "manifest.json", sealed.manifest.canonical())
        kept = Identity.from_bytes(sealed.seed).encode().encode() + b"\n"
        write_new(seed_path, kept, secret=True)
    out.say(f"{args.out}: sealed and tried; this is what you file")
    out.say(f"{seed_path}: its seed; keep it, and never send it to anyone before the opening")
    out.answer(
        manifest=sealed.manifest.digest(),
        folder=str(args.out),
        seed=str(seed_path),
        total=offer["total"],
        total_net=offer["total_net"],
        currency=offer["currency"],
        length=sealed.manifest.payload.length,
    )
    return GOOD


def run_inspect(args: argparse.Namespace, out: Output) -> int:
    """Re-check every digest; with the seed, rebuild the envelope and list what is inside."""
    manifest = Manifest.read(read_small(args.sealed / "manifest.json"))
    sizes, wrong = stored(args.sealed, manifest)
    out.say(f"{args.sealed}: manifest {manifest.digest()}")
    out.say(f"  tender {manifest.tender}, lot {manifest.lot}, envelope {manifest.envelope}")
    for name, size in sizes.items():
        held = "is not what the manifest names" if name in wrong else "as the manifest says"
        out.say(f"  {name}: {size:,} bytes, {held}")
    for name in sorted(set(wrong) - set(sizes)):
        out.say(f"  {name}: missing")
    inside: list[dict[str, Any]] | None = None
    if args.seed and not wrong:
        inside = _inside(args, manifest)
        for entry in inside:
            out.say(f"  inside: {entry['path']}, {entry['length']:,} bytes")
        out.say("  The seed rebuilds this envelope byte for byte.")
    if wrong:
        named = ", ".join(wrong)
        raise Stopped("changed", f"Not what was sealed: {named}.", besides={"wrong": wrong})
    out.answer(manifest=manifest.digest(), sizes=sizes, rebuilt=inside is not None, files=inside)
    return GOOD


def stored(folder: Path, manifest: Manifest) -> tuple[dict[str, int], list[str]]:
    """Give the sizes of an envelope's files, and the names of those that are missing or changed."""
    digests = {f"share-{i}.age": digest for i, digest in enumerate(manifest.shares, start=1)}
    digests |= {"p.age": manifest.p, "e.age": manifest.e}
    sizes, wrong = {}, []
    payload = folder / "payload.age"
    if payload.is_file():
        sizes["payload.age"] = payload.stat().st_size
        with payload.open("rb") as source:
            if payload_root(part_digests(source)) != manifest.payload.root:
                wrong.append("payload.age")
    else:
        wrong.append("payload.age")
    for name, digest in digests.items():
        path = folder / name
        if path.is_file():
            sizes[name] = path.stat().st_size
        if not path.is_file() or sha256_hex(read_small(path)) != digest:
            wrong.append(name)
    return sizes, wrong


def _inside(args: argparse.Namespace, manifest: Manifest) -> list[dict[str, Any]]:
    if args.keyset is None:
        raise Stopped(
            "no-keyset", "Give the keyset with --keyset: the seed alone rebuilds nothing."
        )
    keyset = read_object(Keyset, args.keyset, args.agency_key)
    seed = Identity.decode(read_small(args.seed).decode("ascii", "replace").strip()).secret
    if keyset.digest() != manifest.keyset:
        raise Stopped("other-keyset", "The envelope was sealed under another keyset.")
    if found := differences(seed, manifest, keyset):
        raise Stopped("does-not-rebuild", f"The seed does not give: {', '.join(found)}.")
    with tempfile.TemporaryDirectory(dir=args.sealed.parent) as beside:
        container = Path(beside) / "container.zip"
        open_payload(args.sealed / "payload.age", container, seed, manifest)
        with container.open("rb") as source:
            held = read_container(source)
    if read_inner(held.inner).root() != manifest.items_root:
        raise Stopped("other-items", "The content is not the one that the manifest names.")
    return [{"path": entry.path, "length": entry.length} for entry in held.entries]


def _documents(given: list[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for one in given:
        name, equals, path = one.partition("=")
        if not equals or not name or name in found:
            raise Stopped("bad-document", f"Write --document NAME=PATH, each name once: {one!r}.")
        if not Path(path).is_file():
            raise Stopped("no-such-file", f"There is no file {path}.")
        found[name] = Path(path)
    return found


def _offer(notice: Notice, lot: str, offer: Any, documents: Mapping[str, Path]) -> dict[str, Any]:
    """Complete the offer with its totals and paths, or name every fault in it at once."""
    form = notice.response_form
    if isinstance(offer, dict) and "documents" not in offer:
        paths = {name: f"documents/{name}{path.suffix.lower()}" for name, path in documents.items()}
        offer = {**offer, "documents": paths}
    described = {name: (_media_type(path), path.stat().st_size) for name, path in documents.items()}
    faults = list(documents_faults(form, lot, described))
    try:
        filled = complete(form, lot, offer)
    except BadInput as refusal:
        # A missing document is one fault, whether the offer or the command leaves it out.
        both = {(fault.code, fault.pointer): fault for fault in (*refusal.faults, *faults)}
        faults = list(both.values())
    if faults:
        raise Stopped("bad-offer", "The offer does not answer the form.", faults=faults)
    if set(filled["documents"]) != set(documents):
        raise Stopped("other-documents", "Offer and --document do not name the same documents.")
    if faults := check(form, lot, filled):
        raise Stopped("bad-offer", "The offer does not answer the form.", faults=faults)
    return filled


def _media_type(path: Path) -> str:
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
