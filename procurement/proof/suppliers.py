"""What is kept as evidence about suppliers: debarment look-ups, declarations, mandates."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from procurement.proof.shapes import (
    Count,
    Digest,
    Id,
    Instant,
    Length,
    Name,
    Sentence,
    Statement,
    Title,
    malformed,
)

Purpose = Literal["submission", "award"]
Scope = Literal["bids", "notices"]  # what may be signed: a supplier's bids, an agency's notices


@dataclass(frozen=True)
class LookedUp:
    """Whom the list was asked for, by the identifier that stands in it."""

    organisation: Id
    scheme: Title
    identifier: Title


@dataclass(frozen=True)
class ListEntry:
    """An entry in force when it was found; ``version`` is the list's from which on it stands."""

    organisation: Id
    scheme: Title
    identifier: Title
    name: Title
    starts_at: Instant
    ends_at: Instant | None
    source: Sentence
    reason: Sentence
    version: Count


@dataclass(frozen=True)
class DebarmentCheck(Statement):
    """A look-up in the debarment list: of whom, when, in which version, and what was found."""

    TYPE: ClassVar[str] = "daylight/debarment-check/v1"

    tender: Id
    bid: Digest
    purpose: Purpose
    at: Instant
    list_version: Count
    asked: Annotated[tuple[LookedUp, ...], Length(1, 100)]
    found: tuple[ListEntry, ...]

    def check(self) -> None:
        """Refuse an entry about somebody who was not looked up."""
        asked = {one.organisation for one in self.asked}
        if not {entry.organisation for entry in self.found} <= asked:
            raise malformed("not-asked", "An entry is about somebody else", "/found")


@dataclass(frozen=True)
class Declaration(Statement):
    """What a supplier declares of itself, by the codes of the statements, for a time."""

    TYPE: ClassVar[str] = "daylight/declaration/v1"

    supplier: Id
    statements: Annotated[tuple[Name, ...], Length(1, 100)]
    valid_from: Instant
    valid_until: Instant
    by: Id


@dataclass(frozen=True)
class SigningMandate(Statement):
    """A body lets the holder of a certificate sign in its name: ``from <= t < until``.

    ``certificate`` is the SHA-256 of its DER, ``holder`` its subject (RFC 4514).
    """

    TYPE: ClassVar[str] = "daylight/signing-mandate/v1"

    organisation: Id
    identifier: Title
    number: Title
    certificate: Digest
    holder: Title
    valid_from: Instant
    valid_until: Instant
    scope: Scope

    def check(self) -> None:
        """Refuse a mandate that ends before it begins."""
        if self.valid_until <= self.valid_from:
            raise malformed("ends-too-early", "A mandate ends after it begins", "/valid_until")
