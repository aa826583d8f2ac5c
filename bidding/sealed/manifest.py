"""What a sealed envelope is, from outside: its manifest, and the context that binds its parts."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from procurement.proof.shapes import (
    AgeRecipient,
    Bytes32,
    Count,
    Digest,
    Hex,
    Id,
    Length,
    Name,
    Range,
    Statement,
)

PART_BYTES = 8 * 1024 * 1024  # WebCrypto has no streaming hash; parts upload in parallel, too
MOST_OPENERS = 15


@dataclass(frozen=True)
class Context(Statement):
    """Which envelope of whose bid, under which keys; it goes inside, as age binds nothing else."""

    TYPE: ClassVar[str] = "daylight/context/v1"

    keyset: Digest
    tender: Id
    lot: Name
    envelope: Name
    bidder: Id
    nonce32: Bytes32


@dataclass(frozen=True)
class Payload:
    """The age file of the container: length in bytes, and the tree over its parts' SHA-256."""

    length: Count
    part_bytes: Annotated[int, Range(PART_BYTES, PART_BYTES)]
    root: Digest


@dataclass(frozen=True)
class Manifest(Statement):
    """A sealed envelope by its digests; the bid names it by its own."""

    TYPE: ClassVar[str] = "daylight/manifest/v1"

    keyset: Digest
    tender: Id
    lot: Name
    envelope: Name
    bidder: Id
    nonce32: Bytes32
    recipient: AgeRecipient
    payload: Payload
    shares: Annotated[tuple[Digest, ...], Length(3, MOST_OPENERS)]
    p: Digest
    e: Digest
    items_root: Digest

    def context(self) -> Context:
        """Give the context that every part of this envelope must carry."""
        return Context(self.keyset, self.tender, self.lot, self.envelope, self.bidder, self.nonce32)


@dataclass(frozen=True)
class Share(Statement):
    """One opener's share of the masked seed; 32 bytes and the opener's x."""

    TYPE: ClassVar[str] = "daylight/share/v1"

    ctx: Context
    idx: Annotated[int, Range(1, MOST_OPENERS)]
    share: Annotated[bytes, Hex(33)]


@dataclass(frozen=True)
class Pad(Statement):
    """The timekeeper's half: without it no number of shares gives the seed."""

    TYPE: ClassVar[str] = "daylight/pad/v1"

    ctx: Context
    pad: Bytes32
