"""``daylight verify``: an evidence bundle, checked offline by whoever has the anchors."""

import argparse
from pathlib import Path

from client.output import WRONG_USE, Output, Stopped, needs_extra
from oversight.verify.checking import Check
from oversight.verify.command import EXIT, Unusable, add_arguments, lines, report_on


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
        out.refuse("unusable", f"{error}".rstrip(".") + ".", [])
        return WRONG_USE
    for line in lines(report, out.lang):
        out.say(line)
    out.answer(**report.to_json())
    return EXIT[report.verdict]


def _signature_checks(anchors: Path) -> tuple[Check, ...]:
    try:
        from client.bundle_signatures import checks
        from signatures.pdf.anchors import AnchorsUnreadable
    except ModuleNotFoundError:
        raise needs_extra("Signatures") from None
    try:
        return checks(anchors)
    except (AnchorsUnreadable, OSError) as error:
        raise Unusable(str(error)) from error
