"""``daylight submit``: upload a sealed envelope, sign the bid form, file it, and keep the receipt.

Every step may be repeated: parts that are there are not sent again, and a form that was signed but
not yet answered is sent again as it is, so that the first arrival counts.
"""

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bidding.sealed.bid import Bid, Bidder, Receipt, Received
from bidding.sealed.manifest import Manifest
from client.answers import Refused
from client.fetching import Fetched, read_folder
from client.files import read_json, read_small
from client.output import GOOD, Output, Stopped
from client.papers import add_ways, paper_to_send, require_one_way, write_form
from client.profiles import add_profile, signed_in
from client.proving import prove, require_continued, require_current
from client.receipts import (
    check_proof,
    keep_receipt,
    open_receipt,
    require_receipt_for,
    wait_for_proof,
)
from client.sealing import stored
from client.server import Server
from client.uploading import upload
from procurement.proof.canonical import JSON, canonical, sha256_hex
from procurement.proof.instants import format_instant

REASON = "Bid form"


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``submit``."""
    submit = commands.add_parser("submit", help="upload a sealed envelope, sign and file the bid")
    submit.add_argument("sealed", type=Path, metavar="SEALED_DIR")
    submit.add_argument("--tender", type=Path, required=True, metavar="DIR", help="as fetched")
    submit.add_argument("--anchors", type=Path, metavar="FILE", help="else those in the folder")
    submit.add_argument("--supplier", metavar="ID", help="else the bidder of the envelope")
    add_ways(submit)
    submit.add_argument(
        "--at-own-risk", action="store_true", help="file it though its signature does not hold"
    )
    submit.add_argument(
        "--wait", type=float, default=60, metavar="SECONDS", help="for the proof in the log"
    )
    add_profile(submit)
    submit.set_defaults(run=run_submit)


def run_submit(args: argparse.Namespace, out: Output) -> int:
    """File one envelope as a bid; what is not receipted is not filed, and is said so."""
    require_one_way(args)
    filing = Filing.of(args, out)
    bid, address = filing.signed_before(args.signed) or filing.prepare()
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


@dataclass(frozen=True)
class Filing:
    """One envelope on its way: what it answers, whose it is, and where it goes."""

    sealed: Path
    manifest: Manifest
    supplier: str
    fetched: Fetched
    server: Server
    out: Output

    @classmethod
    def of(cls, args: argparse.Namespace, out: Output) -> "Filing":
        """Read an envelope that is whole, and the fetched tender that it is for.

        :raises Stopped: when it is changed, or for something else.
        """
        fetched = read_folder(args.tender, args.anchors)
        manifest = Manifest.read(read_small(args.sealed / "manifest.json"))
        _, wrong = stored(args.sealed, manifest)
        if wrong:
            raise Stopped("changed", f"Not what was sealed: {', '.join(wrong)}. Seal again.")
        notice = fetched.notice
        if (manifest.tender, manifest.keyset) != (notice.tender, notice.keyset):
            raise Stopped("other-tender", "The envelope was sealed for another tender or keyset.")
        supplier = args.supplier or manifest.bidder
        return cls(args.sealed, manifest, supplier, fetched, signed_in(args, out), out)

    def signed_before(self, elsewhere: Path | None) -> tuple[Bid, str] | None:
        """Give the bid that was prepared and signed already, None where there is none yet.

        It goes straight to the submission, as it did before: its first arrival counts.
        """
        path = self.beside("bid.json")
        if not path.exists() or not (elsewhere or self.beside("signed.pdf").exists()):
            return None
        told = read_json(path)
        bid = Bid.of(told["bid"])
        if bid.envelopes != {self.manifest.envelope: self.manifest.digest()}:
            self._forget()  # the folder was sealed anew since
            return None
        return bid, f"bids/{told['id']}"

    def prepare(self) -> tuple[Bid, str]:
        """Upload what is missing, and prepare the bid; give it and its address."""
        self.require_same_tender()
        upload(self.server, self.sealed, self.manifest, self.supplier, self.out)
        bid, identity = self.composed()
        told: JSON = {"id": identity, "bid": bid.to_json()}
        self.beside("bid.json").write_bytes(canonical(told))
        return bid, f"bids/{identity}"

    def submit(self, address: str, signed: bytes, *, at_own_risk: bool) -> Any:
        """Send the signed form; what was refused is not sent again by itself."""
        query = {"at_own_risk": "true"} if at_own_risk else {}
        try:
            return self.server.post_file(f"{address}/submission", signed, **query)
        except Refused:
            self._forget()
            raise

    def require_same_tender(self) -> None:
        """Refuse when the tender has moved on since it was fetched, or is shown on another branch.

        :raises Stopped: then; fetch it again.
        """
        known = self.fetched.proof
        current = prove(self.server, self.manifest.tender, known.anchors)
        require_continued(known.told.history.seen.control_head, current)
        require_current(current, datetime.now(UTC))
        if current.told.notice != known.told.notice:
            raise Stopped("newer-notice", "There is a newer notice: fetch the tender again.")

    def composed(self) -> tuple[Bid, str]:
        """Let the server compose the bid, and compare it with our own, byte for byte.

        Only the server knows which bid of ours this one replaces; people are told. Gives the bid
        and the name that the server has for it.

        :raises Stopped: when the two differ.
        """
        envelopes = {self.manifest.envelope: self.manifest.digest()}
        body = {"supplier": self.supplier, "lot": self.manifest.lot, "envelopes": envelopes}
        told = self.server.post(f"tenders/{self.manifest.tender}/bids", body, repeatable=True)
        said = Bid.of(told["bid"])
        ours = Bid(
            tender=self.manifest.tender,
            lot=self.manifest.lot,
            bid_version=said.bid_version,
            supersedes=said.supersedes,
            notice=self.fetched.notice.digest(),
            bidder=Bidder(self.supplier, (self.supplier,)),
            envelopes=envelopes,
        )
        if canonical(told["bid"]) != ours.canonical() or told["digest"] != ours.digest():
            raise Stopped(
                "other-bid",
                "The server made another bid of this envelope than we do: sign nothing. "
                "Fetch the tender again; if it stays so, complain.",
            )
        if ours.supersedes is not None:
            self.out.say(f"It replaces your bid {ours.supersedes}, once it is receipted.")
        return ours, str(told["id"])

    def keep(self, answer: Any, bid: Bid, signed: bytes) -> Receipt:
        """Check the receipt against what was sent, and keep it.

        :raises Stopped: for a receipt of something else.
        """
        note, manifest = str(answer["receipt"]).encode(), self.manifest
        receipt = open_receipt(note, self.fetched.anchors)
        received = {manifest.envelope: Received(manifest.digest(), manifest.payload.length)}
        require_receipt_for(receipt, bid, sha256_hex(signed), received)
        path = self.beside("receipt.note")
        keep_receipt(path, note)
        self.out.say(f"Submitted. {path}: receipt {receipt.number}, signed by the platform")
        at = format_instant(receipt.received_at)
        self.out.say(f"  received at {at}; signature {receipt.verdict}")
        for message in answer.get("messages", []):
            self.out.say(f"  {message['title']}. {message['text']} {message['action']}")
        return receipt

    def prove(self, address: str, receipt: Receipt, seconds: float) -> bool:
        """Wait until the log holds the receipt, check that, and keep the proof."""
        proof = wait_for_proof(self.server, address.removeprefix("bids/"), seconds)
        if proof is None:
            self.out.say("  The log does not hold it yet; ask again: daylight receipt")
            return False
        check_proof(proof, receipt, self.fetched.anchors)
        path = self.beside("proof.json")
        path.write_bytes(canonical(dict(proof)))
        self.out.say(f"  {path}: the log holds it, and the witnesses signed the log")
        return True

    def _forget(self) -> None:
        for name in ("bid.json", "signed.pdf"):
            self.beside(name).unlink(missing_ok=True)

    def beside(self, name: str) -> Path:
        """Name a file beside the envelope's folder, never in it."""
        return self.sealed.with_name(f"{self.sealed.name}.{name}")
