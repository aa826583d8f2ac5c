"""Every bid: filed in time under its receipt, bound to its content, counted unless it ended."""

from collections.abc import Iterator

from bidding.sealed.bid import Receipt
from oversight.verify.bundle import HISTORY, form_path
from oversight.verify.case import Case
from oversight.verify.changes import Version, stood_at, version_of
from oversight.verify.filings import (
    LAPSED,
    Fate,
    Filing,
    TakenBack,
    bids_filed,
    fates,
    filings,
    manifests_of,
)
from oversight.verify.report import Finding
from procurement.proof.notes import Verifier

RECEIPTS = "--receipt"


def receipts_are_signed(case: Case) -> Iterator[Finding]:
    """Every filing has a receipt, signed by a key of the anchors, for this bid of this tender."""
    numbers: set[str] = set()
    for one in bids_filed(case):
        path, receipt = one.placed.path, one.receipt
        note = (case.objects[receipt.digest()].note or "").encode()
        if opened_receipt(case, note) != receipt:
            yield Finding("receipt-not-signed", path, "signed by a receipt key", "not")
        if receipt.tender != case.tender or receipt.number in numbers:
            yield Finding("other-receipt", path, "a receipt of its own", receipt.number)
        if receipt.control_head not in _heads_before_close(case):
            yield Finding("other-branch", path, "a decision of this history", receipt.control_head)
        if form_path(receipt.form) not in case.bundle:
            yield Finding("missing-form", path, form_path(receipt.form), "none")
        numbers.add(receipt.number)


def bids_bind_their_content(case: Case) -> Iterator[Finding]:
    """Every bid is for the notice in force when it was filed, and sealed for it by its bidder."""
    for one in bids_filed(case):
        path, bid = one.placed.path, one.bid
        version = version_of(case, bid.notice)
        if bid.tender != case.tender or version is None:
            yield Finding("other-notice", path, case.notice.digest(), bid.notice)
            continue
        if not stood_at(case, one.receipt.control_head, version):
            yield Finding("notice-not-in-force", path, "the notice in force then", bid.notice)
        if bid.lot not in {lot.lot for lot in version.notice.lots}:
            yield Finding("unknown-lot", path, "a lot of the notice", bid.lot)
        received = {name: held.manifest for name, held in one.receipt.envelopes.items()}
        if received != bid.envelopes:
            yield Finding("other-envelope", path, "the envelopes of the receipt", "others")
        yield from _manifests(case, one, version)


def withdrawals_are_signed_for(case: Case) -> Iterator[Finding]:
    """Every withdrawal came with a form that the bidder signed."""
    for one in filings(case):
        if isinstance(one, TakenBack) and not any(
            form_path(digest) in case.bundle for digest in one.placed.named()
        ):
            yield Finding("missing-form", one.placed.path, "a signed form", "none")


def bids_are_in_time(case: Case) -> Iterator[Finding]:
    """Every bid came before the deadline, and none that ended lives again."""
    yield from fates(case).findings


def lapses_follow_the_notice(case: Case) -> Iterator[Finding]:
    """What is said to have lapsed lived at the deadline, for an earlier notice."""
    for placed in case.concealed:
        bid = str(placed.event.body.get("bid"))
        if placed.event.verb == LAPSED and fates(case).of.get(bid) is not Fate.LAPSED:
            yield Finding("not-lapsed", placed.path, "a bid for an earlier notice", bid)


