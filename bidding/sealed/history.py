"""Reading a tender's history: every decision in its place, signed by the body that may decide it.

Suppliers, openers, the timekeeper and the verifier read the same document by this one function,
against anchors that they already hold. What the platform says about itself proves nothing here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from bidding.sealed.may_open import Decided, History, Seen, Step
from bidding.sealed.opening import Close, Request
from procurement.proof.anchors import Anchors
from procurement.proof.canonical import NotCanonical, sha256_hex
from procurement.proof.checkpoint import BadCheckpoint, SignedCheckpoint, open_checkpoint
from procurement.proof.events import OBJECT, ControlEvent, event_leaf
from procurement.proof.evidence import Head, LogEvent, StoredNote, TenderHistory, WithheldEvent
from procurement.proof.heads import head_leaf
from procurement.proof.log_entry import heads_entry
from procurement.proof.merkle import BadProof, leaf_hash, root_from_inclusion, verify_inclusion
from procurement.proof.notes import BadNote, Verifier
from procurement.proof.shapes import Malformed, Statement
from tenders.answers import Answer, Overdue
from tenders.notice import Acknowledgement, Extension, Notice, Order
from tenders.panel.keyset import Keyset

Read = TypeVar("Read", bound=Statement)


class BadHistory(ValueError):  # noqa: N818 - reads as the verdict it is
    """A history that must not be relied on; ``code`` is stable and kebab-case."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Told:
    """A history that holds: its steps, what was published, and every object that was shown."""

    history: History
    checkpoint: SignedCheckpoint
    events: tuple[ControlEvent | None, ...]  # one per step; None where the body is withheld
    notice: Notice
    keyset: Keyset
    objects: dict[str, StoredNote]

    def object(self, kind: type[Read], verb: str) -> Read | None:
        """Read the newest object that a step of this name decided, None where there is none."""
        for event in reversed(self.events):
            if event is not None and event.verb == verb:
                return _read(kind, self.objects, str(event.body.get(OBJECT)))
        return None

    def leaf(self, verb: str) -> str | None:
        """Give the leaf of the newest step of this name."""
        found = [step.leaf for step in self.history.steps if step.verb == verb]
        return found[-1] if found else None


def read_history(told: TenderHistory, anchors: Anchors) -> Told:
    """Check a history against the anchors, from the witnesses down to every signature.

    :raises BadHistory: naming the first thing that does not hold.
    """
    try:
        checkpoint = open_checkpoint(
            told.checkpoint.encode(), anchors.log_verifier(), anchors.witness_verifiers()
        )
        if len(checkpoint.cosigned) < anchors.quorum:
            raise BadHistory("quorum-missing", "Too few witnesses signed this history")
        _check_head(told.head, checkpoint)
        objects = _objects(told.objects)
        links = _in_order([*map(_in_the_open, told.events), *map(_kept_in, told.withheld)])
        _check_places(told, checkpoint)
        return _told(told, anchors, checkpoint, objects, links)
    except (BadNote, BadCheckpoint) as error:
        raise BadHistory(error.code, str(error)) from error
    except Malformed as error:
        raise BadHistory(error.code, str(error)) from error
    except (NotCanonical, BadProof) as error:
        raise BadHistory("not-readable", str(error)) from error


@dataclass(frozen=True)
class _Link:
    leaf: str
    prev: str | None
    verb: str
    event: ControlEvent | None


def _in_the_open(shown: LogEvent) -> _Link:
    event = ControlEvent.read(shown.event)
    return _Link(event_leaf(shown.salt, shown.event).hex(), event.prev, event.verb, event)


def _kept_in(withheld: WithheldEvent) -> _Link:
    return _Link(withheld.leaf, withheld.prev, withheld.verb, None)


