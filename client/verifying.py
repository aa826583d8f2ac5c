"""``daylight verify``: an evidence bundle, checked offline by whoever has the anchors."""

import argparse

from client.output import WRONG_USE, Output
from oversight.verify.command import EXIT, Unusable, add_arguments, lines, report_on


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``verify``."""
    verify = commands.add_parser("verify", help="check an evidence bundle, offline")
    add_arguments(verify)
    verify.set_defaults(run=run_verify)


def run_verify(args: argparse.Namespace, out: Output) -> int:
    """Check a bundle, and say what it proves and what it does not."""
    try:
        report = report_on(args.bundle, args.anchors, args.receipt)
    except Unusable as error:
        out.refuse("unusable", f"{error}.", [])
        return WRONG_USE
    for line in lines(report, out.lang):
        out.say(line)
    out.answer(**report.to_json())
    return EXIT[report.verdict]
