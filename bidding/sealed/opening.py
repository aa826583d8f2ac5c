"""What is said at the close and at the opening, as the objects that are hashed and signed.

The order in which they follow each other is the protocol's message 8 and 9: close → request →
failures → reveals closed → disclosures → release intent → release.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

from bidding.sealed.bid import Members
from bidding.sealed.manifest import MOST_OPENERS
from procurement.proof.basis import Basis
from procurement.proof.shapes import (
    Amount,
    Base64,
    Bytes32,
    Count,
    Currency,
    Digest,
    FileKey,
    Hex,
    Id,
    Instant,
    Length,
    Name,
    Pattern,
    Range,
    Sentence,
    Statement,
    malformed,
)
from tenders.panel.keyset import Holder

Index = Annotated[int, Range(1, MOST_OPENERS)]
RevealBytes = Annotated[bytes, Base64(4_096)]


@dataclass(frozen=True)
class ClosedBid:
    """A live bid at the deadline, and the lot it is for."""

    bid: Digest
    lot: Name


@dataclass(frozen=True)
class Close(Statement):
    """The set of bids that live at the deadline. None is added to it, and none is left out."""

    TYPE: ClassVar[str] = "daylight/close/v1"

    tender: Id
    notice: Digest
    closes_at: Instant
    count: Count
    bids: tuple[ClosedBid, ...]
    last_concealed: Digest | None

    def check(self) -> None:
        """Refuse a set that is not counted, sorted and free of repeats."""
        if self.count != len(self.bids):
            raise malformed("wrong-count", "The bids are not that many", "/count")
        digests = [closed.bid for closed in self.bids]
        if digests != sorted(set(digests)):
            raise malformed("not-sorted", "Bids stand once, sorted by digest", "/bids")


@dataclass(frozen=True)
class Request(Statement):
    """The openers who are present ask for an opening; nothing has been decrypted yet."""

    TYPE: ClassVar[str] = "daylight/request/v1"

    tender: Id
    envelope: Name
    close: Digest
    openers: Annotated[tuple[Index, ...], Length(1, MOST_OPENERS)]

    def check(self) -> None:
        """Refuse an opener who is named twice."""
        if list(self.openers) != sorted(set(self.openers)):
            raise malformed("same-opener", "Openers stand once, in order", "/openers")


@dataclass(frozen=True)
class Failures(Statement):
    """One holder's list of the envelopes that would not decrypt; no secrets in it."""

    TYPE: ClassVar[str] = "daylight/failures/v1"

    tender: Id
    envelope: Name
    request: Digest
    holder: Holder
    tried: Count
    failed: tuple[Digest, ...]
    control_head: Digest


@dataclass(frozen=True)
class RevealsClosed(Statement):
    """The reveals that came in time, by digest; none where nothing failed."""

    TYPE: ClassVar[str] = "daylight/reveals-closed/v1"

    tender: Id
    envelope: Name
    request: Digest
    reveals: tuple[Digest, ...]


@dataclass(frozen=True)
class Reveal(Statement):
    """A supplier's own way in: age to escrow A of (age to timekeeper and escrow B) of the seed."""

    TYPE: ClassVar[str] = "daylight/reveal/v1"

    tender: Id
    manifest: Digest
    sealed: RevealBytes


@dataclass(frozen=True)
class DisclosedShare:
    """One envelope's share, and the file key by which anyone checks it against the manifest."""

    manifest: Digest
    share: Annotated[bytes, Hex(33)]
    file_key: FileKey


@dataclass(frozen=True)
class Disclosure(Statement):
    """One opener's shares of the whole set."""

    TYPE: ClassVar[str] = "daylight/disclosure/v1"

    tender: Id
    envelope: Name
    request: Digest
    idx: Index
    shares: tuple[DisclosedShare, ...]
    control_head: Digest


@dataclass(frozen=True)
class ReleasedPad:
    """One envelope's pad, and the file key by which anyone checks it against the manifest."""

    manifest: Digest
    pad: Bytes32
    file_key: FileKey


@dataclass(frozen=True)
class ReleasedReveal:
    """A reveal without its two layers: the seed itself."""

    reveal: Digest
    seed: Bytes32


