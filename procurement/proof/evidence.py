"""Pieces of the log that a stranger can check: an event with its proof, a tender's head, a history.

Hashes are lower-case hex, lowest first, as RFC 6962 has them.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from procurement.proof.shapes import (
    Base64,
    Bytes32,
    Count,
    Digest,
    Id,
    Length,
    Range,
    Statement,
)

LARGEST_OBJECT = 16 * 1024 * 1024  # bytes
Hashes = Annotated[tuple[Digest, ...], Length(0, 64)]
NoteText = Annotated[str, Length(1, LARGEST_OBJECT)]


@dataclass(frozen=True)
class LogEvent(Statement):
    """One event in the open: its canonical bytes, its salt, and that the log holds its leaf.

    ``index``, ``size`` and ``proof`` are null while no checkpoint holds it yet.
    """

    TYPE: ClassVar[str] = "daylight/log-event/v1"

    event: Annotated[bytes, Base64(LARGEST_OBJECT)]
    salt: Bytes32
    link_salt: Bytes32 | None
    index: Count | None
    size: Count | None
    proof: Hashes | None


@dataclass(frozen=True)
class WithheldEvent(Statement):
    """An event whose body is kept in until the opening: only its leaf, its place and what it is."""

    TYPE: ClassVar[str] = "daylight/withheld-event/v1"

    leaf: Digest
    prev: Digest | None
    verb: Annotated[str, Length(1, 60)]
    index: Count | None
    size: Count | None
    proof: Hashes | None


@dataclass(frozen=True)
class Head(Statement):
    """That a tender's control head was this one, as of a checkpoint of ``size`` leaves."""

    TYPE: ClassVar[str] = "daylight/head/v1"

    tender: Id
    control_head: Digest
    size: Count
    index: Count  # of the heads leaf in the log
    root: Digest  # what the heads leaf says
    proof: Hashes  # from the heads leaf to the checkpoint's root
    position: Count  # of the tender among all
    count: Annotated[int, Range(1, 2**53 - 1)]
    path: Hashes  # from the tender's leaf to ``root``


@dataclass(frozen=True)
class StoredNote:
    """An object of the protocol: its canonical bytes, and the note where somebody signed it."""

    digest: Digest
    body: Annotated[bytes, Base64(LARGEST_OBJECT)]
    note: NoteText | None


@dataclass(frozen=True)
class TenderHistory(Statement):
    """Everything that was decided about one tender, oldest first, and the proof that it is all."""

    TYPE: ClassVar[str] = "daylight/history/v1"

    tender: Id
    checkpoint: NoteText  # newest, with cosignatures
    head: Head
    events: Annotated[tuple[LogEvent, ...], Length(0, 100_000)]
    withheld: Annotated[tuple[WithheldEvent, ...], Length(0, 100_000)]
    objects: Annotated[tuple[StoredNote, ...], Length(0, 100_000)]


FORMATS = (LogEvent, WithheldEvent, Head, TenderHistory)
