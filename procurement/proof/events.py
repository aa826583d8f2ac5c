"""One entry of the journal in the open: what happened, to which tender, after what.

A **control** event is what the procedure decides; ``prev`` is the leaf hash of the tender's
previous one, so that no decision can be left out. A **concealed** event is what suppliers do
before the opening; ``link`` commits to the previous concealed leaf without showing it, so that
nobody counts rivals along a chain. A **fact** or an **attempt** stands alone.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, ClassVar, Literal

from procurement.proof.log_entry import event_entry
from procurement.proof.merkle import leaf_hash
from procurement.proof.shapes import Body, Digest, Id, Instant, Pattern, Statement

OBJECT = "object"  # where a decision's body names what it decided, by digest
VerbName = Annotated[str, Pattern(r"[a-z][a-z-]*(\.[a-z][a-z-]*)+")]


@dataclass(frozen=True)
class ControlEvent(Statement):
    """What the procedure decided about one tender."""

    TYPE: ClassVar[str] = "daylight/event/v1"

    kind: Literal["control"]
    tender: Id
    verb: VerbName
    at: Instant
    by: Id | None
    prev: Digest | None
    body: Body


@dataclass(frozen=True)
class ConcealedEvent(Statement):
    """What a supplier did before the opening."""

    TYPE: ClassVar[str] = "daylight/event/v1"

    kind: Literal["concealed"]
    tender: Id
    verb: VerbName
    at: Instant
    by: Id | None
    link: Digest | None
    body: Body


@dataclass(frozen=True)
class PlainEvent(Statement):
    """A draft, an approval, an account, a reading, a refusal: in no chain."""

    TYPE: ClassVar[str] = "daylight/event/v1"

    kind: Literal["fact", "attempt"]
    tender: Id | None
    verb: VerbName
    at: Instant
    by: Id | None
    body: Body


def concealed_link(salt: bytes, previous: bytes | None) -> str | None:
    """Commit to the previous concealed leaf of a tender: H(salt32 ‖ leaf); None for the first."""
    return None if previous is None else sha256(salt + previous).hexdigest()


def event_leaf(salt: bytes, event: bytes) -> bytes:
    """Hash the leaf that an event has in the log; ``event`` is its canonical bytes."""
    return leaf_hash(event_entry(salt, event))