def closed_set_is_what_lived(case: Case) -> Iterator[Finding]:
    """The closed set is exactly the bids that lived at the deadline, none dropped, none added."""
    if case.close is None:
        return
    close, counted = case.close, fates(case).counted()
    said = case.tender, case.notice.digest(), case.closes_at
    if (close.tender, close.notice, close.closes_at) != said:
        yield Finding("other-close", HISTORY, "of this notice and deadline", "of another")
    lots = {one.digest: one.bid.lot for one in bids_filed(case)}
    closed = {one.bid: one.lot for one in close.bids}
    for digest in sorted(counted - closed.keys()):
        yield Finding("dropped-bid", HISTORY, f"the bid {digest} in the closed set", "not there")
    for digest in sorted(closed.keys() - counted):
        if fates(case).of.get(digest) is Fate.LAPSED:
            yield Finding("not-confirmed", HISTORY, "a bid for the notice in force", digest)
            continue
        yield Finding("added-bid", HISTORY, f"no bid {digest}", "in the closed set")
    for digest, lot in closed.items():
        if lots.get(digest, lot) != lot:
            yield Finding("other-lot", HISTORY, lots[digest], lot)
    yield from _closed_after_the_last(case)


def receipts_count(case: Case, notes: tuple[bytes, ...]) -> Iterator[Finding]:
    """Each receipt that was given is a bid that counts, or that its bidder ended in time."""
    fate, filed = fates(case).of, {one.receipt.digest(): one for one in bids_filed(case)}
    for number, note in enumerate(notes, start=1):
        where = f"{RECEIPTS} {number}"
        receipt = opened_receipt(case, note)
        if receipt is None:
            yield Finding("receipt-not-signed", where, "signed by a receipt key", "not")
        elif receipt.tender != case.tender:
            yield Finding("receipt-of-another-tender", where, case.tender, receipt.tender)
        elif receipt.digest() not in filed:
            yield Finding("receipt-left-out", where, "in the log", receipt.number)
        elif fate.get(receipt.bid) in (None, Fate.LATE):
            yield Finding("receipt-not-counted", where, "counted, or ended in time", receipt.number)
        elif fate[receipt.bid] is Fate.COUNTED and not _is_closed(case, receipt.bid):
            yield Finding("dropped-bid", where, "in the closed set", receipt.number)


def opened_receipt(case: Case, note: bytes) -> Receipt | None:
    """Read a receipt that one of the anchors' keys signed; None when none did."""
    for key in case.anchors.receipt_keys:
        try:
            return Receipt.open(note, Verifier.parse(key))
        except ValueError:  # what is no note, no receipt, or not by this key
            continue
    return None


def _is_closed(case: Case, bid: str) -> bool:
    return case.close is None or bid in {closed.bid for closed in case.close.bids}


def _manifests(case: Case, one: Filing, version: Version) -> Iterator[Finding]:
    for name, manifest in manifests_of(case, one).items():
        ours = case.tender, one.bid.lot, name, version.notice.keyset
        found = manifest.tender, manifest.lot, manifest.envelope, manifest.keyset
        if ours != found or len(manifest.shares) != version.keyset.n:
            yield Finding("other-envelope", one.placed.path, "sealed for this bid", "for another")
        if manifest.bidder != one.bid.bidder.lead:
            yield Finding("copied-bid", one.placed.path, one.bid.bidder.lead, manifest.bidder)
        held, length = one.receipt.envelopes.get(name), manifest.payload.length
        if held is not None and held.length != length:
            yield Finding("other-length", one.placed.path, str(length), str(held.length))


def _heads_before_close(case: Case) -> set[str]:
    """The decisions that a receipt may have seen: from the notice to the close."""
    verbs = [decision.verb for decision in case.decisions]
    begin = verbs.index("notice.published") if "notice.published" in verbs else len(verbs)
    end = verbs.index("bids.closed") if "bids.closed" in verbs else len(verbs)
    return {decision.placed.leaf for decision in case.decisions[begin:end]}


def _closed_after_the_last(case: Case) -> Iterator[Finding]:
    """The close stands in a later tick than the last bid: nobody closed over what was coming."""
    closed = case.only("bids.closed")
    assert closed is not None
    for one in filings(case):
        if closed.placed.index < one.placed.size:
            yield Finding("closed-too-soon", closed.placed.path, "a tick after", one.placed.path)
