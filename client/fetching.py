"""``daylight anchors`` and ``daylight fetch``: what a supplier needs before sealing, all checked.

A fetched folder is read again by the same checks whenever it is used, so nobody can slip another
notice or keyset into it: ``anchors.json``, ``history.json`` and what these two prove.
"""

import argparse
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from client.files import new_folder, read_json, write_new
from client.output import GOOD, Output, Stopped
from client.profiles import Profile, add_profile, opened, profile_named, signed_in
from client.proving import Proved, prove, proved, read_anchors, require_current
from client.server import READ_BYTES, Server, segment
from procurement.proof.anchors import Anchors
from procurement.proof.evidence import TenderHistory
from procurement.proof.instants import format_instant
from procurement.proof.shapes import Statement
from procurement.texts import Text
from tenders.notice import Document, Notice
from tenders.panel.keyset import Keyset

ANCHORS = Text(
    "{path}: the anchors, as {address} states them\n"
    "  digest {digest}\n"
    "  Compare this digest with one that did not come from this server: printed, or told\n"
    "  by the supervisor. Until then a false server could prove whatever it likes.",
    "{path}：{address} 所称的信任锚\n"
    "  摘要 {digest}\n"
    "  请将此摘要与并非来自该服务器的摘要（印刷件或监督机构告知的）比对。\n"
    "  在此之前，虚假的服务器可以“证明”任何内容。",
)
PROVED = Text(
    "  Proved: every decision, in the log that the witnesses signed; notice and keyset,\n"
    "  signed by the agency of your anchors; every document, by its digest.",
    "  已证明：每项决定均在见证方签署的日志中；公告和密钥集由信任锚所列采购机关签署；\n"
    "  每份文件均与其摘要相符。",
)
OTHER_ANCHORS = Text(
    "  Note: the notice was made under other anchors than yours; ask which are newer.",
    "  注意：公告依据的信任锚与您的不同，请询问何者较新。",
)


@dataclass(frozen=True)
class Fetched:
    """A fetched tender: its folder, and the proof that lies in it."""

    folder: Path
    proof: Proved

    @property
    def anchors(self) -> Anchors:
        """Give the anchors under which it was fetched."""
        return self.proof.anchors

    @property
    def notice(self) -> Notice:
        """Give the notice."""
        return self.proof.told.notice

    @property
    def keyset(self) -> Keyset:
        """Give the keyset."""
        return self.proof.told.keyset


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``anchors`` and ``fetch``."""
    anchors = commands.add_parser("anchors", help="what a server says its anchors are")
    anchors.add_argument("--server", help="else the profile's")
    anchors.add_argument("--out", type=Path, required=True, metavar="FILE")
    add_profile(anchors)
    anchors.set_defaults(run=run_anchors)

    fetch = commands.add_parser("fetch", help="fetch a tender and check it against anchors")
    fetch.add_argument("tender", metavar="TENDER")
    fetch.add_argument("--anchors", type=Path, required=True, metavar="FILE")
    fetch.add_argument("--out", type=Path, required=True, metavar="DIR")
    fetch.add_argument("--server", help="without signing in; else the profile's")
    add_profile(fetch)
    fetch.set_defaults(run=run_fetch)


def run_anchors(args: argparse.Namespace, out: Output) -> int:
    """Write what the server says its anchors are; it cannot vouch for them itself."""
    address = args.server or profile_named(args.profile).server
    anchors = Anchors.of(opened(Profile(address), out).get("anchors"))
    write_new(args.out, anchors.canonical())
    out.say(ANCHORS, path=args.out, address=address, digest=anchors.digest())
    out.answer(anchors=str(args.out), digest=anchors.digest(), compared=False)
    return GOOD


def run_fetch(args: argparse.Namespace, out: Output) -> int:
    """Write a tender's folder when everything in it is proved; else nothing."""
    server = opened(Profile(args.server), out) if args.server else signed_in(args, out)
    anchors = read_anchors(args.anchors)
    proof = prove(server, args.tender, anchors)
    known = require_current(proof, datetime.now(UTC))
    notice = proof.told.notice
    with new_folder(args.out) as folder:
        _write_proof(folder, proof)
        (folder / "documents").mkdir()
        for document in out.each(notice.documents, Text("Fetching documents", "正在获取文件")):
            _fetch_document(server, args.tender, document, folder / "documents")
    _say_fetched(args.out, proof, out)
    for fault in known:
        out.say(Text("  Note: {what}.", "  注意：{what}。"), what=fault.said(out.lang))
    out.answer(
        folder=str(args.out),
        notice=notice.digest(),
        keyset=notice.keyset,
        control_head=proof.told.history.seen.control_head,
        closes_at=format_instant(proof.closes_at),
        lots=[lot.lot for lot in notice.lots],
        documents=[document.name for document in notice.documents],
        notes=[fault.code for fault in known],
    )
    return GOOD


def read_folder(folder: Path, anchors_file: Path | None = None) -> Fetched:
    """Read a fetched folder, proving everything in it again, under its own anchors or others.

    :raises BadHistory: for a folder that somebody changed.
    :raises Stopped: for a folder that was not fetched.
    """
    if not (folder / "history.json").is_file():
        raise Stopped(
            "not-fetched",
            Text(
                "{folder} is no fetched tender. Use: daylight fetch",
                "{folder} 不是已获取的招标。请使用：daylight fetch",
            ),
            folder=folder,
        )
    history = TenderHistory.of(read_json(folder / "history.json"))
    anchors = read_anchors(anchors_file or folder / "anchors.json")
    return Fetched(folder, proved(history, anchors, history.tender))


def _write_proof(folder: Path, proof: Proved) -> None:
    told = proof.told
    write_new(folder / "anchors.json", proof.anchors.canonical())
    write_new(folder / "history.json", json.dumps(proof.fetched.to_json()).encode())
    signed: dict[str, Statement] = {"notice": told.notice, "keyset": told.keyset}
    for name, statement in signed.items():
        write_new(folder / f"{name}.json", statement.canonical())
        note = told.objects[statement.digest()].note or ""
        write_new(folder / f"{name}.note", note.encode())
    form = json.dumps(told.notice.response_form, ensure_ascii=False, indent=2)
    write_new(folder / "response-form.json", form.encode() + b"\n")


def _fetch_document(server: Server, tender: str, document: Document, folder: Path) -> None:
    """Stream one document; it stays only if it is the one that the notice names."""
    if Path(document.name).name != document.name or document.name.startswith("."):
        text = Text(
            "The document “{name}” cannot be a file's name.", "文件“{name}”不能用作文件名。"
        )
        raise Stopped("bad-name", text, name=document.name)
    path = folder / document.name
    with path.open("x+b") as file:
        address = f"tenders/{tender}/documents/{segment(document.name)}"
        server.download(address, file, document.length)
        if _measured(file) != (document.length, document.sha256):
            text = Text("{name} is not what the notice names.", "{name} 与公告所列不符。")
            raise Stopped("other-document", text, name=document.name)


def _measured(file: BinaryIO) -> tuple[int, str]:
    length = file.tell()
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(READ_BYTES):
        digest.update(block)
    return length, digest.hexdigest()


def _say_fetched(folder: Path, proof: Proved, out: Output) -> None:
    notice = proof.told.notice
    out.show(f"{folder}: {notice.title.get(out.lang) or next(iter(notice.title.values()))}")
    out.say(
        Text("  closes at {closes_at}", "  截止时间 {closes_at}"),
        closes_at=format_instant(proof.closes_at),
    )
    out.say(PROVED)
    if notice.anchors != proof.anchors.digest():
        out.say(OTHER_ANCHORS)
