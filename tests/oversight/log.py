"""A log of one's own: entries, ticks, checkpoints with cosignatures, proofs, as the sequencer has.

Nothing of the platform is in it, so that a test can lie in any way that a platform could.
"""

import random
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from procurement.proof.canonical import canonical
from procurement.proof.checkpoint import Checkpoint
from procurement.proof.events import concealed_link, event_leaf
from procurement.proof.evidence import Head, LogEvent
from procurement.proof.heads import head_path, heads_leaves
from procurement.proof.instants import format_instant
from procurement.proof.log_entry import dummy_entry, event_entry, heads_entry
from procurement.proof.merkle import consistency_proof, inclusion_proof, leaf_hash, root
from procurement.proof.notes import CosignSigner, cosign, sign_note
from tests.vectors.samples import ORIGIN, TENDER, an_id, fixed, signer

WITNESSES = [CosignSigner(f"{ORIGIN}/witness/{n}", fixed(f"witness {n}")) for n in range(4)]
OTHER = an_id("another tender")


@dataclass(frozen=True)
class Written:
    """An event as it was written; ``index`` and ``size`` come with the tick."""

    value: dict[str, Any]
    raw: bytes
    salt: bytes
    link_salt: bytes | None
    leaf: bytes
    index: int = -1
    size: int = -1

    @property
    def verb(self) -> str:
        return self.value["verb"]


class Log:
    """The log of one story, and the chains of its tender."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.events: list[Written] = []
        self.waiting: list[Written] = []
        self.notes: dict[int, bytes] = {}
        self.heads_at: dict[int, tuple[int, dict[str, str]]] = {}
        self.control_head: bytes | None = None
        self.concealed_head: bytes | None = None
        self.random = random.Random(7)
        self.witnesses = WITNESSES
        self.log_key = signer("log", "1")

    def write(
        self, kind: str, verb: str, body: dict[str, Any], *, at: datetime, by: str | None = None
    ) -> Written:
        """Write an event, chained as its kind asks."""
        value: dict[str, Any] = {
            "type": "daylight/event/v1",
            "kind": kind,
            "tender": TENDER,
            "verb": verb,
            "at": format_instant(at),
            "by": by,
            "body": body,
        }
        link_salt = None
        if kind == "control":
            value["prev"] = self.control_head.hex() if self.control_head else None
        elif kind == "concealed":
            salt = self._random32()
            link_salt = salt if self.concealed_head else None
            value["link"] = concealed_link(salt, self.concealed_head)
        raw, salt = canonical(value), self._random32()
        written = Written(value, raw, salt, link_salt, event_leaf(salt, raw))
        self.waiting.append(written)
        if kind == "control":
            self.control_head = written.leaf
        elif kind == "concealed":
            self.concealed_head = written.leaf
        return written

    def tick(self, at: datetime) -> int:
        """Give every waiting event its place, and have the witnesses sign; give the size."""
        since, heads = len(self.entries), {OTHER: "00" * 32}
        if self.control_head:
            heads[TENDER] = self.control_head.hex()
        self.entries.append(heads_entry(root(heads_leaves(heads))))
        wanted = 4
        while wanted < len(self.waiting) + 1:
            wanted *= 2
        places: list[Written | None] = [*self.waiting]
        places += [None] * (wanted - 1 - len(places))
        self.random.shuffle(places)
        for one in places:
            if one is None:
                self.entries.append(dummy_entry(self._random32()))
            else:
                self.events.append(replace(one, index=len(self.entries), size=since + wanted))
                self.entries.append(event_entry(one.salt, one.raw))
        self.waiting = []
        size = len(self.entries)
        self.heads_at[size] = since, heads
        self.notes[size] = self.note(size, at)
        return size

    def note(self, size: int, at: datetime, entries: list[bytes] | None = None) -> bytes:
        """Write the checkpoint of so many leaves, signed and cosigned."""
        leaves = [leaf_hash(entry) for entry in (entries or self.entries)[:size]]
        note = sign_note(Checkpoint(ORIGIN, size, root(leaves)).text(), self.log_key)
        for witness in self.witnesses:
            note = cosign(note, witness, int(at.timestamp()))
        return note

    def shown(self, event: Written, size: int | None = None) -> LogEvent:
        """Prove an event in a checkpoint, the earliest one if none is named."""
        size = size or event.size
        proof = inclusion_proof(self.leaves(size), event.index)
        hashes = tuple(one.hex() for one in proof)
        return LogEvent(event.raw, event.salt, event.link_salt, event.index, size, hashes)

    def consistency(self, old: int, new: int) -> tuple[str, ...]:
        return tuple(one.hex() for one in consistency_proof(self.leaves(new), old, new))

    def head(self, size: int) -> Head:
        """Prove the tender's head in a checkpoint."""
        since, heads = self.heads_at[size]
        position, path = head_path(heads, TENDER)
        proof = inclusion_proof(self.leaves(size), since)
        return Head(
            TENDER,
            heads[TENDER],
            size,
            since,
            root(heads_leaves(heads)).hex(),
            tuple(one.hex() for one in proof),
            position,
            len(heads),
            tuple(one.hex() for one in path),
        )

    def leaves(self, size: int) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.entries[:size]]

    def _random32(self) -> bytes:
        return self.random.randbytes(32)
