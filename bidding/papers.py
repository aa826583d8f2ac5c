"""Bid forms, receipts and minutes, as papers that carry the objects they speak of inside.

A bid form and a withdrawal show digests and no price: they are filed before anything is opened.
"""

from collections.abc import Mapping
from pathlib import Path

from bidding.sealed.bid import Bid, Receipt, Withdrawal
from procurement.proof.canonical import JSON
from procurement.proof.instants import parse_instant
from procurement.texts import Text
from procurement.typesetting import Attachment, typeset
from signatures.pdf.report import Verdict
from signatures.pdf.told import VERDICTS
from tenders.notice import Notice
from tenders.papers import both, is_training
from tenders.rules.signature_rules import in_words

PAPERS = Path(__file__).parent / "papers"

CAUSES = {  # of protocol message 9, per bid
    "opened": Text("Opened", "已开启"),
    "bidder-fault": Text("Not opened: fault of the bidder", "未开启：投标人原因"),
    "authority-fault": Text("Not opened: fault of the authority", "未开启：招标方原因"),
    "integrity": Text("Not opened: not what was filed", "未开启：与递交内容不符"),
    "disputed": Text("Not opened: disputed between holders", "未开启：持有人之间存在争议"),
}


def bid_form_pdf(
    bid: Bid, notice: Notice, *, bidder_name: Text, members: Mapping[str, Text] | None = None
) -> bytes:
    """Set the form that a bidder signs: it embeds ``bid.json``, to the byte, and shows no price.

    ``members`` gives the names of a consortium's members by their ids.

    :raises ValueError: for a bid under another notice.
    """
    _same(bid.notice, notice.digest())
    return typeset(
        PAPERS / "bid_form.typ",
        _about(notice, bidder_name)
        | {"bid": bid.to_json(), "digest": bid.digest()}
        | {"signatures": both(in_words(notice.signatures))}
        | {"members": {one: both(name) for one, name in (members or {}).items()}},
        attachments=[Attachment("bid.json", bid.canonical(), "application/json", "Bid / 投标")],
        title=_title(Text("Bid form", "投标函"), notice),
    )


def withdrawal_form_pdf(withdrawal: Withdrawal, notice: Notice, *, bidder_name: Text) -> bytes:
    """Set the form by which a bidder takes a bid back: it embeds ``withdrawal.json``.

    :raises ValueError: for a withdrawal from another tender.
    """
    _same(withdrawal.tender, notice.tender)
    inside = Attachment(
        "withdrawal.json", withdrawal.canonical(), "application/json", "Withdrawal / 撤回"
    )
    return typeset(
        PAPERS / "withdrawal_form.typ",
        _about(notice, bidder_name) | {"withdrawal": withdrawal.to_json()},
        attachments=[inside],
        title=_title(Text("Withdrawal of a bid", "投标撤回函"), notice),
    )


def receipt_pdf(
    receipt_note: bytes, receipt: Receipt, notice: Notice, *, bidder_name: Text
) -> bytes:
    """Set a receipt for people: it embeds ``receipt.note``, which is the receipt itself.

    :raises ValueError: for a receipt from another tender.
    """
    _same(receipt.tender, notice.tender)
    inside = Attachment("receipt.note", receipt_note, "text/plain", "Signed receipt / 签名回执")
    return typeset(
        PAPERS / "receipt.typ",
        _about(notice, bidder_name)
        | {"receipt": receipt.to_json(), "verdict": both(VERDICTS[Verdict(receipt.verdict)])},
        attachments=[inside],
        title=_title(Text("Receipt", "投标回执"), notice),
        dated=receipt.received_at,
    )


def minutes_pdf(
    minutes: Mapping[str, JSON], notice: Notice, *, names: Mapping[str, Text], embedded: bytes
) -> bytes:
    """Set the minutes of an opening: they embed ``minutes.json``, which is ``embedded``.

    ``names`` gives the names of bidders and members by their ids; else the id is shown.

    :raises ValueError: for the minutes of another tender.
    """
    _same(str(minutes["tender"]), notice.tender)
    inside = Attachment("minutes.json", embedded, "application/json", "Minutes / 开标记录")
    content: dict[str, JSON] = {
        "minutes": dict(minutes),
        "names": {bidder: both(name) for bidder, name in names.items()},
        "causes": {cause: both(text) for cause, text in CAUSES.items()},
        "verdicts": {verdict: both(text) for verdict, text in VERDICTS.items()},
    }
    return typeset(
        PAPERS / "minutes.typ",
        _tender(notice) | content,
        attachments=[inside],
        title=_title(Text("Minutes of the opening", "开标记录"), notice),
        dated=parse_instant(str(minutes["ended_at"])),
    )


def _about(notice: Notice, bidder_name: Text) -> dict[str, JSON]:
    return _tender(notice) | {"bidder": both(bidder_name)}


def _tender(notice: Notice) -> dict[str, JSON]:
    lots: dict[str, JSON] = {lot.lot: {**lot.title} for lot in notice.lots}
    return {
        "tender": notice.tender,
        "title": {**notice.title},
        "lots": lots,
        "notice": notice.digest(),
        "training": is_training(notice),
    }


def _title(paper: Text, notice: Notice) -> str:
    return " / ".join([f"{paper.en} {paper.zh}", *notice.title.values()])


def _same(named: str, given: str) -> None:
    if named != given:
        raise ValueError("This paper and the notice belong to different tenders")
