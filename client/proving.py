"""What the platform says of a tender, proved against anchors that are already here.

Nothing is sealed, signed or opened on the platform's word alone: its history is read by the same
function that the verifier uses, and the witnesses must have signed it a moment ago.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bidding.sealed.history import BadHistory, Told, read_history
from bidding.sealed.may_open import deadline, may_open
from client.files import read_small
from client.output import Stopped
from client.server import Server
from procurement.proof.anchors import Anchors
from procurement.proof.evidence import TenderHistory
from procurement.refusals import Fault
from procurement.texts import Text

OFFER = "offer"
NEVER_RELIED_ON = ("broken-chain", "not-the-head", "unknown-decision", "stale-proof")
TOLD_TO_PEOPLE = ("cancelled", "suspended")
NOT_CURRENT = Text("This history must not be relied on.", "该招标记录不可信赖。")
IS_YOUR_CLOCK_RIGHT = Text(
    "This history must not be relied on. Is the clock of this machine right?",
    "该招标记录不可信赖。本机时钟是否准确？",
)


@dataclass(frozen=True)
class Proved:
    """A history as it was fetched, the anchors that it holds under, and what it tells."""

    fetched: TenderHistory
    anchors: Anchors
    told: Told

    @property
    def closes_at(self) -> datetime:
        """Give the deadline as last moved, which an extension does without another notice."""
        return deadline(self.told.history.steps) or self.told.notice.closes_at

    def against_opening(self, now: datetime, envelope: str = OFFER) -> list[Fault]:
        """Give every reason against opening now."""
        return may_open(self.told.history, now, envelope)


def read_anchors(path: Path) -> Anchors:
    """Read anchors from their file."""
    return Anchors.read(read_small(path))


def prove(server: Server, tender: str, anchors: Anchors) -> Proved:
    """Fetch a tender's history as of the newest checkpoint, and prove it.

    :raises BadHistory: for one that does not hold.
    """
    return proved(TenderHistory.of(server.get(f"tenders/{tender}/history")), anchors, tender)


def proved(fetched: TenderHistory, anchors: Anchors, tender: str) -> Proved:
    """Check a history against anchors.

    :raises BadHistory: naming what does not hold.
    """
    if fetched.tender != tender:
        raise BadHistory("other-tender", "This history is not of the tender that was asked for")
    told = read_history(fetched, anchors)
    keyset = told.keyset
    if keyset.timekeeper.verifier not in anchors.timekeepers:
        raise BadHistory("unknown-timekeeper", "The anchors do not name this tender's timekeeper")
    if keyset.log_origin != anchors.origin:
        raise BadHistory("other-log", "The keyset was made for another log than the anchors")
    return Proved(fetched, anchors, told)


def require_continued(known_head: str, proof: Proved) -> None:
    """Refuse a history in which a head that was proved before does not stand any more.

    :raises Stopped: for such another branch.
    """
    if known_head not in [step.leaf for step in proof.told.history.steps]:
        raise Stopped(
            "other-branch",
            Text(
                "This history is another than the one that was shown before.",
                "该招标记录与此前出示的不是同一份。",
            ),
        )


def require_current(proof: Proved, now: datetime) -> list[Fault]:
    """Refuse a history that is old or whose decisions this program does not know.

    Give what people must know of it besides: that the tender is suspended, or cancelled.

    :raises Stopped: with every reason.
    """
    found = proof.against_opening(now)
    if against := [fault for fault in found if fault.code in NEVER_RELIED_ON]:
        stale = any(fault.code == "stale-proof" for fault in against)
        text = IS_YOUR_CLOCK_RIGHT if stale else NOT_CURRENT
        raise Stopped("not-current", text, faults=against)
    return [fault for fault in found if fault.code in TOLD_TO_PEOPLE]


def require_openable(proof: Proved, now: datetime) -> None:
    """Refuse to touch a key while anything speaks against the opening.

    :raises Stopped: with every reason.
    """
    if against := proof.against_opening(now):
        text = Text("Nothing may be opened now.", "现在不得开启任何投标。")
        raise Stopped("may-not-open", text, faults=against)
