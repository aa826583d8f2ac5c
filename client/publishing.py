"""``daylight publish``: an officer signs the notice and the keyset, and the paper that holds both.

What will be signed is shown and checked first: against the agency's own key and against anchors
that are already here.
"""

import argparse
import base64
import sys
from pathlib import Path

from client.files import write_new
from client.keys import load_key
from client.output import GOOD, Output, Stopped
from client.papers import add_signer, require_inside, signed_paper
from client.profiles import add_profile, signed_in
from client.proving import read_anchors
from client.server import Server
from procurement.proof.anchors import Anchors
from procurement.proof.instants import format_instant
from procurement.texts import Text
from tenders.notice import Notice
from tenders.panel.holders import HolderKey
from tenders.panel.keyset import Keyset

REASON = "Notice of tender"
OTHER_AGENCY = Text(
    "Notice, anchors and --agency-key do not name one agency.",
    "公告、信任锚和 --agency-key 所列的不是同一采购机关。",
)
OTHER_ANCHORS = Text(
    "The notice was made under other anchors than yours.", "公告依据的信任锚与您的不同。"
)
UNKNOWN_TIMEKEEPER = Text(
    "The anchors do not name this tender's timekeeper.", "信任锚未列本招标的计时方。"
)
OTHER_LOG = Text(
    "The keyset was made for another log than the anchors.",
    "密钥集所属的日志与信任锚所列的不同。",
)
TERMS = Text(
    "  bids until {closes_at}, held for {days} days\n  budget {amount} {currency}",
    "  投标截止时间 {closes_at}，投标有效期 {days} 天\n  预算 {amount} {currency}",
)
DOCUMENT = Text("  {name}: {length:,} bytes, {sha256}", "  {name}：{length:,} 字节，{sha256}")
KEYS = Text(
    "  {k} of {n} openers open, with {timekeeper}\n  notice {notice}\n  keyset {keyset}",
    "  {n} 名开标人中须有 {k} 名开标，计时方为 {timekeeper}\n  公告 {notice}\n  密钥集 {keyset}",
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``publish``."""
    publish = commands.add_parser("publish", help="sign an approved tender's notice, and publish")
    publish.add_argument("tender", metavar="TENDER")
    add_agency_key(publish)
    publish.add_argument("--keep", type=Path, metavar="NOTICE.pdf", help="the paper, as signed")
    add_signer(publish)
    add_profile(publish)
    publish.set_defaults(run=run_publish)


def run_publish(args: argparse.Namespace, out: Output) -> int:
    """Show the notice, sign it three times over, and publish it."""
    server, anchors = signed_in(args, out), read_anchors(args.anchors)
    key = load_key(args.agency_key, args.agency_passphrase_file, out)
    notice, keyset = _drafted(server, args.tender)
    require_sound(notice, keyset, key, anchors)
    pdf = server.read(f"tenders/{args.tender}/notice.pdf")
    require_inside(pdf, {"notice.json": notice.canonical(), "keyset.json": keyset.canonical()})
    _show(notice, keyset, out)
    if args.show_only:
        out.answer(notice=notice.digest(), keyset=keyset.digest(), published=False)
        return GOOD
    agree(out)
    require_signer(args)
    signed = signed_paper(pdf, args, reason=REASON)
    if args.keep is not None:
        write_new(args.keep, signed)
    body = {
        "notice_note": notice.sign(key.note_signer()).decode(),
        "keyset_note": keyset.sign(key.note_signer()).decode(),
        "notice_pdf": base64.b64encode(signed).decode(),
    }
    server.post(f"tenders/{args.tender}/publication", body)
    out.say(Text("Published: notice {notice}", "已发布：公告 {notice}"), notice=notice.digest())
    out.answer(notice=notice.digest(), keyset=keyset.digest(), published=True)
    return GOOD


def require_signer(args: argparse.Namespace) -> None:
    """Refuse to go on without the key that signs papers.

    :raises Stopped: when the options name none.
    """
    if args.key is None:
        text = Text(
            "Give the key that signs the paper with --key.", "请用 --key 给出签署 PDF 的密钥。"
        )
        raise Stopped("no-key", text)


def add_agency_key(parser: argparse.ArgumentParser) -> None:
    """Add the options for the agency's own key, and for what it is checked against."""
    parser.add_argument("--agency-key", type=Path, required=True, metavar="KEYFILE")
    parser.add_argument("--agency-passphrase-file", type=Path, metavar="FILE")
    parser.add_argument("--anchors", type=Path, required=True, metavar="FILE")
    parser.add_argument("--show-only", action="store_true", help="sign and send nothing")


def _drafted(server: Server, tender: str) -> tuple[Notice, Keyset]:
    notice = Notice.read(server.read(f"tenders/{tender}/notice"))
    keyset = Keyset.read(server.read(f"tenders/{tender}/keyset"))
    if not notice.tender == keyset.tender == tender or notice.keyset != keyset.digest():
        raise Stopped(
            "other-tender",
            Text(
                "Notice and keyset are not of this tender: sign nothing.",
                "公告和密钥集不属于本招标：请勿签署。",
            ),
        )
    return notice, keyset


def require_sound(notice: Notice, keyset: Keyset, key: HolderKey, anchors: Anchors) -> None:
    """Refuse to sign what names other keys than one's own and those of the anchors.

    :raises Stopped: naming which.
    """
    mine = key.public().verifier
    if notice.agency != mine or mine not in anchors.agencies:
        raise Stopped("other-agency", OTHER_AGENCY)
    if notice.anchors != anchors.digest():
        raise Stopped("other-anchors", OTHER_ANCHORS)
    if keyset.timekeeper.verifier not in anchors.timekeepers:
        raise Stopped("unknown-timekeeper", UNKNOWN_TIMEKEEPER)
    if keyset.log_origin != anchors.origin:
        raise Stopped("other-log", OTHER_LOG)


def _show(notice: Notice, keyset: Keyset, out: Output) -> None:
    out.say(Text("You are about to sign:", "您即将签署："))
    for title in notice.title.values():
        out.show(f"  {title}")
    out.say(
        TERMS,
        closes_at=format_instant(notice.closes_at),
        days=notice.validity_days,
        amount=notice.budget.amount,
        currency=notice.budget.currency,
    )
    for lot in notice.lots:
        out.show(f"  {lot.lot}: {lot.title.get(out.lang) or next(iter(lot.title.values()))}")
    for document in notice.documents:
        out.say(DOCUMENT, name=document.name, length=document.length, sha256=document.sha256)
    out.say(
        KEYS,
        k=keyset.k,
        n=keyset.n,
        timekeeper=keyset.timekeeper.verifier,
        notice=notice.digest(),
        keyset=keyset.digest(),
    )


def agree(out: Output) -> None:
    """Ask the person at the terminal; where there is none, the command itself is the word.

    :raises Stopped: when they do not agree.
    """
    if not sys.stdin.isatty():
        return
    said = out.ask(Text("Sign and publish? [y/N] ", "签署并发布？[y/N] "), input)
    if said.strip().lower() != "y":
        raise Stopped("not-agreed", Text("Nothing was signed.", "没有签署任何内容。"))