def _in_order(links: Sequence[_Link]) -> list[_Link]:
    """Follow the chain from its first decision; each follows exactly one other."""
    after = {link.prev: link for link in links}
    if len(after) != len(links):
        raise BadHistory("forked-chain", "Two decisions follow the same one")
    ordered: list[_Link] = []
    leaf: str | None = None
    while (link := after.get(leaf)) is not None and len(ordered) < len(links):
        ordered.append(link)
        leaf = link.leaf
    if len(ordered) != len(links):
        raise BadHistory("broken-chain", "A decision is missing from this tender's history")
    return ordered


def _check_head(head: Head, checkpoint: SignedCheckpoint) -> None:
    tree = checkpoint.checkpoint
    if head.size != tree.size:
        raise BadHistory("other-checkpoint", "The proof of the head is for another checkpoint")
    leaf = leaf_hash(heads_entry(bytes.fromhex(head.root)))
    if not verify_inclusion(leaf, head.index, head.size, _bytes(head.proof), tree.root):
        raise BadHistory("bad-head-proof", "The log does not hold these heads")
    own = head_leaf(head.tender, head.control_head)
    if root_from_inclusion(own, head.position, head.count, _bytes(head.path)).hex() != head.root:
        raise BadHistory("bad-head-proof", "The heads do not hold this tender's head")


def _check_places(told: TenderHistory, checkpoint: SignedCheckpoint) -> None:
    """Every decision lies in the tree that the witnesses signed."""
    tree = checkpoint.checkpoint
    placed: list[tuple[bytes, LogEvent | WithheldEvent]] = [
        *((event_leaf(one.salt, one.event), one) for one in told.events),
        *((bytes.fromhex(one.leaf), one) for one in told.withheld),
    ]
    for leaf, one in placed:
        if one.index is None or one.size != tree.size or one.proof is None:
            raise BadHistory("not-in-the-log", "A decision has no proof in this checkpoint")
        if not verify_inclusion(leaf, one.index, tree.size, _bytes(one.proof), tree.root):
            raise BadHistory("not-in-the-log", "The log does not hold this decision")


def _told(
    told: TenderHistory,
    anchors: Anchors,
    checkpoint: SignedCheckpoint,
    objects: dict[str, StoredNote],
    links: Sequence[_Link],
) -> Told:
    if not links or told.head.tender != told.tender:
        raise BadHistory("other-tender", "This history is not of the tender that was asked for")
    if any(link.event and link.event.tender != told.tender for link in links):
        raise BadHistory("other-tender", "A decision about another tender stands in this history")
    reader = _Reader(told.tender, objects, anchors)
    steps = tuple(Step(link.leaf, link.prev, link.verb, reader.decided(link)) for link in links)
    if reader.notice is None or reader.keyset is None:
        raise BadHistory("no-notice", "There is no notice in this history")
    seen = Seen(
        told.head.control_head,
        tuple(_instant(at) for at in sorted(checkpoint.cosigned.values())),
        anchors.quorum,
    )
    if seen.control_head != steps[-1].leaf:
        raise BadHistory("not-the-head", "The witnesses signed another history than this one")
    events = tuple(link.event for link in links)
    return Told(History(steps, seen), checkpoint, events, reader.notice, reader.keyset, objects)


