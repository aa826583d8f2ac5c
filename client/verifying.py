"""``daylight verify``: an evidence bundle, checked offline by whoever has the anchors."""

import argparse
from pathlib import Path

from client.explained import explained
from client.output import WRONG_USE, Output, Stopped, needs_extra
from oversight.verify.checking import Check
from oversight.verify.command import EXIT, Unusable, add_arguments, lines, report_on
from procurement.texts import Text, say

UNUSABLE = Text("{why}.", "所给文件无法使用：{why}。")


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``verify``."""
    verify = commands.add_parser("verify", help="check an evidence bundle, offline")
    add_arguments(verify)
    verify.add_argument(
        "--signatures",
        type=Path,
        metavar="DIR",
        help="judge PDF signatures and time-stamps again, by these anchors (as for check)",
    )
    verify.set_defaults(run=run_verify)


def run_verify(args: argparse.Namespace, out: Output) -> int:
    """Check a bundle, and say what it proves and what it does not."""
    try:
        extra = _signature_checks(args.signatures) if args.signatures else ()
        report = report_on(args.bundle, args.anchors, args.receipt, extra)
    except (Stopped, Unusable) as error:
        out.refuse("unusable", _why(error, out.lang), [])
        return WRONG_USE
    for line in lines(report, out.lang):
        out.show(line)
    out.answer(**report.to_json())
    return EXIT[report.verdict]


def _why(error: Stopped | Unusable, lang: str) -> str:
    """Say why the files cannot be used; what lies beneath is known in both languages."""
    if isinstance(error, Stopped):
        return error.said(lang)
    beneath = error.__cause__
    zh = explained(beneath, "zh") if isinstance(beneath, Exception) else str(error)
    return say(UNUSABLE, {"why": Text(str(error), zh)}, lang)


def _signature_checks(anchors: Path) -> tuple[Check, ...]:
    try:
        from client.bundle_signatures import checks
        from client.signing import not_signed
        from signatures.pdf.anchors import AnchorsUnreadable
    except ModuleNotFoundError:
        raise needs_extra(Text("Signatures", "核验签名")) from None
    try:
        return checks(anchors)
    except (AnchorsUnreadable, OSError) as error:
        raise Stopped("unusable", UNUSABLE, why=not_signed(error)) from None
