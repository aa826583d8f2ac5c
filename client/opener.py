"""One opener at work: every step asks a history that was fetched now and proved, then the key.

Steps that were taken before may be taken again: the platform says so, and they stand.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from bidding.sealed.manifest import Manifest
from bidding.sealed.opening import DisclosedShare, Disclosure, Minutes, Opened
from bidding.sealed.unsealing import take_share
from client.answers import Refused
from client.keys import load_key
from client.output import Output, Stopped
from client.panel import own_seat
from client.profiles import signed_in
from client.proving import Proved, prove, read_anchors, require_openable
from client.server import Server
from client.whole_set import Tried, WholeSet, failures, try_all, whole_set
from procurement.proof.anchors import Anchors
from procurement.texts import Text
from tenders.panel.holders import HolderKey, require_own_place

POLL_SECONDS = 0.5
PASSES_BY_ITSELF = frozenset(
    {"too-early", "not-witnessed-after-deadline", "not-closed", "stale-proof"}
)
TOO_SOON = ("not-closed-yet", "too-early")
STATES = (
    *("not-closed", "gathering", "requested", "reveals-closed"),
    *("intended", "released", "opened", "minuted"),
)
NOT_YET = Text("The log does not hold “{verb}” yet.", "日志中尚无“{verb}”。")
NOT_PRESENT = Text(
    "The request does not name {holder} as present.", "开标申请未将 {holder} 列为到场。"
)
Found = TypeVar("Found")


@dataclass
class Opener:
    """One opener at work: the seat, the key, and the anchors that are believed."""

    tender: str
    server: Server
    anchors: Anchors
    key: HolderKey
    holder: str
    out: Output

    @classmethod
    def of(cls, args: argparse.Namespace, out: Output) -> "Opener":
        """Read what the command names; the key is read, and used for nothing yet."""
        server = signed_in(args, out)
        anchors = read_anchors(args.anchors)
        holder = str(own_seat(server, args.tender)["holder"])
        if not holder.startswith("opener-"):
            raise Stopped(
                "no-opener",
                Text(
                    "Your seat is {holder}: it does not open like this.",
                    "您的席位是 {holder}，不以此方式参加开标。",
                ),
                holder=holder,
            )
        key = load_key(args.key, args.passphrase_file, out)
        return cls(args.tender, server, anchors, key, holder, out)

    @property
    def idx(self) -> int:
        """Give the opener's number, the x of its shares."""
        return int(self.holder.removeprefix("opener-"))

    def openable(self, verb: str) -> Proved:
        """Prove the history as of now, let nothing speak against opening, and find a step in it.

        :raises Stopped: otherwise.
        """
        proof = prove(self.server, self.tender, self.anchors)
        require_openable(proof, datetime.now(UTC))
        require_own_place(self.key, proof.told.keyset, self.holder)
        if proof.told.leaf(verb) is None:
            raise Stopped("not-yet", NOT_YET, verb=verb)
        return proof

    def try_set(self, proof: Proved) -> Tried:
        """Take a share out of every envelope, disclose none, and sign what failed."""
        wanted = self._set(proof)
        tried = self._shares(wanted)
        head = proof.told.history.seen.control_head
        note = failures(wanted, self.holder, tried, head).sign(self.key.note_signer())
        self._send("failures", note)
        self.out.say(
            Text(
                "Tried {count} envelopes: {failed} failed.",
                "已试解 {count} 个信封，其中 {failed} 个失败。",
            ),
            count=len(wanted.manifests),
            failed=len(tried.failed),
        )
        for manifest, why in tried.why(self.out.lang).items():
            self.out.show(f"  {manifest}: {why}")
        return tried

    def disclose(self, proof: Proved) -> int:
        """Disclose the shares of the whole set, signed; give how many."""
        wanted = self._set(proof)
        tried = self._shares(wanted)
        shares = tuple(share for share in tried.taken if isinstance(share, DisclosedShare))
        request = wanted.request
        disclosure = Disclosure(
            tender=request.tender,
            envelope=request.envelope,
            request=request.digest(),
            idx=self.idx,
            shares=shares,
            control_head=proof.told.history.seen.control_head,
        )
        self._send("disclosures", disclosure.sign(self.key.note_signer()))
        text = Text("Disclosed {count} shares.", "已提交 {count} 份密钥份额。")
        self.out.say(text, count=len(shares))
        return len(shares)

    def sign_minutes(self, proof: Proved) -> str:
        """Sign the minutes if they agree with what was opened; give their digest."""
        minutes = Minutes.read(self.server.read(f"tenders/{self.tender}/minutes"))
        wanted, opened = self._set(proof), proof.told.object(Opened, "opening.opened")
        if opened is None:
            text = Text("The log does not show yet what was opened.", "日志中尚无开启结果。")
            raise Stopped("not-yet", text)
        said = {
            "tender": (minutes.tender, self.tender),
            "envelope": (minutes.envelope, opened.envelope),
            "notice": (minutes.notice, proof.told.notice.digest()),
            "opened": (minutes.opened, opened.digest()),
            "announced": (minutes.announced, opened.bids),
            "attended": (minutes.attended, wanted.request.openers),
        }
        if wrong := [name for name, (one, other) in said.items() if one != other]:
            raise Stopped(
                "other-minutes",
                Text(
                    "The minutes do not say what was opened ({wrong}): not signed.",
                    "开标记录与开启结果不符（{wrong}）：未签署。",
                ),
                wrong=", ".join(wrong),
            )
        self._send("minutes-signatures", minutes.sign(self.key.note_signer()))
        text = Text("Signed the minutes of {count} bids.", "已签署 {count} 份投标的开标记录。")
        self.out.say(text, count=len(opened.bids))
        return minutes.digest()

    def arrived(self) -> bool:
        """Say that this opener is here, as soon as that can be said."""
        try:
            self.server.post(f"tenders/{self.tender}/opening/presence", {}, repeatable=True)
        except Refused as refused:
            if refused.code in TOO_SOON:
                return False
            raise
        return True

    def before(self, state: str) -> bool:
        """Tell whether the opening has not come to a state yet."""
        now: str = self.server.get(f"tenders/{self.tender}/opening")["state"]
        return STATES.index(now) < STATES.index(state)

    def requested(self) -> bool:
        """Tell whether the opening is requested; ask for it as soon as that can be granted."""
        opening = self.server.get(f"tenders/{self.tender}/opening")
        if opening["state"] != "gathering":
            return True
        proof = prove(self.server, self.tender, self.anchors)
        against = proof.against_opening(datetime.now(UTC))
        if lasting := [fault for fault in against if fault.code not in PASSES_BY_ITSELF]:
            text = Text("Nothing may be opened.", "不得开启任何投标。")
            raise Stopped("may-not-open", text, faults=lasting)
        if against or len(opening["present"]) < proof.told.keyset.k:
            return False
        try:
            self.server.post(f"tenders/{self.tender}/opening", {})
        except Refused as refused:
            if refused.status != 409:  # another opener was quicker, or the server waits for a proof
                raise
        return False

    def wait_for(self, verb: str, patience: float) -> Proved:
        """Wait until the proved history holds a step, and nothing speaks against the opening."""

        def found() -> Proved | None:
            try:
                return self.openable(verb)
            except Stopped as stopped:
                codes = {fault.code for fault in stopped.faults}
                if stopped.code == "not-yet" or (codes and codes <= PASSES_BY_ITSELF):
                    return None
                raise

        return self.wait(found, patience)

    def wait(self, asked: Callable[[], Found | None], patience: float) -> Found:
        """Ask until there is an answer.

        :raises Stopped: when patience is at its end.
        """
        ends = time.monotonic() + patience
        while not (found := asked()):
            if time.monotonic() > ends:
                text = Text(
                    "The others did not come; run this again.", "其他人没有到场，请重新运行。"
                )
                raise Stopped("waited-too-long", text)
            time.sleep(POLL_SECONDS)
        return found

    def _set(self, proof: Proved) -> WholeSet:
        wanted = whole_set(self.server, proof)
        if self.idx not in wanted.request.openers:
            raise Stopped("not-asked", NOT_PRESENT, holder=self.holder)
        return wanted

    def _shares(self, wanted: WholeSet) -> Tried:
        identity = self.key.age_identity()

        def take(file: bytes, manifest: Manifest) -> Any:
            return take_share(file, self.idx, manifest, identity)

        return try_all(self.server, wanted, f"share-{self.idx}.age", take)

    def _send(self, what: str, note: bytes) -> None:
        """Send what was signed; what was sent before, this opener has said already."""
        body = {"note": note.decode()}
        try:
            self.server.post(f"tenders/{self.tender}/opening/{what}", body, repeatable=True)
        except Refused as refused:
            if refused.code != "already-done":
                raise
