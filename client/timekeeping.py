"""``daylight timekeeper``: the second lock of every opening, a process of its own.

It hands in fresh keys for each panel of a tender, answers rehearsals, tries the whole set, and
releases once: after the release intent, when its own clock and a freshly proved history let it.
What it answers lies on its disk before it is sent, so a restart repeats the same bytes and never
others. It remembers one control head per tender, and follows no other branch.
"""

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from bidding.sealed.history import BadHistory
from bidding.sealed.may_open import INTENT
from bidding.sealed.opening import Release, ReleasedPad
from bidding.sealed.unsealing import take_pad
from client.acknowledging import Acknowledging, require_after_acknowledged
from client.answers import Refused
from client.explained import explained
from client.files import read_small
from client.keys import load_key
from client.memory import Memory
from client.opener import NOT_YET
from client.output import GOOD, Output, Stopped
from client.profiles import Profile, opened
from client.proving import Proved, prove, read_anchors, require_openable
from client.seating import TIMEKEEPER, own_key, take_seat
from client.server import Server
from client.whole_set import (
    REQUESTED,
    Tried,
    WholeSet,
    failures,
    require_disclosed,
    try_all,
    whole_set,
)
from procurement.proof.anchors import Anchors
from procurement.proof.canonical import NotCanonical
from procurement.proof.notes import BadNote
from procurement.proof.shapes import Malformed
from procurement.texts import Text, say
from tenders.panel.holders import HolderKey, HolderRefuses

