"""``verify BUNDLE``: the verifier as a command, by itself in one file and inside ``daylight``.

Exit codes: 0 authentic, 1 broken, 2 wrong use, 3 consistent but not authenticated.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from oversight.verify.checking import Check, verify_bundle
from oversight.verify.report import Report, Verdict
from procurement.proof.anchors import Anchors
from procurement.proof.canonical import NotCanonical
from procurement.proof.shapes import Malformed
from procurement.texts import Text, say

WRONG_USE = 2
EXIT = {Verdict.AUTHENTIC: 0, Verdict.BROKEN: 1, Verdict.CONSISTENT_NOT_AUTHENTICATED: 3}
LARGEST = 16 * 1024 * 1024  # bytes of anchors or a receipt
HEADINGS = {
    Verdict.AUTHENTIC: Text("AUTHENTIC", "真实（AUTHENTIC）"),
    Verdict.CONSISTENT_NOT_AUTHENTICATED: Text(
        "CONSISTENT, NOT AUTHENTICATED", "自洽，但未经认证（CONSISTENT, NOT AUTHENTICATED）"
    ),
    Verdict.BROKEN: Text("BROKEN", "已损坏（BROKEN）"),
}
PROVED, NOT_PROVED = Text("Proved:", "已证明："), Text("Not proved:", "未证明：")
WRONG, REMARKS = Text("Wrong:", "存在问题："), Text("Remarks:", "备注：")
FOUND = Text(
    "{code} at {where}: expected {expected}, found {found}",
    "{code}（位置 {where}）：应为 {expected}，实为 {found}",
)


class Unusable(Exception):  # noqa: N818 - an answer to a person
    """Files that were given and cannot be used, in one sentence."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is given."""
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument(
        "--anchors", type=Path, metavar="FILE", help="keys that you got elsewhere than from it"
    )
    parser.add_argument(
        "--receipt",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a receipt that must count; more than one may be given",
    )


def report_on(
    bundle: Path, anchors: Path | None, receipts: Sequence[Path], extra: Sequence[Check] = ()
) -> Report:
    """Verify a bundle by files.

    :raises Unusable: for files that are not there, and anchors that are none.
    """
    try:
        given = Anchors.read(_read(anchors)) if anchors else None
        return verify_bundle(bundle, given, tuple(map(_read, receipts)), tuple(extra))
    except (NotCanonical, Malformed) as error:
        raise Unusable(f"{anchors} holds no anchors: {error}") from error
    except OSError as error:
        raise Unusable(f"{error.filename or bundle}: {error.strerror or error}") from error


def lines(report: Report, lang: str) -> Iterator[str]:
    """Write a report for people."""
    yield say(HEADINGS[report.verdict], {}, lang)
    for heading, said in ((PROVED, report.proved), (NOT_PROVED, report.not_proved)):
        if said:
            yield say(heading, {}, lang)
        yield from (f"  {one.said(lang)}" for one in said)
    for heading, named in ((REMARKS, report.remarks), (WRONG, report.findings)):
        if named:
            yield say(heading, {}, lang)
        yield from (f"  {say(FOUND, one.to_json(), lang)}" for one in named)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the verifier by itself and give its exit code."""
    parser = argparse.ArgumentParser(prog="verify", description="Check an evidence bundle.")
    add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--lang", default="en", choices=["en", "zh"])
    args = parser.parse_args(argv)
    try:
        report = report_on(args.bundle, args.anchors, args.receipt)
    except Unusable as error:
        sys.stderr.write(f"verify: {error}\n")
        return WRONG_USE
    text = json.dumps(report.to_json(), ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n".join([text] if args.json else lines(report, args.lang)) + "\n")
    return EXIT[report.verdict]


def _read(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(LARGEST)
