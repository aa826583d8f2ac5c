"""Reading tenders: the history that others check."""

from uuid import UUID

from procurement.journal import proofs
from procurement.models import Checkpoint, Event, Kind, ProtocolObject
from procurement.proof.evidence import Head, LogEvent, StoredNote, TenderHistory, WithheldEvent
from procurement.refusals import NotFound

OBJECT = "object"  # where an event's body names what it decided, by digest


def tender_history(tender: UUID, *, withheld: bool) -> TenderHistory:
    """Collect what was decided about a tender, as of the newest checkpoint.

    ``withheld`` also shows the bodies that are kept in until the opening: to those who open.

    :raises NotFound: before the first decision is in the log.
    """
    checkpoint = proofs.latest_checkpoint()
    if checkpoint is None:
        raise NotFound
    head = proofs.head_proof(tender, checkpoint.size)
    events = list(
        Event.objects.filter(
            tender=tender, kind=Kind.CONTROL, leaf_index__lt=checkpoint.size
        ).order_by("chain_position")
    )
    shown = [event for event in events if withheld or not event.withheld]
    digests = [str(event.to_json()["body"].get(OBJECT, "")) for event in shown]  # type: ignore[union-attr]
    return TenderHistory(
        tender=str(tender),
        checkpoint=checkpoint.note,
        head=head_of(tender, head, checkpoint.size),
        events=tuple(log_event(event, checkpoint) for event in shown),
        withheld=tuple(withheld_event(event, checkpoint) for event in events if event not in shown),
        objects=tuple(stored_notes(tender, digests)),
    )


def head_of(tender: UUID, proof: proofs.HeadProof, size: int) -> Head:
    """Write a proof of a tender's head as the object that it is."""
    return Head(
        tender=str(tender),
        control_head=proof["control_head"],
        size=size,
        index=proof["index"],
        root=proof["root"],
        proof=tuple(proof["proof"]),
        position=proof["position"],
        count=proof["count"],
        path=tuple(proof["path"]),
    )


def log_event(event: Event, checkpoint: Checkpoint | None) -> LogEvent:
    """Show an event, and that a checkpoint holds it; without proof where none does yet."""
    index, size, proof = _place(event, checkpoint)
    return LogEvent(event.event, event.salt, event.link_salt, index, size, proof)


def withheld_event(event: Event, checkpoint: Checkpoint) -> WithheldEvent:
    """Show that something was decided, and where it stands, without its body."""
    index, size, proof = _place(event, checkpoint)
    prev = event.to_json().get("prev")
    return WithheldEvent(
        event.leaf, None if prev is None else str(prev), event.verb, index, size, proof
    )


def stored_notes(tender: UUID, digests: list[str]) -> list[StoredNote]:
    """Read a tender's objects by their digests, sorted."""
    rows = ProtocolObject.objects.filter(tender=tender, pk__in=digests).order_by("pk")
    return [StoredNote(row.digest, row.body, row.note) for row in rows]


def _place(
    event: Event, checkpoint: Checkpoint | None
) -> tuple[int | None, int | None, tuple[str, ...] | None]:
    index = event.leaf_index
    if checkpoint is None or index is None or index >= checkpoint.size:
        return None, None, None
    return index, checkpoint.size, tuple(proofs.inclusion(index, checkpoint.size))
