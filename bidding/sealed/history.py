"""Reading a tender's history: every decision in its place, signed by the body that may decide it.

Suppliers, openers, the timekeeper and the verifier read the same document by this one function,
against anchors that they already hold. What the platform says about itself proves nothing here.
"""

from collections.abc import Iterable, Sequence
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
from tenders.notice import Extension, Notice, Order
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
    notice = _signed_notice(links, objects, anchors)
    if notice.tender != told.tender:
        raise BadHistory("other-tender", "The notice is of another tender")
    keyset = _read(Keyset, objects, notice.keyset, notice.agency)
    if keyset.tender != told.tender:
        raise BadHistory("other-tender", "The keyset is of another tender")
    steps = tuple(
        Step(link.leaf, link.prev, link.verb, _decided(link, objects, notice, anchors))
        for link in links
    )
    seen = Seen(
        told.head.control_head,
        tuple(_instant(at) for at in sorted(checkpoint.cosigned.values())),
        anchors.quorum,
    )
    if seen.control_head != steps[-1].leaf:
        raise BadHistory("not-the-head", "The witnesses signed another history than this one")
    events = tuple(link.event for link in links)
    return Told(History(steps, seen), checkpoint, events, notice, keyset, objects)


def _signed_notice(
    links: Iterable[_Link],
    objects: dict[str, StoredNote],
    anchors: Anchors,
) -> Notice:
    published = [link.event for link in links if link.event and link.verb == "notice.published"]
    if not published:
        raise BadHistory("no-notice", "There is no notice in this history")
    digest = str(published[-1].body.get(OBJECT))
    agency = _read(Notice, objects, digest).agency
    if agency not in anchors.agencies:
        raise BadHistory("unknown-agency", "The anchors do not name the key of this agency")
    return _read(Notice, objects, digest, agency)


def _decided(
    link: _Link, objects: dict[str, StoredNote], notice: Notice, anchors: Anchors
) -> Decided:
    """Read what a step decided, signed by the body that may decide it."""
    if link.event is None:
        return None
    digest = str(link.event.body.get(OBJECT))
    if link.verb == "notice.published":
        return _read(Notice, objects, digest, notice.agency)
    if link.verb == "deadline.extended":
        return _read(Extension, objects, digest, notice.agency)
    if link.verb == "order.made":
        return _order(objects, digest, notice, anchors)
    if link.verb == "bids.closed":
        return _read(Close, objects, digest)
    if link.verb == "opening.requested":
        return _read(Request, objects, digest)
    return None


def _order(objects: dict[str, StoredNote], digest: str, notice: Notice, anchors: Anchors) -> Order:
    """The agency cancels; a supervisor of the anchors does everything else."""
    order = _read(Order, objects, digest)
    if order.tender != notice.tender:
        raise BadHistory("other-tender", "An order about another tender stands in this history")
    keys = (notice.agency,) if order.effect == "cancel" else anchors.supervisors
    note = objects[digest].note
    for key in keys:
        try:
            return Order.open((note or "").encode(), Verifier.parse(key))
        except (BadNote, Malformed):
            continue
    raise BadHistory("unsigned-order", "An order is not signed by a body that may give it")


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
