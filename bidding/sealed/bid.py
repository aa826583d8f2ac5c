"""What a supplier files and takes back, and what the platform answers."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from procurement.proof.shapes import (
    Count,
    Digest,
    Id,
    Instant,
    Keys,
    Length,
    Name,
    Pattern,
    Range,
    Statement,
    malformed,
)

ENVELOPES = Keys("[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")
ReceiptNumber = Annotated[str, Pattern("[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}")]
Verdict = Literal["VALID", "VALID_WITH_REMARKS", "UNDECIDED", "INVALID"]


Members = Annotated[tuple[Id, ...], Length(1, 100)]  # who stands in a bid, the lead among them


@dataclass(frozen=True)
class Bidder:
    """Who bids: the lead, and every member where it is a consortium (the lead among them)."""

    lead: Id
    members: Members


@dataclass(frozen=True)
class Bid(Statement):
    """One bid for one lot: binds its envelopes to each other and to the notice."""

    TYPE: ClassVar[str] = "daylight/bid/v1"

    tender: Id
    lot: Name
    bid_version: Annotated[int, Range(1, 10_000)]
    supersedes: Digest | None
    notice: Digest
    bidder: Bidder
    envelopes: Annotated[dict[str, Digest], ENVELOPES]

    def check(self) -> None:
        """Refuse a bid without an envelope, or led by someone who is no member."""
        if not self.envelopes:
            raise malformed("no-envelope", "A bid has at least one envelope", "/envelopes")
        if self.bidder.lead not in self.bidder.members:
            raise malformed("lead-not-member", "The lead is a member", "/bidder/lead")
        if list(self.bidder.members) != sorted(set(self.bidder.members)):
            raise malformed("members-not-sorted", "Members stand once, sorted", "/bidder/members")
        if self.bid_version == 1 and self.supersedes is not None:
            raise malformed("wrong-version", "Version 1 supersedes nothing", "/supersedes")


@dataclass(frozen=True)
class Withdrawal(Statement):
    """A bid taken back. Its digest never lives again."""

    TYPE: ClassVar[str] = "daylight/withdrawal/v1"

    tender: Id
    lot: Name
    bid: Digest
    bidder: Bidder


@dataclass(frozen=True)
class Received:
    """One envelope as it lies in the vault: its manifest and its length in bytes."""

    manifest: Digest
    length: Count


@dataclass(frozen=True)
class Receipt(Statement):
    """The platform's signed word that a bid was filed, and when."""

    TYPE: ClassVar[str] = "daylight/receipt/v1"

    number: ReceiptNumber
    tender: Id
    bid: Digest
    form: Digest
    envelopes: Annotated[dict[str, Received], ENVELOPES]
    verdict: Verdict
    received_at: Instant
    control_head: Digest
    checkpoint: Digest | None
    anchors: Digest
