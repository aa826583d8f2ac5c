"""One sealed envelope on its way to being a bid: prepared, sent, receipted and proved.

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
from client.inspecting import stored
from client.output import Output, Stopped
from client.profiles import signed_in
from client.proving import prove, require_continued, require_current
from client.receipts import (
    check_proof,
    keep_receipt,
    open_receipt,
    require_receipt_for,
    wait_for_proof,
)
from client.server import Server
from client.uploading import upload
from procurement.proof.canonical import JSON, canonical, sha256_hex
from procurement.proof.instants import format_instant
from procurement.texts import Text

CHANGED = Text("Not what was sealed: {names}. Seal again.", "与封装时不符：{names}。请重新封装。")
OTHER_TENDER = Text(
    "The envelope was sealed for another tender or keyset.", "信封是为另一招标或密钥集封装的。"
)
NEWER_NOTICE = Text(
    "There is a newer notice: fetch the tender again.", "公告已更新：请重新获取招标。"
)
OTHER_BID = Text(
    "The server made another bid of this envelope than we do: sign nothing. "
    "Fetch the tender again; if it stays so, complain.",
    "服务器由此信封生成的投标与本机不同：请勿签署。请重新获取招标；如仍如此，请提出质疑。",
)
REPLACES = Text(
    "It replaces your bid {bid}, once it is receipted.", "取得回执后，它将取代您的投标 {bid}。"
)
NOT_THE_LEAD = Text(
    "Somebody else leads this consortium, and files its bid.", "该联合体由其他单位牵头并递交投标。"
)
MANDATED = Text("  bids together: {name} ({id})", "  联合体成员：{name}（{id}）")
SIGNS_TOO = Text(
    "  bids together: {name} ({id}); without its mandate, it has to sign the form, too",
    "  联合体成员：{name}（{id}）；未授权，须同时签署投标函",
)
SUBMITTED = Text(
    "Submitted. {path}: receipt {number}, signed by the platform\n"
    "  received at {received_at}; signature {verdict}",
    "已递交。{path}：回执 {number}，由平台签署\n  接收时间 {received_at}；签名 {verdict}",
)
MESSAGE = Text("  {title}. {text} To do: {action}", "  {title}。{text}处理办法：{action}")
NOT_HELD = Text(
    "  The log does not hold it yet; ask again: daylight receipt",
    "  日志中尚无该回执，请稍后查询：daylight receipt",
)
HELD = Text(
    "  {path}: the log holds it, and the witnesses signed the log",
    "  {path}：该回执已写入日志，日志已由见证方签署",
)


@dataclass(frozen=True)
class Filing:
    """One envelope on its way: what it answers, whose it is, and where it goes."""

    sealed: Path
    manifest: Manifest
    supplier: str
    fetched: Fetched
    server: Server
    out: Output
    consortium: str | None = None

    @classmethod
    def of(cls, args: argparse.Namespace, out: Output) -> "Filing":
        """Read an envelope that is whole, and the fetched tender that it is for.

        :raises Stopped: when it is changed, or for something else.
        """
        fetched = read_folder(args.tender, args.anchors)
        manifest = Manifest.read(read_small(args.sealed / "manifest.json"))
        _, wrong = stored(args.sealed, manifest)
        if wrong:
            raise Stopped("changed", CHANGED, names=", ".join(wrong))
        notice = fetched.notice
        if (manifest.tender, manifest.keyset) != (notice.tender, notice.keyset):
            raise Stopped("other-tender", OTHER_TENDER)
        supplier = args.supplier or manifest.bidder
        server = signed_in(args, out)
        return cls(args.sealed, manifest, supplier, fetched, server, out, args.consortium)

    def signed_before(self, elsewhere: Path | None) -> tuple[Bid, str] | None:
        """Give the bid that was prepared and signed already, None where there is none yet.

        It goes straight to the submission, as it did before: its first arrival counts.
        """
        path = self.beside("bid.json")
        if not path.exists() or not (elsewhere or self.beside("signed.pdf").exists()):
            return None
        told = read_json(path)
        bid = Bid.of(told["bid"])
        ours = {self.manifest.envelope: self.manifest.digest()}, self.fetched.notice.digest()
        if (bid.envelopes, bid.notice) != ours:
            self.forget()  # the folder was sealed anew since, or the notice has changed
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
            self.forget()
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
            raise Stopped("newer-notice", NEWER_NOTICE)

    def composed(self) -> tuple[Bid, str]:
        """Let the server compose the bid, and compare it with our own, byte for byte.

        Only the server knows which bid of ours this one replaces; people are told. Gives the bid
        and the name that the server has for it.

        :raises Stopped: when the two differ.
        """
        envelopes = {self.manifest.envelope: self.manifest.digest()}
        body = {"supplier": self.supplier, "lot": self.manifest.lot, "envelopes": envelopes}
        members = self.members()
        if self.consortium is not None:
            body["consortium"] = self.consortium
        told = self.server.post(f"tenders/{self.manifest.tender}/bids", body, repeatable=True)
        said = Bid.of(told["bid"])
        ours = Bid(
            tender=self.manifest.tender,
            lot=self.manifest.lot,
            bid_version=said.bid_version,
            supersedes=said.supersedes,
            notice=self.fetched.notice.digest(),
            bidder=Bidder(self.supplier, members),
            envelopes=envelopes,
        )
        if canonical(told["bid"]) != ours.canonical() or told["digest"] != ours.digest():
            raise Stopped("other-bid", OTHER_BID)
        if ours.supersedes is not None:
            self.out.say(REPLACES, bid=ours.supersedes)
        return ours, str(told["id"])

    def members(self) -> tuple[str, ...]:
        """Name who bids; of a consortium everybody is shown, so that a person sees who it is.

        :raises Stopped: for a consortium that somebody else leads.
        """
        if self.consortium is None:
            return (self.supplier,)
        told = self.server.get(f"consortia/{self.consortium}")
        if str(told["lead"]) != self.supplier:
            raise Stopped("not-the-lead", NOT_THE_LEAD)
        for one in told["members"]:
            stands = MANDATED if one["mandate"] or one["leads"] else SIGNS_TOO
            self.out.say(stands, name=one["name"]["en"], id=one["supplier"])
        return tuple(sorted(str(one["supplier"]) for one in told["members"]))

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
        self.out.say(
            SUBMITTED,
            path=path,
            number=receipt.number,
            received_at=format_instant(receipt.received_at),
            verdict=receipt.verdict,
        )
        for message in answer.get("messages", []):
            said = {name: message[name] for name in ("title", "text", "action")}
            self.out.say(MESSAGE, **said)
        return receipt

    def prove(self, address: str, receipt: Receipt, seconds: float) -> bool:
        """Wait until the log holds the receipt, check that, and keep the proof."""
        proof = wait_for_proof(self.server, address.removeprefix("bids/"), seconds)
        if proof is None:
            self.out.say(NOT_HELD)
            return False
        check_proof(proof, receipt, self.fetched.anchors)
        path = self.beside("proof.json")
        path.write_bytes(canonical(dict(proof)))
        self.out.say(HELD, path=path)
        return True

    def forget(self) -> None:
        """Let go of a form that will not be sent any more."""
        for name in ("bid.json", "signed.pdf"):
            self.beside(name).unlink(missing_ok=True)

    def beside(self, name: str) -> Path:
        """Name a file beside the envelope's folder, never in it."""
        return self.sealed.with_name(f"{self.sealed.name}.{name}")


def add_consortium(parser: argparse.ArgumentParser) -> None:
    """Add the option by which a lead files for all members."""
    parser.add_argument("--consortium", metavar="ID", help="file as the lead, for all its members")
