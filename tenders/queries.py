"""Reading tenders: as they stand, and the history that others check."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from procurement.actors import Actor
from procurement.journal import proofs
from procurement.models import Checkpoint, Event, Kind, ProtocolObject
from procurement.objects import fetch
from procurement.proof.events import OBJECT
from procurement.proof.evidence import Head, LogEvent, StoredNote, TenderHistory, WithheldEvent
from procurement.refusals import NotFound
from procurement.stored import vault
from procurement.vault import DOCUMENTS, Reading
from tenders.models import Change, ChangeState, PlanLine, Suspension, Tender, TenderDocument
from tenders.models.plan import PlanLineQuerySet, PlanState
from tenders.notice import Notice
from tenders.packs import RulePack, pack
from tenders.panel.keyset import Keyset
from tenders.queries_panel import drawn_up_keyset


def tender_seen_by(by: Actor, tender_id: UUID) -> Tender:
    """Find a tender with its agency and plan line.

    :raises NotFound: when ``by`` sees no such tender.
    """
    visible = Tender.objects.visible_to(by).select_related("agency", "plan_line")
    if (tender := visible.filter(pk=tender_id).first()) is None:
        raise NotFound
    return tender


def plan_lines_seen_by(by: Actor) -> PlanLineQuerySet:
    """List plan lines, the newest first."""
    return PlanLine.objects.visible_to(by).order_by("-added_at", "pk")


def announced_lines() -> PlanLineQuerySet:
    """List what agencies have announced to all and not withdrawn, the newest first."""
    told = PlanLine.objects.filter(announced_at__isnull=False).exclude(state=PlanState.WITHDRAWN)
    return told.order_by("-announced_at", "pk")


def suspended(tender: Tender, now: datetime) -> Suspension | None:
    """Give the order that holds a tender up at this instant, None where there is none."""
    return _standing_at(now).filter(tender=tender).first()


def suspended_among(tenders: Iterable[Tender], now: datetime) -> set[UUID]:
    """Name those of some tenders that an order holds up at this instant."""
    standing = _standing_at(now).filter(tender__in=[tender.pk for tender in tenders])
    return set(standing.values_list("tender_id", flat=True))


def notice_of(tender: Tender) -> Notice:
    """Read the notice in force.

    :raises NotFound: before the publication.
    """
    if not tender.notice:
        raise NotFound
    return Notice.read(fetch(tender.notice).body)


def keyset_of(tender: Tender) -> Keyset:
    """Read the keyset of a tender's panel.

    :raises NotFound: before it is drawn up.
    """
    return drawn_up_keyset(tender.pk)


def note_of(digest: str) -> bytes:
    """Give an object as it was signed.

    :raises NotFound: when there is none, or nobody has signed it yet.
    """
    note = fetch(digest).note
    if note is None:
        raise NotFound
    return note


def pack_of(tender: Tender) -> RulePack:
    """Give the rule pack of a tender, in the edition under which it was drafted."""
    return pack(tender.pack_name, tender.pack_version)


def documents_of(tender: Tender, amendment: Change | None = None) -> list[TenderDocument]:
    """List the newest version of every document, by name.

    As they are in force, or as they would be with an amendment.
    """
    rows = _seen_documents(tender, amendment).filter(removed_by=None)
    if amendment is not None:
        rows = rows.exclude(name__in=amendment.body.get("remove_documents", ()))
    return list(rows.order_by("name", "-version").distinct("name"))


def document_of(tender: Tender, name: str, version: int | None = None) -> TenderDocument:
    """Find a document by name, the newest version unless another is asked for.

    Versions that an amendment replaced or left out stay readable.

    :raises NotFound: when there is none.
    """
    rows = _seen_documents(tender).filter(name=name).order_by("-version")
    found = rows.filter(version=version).first() if version is not None else rows.first()
    if found is None:
        raise NotFound
    return found


def versions_of(tender: Tender, name: str) -> list[TenderDocument]:
    """List the published versions of a document, oldest first.

    :raises NotFound: when there is none.
    """
    found = list(_seen_documents(tender).filter(name=name).order_by("version"))
    if not found:
        raise NotFound
    return found


def published_documents(tender: Tender) -> list[TenderDocument]:
    """List every version of every document that a notice of the tender has named."""
    return list(_seen_documents(tender).order_by("name", "version"))


def _seen_documents(tender: Tender, amendment: Change | None = None) -> QuerySet[TenderDocument]:
    """Leave out what an amendment only proposes, but for the one that is asked for.

    Of what was drafted towards one notice, only the last version stood in it.
    """
    published = Change.objects.filter(state=ChangeState.IN_FORCE)
    seen = Q(amendment=None) | Q(amendment__in=published)
    if amendment is not None:
        seen |= Q(amendment=amendment)
    rows = TenderDocument.objects.filter(seen, tender=tender)
    if not tender.notice:
        return rows
    last = rows.order_by("name", "amendment", "-version").distinct("name", "amendment")
    return TenderDocument.objects.filter(pk__in=last.values("pk"))


def content_of(document: TenderDocument) -> Reading:
    """Open a document for reading."""
    return vault().get(DOCUMENTS, document.object_name, document.object_version)


def notice_pdf_name(tender: Tender) -> str:
    """Name the signed paper of a notice in the vault's bucket ``documents``."""
    return f"notices/{tender.pk}"


def _standing_at(now: datetime) -> QuerySet[Suspension]:
    """Orders work from when they are made: ``may_open`` asks for no later beginning either."""
    return Suspension.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), lifted_at=None)


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


def control_events(tender: UUID) -> list[Event]:
    """List what was decided about a tender, oldest first, as its chain has it."""
    found = Event.objects.filter(tender=tender, kind=Kind.CONTROL)
    return list(found.order_by("chain_position"))


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
