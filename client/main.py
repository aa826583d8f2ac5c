"""``daylight``: the command of openers, timekeepers, suppliers and of anyone who checks.

Exit codes: 0 done, 1 refused, 2 wrong use. The base installation needs ``cryptography`` only;
``sign`` and ``check`` need the extra ``client`` and say so.
"""

import argparse
import importlib.util
import locale
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from bidding.sealed.container import ContainerRefused
from bidding.sealed.history import BadHistory
from bidding.sealed.sealing import SealingFailed
from bidding.sealed.unsealing import NotOpened
from client import (
    asking,
    changing,
    confirming,
    consortia,
    fetching,
    following,
    inspecting,
    keys,
    opening,
    ordering,
    panel,
    practice,
    profiles,
    publishing,
    registering,
    sealing,
    second_factor,
    sign_command,
    submitting,
    supplier_profile,
    timekeeping,
    verifying,
)
from client.explained import code_of, explained
from client.output import REFUSED, WRONG_USE, Output, Stopped, needs_extra
from procurement.proof.age import AgeError
from procurement.proof.canonical import NotCanonical
from procurement.proof.checkpoint import BadCheckpoint
from procurement.proof.instants import parse_instant
from procurement.proof.notes import BadNote
from procurement.proof.shapes import Malformed
from procurement.refusals import Refusal
from procurement.texts import Text, say
from tenders.panel.holders import HolderRefuses

MODULES = (
    profiles,
    second_factor,
    registering,
    fetching,
    keys,
    supplier_profile,
    consortia,
    sealing,
    inspecting,
    sign_command,
    submitting,
    confirming,
    following,
    panel,
    opening,
    asking,
    ordering,
    publishing,
    changing,
    timekeeping,
    verifying,
    practice,
)
INTERRUPTED = 130  # as shells count: 128 and SIGINT
HALF_DONE = Text("Stopped; nothing was half done.", "已停止，没有任何操作只完成一半。")
NOT_SEALED = Text("{why}: nothing was kept.", "封装结果未通过自检（{why}），未保留任何内容。")
PDF_SIGNATURES = Text("PDF signatures", "PDF 签名")
CODED = (
    AgeError,
    BadCheckpoint,
    BadHistory,
    BadNote,
    ContainerRefused,
    HolderRefuses,
    Malformed,
    NotCanonical,
    NotOpened,
)


class Parser(argparse.ArgumentParser):
    """Refuses wrong use in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to read on."""
        self.exit(WRONG_USE, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    args = _parser().parse_args(arguments)
    out = Output(as_json=args.json, lang=args.lang)
    try:
        with out.at_the_end:
            code: int = args.run(args, out)
    except KeyboardInterrupt:
        out.refuse("interrupted", say(HALF_DONE, {}, out.lang), [])
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except Stopped as stopped:
        out.refuse(stopped.code, stopped.said(out.lang), stopped.faults, **stopped.besides)
    except Refusal as refusal:
        out.refuse(refusal.code, refusal.titled(out.lang), refusal.faults)
    except SealingFailed as error:
        out.refuse("sealing-failed", say(NOT_SEALED, {"why": error}, out.lang), [])
    except CODED as error:
        out.refuse(code_of(error), _sentence(error, out), [])
    except OSError as error:
        out.refuse("file", _sentence(error, out), [])
    else:
        return code
    return REFUSED


def _sentence(error: Exception, out: Output) -> str:
    return explained(error, out.lang) + ("。" if out.lang == "zh" else ".")


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = Parser(
        prog="daylight", description="Seal, open and check, on your own machine."
    )
    commands: argparse._SubParsersAction[argparse.ArgumentParser] = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND"
    )
    for module in MODULES:
        module.register(commands)
    if importlib.util.find_spec("client.signing") is not None:
        _register_signing(commands)
    _everywhere(parser)
    return parser


def _everywhere(parser: argparse.ArgumentParser) -> None:
    """Give every command that does something ``--json`` and ``--lang``."""
    nested = [act for act in parser._actions if isinstance(act, argparse._SubParsersAction)]
    for action in nested:
        for command in action.choices.values():
            _everywhere(command)
    if not nested:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        parser.add_argument("--lang", default=_language(), help="en or zh; else LANG decides")


def _language() -> str:
    said = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or "en"
    return "zh" if said.lower().startswith("zh") else "en"


def _register_signing(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    checking = commands.add_parser("check", help="judge the signatures of PDF files")
    checking.add_argument("files", type=Path, nargs="+", metavar="FILE")
    checking.add_argument("--anchors", type=Path, required=True, metavar="DIR")
    checking.add_argument("--at", type=_instant, help="judge as of then; else now")
    checking.add_argument(
        "--explain", action="store_true", help="say also what each finding usually comes from"
    )
    checking.set_defaults(run=_check)


def _check(args: argparse.Namespace, out: Output) -> int:
    try:
        from client.signing import run_check
    except ModuleNotFoundError:
        raise needs_extra(PDF_SIGNATURES) from None

    return run_check(
        args.files,
        anchors_dir=args.anchors,
        at=args.at or datetime.now(UTC),
        as_json=out.as_json,
        out=sys.stdout,
        language=out.lang,
        explain=args.explain,
    )


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
