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
from tenders.notice import Notice
from tenders.panel.holders import HolderKey
from tenders.panel.keyset import Keyset

REASON = "Notice of tender"


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``publish``."""
    publish = commands.add_parser("publish", help="sign an approved tender's notice, and publish")
    publish.add_argument("tender", metavar="TENDER")
    publish.add_argument("--agency-key", type=Path, required=True, metavar="KEYFILE")
    publish.add_argument("--agency-passphrase-file", type=Path, metavar="FILE")
    publish.add_argument("--anchors", type=Path, required=True, metavar="FILE")
    publish.add_argument("--show-only", action="store_true", help="sign and send nothing")
    publish.add_argument("--keep", type=Path, metavar="NOTICE.pdf", help="the paper, as signed")
    add_signer(publish)
    add_profile(publish)
    publish.set_defaults(run=run_publish)


def run_publish(args: argparse.Namespace, out: Output) -> int:
    """Show the notice, sign it three times over, and publish it."""
    server, anchors = signed_in(args, out), read_anchors(args.anchors)
    key = load_key(args.agency_key, args.agency_passphrase_file)
    notice, keyset = _drafted(server, args.tender)
    _require_sound(notice, keyset, key, anchors)
    pdf = server.read(f"tenders/{args.tender}/notice.pdf")
    require_inside(pdf, {"notice.json": notice.canonical(), "keyset.json": keyset.canonical()})
    _show(notice, keyset, out)
    if args.show_only:
        out.answer(notice=notice.digest(), keyset=keyset.digest(), published=False)
        return GOOD
    _agree()
    if args.key is None:
        raise Stopped("no-key", "Give the key that signs the paper with --key.")
    signed = signed_paper(pdf, args, reason=REASON)
    if args.keep is not None:
        write_new(args.keep, signed)
    body = {
        "notice_note": notice.sign(key.note_signer()).decode(),
        "keyset_note": keyset.sign(key.note_signer()).decode(),
        "notice_pdf": base64.b64encode(signed).decode(),
    }
    server.post(f"tenders/{args.tender}/publication", body)
    out.say(f"Published: notice {notice.digest()}")
    out.answer(notice=notice.digest(), keyset=keyset.digest(), published=True)
    return GOOD


def _drafted(server: Server, tender: str) -> tuple[Notice, Keyset]:
    notice = Notice.read(server.read(f"tenders/{tender}/notice"))
    keyset = Keyset.read(server.read(f"tenders/{tender}/keyset"))
    if not notice.tender == keyset.tender == tender or notice.keyset != keyset.digest():
        raise Stopped("other-tender", "Notice and keyset are not of this tender: sign nothing.")
    return notice, keyset


def _require_sound(notice: Notice, keyset: Keyset, key: HolderKey, anchors: Anchors) -> None:
    """Refuse to sign what names other keys than one's own and those of the anchors."""
    mine = key.public().verifier
    if notice.agency != mine or mine not in anchors.agencies:
        raise Stopped("other-agency", "Notice, anchors and --agency-key do not name one agency.")
    if notice.anchors != anchors.digest():
        raise Stopped("other-anchors", "The notice was made under other anchors than yours.")
    if keyset.timekeeper.verifier not in anchors.timekeepers:
        raise Stopped("unknown-timekeeper", "The anchors do not name this tender's timekeeper.")
    if keyset.log_origin != anchors.origin:
        raise Stopped("other-log", "The keyset was made for another log than the anchors.")


def _show(notice: Notice, keyset: Keyset, out: Output) -> None:
    out.say("You are about to sign:")
    for title in notice.title.values():
        out.say(f"  {title}")
    out.say(
        f"  bids until {format_instant(notice.closes_at)}, held for {notice.validity_days} days"
    )
    out.say(f"  budget {notice.budget.amount} {notice.budget.currency}")
    for lot in notice.lots:
        out.say(f"  {lot.lot}: {lot.title.get(out.lang) or next(iter(lot.title.values()))}")
    for document in notice.documents:
        out.say(f"  {document.name}: {document.length:,} bytes, {document.sha256}")
    out.say(f"  {keyset.k} of {keyset.n} openers open, with {keyset.timekeeper.verifier}")
    out.say(f"  notice {notice.digest()}")
    out.say(f"  keyset {keyset.digest()}")


def _agree() -> None:
    """Ask the person at the terminal; where there is none, the command itself is the word."""
    if sys.stdin.isatty() and input("Sign and publish? [y/N] ").strip().lower() != "y":
        raise Stopped("not-agreed", "Nothing was signed.")
