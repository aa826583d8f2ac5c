"""``daylight status``, ``receipt`` and ``withdraw``: after a bid was filed."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bidding.sealed.bid import Bid, Receipt, Withdrawal
from client.output import GOOD, Output, Stopped
from client.papers import add_ways, paper_to_send, require_one_way, write_form
from client.profiles import add_profile, signed_in
from client.proving import read_anchors
from client.receipts import (
    check_proof,
    keep_receipt,
    open_receipt,
    require_our_form,
    wait_for,
    wait_for_proof,
)
from client.server import Server
from procurement.proof.canonical import canonical
from procurement.proof.instants import format_instant
from procurement.texts import Text

CHECKED = Text("{path}: checked", "{path}：已核验")
NOT_CHECKED = Text("{path}: not checked: no anchors were given", "{path}：未核验：没有给出信任锚")
COUNTERSIGNED = Text(
    "  {path}: your signed form, countersigned by the platform",
    "  {path}：您签名的文件，已由平台加盖印章",
)
NOT_COUNTERSIGNED = Text(
    "  There is no countersigned form (yet).", "  （暂）无加盖平台印章的文件。"
)
RECEIVED = Text(
    "Receipt {number}: received at {received_at}", "回执 {number}：接收时间 {received_at}"
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``status``, ``receipt`` and ``withdraw``."""
    status = commands.add_parser("status", help="your bids for a tender, or what waits for you")
    status.add_argument("tender", nargs="?", metavar="TENDER")
    add_profile(status)
    status.set_defaults(run=run_status)

    receipt = commands.add_parser(
        "receipt", help="fetch a receipt again, with its proof and the form"
    )
    receipt.add_argument("bid", metavar="BID", help="as status shows it")
    receipt.add_argument("--anchors", type=Path, metavar="FILE", help="check it against these")
    receipt.add_argument("--out", type=Path, required=True, metavar="RECEIPT.note")
    receipt.add_argument(
        "--wait", type=float, default=0, metavar="SECONDS", help="for proof and form"
    )
    add_profile(receipt)
    receipt.set_defaults(run=run_receipt)

    withdraw = commands.add_parser("withdraw", help="take a bid back, by a signed form")
    withdraw.add_argument("bid", metavar="BID", help="as status shows it")
    add_ways(withdraw)
    add_profile(withdraw)
    withdraw.set_defaults(run=run_withdraw)


def run_status(args: argparse.Namespace, out: Output) -> int:
    """Print each bid with its state; without a tender, what waits for whoever is signed in."""
    server = signed_in(args, out)
    if args.tender is None:
        return _waiting(server, out)
    bids = server.results(f"tenders/{args.tender}/bids")
    for bid in bids:
        _say_bid(bid, out)
    if not bids:
        out.say(Text("You have no bid for this tender.", "您在本招标中没有投标。"))
    out.answer(bids=bids)
    return GOOD


def run_receipt(args: argparse.Namespace, out: Output) -> int:
    """Write a receipt, checked where there are anchors to check it by."""
    server = signed_in(args, out)
    note = server.read(f"bids/{args.bid}/receipt")
    proof = wait_for_proof(server, args.bid, args.wait)
    checked, receipt = args.anchors is not None, None
    if checked:
        anchors = read_anchors(args.anchors)
        receipt = open_receipt(note, anchors)
        at = format_instant(receipt.received_at)
        out.say(RECEIVED, number=receipt.number, received_at=at)
        if proof is not None:
            check_proof(proof, receipt, anchors)
    keep_receipt(args.out, note)
    out.say(CHECKED if checked else NOT_CHECKED, path=args.out)
    if proof is None:
        out.say(Text("  The log does not hold it yet.", "  日志中尚无该回执。"))
    else:
        path = args.out.with_suffix(".proof.json")
        path.write_bytes(canonical(dict(proof)))
        out.say(
            Text("  {path}: the proof that the log holds it", "  {path}：已写入日志的证明"),
            path=path,
        )
    out.answer(
        receipt=str(args.out),
        checked=checked,
        proved=checked and proof is not None,
        countersigned=_countersigned(args, out, server, receipt),
    )
    return GOOD


def _countersigned(
    args: argparse.Namespace, out: Output, server: Server, receipt: Receipt | None
) -> str | None:
    """Keep the form with the platform's seal over it, if it is there; a copy may be a newer one."""
    where = f"bids/{args.bid}/countersigned.pdf"
    form = wait_for(lambda: server.find_bytes(where), args.wait)
    if form is None:
        out.say(NOT_COUNTERSIGNED)
        return None
    if receipt is not None:
        require_our_form(form, receipt)
    path: Path = args.out.with_suffix(".form.pdf")
    path.write_bytes(form)
    out.say(COUNTERSIGNED, path=path)
    return str(path)


def run_withdraw(args: argparse.Namespace, out: Output) -> int:
    """Sign the form that takes a bid back, and send it; the bid never lives again."""
    require_one_way(args)
    server = signed_in(args, out)
    told = server.get(f"bids/{args.bid}")
    bid = Bid.of(told["bid"])
    if bid.digest() != told["digest"]:
        raise Stopped(
            "other-bid",
            Text(
                "The server shows another bid than it names: sign nothing.",
                "服务器出示的投标与所称的不是同一份：请勿签署。",
            ),
        )
    withdrawal = Withdrawal(bid.tender, bid.lot, bid.digest(), bid.bidder)
    inside = {"withdrawal.json": withdrawal.canonical()}

    def unsigned() -> bytes:
        return server.read(f"bids/{args.bid}/withdrawal.pdf")

    if args.form_only is not None:
        write_form(args.form_only, unsigned(), inside, out)
        out.answer(form=str(args.form_only), withdrawn=False)
        return GOOD
    signed = paper_to_send(unsigned, inside, args, reason="Withdrawal of a bid", kept=None)
    answer = server.post_file(f"bids/{args.bid}/withdrawal", signed)
    out.say(Text("Withdrawn: {bid}", "已撤回：{bid}"), bid=bid.digest())
    out.answer(bid=bid.digest(), withdrawn=True, state=(answer or {}).get("state"))
    return GOOD


def _say_bid(bid: Mapping[str, Any], out: Output) -> None:
    text = Text("{id}: lot {lot}, {state}", "{id}：标段 {lot}，{state}")
    out.say(text, id=bid["id"], lot=bid["lot"], state=bid["state"])
    if bid["missing"]:
        out.say(Text("  still missing: {what}", "  尚缺：{what}"), what=bid["missing"])
    if bid["receipt"]:
        out.say(Text("  receipt {number}", "  回执 {number}"), number=bid["receipt"]["number"])


def _waiting(server: Server, out: Output) -> int:
    waiting = server.results("waiting")
    for one in waiting:
        out.show(one["text"].get(out.lang) or one["text"]["en"])
        if one["tender"]:
            out.say(Text("  tender {tender}", "  招标 {tender}"), tender=one["tender"])
    if not waiting:
        out.say(Text("Nothing waits for you.", "没有待您处理的事项。"))
    out.answer(waiting=waiting)
    return GOOD
