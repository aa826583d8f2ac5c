"""``daylight order``: what a supervisor or the agency decides about a running tender, as a note.

The order names the control head that it was given on. It is in force when the freshness bound has
passed after the proof that the log holds it: whoever acts later has seen it.
"""

import argparse
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from client.answers import Refused
from client.keys import load_key
from client.output import GOOD, Output, Stopped
from client.profiles import add_profile, signed_in
from client.proving import Proved, prove, read_anchors
from client.server import Server
from procurement.proof.anchors import Anchors
from procurement.proof.instants import format_instant, parse_instant
from procurement.texts import Text
from tenders.notice import Order

EFFECTS = ("suspend", "resume", "produce", "cancel")
ATTEMPTS = 5  # another decision may come between our proof and our order
POLL_SECONDS = 0.5
NEEDS_AN_END = Text(
    "Say with --until until when the agency replies.", "请用 --until 给出采购机关的回复期限。"
)
HAS_NO_END = Text(
    "Only a suspension or a demand has an end.", "只有暂停或要求提供材料才有结束时间。"
)
NOT_HELD = Text(
    "  The log does not hold it yet; nobody is bound by it before.",
    "  日志中尚无该决定；在此之前对任何人均不具约束力。",
)
HELD = Text(
    "  The log holds it; in force for everyone from {from_then}",
    "  该决定已写入日志；自 {from_then} 起对所有人生效",
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``order``."""
    order = commands.add_parser("order", help="suspend, resume, ask for evidence, or cancel")
    order.add_argument("tender", metavar="TENDER")
    order.add_argument("--effect", choices=EFFECTS, required=True)
    order.add_argument("--cause", required=True, help="a sentence that everybody reads")
    order.add_argument(
        "--until", metavar="INSTANT", help="a suspension's end, or until when to reply"
    )
    order.add_argument("--key", type=Path, required=True, metavar="KEYFILE", help="the body's")
    order.add_argument("--passphrase-file", type=Path)
    order.add_argument("--anchors", type=Path, required=True, metavar="FILE")
    order.add_argument("--wait", type=float, default=60, metavar="SECONDS", help="for the proof")
    add_profile(order)
    order.set_defaults(run=run_order)


def run_order(args: argparse.Namespace, out: Output) -> int:
    """Sign an order on the tender's newest decision, send it, and wait until the log holds it."""
    ends_at = _until(args)
    key = load_key(args.key, args.passphrase_file, out)
    anchors, server = read_anchors(args.anchors), signed_in(args, out)
    for attempt in range(1, ATTEMPTS + 1):
        proof = prove(server, args.tender, anchors)
        order = _order(args, proof, ends_at)
        try:
            _send(server, args, order.sign(key.note_signer()))
            break
        except Refused as refused:
            if refused.status != 409 or attempt == ATTEMPTS or not _moved(server, proof):
                raise
            time.sleep(POLL_SECONDS)
    text = Text("Ordered: {effect}: {cause}", "已作出决定（{effect}）：{cause}")
    out.say(text, effect=args.effect, cause=args.cause)
    in_force_at = _in_force_at(server, anchors, order, args.wait)
    if in_force_at is None:
        out.say(NOT_HELD)
    else:
        out.say(HELD, from_then=format_instant(in_force_at))
    said = None if in_force_at is None else format_instant(in_force_at)
    out.answer(order=order.digest(), in_force_at=said)
    return GOOD


def _until(args: argparse.Namespace) -> datetime | None:
    if args.until is None:
        if args.effect == "produce":
            raise Stopped("no-end", NEEDS_AN_END)
        return None
    if args.effect not in ("suspend", "produce"):
        raise Stopped("no-end", HAS_NO_END)
    try:
        return parse_instant(args.until)
    except ValueError:
        raise Stopped(
            "not-an-instant",
            Text(
                "--until: write an instant like 2026-01-01T00:00:00.000000Z.",
                "--until：时间请写成 2026-01-01T00:00:00.000000Z 的形式。",
            ),
        ) from None


def _order(args: argparse.Namespace, proof: Proved, ends_at: datetime | None) -> Order:
    order = Order(
        tender=args.tender,
        notice=proof.told.notice.digest(),
        effect=args.effect,
        cause=args.cause,
        starts_at=datetime.now(UTC),
        ends_at=ends_at,
        control_head=proof.told.history.seen.control_head,
    )
    return Order.of(order.to_json())


def _send(server: Server, args: argparse.Namespace, note: bytes) -> None:
    what = "cancellation" if args.effect == "cancel" else "orders"
    server.post(f"tenders/{args.tender}/{what}", {"order_note": note.decode()})


def _moved(server: Server, proof: Proved) -> bool:
    """Tell whether the tender has another head by now; waits a tick for the proof of it."""
    seen = proof.told.history.seen.control_head
    ends = time.monotonic() + 15
    while time.monotonic() < ends:
        if (
            prove(server, proof.fetched.tender, proof.anchors).told.history.seen.control_head
            != seen
        ):
            return True
        time.sleep(POLL_SECONDS)
    return False


def _in_force_at(server: Server, anchors: Anchors, order: Order, seconds: float) -> datetime | None:
    """Wait until a proved history holds the order; None when it does not in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        told = prove(server, order.tender, anchors).told
        held = [step for step in told.history.steps if step.decided == order]
        if held:
            bound = timedelta(seconds=told.notice.pack.freshness_seconds)
            return max(told.history.seen.witnessed_at) + bound
        time.sleep(POLL_SECONDS)
    return None
