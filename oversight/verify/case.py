"""A bundle as the checks read it: its checkpoints, events, objects and decisions, each read once.

What cannot be read is raised as ``Broken``; whether what was read is right, the checks say.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, wraps
from pathlib import PurePosixPath
from typing import Any, TypeVar

from bidding.sealed.history import BadHistory, Told, read_history
from bidding.sealed.may_open import Step, deadline
from bidding.sealed.opening import Close
from oversight.verify.bundle import CHECKPOINTS, EVENTS, HISTORY, OBJECTS, checkpoint_path
from oversight.verify.events import Placed, chained, placed
from oversight.verify.reader import Bundle
from oversight.verify.report import Broken
from procurement.proof.anchors import Anchors
from procurement.proof.canonical import NotCanonical, parse, sha256_hex
from procurement.proof.checkpoint import (
    BadCheckpoint,
    SignedCheckpoint,
    open_checkpoint,
    require_quorum,
)
from procurement.proof.events import OBJECT, ConcealedEvent
from procurement.proof.evidence import StoredNote, TenderHistory
from procurement.proof.notes import BadNote, Verifier
from procurement.proof.shapes import Malformed, Statement
from tenders.notice import Notice
from tenders.panel.keyset import Keyset

Read = TypeVar("Read", bound=Statement)
Found = TypeVar("Found")


@dataclass(frozen=True)
class Decision:
    """A control event in its place: the ``position`` in the chain, from 0, and its object."""

    position: int
    placed: Placed
    step: Step

    @property
    def verb(self) -> str:
        """What was decided, as the journal names it."""
        return self.step.verb

    @property
    def object(self) -> str:
        """The digest of what was decided; empty where the event names none."""
        return str(self.placed.event.body.get(OBJECT, ""))

    @property
    def at(self) -> datetime:
        """When, as the platform says."""
        return self.placed.event.at


class Case:
    """One bundle under the anchors by which it is judged."""

    def __init__(self, bundle: Bundle, anchors: Anchors) -> None:
        self.bundle = bundle
        self.anchors = anchors
        self.tender = bundle.index.tender
        self.memory: dict[object, Any] = {}

    @cached_property
    def checkpoints(self) -> dict[int, SignedCheckpoint]:
        """Every checkpoint by its size, smallest first, signed by the log and by a quorum."""
        sizes = sorted(int(_stem(path)) for path in self.bundle.paths(CHECKPOINTS, ".note"))
        return {size: self._checkpoint(checkpoint_path(size)) for size in sizes}

    @cached_property
    def events(self) -> tuple[Placed, ...]:
        """Every event of the bundle."""
        return tuple(placed(self.bundle, path) for path in self.bundle.paths(EVENTS, ".json"))

    @cached_property
    def objects(self) -> dict[str, StoredNote]:
        """Every object by its digest, as its file is named."""
        return {_stem(path): self._stored(path) for path in self.bundle.paths(OBJECTS, ".json")}

    @cached_property
    def shown(self) -> TenderHistory:
        """The history as the bundle tells it."""
        return self.bundle.statement(TenderHistory, HISTORY)

    @cached_property
    def told(self) -> Told:
        """The history, checked from the witnesses down to every signature."""
        try:
            return read_history(
                replace(self.shown, objects=tuple(self.objects.values())), self.anchors
            )
        except BadHistory as error:
            raise Broken(error.code, HISTORY, "one history that holds", str(error)) from error

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """The tender's decisions in the open, oldest first, each with its event."""
        by_leaf = {placed.leaf: placed for placed in self.events}
        kept_in = {withheld.leaf for withheld in self.shown.withheld}
        found = []
        for position, step in enumerate(self.told.history.steps):
            if step.leaf in by_leaf:
                found.append(Decision(position, by_leaf[step.leaf], step))
            elif step.leaf not in kept_in:
                raise Broken("missing-event", HISTORY, "an event for every decision", step.verb)
        return tuple(found)

    @property
    def tells_of_bids(self) -> bool:
        """Whether the bundle shows what suppliers did; it must where anything was opened."""
        return bool(self.concealed_events) or self.only("opening.opened") is not None

    @cached_property
    def concealed_events(self) -> tuple[Placed, ...]:
        """What suppliers did before the opening, in no order."""
        return tuple(one for one in self.events if isinstance(one.event, ConcealedEvent))

    @cached_property
    def concealed(self) -> tuple[Placed, ...]:
        """What suppliers did before the opening, in the order of its links as far as they open."""
        return tuple(chained(self.concealed_events))

    @cached_property
    def close(self) -> Close | None:
        """The closed set; None for a tender that ended before its deadline."""
        closed = self.only("bids.closed")
        return self.object(Close, closed.object, closed.placed.path) if closed else None

    @cached_property
    def closes_at(self) -> datetime:
        """The deadline, as last moved."""
        return deadline(self.told.history.steps) or self.notice.closes_at

    @property
    def notice(self) -> Notice:
        """The notice in force."""
        return self.told.notice

    @property
    def keyset(self) -> Keyset:
        """The panel's keys."""
        return self.told.keyset

    def decided(self, verb: str) -> list[Decision]:
        """List the decisions of one name, oldest first."""
        return [decision for decision in self.decisions if decision.verb == verb]

    def only(self, verb: str) -> Decision | None:
        """Give the newest decision of one name; None where there is none."""
        found = self.decided(verb)
        return found[-1] if found else None

    def kind(self, digest: str) -> str:
        """Give the type of an object, empty where the bundle has no such object."""
        stored = self.objects.get(digest)
        value = parse(stored.body) if stored else None
        return str(value.get("type")) if isinstance(value, dict) else ""

    def object(self, kind: type[Read], digest: str, where: str) -> Read:
        """Read an object that ``where`` names.

        :raises Broken: when it is not in the bundle, or of another kind.
        """
        stored = self.objects.get(digest)
        if stored is None:
            raise Broken("missing-object", where, f"{kind.TYPE} {digest[:16]}", "nothing")
        try:
            return kind.read(stored.body)
        except (NotCanonical, Malformed) as error:
            raise Broken(error.code, where, kind.TYPE, str(error)) from error

    def signed(self, kind: type[Read], digest: str, keys: list[str], where: str) -> Read:
        """Read an object whose note every one of some keys signed.

        :raises Broken: when it is not there, or one of the signatures is not.
        """
        obj = self.object(kind, digest, where)
        note = (self.objects[digest].note or "").encode()
        try:
            opened = kind.open(note, *map(Verifier.parse, keys))
        except (BadNote, NotCanonical, Malformed) as error:
            names = ", ".join(key.rsplit("+", 2)[0] for key in keys)
            raise Broken("not-signed", where, f"signed by {names}", str(error)) from error
        if opened != obj:
            raise Broken("other-note", where, "a note of the object", "a note of another")
        return obj

    def witnessed(self, size: int) -> datetime:
        """Say by when a quorum of witnesses had signed a checkpoint, each by its own clock."""
        times = sorted(self.checkpoints[size].cosigned.values())
        return datetime.fromtimestamp(times[self.anchors.quorum - 1], UTC)

    def times(self, size: int) -> tuple[datetime, ...]:
        """Give the instants at which the witnesses signed a checkpoint, earliest first."""
        found = sorted(self.checkpoints[size].cosigned.values())
        return tuple(datetime.fromtimestamp(at, UTC) for at in found)

    def _checkpoint(self, path: str) -> SignedCheckpoint:
        try:
            signed = open_checkpoint(
                self.bundle.read(path),
                self.anchors.log_verifier(),
                self.anchors.witness_verifiers(),
            )
            require_quorum(signed, self.anchors.quorum)
        except (BadNote, BadCheckpoint) as error:
            raise Broken(error.code, path, "signed by log and witnesses", str(error)) from error
        return signed

    def _stored(self, path: str) -> StoredNote:
        body, digest = self.bundle.read(path), _stem(path)
        if sha256_hex(body) != digest:
            raise Broken("other-object", path, digest, sha256_hex(body))
        note = path.removesuffix(".json") + ".note"
        text = self.bundle.read(note).decode("utf-8", "replace") if note in self.bundle else None
        return StoredNote(digest, body, text)


def once(read: Callable[[Case], Found]) -> Callable[[Case], Found]:
    """Have something of a case read once, however many checks ask for it."""

    @wraps(read)
    def remembered(case: Case) -> Found:
        if read not in case.memory:
            case.memory[read] = read(case)
        found: Found = case.memory[read]
        return found

    return remembered


def _stem(path: str) -> str:
    return PurePosixPath(path).stem
