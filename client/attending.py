"""``daylight open present``, ``request``, ``try``, ``disclose``, ``minutes`` and ``attend``.

Before a key is touched, the tender's history is fetched anew, proved against the opener's own
anchors, and asked whether anything speaks against the opening (protocol, message 9).
"""

import argparse
from pathlib import Path

from client.opener import Opener
from client.output import GOOD, Output
from client.panel import add_holder
from client.profiles import add_profile, signed_in
from client.whole_set import REQUESTED, REVEALS
from procurement.texts import Text

OPENED = "opening.opened"
PATIENCE = 3600.0  # seconds that ``attend`` waits for others


def add(group: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the steps of an opening that a server leads."""
    present = group.add_parser("present", help="say that you are there, to open")
    present.add_argument("tender", metavar="TENDER")
    add_profile(present)
    present.set_defaults(run=run_present)

    request = group.add_parser("request", help="ask for the opening, with a quorum present")
    request.add_argument("tender", metavar="TENDER")
    add_profile(request)
    request.set_defaults(run=run_request)

    trying = group.add_parser("try", help="try your key on the whole set, and tell what fails")
    disclose = group.add_parser("disclose", help="disclose your shares of the whole set")
    minutes = group.add_parser("minutes", help="check the minutes and sign them")
    attend = group.add_parser("attend", help="all of it, waiting for the others in between")
    for parser, run in (
        (trying, run_try),
        (disclose, run_disclose),
        (minutes, run_minutes),
        (attend, run_attend),
    ):
        add_holder(parser)
        parser.add_argument("--anchors", type=Path, required=True, metavar="FILE")
        parser.set_defaults(run=run)
    attend.add_argument("--patience", type=float, default=PATIENCE, metavar="SECONDS")


def run_present(args: argparse.Namespace, out: Output) -> int:
    """Say that this opener is there."""
    server = signed_in(args, out)
    server.post(f"tenders/{args.tender}/opening/presence", {}, repeatable=True)
    out.say(Text("You are present.", "您已到场。"))
    out.answer(present=True)
    return GOOD


def run_request(args: argparse.Namespace, out: Output) -> int:
    """Ask for the opening; nothing is decrypted by asking."""
    server = signed_in(args, out)
    server.post(f"tenders/{args.tender}/opening", {})
    out.say(Text("The opening is requested.", "已申请开标。"))
    out.answer(requested=True)
    return GOOD


def run_try(args: argparse.Namespace, out: Output) -> int:
    """Try the whole set and send the list of what would not decrypt."""
    opener = Opener.of(args, out)
    tried = opener.try_set(opener.openable(REQUESTED))
    out.answer(tried=len(tried.taken) + len(tried.failed), failed=tried.why(out.lang))
    return GOOD


def run_disclose(args: argparse.Namespace, out: Output) -> int:
    """Disclose this opener's shares of the whole set."""
    opener = Opener.of(args, out)
    out.answer(disclosed=opener.disclose(opener.openable(REVEALS)))
    return GOOD


def run_minutes(args: argparse.Namespace, out: Output) -> int:
    """Sign the minutes, if they say what the opening gave."""
    opener = Opener.of(args, out)
    out.answer(minutes=opener.sign_minutes(opener.openable(OPENED)))
    return GOOD


def run_attend(args: argparse.Namespace, out: Output) -> int:
    """Go through an opening from presence to minutes, one line a step."""
    opener = Opener.of(args, out)
    opener.wait(opener.arrived, args.patience)
    out.say(Text("Present; waiting for the others.", "已到场，正在等待其他人。"))
    opener.wait(opener.requested, args.patience)
    failed, disclosed, minutes = None, None, None
    if opener.before("reveals-closed"):
        failed = opener.try_set(opener.wait_for(REQUESTED, args.patience)).why(out.lang)
    if opener.before("intended"):
        disclosed = opener.disclose(opener.wait_for(REVEALS, args.patience))
    out.say(Text("Waiting for the timekeeper's release.", "正在等待计时方放行。"))
    if opener.before("minuted"):
        minutes = opener.sign_minutes(opener.wait_for(OPENED, args.patience))
    out.answer(failed=failed, disclosed=disclosed, minutes=minutes)
    return GOOD
