"""``daylight inspect``: a sealed envelope, looked at and checked on one's own machine."""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from bidding.sealed.container import read_container
from bidding.sealed.derived import differences
from bidding.sealed.inner import read_inner
from bidding.sealed.manifest import Manifest
from bidding.sealed.parts import part_digests, payload_root
from bidding.sealed.unsealing import open_payload
from client.files import read_object, read_small
from client.output import GOOD, Output, Stopped
from procurement.proof.age_keys import Identity
from procurement.proof.canonical import sha256_hex
from procurement.texts import Text
from tenders.panel.keyset import Keyset

WHAT = Text(
    "{folder}: manifest {manifest}\n  tender {tender}, lot {lot}, envelope {envelope}",
    "{folder}：信封清单 {manifest}\n  招标 {tender}，标段 {lot}，信封 {envelope}",
)
AS_SAID = Text(
    "  {name}: {size:,} bytes, as the manifest says", "  {name}：{size:,} 字节，与清单一致"
)
CHANGED = Text(
    "  {name}: {size:,} bytes, is not what the manifest names",
    "  {name}：{size:,} 字节，与清单不符",
)
MISSING = Text("  {name}: missing", "  {name}：缺失")
INSIDE = Text("  inside: {path}, {length:,} bytes", "  内含：{path}，{length:,} 字节")
REBUILT = Text(
    "  The seed rebuilds this envelope byte for byte.", "  由种子重建的信封与此逐字节一致。"
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``inspect``."""
    inspect = commands.add_parser("inspect", help="look at a sealed envelope and check its digests")
    inspect.add_argument("sealed", type=Path, metavar="DIR")
    inspect.add_argument("--seed", type=Path, help="also rebuild it and list its files")
    inspect.add_argument("--keyset", type=Path, help="needed with --seed")
    inspect.add_argument("--agency-key", metavar="VKEY")
    inspect.set_defaults(run=run_inspect)


def run_inspect(args: argparse.Namespace, out: Output) -> int:
    """Re-check every digest; with the seed, rebuild the envelope and list what is inside."""
    manifest = Manifest.read(read_small(args.sealed / "manifest.json"))
    sizes, wrong = stored(args.sealed, manifest)
    out.say(
        WHAT,
        folder=args.sealed,
        manifest=manifest.digest(),
        tender=manifest.tender,
        lot=manifest.lot,
        envelope=manifest.envelope,
    )
    for name, size in sizes.items():
        out.say(CHANGED if name in wrong else AS_SAID, name=name, size=size)
    for name in sorted(set(wrong) - set(sizes)):
        out.say(MISSING, name=name)
    inside: list[dict[str, Any]] | None = None
    if args.seed and not wrong:
        inside = _inside(args, manifest)
        for entry in inside:
            out.say(INSIDE, path=entry["path"], length=entry["length"])
        out.say(REBUILT)
    if wrong:
        text = Text("Not what was sealed: {names}.", "与封装时不符：{names}。")
        raise Stopped("changed", text, besides={"wrong": wrong}, names=", ".join(wrong))
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
            "no-keyset",
            Text(
                "Give the keyset with --keyset: the seed alone rebuilds nothing.",
                "请用 --keyset 给出密钥集：仅凭种子无法重建。",
            ),
        )
    keyset = read_object(Keyset, args.keyset, args.agency_key)
    seed = Identity.decode(read_small(args.seed).decode("ascii", "replace").strip()).secret
    if keyset.digest() != manifest.keyset:
        text = Text("The envelope was sealed under another keyset.", "信封是用另一密钥集封装的。")
        raise Stopped("other-keyset", text)
    if found := differences(seed, manifest, keyset):
        text = Text("The seed does not give: {names}.", "由种子无法重建：{names}。")
        raise Stopped("does-not-rebuild", text, names=", ".join(found))
    with tempfile.TemporaryDirectory(dir=args.sealed.parent) as beside:
        container = Path(beside) / "container.zip"
        open_payload(args.sealed / "payload.age", container, seed, manifest)
        with container.open("rb") as source:
            held = read_container(source)
    if read_inner(held.inner).root() != manifest.items_root:
        raise Stopped(
            "other-items",
            Text("The content is not the one that the manifest names.", "内容不是清单所列的内容。"),
        )
    return [{"path": entry.path, "length": entry.length} for entry in held.entries]
