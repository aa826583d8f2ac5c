"""What came out of one sealed bid, as it is announced, minuted and kept."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bidding.sealed.opening import (
    OPENED,
    Announced,
    Cause,
    FoundDocument,
    Outcome,
)
from procurement.proof.basis import Basis
from procurement.texts import Text, say

LONGEST = 4_000  # characters of a sentence in the protocol
MOST_INCIDENTS = 1_000  # in minutes
NOBODY = "00000000-0000-0000-0000-000000000000"  # where not even the bid is stored any more

MORE = Text("{count} further incidents are not listed", "另有 {count} 项情况未列出")


@dataclass(frozen=True)
class FoundFile:
    """A file that was inside, where it is kept now, and what its signatures are worth."""

    id: UUID
    name: str  # of the response form; empty for what it did not ask
    path: str
    length: int
    sha256: str
    signature: Any  # asked for: "required" or "none"
    verdict: Any  # NOT_JUDGED for what is no PDF
    codes: tuple[str, ...]
    judged: Basis | None  # what the verdict rests on
    object_version: str

    def announced(self) -> FoundDocument:
        """Give what the world learns of it."""
        return FoundDocument(
            self.name,
            self.path,
            self.length,
            self.sha256,
            self.signature,
            self.verdict,
            self.codes[:100],
            self.judged,
        )


@dataclass(frozen=True)
class Result:
    """How one bid of the closed set came out. ``why`` is empty where nothing is to be said.

    An opened bid may have a ``why``, too: then its offer is not all that the form asked for.
    """

    bid: str
    lot: str
    row: UUID | None
    bidder: str
    members: tuple[str, ...]  # all who stand in the bid, the bidder among them
    receipt: str
    cause: Cause
    why: str = ""
    announced: Announced | None = None
    offer: dict[str, Any] | None = None
    files: tuple[FoundFile, ...] = ()
    incidents: tuple[str, ...] = field(default=())

    def outcome(self) -> Outcome:
        """Give what is announced."""
        return Outcome(
            bid=self.bid,
            lot=self.lot,
            bidder=self.bidder,
            members=self.members,
            receipt=self.receipt,
            cause=self.cause,
            why=self.why or None,
            announced=self.announced if self.cause == OPENED else None,
            documents=tuple(one.announced() for one in self.files),
        )


def both(text: Text, **facts: str | int) -> str:
    """Write one sentence for a paper in both languages, cut where it is too long."""
    said = f"{say(text, facts, 'en')} / {say(text, facts, 'zh')}"
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def listed(incidents: list[str]) -> tuple[str, ...]:
    """Give as many incidents as minutes hold, and how many more there were."""
    if len(incidents) <= MOST_INCIDENTS:
        return tuple(incidents)
    kept = incidents[: MOST_INCIDENTS - 1]
    return (*kept, both(MORE, count=len(incidents) - len(kept)))
