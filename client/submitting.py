"""``daylight submit``: upload a sealed envelope, sign the bid form, file it, and keep the receipt.

The steps themselves, and what makes each repeatable, are in ``client/filing.py``.
"""

import argparse
from pathlib import Path

from bidding.sealed.bid import Bid
from client.filing import Filing, add_consortium
from client.output import GOOD, Output
from client.papers import add_ways, paper_to_send, require_one_way, write_form
from client.profiles import add_profile
from procurement.proof.instants import format_instant

REASON = "Bid form"


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``submit``."""
    submit = commands.add_parser("submit", help="upload a sealed envelope, sign and file the bid")
    submit.add_argument("sealed", type=Path, metavar="SEALED_DIR")
    submit.add_argument("--tender", type=Path, required=True, metavar="DIR", help="as fetched")
    submit.add_argument("--anchors", type=Path, metavar="FILE", help="else those in the folder")
    submit.add_argument("--supplier", metavar="ID", help="else the bidder of the envelope")
    add_consortium(submit)
    add_filing(submit)
    submit.set_defaults(run=run_submit)


def add_filing(parser: argparse.ArgumentParser) -> None:
    """Add the options by which a prepared bid is signed and filed."""
    add_ways(parser)
    parser.add_argument(
        "--at-own-risk", action="store_true", help="file it though its signature does not hold"
    )
    parser.add_argument(
        "--wait", type=float, default=60, metavar="SECONDS", help="for the proof in the log"
    )
    add_profile(parser)


def run_submit(args: argparse.Namespace, out: Output) -> int:
    """File one envelope as a bid; what is not receipted is not filed, and is said so."""
    require_one_way(args)
    filing = Filing.of(args, out)
    return file_bid(filing, filing.signed_before(args.signed) or filing.prepare(), args, out)


def file_bid(
    filing: Filing, prepared: tuple[Bid, str], args: argparse.Namespace, out: Output
) -> int:
    """Sign the form of a prepared bid, submit it, and keep the receipt and its proof."""
    bid, address = prepared
    inside, ours = {"bid.json": bid.canonical()}, filing.beside("signed.pdf")

    def unsigned() -> bytes:
        return filing.server.read(f"{address}/form.pdf")

    if args.form_only is not None:
        write_form(args.form_only, unsigned(), inside, out)
        out.answer(form=str(args.form_only), bid=bid.digest(), submitted=False)
        return GOOD
    signed = paper_to_send(unsigned, inside, args, reason=REASON, kept=ours)
    answer = filing.submit(address, signed, at_own_risk=args.at_own_risk)
    receipt = filing.keep(answer, bid, signed)
    proved = filing.prove(address, receipt, args.wait)
    out.answer(
        bid=bid.digest(),
        id=address.removeprefix("bids/"),
        number=receipt.number,
        receipt=str(filing.beside("receipt.note")),
        received_at=format_instant(receipt.received_at),
        verdict=receipt.verdict,
        messages=answer.get("messages", []),
        proved=proved,
    )
    return GOOD
