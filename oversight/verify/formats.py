"""The list of what a bundle holds, and the proof between two trees, with their schemas."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from procurement.proof.evidence import Hashes
from procurement.proof.formats import schema_pages
from procurement.proof.shapes import (
    Count,
    Digest,
    Id,
    Instant,
    Length,
    Pattern,
    Statement,
    malformed,
)

BundlePath = Annotated[str, Pattern("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")]


@dataclass(frozen=True)
class BundledFile:
    """One file of a bundle, by path, length in bytes and digest."""

    path: BundlePath
    length: Count
    sha256: Digest


@dataclass(frozen=True)
class BundleIndex(Statement):
    """What an evidence bundle holds, and of which tender and which log it speaks."""

    TYPE: ClassVar[str] = "daylight/bundle-index/v1"

    tender: Id
    log_origin: Annotated[str, Length(1, 200)]
    edition: Literal["full"]
    made_at: Instant
    checkpoint: Count  # leaves of the newest checkpoint inside
    files: tuple[BundledFile, ...]

    def check(self) -> None:
        """Refuse files that are not sorted, or stand twice."""
        for i, (one, other) in enumerate(pairwise(self.files)):
            if one.path >= other.path:
                raise malformed("not-sorted", "Files stand once, sorted by path", f"/files/{i}")


@dataclass(frozen=True)
class Consistency(Statement):
    """That the log's tree of ``new`` leaves begins with that of ``old``; lowest hash first."""

    TYPE: ClassVar[str] = "daylight/consistency/v1"

    old: Count
    new: Count
    proof: Hashes


FORMATS = (BundleIndex, Consistency)


def pages() -> dict[str, str]:
    """Write this room's schemas, by path."""
    return schema_pages(FORMATS)
