"""What is decided after the opening, as the objects that are hashed and journalled."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from bidding.sealed.bid import Bidder, Members
from procurement.proof.formats import schema_pages
from procurement.proof.shapes import (
    Amount,
    Currency,
    Digest,
    Id,
    Name,
    Pattern,
    Range,
    Sentence,
    Statement,
    malformed,
)

Points = Annotated[str, Pattern(r"100\.00|[0-9]{1,2}\.[0-9]{2}")]
Decided = Literal["confirmed", "declined"]


@dataclass(frozen=True)
class Judgement(Statement):
    """Whether a bid with a document that failed counts, and why; ``opened`` names the outcome."""

    TYPE: ClassVar[str] = "daylight/judgement/v1"

    tender: Id
    opened: Digest
    bid: Digest
    counts: bool
    reason: Sentence
    by: Id


@dataclass(frozen=True)
class JudgementDecision(Statement):
    """A second person's word on a judgement."""

    TYPE: ClassVar[str] = "daylight/judgement-decision/v1"

    tender: Id
    judgement: Digest
    decision: Decided
    reason: Sentence
    by: Id


@dataclass(frozen=True)
class Place:
    """One bid's place in a lot: bids that cost the same share the place, and are named as tied.

    ``bidder`` leads; ``members`` are all who stand in the bid.
    """

    place: Annotated[int, Range(1, 10_000)]
    bid: Digest
    bidder: Id
    members: Members
    price: Amount
    currency: Currency
    points: Points  # lowest / price × 100, rounded half up to two places
    tied: bool


@dataclass(frozen=True)
class NotCounted:
    """A bid that is not ranked, and why: it was not opened, or people decided that it is out."""

    bid: Digest
    bidder: Id
    members: Members
    cause: Literal["not-opened", "judged-out"]


@dataclass(frozen=True)
class Ranking(Statement):
    """The bids of one lot that count, best first, by price alone."""

    TYPE: ClassVar[str] = "daylight/ranking/v1"

    tender: Id
    lot: Name
    opened: Digest
    judgements: tuple[Digest, ...]  # confirmed ones that concern this lot, sorted
    places: tuple[Place, ...]
    not_counted: tuple[NotCounted, ...]

    def check(self) -> None:
        """Refuse places that are not in order."""
        if [one.place for one in self.places] != sorted(one.place for one in self.places):
            raise malformed("wrong-order", "Places stand best first", "/places")


@dataclass(frozen=True)
class Proposal(Statement):
    """Who shall get a lot, or nobody where ``bid`` is null, with a reason."""

    TYPE: ClassVar[str] = "daylight/award-proposal/v1"

    tender: Id
    lot: Name
    ranking: Digest
    bid: Digest | None
    reason: Sentence
    by: Id


@dataclass(frozen=True)
class AwardDecision(Statement):
    """Another person's decision on a proposal, and who gets the lot by it; null: nobody."""

    TYPE: ClassVar[str] = "daylight/award-decision/v1"

    tender: Id
    lot: Name
    proposal: Digest
    decision: Decided
    winner: Bidder | None
    reason: Sentence
    by: Id

    def check(self) -> None:
        """Refuse a winner by a proposal that was declined."""
        if self.winner is not None and self.decision == "declined":
            raise malformed("winner-declined", "Nobody wins what was declined", "/winner")


FORMATS = (Judgement, JudgementDecision, Ranking, Proposal, AwardDecision)


def pages() -> dict[str, str]:
    """Write this room's schemas, by path."""
    return schema_pages(FORMATS)
