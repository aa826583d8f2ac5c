"""``daylight open``: what each holder takes out of sealed envelopes, and opening them with it.

On plain files nobody can ask whether the tender may be opened (suspended, extended, closed once):
that needs the journal. Only the deadline is asked, and only the own clock; every answer says so.
"""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bidding.sealed.manifest import Manifest
from bidding.sealed.opening import Disclosure, Release, Request
from bidding.sealed.unsealing import NotOpened, take_pad, take_share
from client import attending
from client.combining import run_combine
from client.explained import explained
from client.files import read_object, read_small, write_new
from client.keys import add_keyset, load_key
from client.opener import NOT_PRESENT
from client.output import GOOD, REFUSED, Output, Stopped
from procurement.proof.instants import format_instant
from procurement.texts import Text
from tenders.notice import Notice
from tenders.panel.holders import require_own_place
from tenders.panel.keyset import Keyset

NOT_ASKED = Text(
    "Not asked here: whether the journal allows the opening (plain files have none).",
    "此处未核实日志是否允许开标（单独的文件不含日志）。",
)
OTHER_ENVELOPE = Text(
    "{folder} is not of the tender that is opened.", "{folder} 不属于正在开标的招标。"
)
WRONG_COUNT = Text(
    "{folder} does not have one share for each opener.",
    "{folder} 的密钥份额数与开标人数不符。",
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``open take-share``, ``open take-pads`` and ``open combine``."""
    opening = commands.add_parser("open", help="take part in an opening")
    group = opening.add_subparsers(dest="open_command", required=True, metavar="COMMAND")

    share = _holder(group.add_parser("take-share", help="an opener's shares of all envelopes"))
    share.add_argument("--holder", required=True, help="opener-1, opener-2 …")
    share.add_argument("--control-head", required=True, metavar="HEX")
    share.set_defaults(run=run_take_share)

    pads = _holder(group.add_parser("take-pads", help="the timekeeper's pads of all envelopes"))
    pads.add_argument("--intent", required=True, metavar="HEX", help="the release intent's leaf")
    pads.set_defaults(run=run_take_pads)

    attending.add(group)
    combine = group.add_parser("combine", help="open with the disclosures and the release")
    combine.add_argument("sealed", type=Path, nargs="+", metavar="SEALED_DIR")
    add_keyset(combine)
    combine.add_argument(
        "--disclosure", type=Path, action="append", default=[], help="once per opener"
    )
    combine.add_argument("--release", type=Path, help="the timekeeper's; nothing opens without")
    combine.add_argument("--out", type=Path, required=True, metavar="DIR")
    combine.set_defaults(run=run_combine)


def _holder(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("key", type=Path, metavar="KEYFILE")
    parser.add_argument("sealed", type=Path, nargs="+", metavar="SEALED_DIR")
    add_keyset(parser)
    parser.add_argument("--notice", type=Path, required=True, help="says when bids may be opened")
    parser.add_argument("--request", type=Path, required=True)
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--out", type=Path, required=True, metavar="NOTE")
    return parser


def run_take_share(args: argparse.Namespace, out: Output) -> int:
    """Disclose one opener's shares of the whole set; what does not decrypt is named."""
    keyset, request = _asked(args)
    key = load_key(args.key, args.passphrase_file, out)
    require_own_place(key, keyset, args.holder)
    idx = int(args.holder.removeprefix("opener-")) if args.holder.startswith("opener-") else 0
    if idx not in request.openers:
        raise Stopped("not-asked", NOT_PRESENT, holder=args.holder)
    identity, shares, failed = key.age_identity(), [], []
    envelopes = _envelopes(args.sealed, keyset, request)
    for folder, manifest in out.each(envelopes, Text("Taking shares", "正在取出密钥份额")):
        try:
            file = read_small(folder / f"share-{idx}.age")
            shares.append(take_share(file, idx, manifest, identity))
        except (NotOpened, OSError) as error:
            failed.append(_failed(folder, error, out))
    disclosure = Disclosure(
        request.tender, request.envelope, request.digest(), idx, tuple(shares), args.control_head
    )
    Disclosure.of(disclosure.to_json())  # a bad --control-head is refused here
    return _written(args, out, disclosure.sign(key.note_signer()), len(shares), failed)


def run_take_pads(args: argparse.Namespace, out: Output) -> int:
    """Release the timekeeper's pads of the whole set, once and after the deadline only."""
    keyset, request = _asked(args)
    key = load_key(args.key, args.passphrase_file, out)
    require_own_place(key, keyset, "timekeeper")
    identity, pads, failed = key.age_identity(), [], []
    envelopes = _envelopes(args.sealed, keyset, request)
    for folder, manifest in out.each(envelopes, Text("Taking pads", "正在取出掩码")):
        try:
            pads.append(take_pad(read_small(folder / "p.age"), manifest, identity))
        except (NotOpened, OSError) as error:
            failed.append(_failed(folder, error, out))
    release = Release(
        request.tender, request.envelope, request.digest(), args.intent, tuple(pads), ()
    )
    Release.of(release.to_json())  # a bad --intent is refused here
    return _written(args, out, release.sign(key.note_signer()), len(pads), failed)


def _asked(args: argparse.Namespace) -> tuple[Keyset, Request]:
    """Read what is asked for, and refuse it before the deadline and the gates.

    :raises Stopped: too early, or for parts that do not belong together.
    """
    keyset = read_object(Keyset, args.keyset, args.agency_key)
    notice = read_object(Notice, args.notice, args.agency_key)
    request = Request.read(read_small(args.request))
    if notice.keyset != keyset.digest() or not keyset.tender == notice.tender == request.tender:
        raise Stopped(
            "other-tender",
            Text(
                "Notice, keyset and request are not of one tender.",
                "公告、密钥集和开标申请不属于同一招标。",
            ),
        )
    gates = [gate.not_before for gate in notice.gates if gate.envelope == request.envelope]
    if not gates:
        text = Text("The notice has no envelope {envelope}.", "公告中没有信封 {envelope}。")
        raise Stopped("no-such-envelope", text, envelope=request.envelope)
    opens_at = max(*gates, notice.closes_at)
    if datetime.now(UTC) < opens_at:
        text = Text("Nothing is opened before {opens_at}.", "{opens_at} 之前不开启任何投标。")
        raise Stopped("too-early", text, opens_at=format_instant(opens_at))
    return keyset, request


def _envelopes(
    folders: Sequence[Path], keyset: Keyset, request: Request
) -> list[tuple[Path, Manifest]]:
    found = []
    for folder in folders:
        manifest = Manifest.read(read_small(folder / "manifest.json"))
        asked = keyset.digest(), request.tender, request.envelope
        if (manifest.keyset, manifest.tender, manifest.envelope) != asked:
            raise Stopped("other-envelope", OTHER_ENVELOPE, folder=folder)
        if len(manifest.shares) != keyset.n:
            raise Stopped("wrong-count", WRONG_COUNT, folder=folder)
        found.append((folder, manifest))
    if len({manifest.digest() for _, manifest in found}) != len(found):
        raise Stopped("same-envelope", Text("An envelope was named twice.", "有信封被重复列出。"))
    return found


def _failed(folder: Path, error: Exception, out: Output) -> dict[str, str]:
    cause = error.cause if isinstance(error, NotOpened) else "not-readable"
    return {"envelope": folder.name, "cause": cause, "why": explained(error, out.lang)}


def _written(
    args: argparse.Namespace, out: Output, note: bytes, taken: int, failed: list[dict[str, Any]]
) -> int:
    write_new(args.out, note)
    text = Text("{path}: {count} envelopes, signed", "{path}：{count} 个信封，已签署")
    out.say(text, path=args.out, count=taken)
    for one in failed:
        out.show(f"  {one['envelope']}: {one['cause']}: {one['why']}")
    out.say(NOT_ASKED)
    out.answer(note=str(args.out), taken=taken, failed=failed, not_checked=["may_open"])
    return GOOD if taken else REFUSED
