"""The panel's keys: who must act together to open, and the proof that they can.

Order (protocol, message 1): every holder makes keys → the keyset is fixed → every holder answers a
rehearsal → every holder signs that answer. Only then may the tender be approved and published.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from procurement.proof.shapes import (
    AgeRecipient,
    Bytes32,
    Count,
    Digest,
    Id,
    Length,
    NoteKey,
    Pattern,
    Range,
    Statement,
    malformed,
)

MOST_OPENERS = 15
Suite = Literal["age-v1-x25519"]
Holder = Annotated[str, Pattern("opener-[1-9][0-9]?|timekeeper|escrow-[ab]")]


@dataclass(frozen=True)
class KeyPair:
    """The public halves of what one holder keeps: an age recipient and a note key."""

    recipient: AgeRecipient
    verifier: NoteKey


@dataclass(frozen=True)
class Opener:
    """One opening officer; ``idx`` is also the x of the officer's share."""

    idx: Annotated[int, Range(1, MOST_OPENERS)]
    person: Id
    recipient: AgeRecipient
    verifier: NoteKey


@dataclass(frozen=True)
class Keyset(Statement):
    """The keys of one tender: any k of n openers, together with the timekeeper, can open."""

    TYPE: ClassVar[str] = "daylight/keyset/v1"

    tender: Id
    suite: Suite
    k: Annotated[int, Range(2, MOST_OPENERS)]
    n: Annotated[int, Range(3, MOST_OPENERS)]
    openers: Annotated[tuple[Opener, ...], Length(3, MOST_OPENERS)]
    timekeeper: KeyPair
    escrow: Annotated[tuple[KeyPair, ...], Length(2, 2)]
    log_origin: Annotated[str, Length(1, 200)]
    witness_policy_series: Count

    def check(self) -> None:
        """Refuse a keyset in which one person, or one key, counts twice."""
        if len(self.openers) != self.n:
            raise malformed("wrong-count", "There are not n openers", "/openers")
        if [opener.idx for opener in self.openers] != list(range(1, self.n + 1)):
            raise malformed("wrong-order", "Openers are numbered from 1 in order", "/openers")
        if self.k >= self.n:
            raise malformed("no-spare", "At least one opener may be missing", "/k")
        if len({opener.person for opener in self.openers}) != self.n:
            raise malformed("same-person", "A person opens once", "/openers")
        if len({key.recipient for key in self._keys()}) != len(self._keys()):
            raise malformed("same-key", "Every holder has a key of their own", "/openers")
        if len({key.verifier for key in self._keys()}) != len(self._keys()):
            raise malformed("same-key", "Every holder has a note key of their own", "/openers")

    def holders(self) -> dict[str, KeyPair]:
        """Give every holder's keys by the holder's name, openers first."""
        openers = {
            f"opener-{opener.idx}": KeyPair(opener.recipient, opener.verifier)
            for opener in self.openers
        }
        a, b = self.escrow
        return {**openers, "timekeeper": self.timekeeper, "escrow-a": a, "escrow-b": b}

    def _keys(self) -> list[KeyPair]:
        return list(self.holders().values())


@dataclass(frozen=True)
class Rehearsal(Statement):
    """A challenge, age-encrypted to one holder, who answers with its hash and nothing else."""

    TYPE: ClassVar[str] = "daylight/rehearsal/v1"

    keyset: Digest
    holder: Holder
    random32: Bytes32


@dataclass(frozen=True)
class RehearsalAnswer(Statement):
    """A holder's proof of both keys: the challenge could be read, and this is signed."""

    TYPE: ClassVar[str] = "daylight/rehearsal-answer/v1"

    keyset: Digest
    holder: Holder
    challenge: Digest
