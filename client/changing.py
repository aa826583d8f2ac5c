"""``daylight amend`` and ``daylight extend``: an officer signs what changes after the publication.

What is signed is checked first against the history that the witnesses signed: it follows the
notice in force, and moves nothing back.
"""

import argparse
import base64
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bidding.sealed.changes import broken_changes
from client.files import write_new
from client.keys import load_key
from client.output import GOOD, Output, Stopped
from client.papers import add_signer, require_inside, signed_paper
from client.profiles import add_profile, signed_in
from client.proving import Proved, prove, read_anchors
from client.publishing import OTHER_AGENCY, add_agency_key, agree, require_signer, require_sound
from client.server import Server
from procurement.proof.instants import format_instant, parse_instant
from procurement.texts import Text
from tenders.notice import Extension, Notice
from tenders.panel.holders import HolderKey
from tenders.panel.keyset import Keyset
from tenders.rules.differences import Difference, differences

REASON = "Amended notice of tender"
NOTHING_THERE = Text("(nothing)", "（无）")
CHANGE = Text("  {what}: {before} → {after}", "  {what}：{before} → {after}")
NOT_WHAT_WAS_ASKED = Text(
    "The server gives another extension to sign than the one that you asked for: sign nothing.",
    "服务器给出的延期与您要求的不一致：请勿签署。",
)
DOES_NOT_FOLLOW = Text("Sign nothing: {why}", "请勿签署：{why}")
NOT_AN_INSTANT = Text(
    "--until: write an instant like 2026-01-01T00:00:00.000000Z.",
    "--until：时间请写成 2026-01-01T00:00:00.000000Z 的形式。",
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``amend`` and ``extend``."""
    amend = commands.add_parser("amend", help="sign an approved amendment, and publish it")
    amend.add_argument("amendment", metavar="AMENDMENT")
    add_agency_key(amend)
    amend.add_argument("--keep", type=Path, metavar="NOTICE.pdf", help="the paper, as signed")
    add_signer(amend)
    add_profile(amend)
    amend.set_defaults(run=run_amend)

    extend = commands.add_parser("extend", help="sign a later deadline, for a second approval")
    extend.add_argument("tender", metavar="TENDER")
    extend.add_argument("--until", required=True, metavar="INSTANT", help="the new deadline")
    extend.add_argument("--cause", required=True, help="a sentence that everybody reads")
    extend.add_argument(
        "--instead-of", metavar="CHANGE", help="the proposal whose place it takes, not yet decided"
    )
    add_agency_key(extend)
    add_profile(extend)
    extend.set_defaults(run=run_extend)


def run_amend(args: argparse.Namespace, out: Output) -> int:
    """Show what differs from the notice in force, sign the next one, and publish it."""
    server, anchors = signed_in(args, out), read_anchors(args.anchors)
    key = load_key(args.agency_key, args.agency_passphrase_file, out)
    address = f"amendments/{args.amendment}"
    notice = Notice.read(server.read(f"{address}/notice"))
    keyset = Keyset.read(server.read(f"{address}/keyset"))
    require_sound(notice, keyset, key, anchors)
    proof = prove(server, notice.tender, anchors)
    _require_following(proof, notice)
    pdf = server.read(f"{address}/notice.pdf")
    require_inside(pdf, {"notice.json": notice.canonical(), "keyset.json": keyset.canonical()})
    found = differences(proof.told.notice, notice)
    _show(notice, found, out)
    shown = [one.to_json() for one in found]
    if args.show_only:
        out.answer(notice=notice.digest(), differences=shown, published=False)
        return GOOD
    agree(out)
    require_signer(args)
    signed = signed_paper(pdf, args, reason=REASON)
    if args.keep is not None:
        write_new(args.keep, signed)
    server.post(f"{address}/publication", _publication(proof, notice, keyset, key, signed))
    text = Text(
        "Published: version {version}, notice {notice}", "已发布：第 {version} 版，公告 {notice}"
    )
    out.say(text, version=notice.version, notice=notice.digest())
    out.answer(notice=notice.digest(), version=notice.version, differences=shown, published=True)
    return GOOD


def run_extend(args: argparse.Namespace, out: Output) -> int:
    """Sign a later deadline upon the notice in force, and put it before a second person."""
    server, anchors = signed_in(args, out), read_anchors(args.anchors)
    key, until = (
        load_key(args.agency_key, args.agency_passphrase_file, out),
        instant_said(args.until),
    )
    proof = prove(server, args.tender, anchors)
    if key.public().verifier != proof.told.notice.agency:
        raise Stopped("other-agency", OTHER_AGENCY)
    asked = {"closes_at": format_instant(until), "cause": args.cause}
    extension = Extension.read(server.read(f"tenders/{args.tender}/extension-to-sign", **asked))
    said = (extension.closes_at, extension.cause, extension.by_rule, extension.tender)
    if said != (until, args.cause, None, args.tender):
        raise Stopped("other-extension", NOT_WHAT_WAS_ASKED)
    _require_following(proof, extension)
    text = Text(
        "Bids until {closes_at}, opened from {opens_at}: {cause}",
        "投标截止时间 {closes_at}，最早开标 {opens_at}：{cause}",
    )
    opens_at = max(gate.not_before for gate in extension.gates)
    out.say(
        text,
        closes_at=args.until,
        opens_at=format_instant(opens_at),
        cause=extension.cause,
    )
    if args.show_only:
        out.answer(extension=extension.digest(), proposed=False)
        return GOOD
    agree(out)
    note = extension.sign(key.note_signer()).decode()
    made = _proposed(server, args, {"extension_note": note})
    out.say(Text("A second person decides on it now.", "现由第二人审批。"))
    answer = {"change": made["id"], "revision": made["revision"]}
    out.answer(extension=extension.digest(), **answer, proposed=True)
    return GOOD


def _proposed(server: Server, args: argparse.Namespace, body: dict[str, Any]) -> Any:
    if args.instead_of is not None:
        return server.patch(f"extensions/{args.instead_of}", body)
    return server.post(f"tenders/{args.tender}/extensions", body)


def _publication(
    proof: Proved, notice: Notice, keyset: Keyset, key: HolderKey, pdf: bytes
) -> dict[str, Any]:
    body = {
        "notice_note": notice.sign(key.note_signer()).decode(),
        "notice_pdf": base64.b64encode(pdf).decode(),
    }
    if notice.keyset != proof.told.notice.keyset:
        body["keyset_note"] = keyset.sign(key.note_signer()).decode()
    return body


def _require_following(proof: Proved, change: Notice | Extension) -> None:
    """Refuse what does not follow the proved history, or moves something back.

    :raises Stopped: saying what is wrong with it.
    """
    told = [(step.leaf, step.decided) for step in proof.told.history.steps]
    before = {fault.code for fault in broken_changes(told)}
    found = broken_changes([*told, ("0" * 64, change)])
    wrong = [fault for fault in found if fault.code not in before]
    if wrong:
        why = Text(wrong[0].said("en"), wrong[0].said("zh"))
        raise Stopped("does-not-follow", DOES_NOT_FOLLOW, why=why)


def _show(notice: Notice, found: Sequence[Difference], out: Output) -> None:
    out.say(Text("You are about to sign version {version}:", "您即将签署第 {version} 版："),
            version=notice.version)  # fmt: skip
    out.show(f"  {notice.reason}")
    for one in found:
        out.say(
            CHANGE,
            what=one.what,
            before=one.shown_before or NOTHING_THERE,
            after=one.shown_after or NOTHING_THERE,
        )


def instant_said(until: str) -> datetime:
    """Read the instant that was given as ``--until``.

    :raises Stopped: for what is none.
    """
    try:
        return parse_instant(until)
    except ValueError:
        raise Stopped("not-an-instant", NOT_AN_INSTANT) from None