POLL_SECONDS = 0.5
BEFORE = ("not-closed", "gathering")  # the request; none moves the deadline after it
AFTER = ("released", "opened", "minuted")
NOT_ENROLLED = Text("The anchors do not name this timekeeper.", "信任锚未列该计时方的密钥。")
TWO_INTENTS = Text("There are two release intents: refused.", "有两个放行意向：不予放行。")
TRIED = Text("tried {count} envelopes: {failed} failed", "已试解 {count} 个信封，{failed} 个失败")
GOES_ON = (Stopped, BadHistory, BadNote, HolderRefuses, Malformed, NotCanonical, OSError)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``timekeeper``."""
    keeper = commands.add_parser("timekeeper", help="release each opening once, in time")
    keeper.add_argument("--server", required=True, metavar="ADDRESS")
    keeper.add_argument("--token-file", type=Path, required=True)
    keeper.add_argument("--key", type=Path, required=True, metavar="KEYFILE", help="the enrolled")
    keeper.add_argument("--passphrase-file", type=Path)
    keeper.add_argument("--home", type=Path, required=True, metavar="DIR", help="its memory")
    keeper.add_argument("--anchors", type=Path, required=True, metavar="FILE")
    keeper.add_argument("--once", action="store_true", help="look once, and end")
    keeper.add_argument("--poll", type=float, default=POLL_SECONDS, metavar="SECONDS")
    keeper.set_defaults(run=run_timekeeper)


def run_timekeeper(args: argparse.Namespace, out: Output) -> int:
    """Look after every tender in which this machine has a seat, until it is told to stop."""
    with _told_to_end() as ending:
        keeper = Timekeeper.of(args, out)
        while not ending.is_set():
            keeper.look()
            if args.once or ending.wait(args.poll):
                break
    out.say(Text("The timekeeper has stopped.", "计时方已停止。"))
    return GOOD


@contextmanager
def _told_to_end() -> Iterator[threading.Event]:
    """Give an event that is set when this process is told to end; what is begun is finished."""
    ending = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass
class Timekeeper:
    """The machine at work: its standing key, its memory, the anchors that it believes."""

    server: Server
    anchors: Anchors
    standing: HolderKey
    home: Path
    out: Output
    said: dict[str, str] = field(default_factory=dict)  # the last trouble of each tender

    @property
    def acknowledging(self) -> Acknowledging:
        """Give what looks for extensions, and acknowledges them."""
        return Acknowledging(self.server, self.anchors, self._say)

    @classmethod
    def of(cls, args: argparse.Namespace, out: Output) -> "Timekeeper":
        """Read what the command names.

        :raises Stopped: for a key that the anchors do not name.
        """
        standing = load_key(args.key, args.passphrase_file, out)
        anchors = read_anchors(args.anchors)
        if standing.public().verifier not in anchors.timekeepers:
            raise Stopped("not-enrolled", NOT_ENROLLED)
        token = read_small(args.token_file).decode("ascii", "replace").strip()
        args.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        server = opened(Profile(args.server, token=token), out)
        return cls(server, anchors, standing, args.home, out)

    def look(self) -> None:
        """Do what is due in each tender; trouble with one keeps no other waiting."""
        try:
            tenders = [str(one["id"]) for one in self.server.results("tenders?mine=true")]
        except GOES_ON as error:
            self._complain("", error)
            return
        for tender in tenders:
            try:
                self.attend(tender)
            except GOES_ON as error:
                self._complain(tender, error)

    def attend(self, tender: str) -> None:
        """Do what is due in one tender."""
        memory = Memory(self.home / tender)
        if memory.done():
            return
        panel = self.server.find(f"tenders/{tender}/panel")
        if panel is None or (panel["mine"] or {}).get("holder") != TIMEKEEPER:
            return
        try:
            if done := take_seat(self.server, tender, memory, self.standing, panel):
                self._say(tender, done)
        finally:  # trouble with a panel to come does not hold up the one in force
            if (opening := self.server.find(f"tenders/{tender}/opening")) is not None:
                self._open(tender, memory, opening["state"])

    def _open(self, tender: str, memory: Memory, state: str) -> None:
        if state in BEFORE:
            self.acknowledging.look(tender, memory)
        if state == "requested" and not memory.tried():
            proof = self._openable(tender, memory, REQUESTED)
            wanted = whole_set(self.server, proof)
            self._try(tender, memory, proof, wanted)
        if state == "intended":
            self._release(tender, memory)
        if state in AFTER and memory.answer() is not None:
            memory.remember_done()

    def _try(self, tender: str, memory: Memory, proof: Proved, wanted: WholeSet) -> None:
        """Try the whole set, and sign what would not decrypt; no pad leaves this machine."""
        key = own_key(memory, proof.told.keyset)
        tried = self._tried(wanted, key)
        head = proof.told.history.seen.control_head
        said = failures(wanted, TIMEKEEPER, tried, head)
        try:
            self._send(tender, "failures", said.sign(key.note_signer()))
        except Refused as refused:
            if refused.code != "already-done":
                raise
        memory.remember_tried()
        self._say(tender, TRIED, count=len(wanted.manifests), failed=len(tried.failed))

    def _release(self, tender: str, memory: Memory) -> None:
        """Give the one answer; what is on disk already is repeated, and nothing else is made."""
        note = memory.answer()
        if note is None:
            proof = self._openable(tender, memory, INTENT)
            note = self._answer(memory, proof)
            memory.keep_answer(note)
        self._send(tender, "release", note)
        memory.remember_done()
        self._say(tender, Text("released", "已放行"))

    def _answer(self, memory: Memory, proof: Proved) -> bytes:
        key, wanted = own_key(memory, proof.told.keyset), whole_set(self.server, proof)
        require_disclosed(proof, wanted)
        intents = [step.leaf for step in proof.told.history.steps if step.verb == INTENT]
        if len(intents) != 1:
            raise Stopped("two-intents", TWO_INTENTS)
        tried = self._tried(wanted, key)
        release = Release(
            tender=wanted.request.tender,
            envelope=wanted.request.envelope,
            request=wanted.request.digest(),
            intent=intents[0],
            pads=tuple(pad for pad in tried.taken if isinstance(pad, ReleasedPad)),
            reveals=(),
        )
        return release.sign(key.note_signer())

    def _tried(self, wanted: WholeSet, key: HolderKey) -> Tried:
        identity = key.age_identity()
        return try_all(self.server, wanted, "p.age", lambda file, of: take_pad(file, of, identity))

    def _openable(self, tender: str, memory: Memory, verb: str) -> Proved:
        """Prove the history as of now, on the branch that is remembered, with nothing against it.

        :raises Stopped: otherwise; the log's holding a step yet is asked for, too.
        """
        proof = prove(self.server, tender, self.anchors)
        memory.follow(proof)
        require_openable(proof, datetime.now(UTC))
        require_after_acknowledged(memory, datetime.now(UTC))
        own_key(memory, proof.told.keyset)
        if proof.told.leaf(verb) is None:
            raise Stopped("not-yet", NOT_YET, verb=verb)
        return proof

    def _send(self, tender: str, what: str, note: bytes) -> None:
        body = {"note": note.decode()}
        self.server.post(f"tenders/{tender}/opening/{what}", body, repeatable=True)

    def _say(self, tender: str, text: Text, **facts: object) -> None:
        self.said.pop(tender, None)
        self._show(tender, say(text, facts, self.out.lang))

    def _show(self, tender: str, what: str) -> None:
        self.out.show(f"{datetime.now(UTC):%H:%M:%S} {tender}: {what}")

    def _complain(self, tender: str, error: Exception) -> None:
        """Name trouble once, not at every look."""
        faults = error.faults if isinstance(error, Stopped) else ()
        lang = self.out.lang
        why = "; ".join([explained(error, lang), *(fault.said(lang) for fault in faults)])
        if self.said.get(tender) != why:
            self._show(tender or self.server.address, why)
            self.said[tender] = why
