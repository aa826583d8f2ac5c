"""Receipts: checked against the anchors' keys and against what was sent, kept, and proved."""

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from bidding.sealed.bid import Bid, Receipt, Received
from client.files import write_new
from client.output import Stopped
from client.server import Server
from procurement.proof.anchors import Anchors
from procurement.proof.checkpoint import open_checkpoint, require_quorum
from procurement.proof.events import ConcealedEvent, event_leaf
from procurement.proof.evidence import LogEvent
from procurement.proof.merkle import verify_inclusion
from procurement.proof.notes import BadNote, Verifier
from procurement.proof.shapes import Malformed, Statement
from procurement.texts import Text

FILED = "bid.filed"
POLL_SECONDS = 0.5
OTHER_EVENT = Text(
    "The proof is of another event than the filing of this bid.", "该证明针对的不是本投标的递交。"
)
OTHER_FORM = Text(
    "The countersigned form is not the form of this receipt: it was not kept, and complain.",
    "加盖平台印章的文件不是该回执所指的签名文件：未予保存，请提出质疑。",
)
PDF_ENDS = re.compile(rb"(%%EOF)[\r\n]*")
OTHER_RECEIPT = Text("The proof is of another receipt than this one.", "该证明针对的是另一份回执。")
Read = TypeVar("Read", bound=Statement)
Found = TypeVar("Found")


def open_receipt(note: bytes, anchors: Anchors) -> Receipt:
    """Read a receipt that the platform signed with a key of the anchors.

    :raises Stopped: for one that it did not sign so.
    """
    return signed_by_any(Receipt, note, anchors.receipt_keys)


def require_receipt_for(
    receipt: Receipt, bid: Bid, form_sha256: str, envelopes: Mapping[str, Received]
) -> None:
    """Refuse a receipt for anything but what was sent.

    :raises Stopped: naming what the receipt says otherwise.
    """
    wanted = {
        "tender": bid.tender,
        "bid": bid.digest(),
        "form": form_sha256,
        "envelopes": dict(envelopes),
    }
    wrong = [name for name, value in wanted.items() if getattr(receipt, name) != value]
    if wrong:
        raise Stopped(
            "other-receipt",
            Text(
                "The receipt is not for what was sent ({names}): keep it, and complain.",
                "回执与所递交的内容不符（{names}）：请保留回执并提出质疑。",
            ),
            besides={"wrong": wrong},
            names=", ".join(wrong),
        )


def wait_for_proof(server: Server, bid: str, seconds: float) -> Mapping[str, Any] | None:
    """Ask for the proof until it is there, None when it is not there in time."""
    return wait_for(lambda: server.find(f"bids/{bid}/proof"), seconds)


def wait_for(find: Callable[[], Found | None], seconds: float) -> Found | None:
    """Ask until something is there, None when it is not there in time."""
    ends = time.monotonic() + seconds
    while (found := find()) is None:
        if time.monotonic() > ends:
            return None
        time.sleep(POLL_SECONDS)
    return found


def check_proof(proof: Mapping[str, Any], receipt: Receipt, anchors: Anchors) -> None:
    """Check that the log holds the receipt, in a tree that a quorum of witnesses signed.

    :raises Stopped: when it does not.
    """
    filed = LogEvent.of(proof["event"])
    note = str(proof["checkpoint"]).encode()
    signed = open_checkpoint(note, anchors.log_verifier(), anchors.witness_verifiers())
    require_quorum(signed, anchors.quorum)
    event = ConcealedEvent.read(filed.event)
    if (event.tender, event.verb) != (receipt.tender, FILED):
        raise Stopped("other-event", OTHER_EVENT)
    if receipt.digest() not in event.body.values():
        raise Stopped("other-event", OTHER_RECEIPT)
    tree = signed.checkpoint
    hashes = [bytes.fromhex(one) for one in filed.proof or ()]
    leaf = event_leaf(filed.salt, filed.event)
    if (
        filed.index is None
        or filed.size != tree.size
        or not verify_inclusion(leaf, filed.index, tree.size, hashes, tree.root)
    ):
        text = Text("The log does not hold this receipt.", "日志中没有该回执。")
        raise Stopped("not-in-the-log", text)


def require_our_form(copy: bytes, receipt: Receipt) -> None:
    """Refuse a countersigned form that does not begin with the form of the receipt, unchanged.

    :raises Stopped: when it is another one.
    """
    beginning, seen = hashlib.sha256(), 0
    for ending in PDF_ENDS.finditer(copy):
        for end in (ending.end(1), ending.end()):  # with and without the end of that line
            beginning.update(copy[seen:end])
            seen = end
            if beginning.hexdigest() == receipt.form:
                return
    raise Stopped("other-form", OTHER_FORM)


def keep_receipt(path: Path, note: bytes) -> None:
    """Write a receipt; the same one may be there already.

    :raises Stopped: when another one is.
    """
    if path.exists() and path.read_bytes() == note:
        return
    if path.exists():
        text = Text(
            "{path} is there already, and is another receipt.", "{path} 已存在，且是另一份回执。"
        )
        raise Stopped("exists", text, path=path)
    write_new(path, note)


def signed_by_any(kind: type[Read], note: bytes, keys: Iterable[str]) -> Read:
    """Read an object out of a note that one of these keys signed.

    :raises Stopped: when none of them did.
    """
    for key in keys:
        try:
            return kind.open(note, Verifier.parse(key))
        except (BadNote, Malformed):
            continue
    text = Text("No key of your anchors signed this.", "该文件未由您的信任锚所列密钥签署。")
    raise Stopped("not-signed", text)