@dataclass
class _Reader:
    """Reads decisions in their order, each signed by the body that may decide it then."""

    tender: str
    objects: dict[str, StoredNote]
    anchors: Anchors
    notice: Notice | None = None  # in force at this point
    keyset: Keyset | None = None

    def decided(self, link: _Link) -> Decided:
        """Read what a step decided.

        :raises BadHistory: when another body signed it, or it is about another tender.
        """
        if link.event is None:
            return None
        digest = str(link.event.body.get(OBJECT))
        if link.verb == "notice.published":
            return self._notice(digest)
        reads: dict[str, Callable[[str], Decided]] = {
            "deadline.extended": self._extension,
            "extension.acknowledged": self._acknowledgement,
            "questions.overdue": lambda found: _read(Overdue, self.objects, found),
            "answer.published": lambda found: _read(Answer, self.objects, found, self._agency()),
            "order.made": self._order,
            "bids.closed": lambda found: _read(Close, self.objects, found),
            "opening.requested": lambda found: _read(Request, self.objects, found),
        }
        read = reads.get(link.verb)
        return self._of_this_tender(read(digest)) if read else None

    def _notice(self, digest: str) -> Notice:
        """The first is signed by an agency of the anchors, the later ones by the same."""
        agency = _read(Notice, self.objects, digest).agency
        if agency not in self.anchors.agencies:
            raise BadHistory("unknown-agency", "The anchors do not name the key of this agency")
        notice = _read(Notice, self.objects, digest, agency)
        if notice.tender != self.tender:
            raise BadHistory("other-tender", "The notice is of another tender")
        keyset = self._keyset(notice.keyset, agency)
        if keyset.tender != self.tender:
            raise BadHistory("other-tender", "The keyset is of another tender")
        self.notice, self.keyset = notice, keyset
        return notice

    def _keyset(self, digest: str, agency: str) -> Keyset:
        try:
            return _read(Keyset, self.objects, digest, agency)
        except BadNote as error:
            said = f"The agency did not sign the keyset {digest[:16]}: {error}"
            raise BadHistory("keyset-not-signed", said) from error

    def _extension(self, digest: str) -> Extension:
        """The agency extends; where a rule does, the platform says so under its own key."""
        by_rule = _read(Extension, self.objects, digest).by_rule
        keys = self.anchors.receipt_keys if by_rule else (self._agency(),)
        return _signed(Extension, self.objects, digest, keys)

    def _acknowledgement(self, digest: str) -> Acknowledgement:
        if self.keyset is None:
            raise BadHistory("no-notice", "Something was decided before there was a notice")
        try:
            return _read(Acknowledgement, self.objects, digest, self.keyset.timekeeper.verifier)
        except BadNote as error:
            said = f"The timekeeper did not sign the acknowledgement {digest[:16]}: {error}"
            raise BadHistory("acknowledgement-not-signed", said) from error

    def _order(self, digest: str) -> Order:
        """The agency cancels; a supervisor of the anchors does everything else."""
        cancels = _read(Order, self.objects, digest).effect == "cancel"
        keys = (self._agency(),) if cancels else self.anchors.supervisors
        return _signed(Order, self.objects, digest, keys)

    def _agency(self) -> str:
        if self.notice is None:
            raise BadHistory("no-notice", "Something was decided before there was a notice")
        return self.notice.agency

    def _of_this_tender(self, decided: Decided) -> Decided:
        if decided is not None and decided.tender != self.tender:
            raise BadHistory("other-tender", "Something about another tender was decided here")
        return decided


def _signed(
    kind: type[Read], objects: dict[str, StoredNote], digest: str, keys: Iterable[str]
) -> Read:
    """Read an object out of the note that one of these keys signed."""
    note = objects[digest].note or ""
    for key in keys:
        try:
            return kind.open(note.encode(), Verifier.parse(key))
        except (BadNote, Malformed):
            continue
    raise BadHistory("unsigned-decision", f"{digest[:16]} is not signed by a body that may decide")


def _read(
    kind: type[Read], objects: dict[str, StoredNote], digest: str, key: str | None = None
) -> Read:
    """Read an object by its digest; with a key, out of the note that the key signed."""
    stored = objects.get(digest)
    if stored is None:
        raise BadHistory("missing-object", f"The object {digest[:16]} is not in this history")
    read = kind.read(stored.body)
    if key is not None and kind.open((stored.note or "").encode(), Verifier.parse(key)) != read:
        raise BadHistory("other-note", f"The note of {digest[:16]} says something else")
    return read


def _objects(stored: Iterable[StoredNote]) -> dict[str, StoredNote]:
    found = {one.digest: one for one in stored}
    for digest, one in found.items():
        if sha256_hex(one.body) != digest:
            raise BadHistory("other-object", f"The object {digest[:16]} has other bytes")
    return found


def _bytes(hashes: Iterable[str]) -> list[bytes]:
    return [bytes.fromhex(found) for found in hashes]


def _instant(unix: int) -> datetime:
    return datetime.fromtimestamp(unix, UTC)
