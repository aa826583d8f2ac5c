"""``daylight confirm``: a filed bid follows a change of the notice, without sealing anew.

What changed is shown, and what was sealed is bound to the newer notice and signed again. Where the
form or the keys are others, it has to be sealed again, and is said so before anything is signed.
Who bids stays as it was filed: a consortium's bid is confirmed for the same consortium.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bidding.rules.confirmation import still_fits
from bidding.sealed.bid import Bid
from bidding.sealed.manifest import Manifest
from client.fetching import read_folder
from client.files import read_small
from client.filing import NEWER_NOTICE, OTHER_BID, Filing
from client.output import Output, Stopped
from client.papers import require_one_way
from client.receipts import open_receipt
from client.submitting import add_filing, file_bid
from procurement.texts import Text
from tenders.notice import Notice
from tenders.rules.differences import differences

CONFIRMATION = "confirmation"  # as the platform calls what a filed bid still misses
NOTHING_TO_CONFIRM = Text(
    "You have filed no bid over this envelope that is to be confirmed.",
    "您没有以此信封递交且有待确认的投标。",
)
UNKNOWN_NOTICE = Text(
    "The notice that you had signed for is not in the fetched history: fetch the tender again.",
    "已获取的记录中没有您当时签署所针对的公告：请重新获取招标。",
)
SEAL_AGAIN = Text(
    "The response form or the keys have changed: seal and submit again.",
    "响应表单或密钥已变更：请重新封装并递交。",
)
CHANGED = Text(
    "The notice has changed from version {before} to {after}: {why}",
    "公告已由第 {before} 版变更为第 {after} 版：{why}",
)
DIFFERENCE = Text(
    "  {what}\n    - {before}\n    + {after}", "  {what}\n    - {before}\n    + {after}"
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``confirm``."""
    confirm = commands.add_parser("confirm", help="confirm a filed bid for a changed notice")
    confirm.add_argument("sealed", type=Path, metavar="SEALED_DIR", help="as it was submitted")
    confirm.add_argument(
        "--tender", type=Path, required=True, metavar="DIR", help="as fetched since the change"
    )
    confirm.add_argument("--anchors", type=Path, metavar="FILE", help="else those in the folder")
    confirm.add_argument("--supplier", metavar="ID", help="else the bidder of the envelope")
    add_filing(confirm)
    confirm.set_defaults(run=run_confirm, consortium=None)


def run_confirm(args: argparse.Namespace, out: Output) -> int:
    """Show what changed, bind the same envelope to the newer notice, sign and file that."""
    require_one_way(args)
    filing = _sealed(args, out)
    prepared = filing.signed_before(args.signed)
    if prepared is None:
        prepared = _prepared_anew(filing, out)
    elif any(bid == prepared[0] for bid, _ in _unconfirmed(filing)):
        raise Stopped("newer-notice", NEWER_NOTICE)  # the same once more would confirm nothing
    _put_aside(filing, prepared[0])
    return file_bid(filing, prepared, args, out)


def _sealed(args: argparse.Namespace, out: Output) -> Filing:
    """Read the envelope and the fetched tender; the same tender with other keys is sealed again.

    :raises Stopped: for what is changed, or for something else.
    """
    try:
        return Filing.of(args, out)
    except Stopped as stopped:
        if stopped.code != "other-tender":
            raise
        manifest = Manifest.read(read_small(args.sealed / "manifest.json"))
        if manifest.tender != read_folder(args.tender, args.anchors).notice.tender:
            raise
        raise Stopped("seal-again", SEAL_AGAIN) from stopped


def _prepared_anew(filing: Filing, out: Output) -> tuple[Bid, str]:
    """Bind what was sealed to the newer notice, for whoever bade together before.

    :raises Stopped: when nothing is to be confirmed, or has to be sealed again.
    """
    filed, consortium = next(_unconfirmed(filing), (None, None))
    if filed is None:
        raise Stopped("nothing-to-confirm", NOTHING_TO_CONFIRM)
    _require_still_fitting(filing, filed, out)
    bid, address = replace(filing, consortium=consortium).prepare()
    if bid.bidder != filed.bidder:
        filing.forget()
        raise Stopped("other-bid", OTHER_BID)
    return bid, address


def _unconfirmed(filing: Filing) -> Iterator[tuple[Bid, str | None]]:
    """Find the filed bids over this envelope that miss their confirmation, and whose they are."""
    ours = {filing.manifest.envelope: filing.manifest.digest()}
    for told in filing.server.results(f"tenders/{filing.manifest.tender}/bids"):
        bid = Bid.of(told["bid"])
        if told["missing"] == CONFIRMATION and bid.envelopes == ours:
            yield bid, told["consortium"]


def _require_still_fitting(filing: Filing, filed: Bid, out: Output) -> None:
    """Show what changed since a bid was signed, and refuse what has to be sealed again.

    :raises Stopped: then.
    """
    stored = filing.fetched.proof.told.objects.get(filed.notice)
    if stored is None:
        raise Stopped("unknown-notice", UNKNOWN_NOTICE)
    before, after = Notice.read(stored.body), filing.fetched.notice
    why = after.reason or ""
    out.say(CHANGED, before=before.version, after=after.version, why=why)
    for one in differences(before, after):
        what = one.what.zh if out.lang == "zh" else one.what.en
        out.say(DIFFERENCE, what=what, before=one.shown_before or "", after=one.shown_after or "")
    if not still_fits(before, after):
        raise Stopped("seal-again", SEAL_AGAIN)


def _put_aside(filing: Filing, bid: Bid) -> None:
    """Keep the receipt of the bid that is confirmed under its number, beside the new one."""
    path = filing.beside("receipt.note")
    if not path.exists():
        return
    receipt = open_receipt(path.read_bytes(), filing.fetched.anchors)
    if receipt.bid == bid.digest():
        return
    path.replace(filing.beside(f"receipt-{receipt.number}.note"))
    proof = filing.beside("proof.json")
    if proof.exists():
        proof.replace(filing.beside(f"proof-{receipt.number}.json"))