@dataclass(frozen=True)
class Release(Statement):
    """The timekeeper's one answer; ``intent`` is the leaf of the intent that it answers."""

    TYPE: ClassVar[str] = "daylight/release/v1"

    tender: Id
    envelope: Name
    request: Digest
    intent: Digest
    pads: tuple[ReleasedPad, ...]
    reveals: tuple[ReleasedReveal, ...]


OPENED: Final = "opened"
Cause = Literal["opened", "bidder-fault", "authority-fault", "integrity", "disputed"]
NOT_JUDGED: Final = "NOT_JUDGED"  # of a file that is no PDF
FileVerdict = Literal[
    "VALID", "VALID_WITH_REMARKS", "UNDECIDED", "INVALID", "UNSIGNED", "NOT_JUDGED"
]
Code = Annotated[str, Pattern("[a-z0-9-]{1,64}")]


@dataclass(frozen=True)
class FoundDocument:
    """A file that was inside, the form's name for it, and what its signatures are worth.

    ``judged`` names what the verdict rests on; None for a file that is no PDF.
    """

    name: Annotated[str, Length(0, 64)]  # empty for a file that the form did not ask for
    path: Annotated[str, Length(1, 300)]
    length: Count
    sha256: Digest
    signature: Literal["required", "none"]
    verdict: FileVerdict
    codes: Annotated[tuple[Code, ...], Length(0, 100)]
    judged: Basis | None


@dataclass(frozen=True)
class Announced:
    """What is read out: the totals of the offer, proved by its fields."""

    total: Amount
    total_net: Amount
    currency: Currency


@dataclass(frozen=True)
class Outcome:
    """What came out of one bid of the closed set, or the cause why nothing did.

    ``bidder`` leads; ``members`` are all who stand in the bid, as it names them.
    """

    bid: Digest
    lot: Name
    bidder: Id
    members: Members
    receipt: Annotated[str, Length(1, 19)]
    cause: Cause
    why: Sentence | None
    announced: Announced | None
    documents: tuple[FoundDocument, ...]


@dataclass(frozen=True)
class ShortLot:
    """A lot with too few bidders: how many, and when that was seen. Their bids stay sealed."""

    lot: Name
    bids: Count
    seen: Literal["at-the-close", "after-the-failures"]


@dataclass(frozen=True)
class Opened(Statement):
    """The outcome of the whole set, sorted by bid, and the lots that were not opened at all.

    Every bid of the close stands in it, or is of one of those lots.
    """

    TYPE: ClassVar[str] = "daylight/opened/v1"

    tender: Id
    envelope: Name
    close: Digest
    request: Digest
    release: Digest
    bids: tuple[Outcome, ...]
    short: Annotated[tuple[ShortLot, ...], Length(0, 500)]

    def check(self) -> None:
        """Refuse a set that is not sorted, a price without a bid, and a lot that is also short."""
        digests = [outcome.bid for outcome in self.bids]
        if digests != sorted(set(digests)):
            raise malformed("not-sorted", "Bids stand once, sorted by digest", "/bids")
        for i, outcome in enumerate(self.bids):
            if (outcome.cause == OPENED) != (outcome.announced is not None):
                raise malformed("price-without-bid", "Opened bids have a price", f"/bids/{i}")
        lots = [one.lot for one in self.short]
        if lots != sorted(set(lots)) or {*lots} & {outcome.lot for outcome in self.bids}:
            raise malformed("short-and-opened", "A lot is opened, or too few bid for it", "/short")


@dataclass(frozen=True)
class Minutes(Statement):
    """What happened at an opening, as the openers who were present sign it."""

    TYPE: ClassVar[str] = "daylight/minutes/v1"

    tender: Id
    envelope: Name
    notice: Digest
    opened: Digest
    began_at: Instant
    ended_at: Instant
    attended: Annotated[tuple[Index, ...], Length(1, MOST_OPENERS)]
    announced: tuple[Outcome, ...]
    incidents: Annotated[tuple[Sentence, ...], Length(0, 1_000)]
