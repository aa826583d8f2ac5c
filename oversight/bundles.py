"""The evidence of a tender, collected into one file for those who oversee it.

Everything is as of one checkpoint: what came later is not in it, and cannot be missing from it.
What suppliers filed stands in it only where the bids were announced. A tender that ended without
that keeps it concealed, here as everywhere.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import BinaryIO

from django.conf import settings
from django.db.models import OuterRef, Subquery

from awards.queries import opening_of
from bidding.ceremonies.evidence import Kept, filed_papers, sealed_files, sealed_papers
from bidding.models import Opening
from bidding.models import Receipt as ReceiptRow
from oversight.bundled_reports import bases_of, named_reports
from oversight.verify import bundle as layout
from oversight.verify.bundle import Source, write_bundle
from oversight.verify.formats import BundleIndex, Consistency
from oversight.verify.sealed_papers import PAPERS_SEALED
from procurement.actions.mandates import words_of
from procurement.anchors import current_anchors
from procurement.journal import proofs
from procurement.models import Checkpoint, Event, Kind, ProtocolObject, SigningMandate
from procurement.proof.basis import Basis
from procurement.proof.canonical import JSON
from procurement.proof.evidence import TenderHistory
from procurement.proof.notes import Verifier
from procurement.stored import vault
from procurement.vault import DOCUMENTS, NotStored
from tenders.models import NoticeVersion, Seat, Tender
from tenders.panel.keyset import RehearsalAnswer
from tenders.queries import log_event, notice_pdf_name, published_documents, tender_history

REFUSED = "attempt.refused"  # names drafts that were never filed
_DIGEST = re.compile("[0-9a-f]{64}")
Held = tuple[Event, int]  # and the size of the checkpoint that proves it


@dataclass(frozen=True)
class Evidence:
    """A tender as of a checkpoint, and its opening where the bids were announced."""

    tender: Tender
    history: TenderHistory
    opening: Opening | None

    @property
    def size(self) -> int:
        """The leaves of the checkpoint."""
        return self.history.head.size


def evidence_of(tender: Tender) -> Evidence:
    """Fix what a tender's bundle holds.

    :raises NotFound: before the first decision is in the log.
    """
    opening = opening_of(tender.pk)
    history = tender_history(tender.pk, withheld=opening is not None)
    return Evidence(tender, history, opening)


def write_evidence(out: BinaryIO, evidence: Evidence, *, now: datetime) -> BundleIndex:
    """Write a bundle to a file that can be sought in; memory stays flat.

    :raises VaultUnavailable: when the vault is away; to be done again.
    """
    return write_bundle(
        out,
        sources(evidence),
        tender=str(evidence.tender.pk),
        log_origin=settings.LOG_ORIGIN,
        made_at=now,
        checkpoint=evidence.size,
    )


def sources(evidence: Evidence) -> Iterator[Source]:
    """Give everything that a bundle holds."""
    events = _events(evidence)
    yield Source.of(layout.HISTORY, replace(evidence.history, objects=()).canonical())
    yield Source.of(layout.ANCHORS, current_anchors().canonical())
    yield from _log(events, evidence.size)
    yield from _objects(evidence, events)
    yield from _rehearsals(evidence.tender)
    yield from _published(evidence.tender)
    if evidence.opening is not None:
        yield from _bids(evidence.opening)
        yield from _papers(evidence.tender, events)
    bases = [*bases_of((event for event, _ in events), evidence.opening)]
    yield from named_reports(evidence.tender, evidence.opening, bases)
    yield from _mandates(bases)


def _events(evidence: Evidence) -> list[Held]:
    """List the events below the checkpoint, each with the size of the earliest that holds it."""
    manager = Event.everything if evidence.opening else Event.objects
    holding = Checkpoint.objects.filter(size__gt=OuterRef("leaf_index")).order_by("size")
    found = manager.filter(tender=evidence.tender.pk, leaf_index__lt=evidence.size)
    if evidence.opening is None:
        found = found.filter(withheld=False)
    held = found.annotate(held_by=Subquery(holding.values("size")[:1]))
    return [(event, event.held_by) for event in held.order_by("at", "leaf_index")]


def _log(events: list[Held], newest: int) -> Iterator[Source]:
    sizes = sorted({size for _, size in events} | {newest})
    checkpoints = Checkpoint.objects.in_bulk(sizes)
    for size in sizes:
        yield Source.of(layout.checkpoint_path(size), checkpoints[size].note.encode())
        if token := checkpoints[size].token:
            yield Source.of(layout.token_path(size), bytes(token))
    for old, new in pairwise(sizes):
        proof = Consistency(old, new, tuple(proofs.consistency(old, new)))
        yield Source.of(layout.consistency_path(old, new), proof.canonical())
    for number, (event, size) in enumerate(events, start=1):
        shown = log_event(event, checkpoints[size])
        yield Source.of(layout.event_path(number), shown.canonical())


def _objects(evidence: Evidence, events: list[Held]) -> Iterator[Source]:
    """Give what the decisions and filings name, and what that names in turn."""
    left = {
        digest
        for event, _ in events
        if _names_objects(event)
        for digest in _digests(event.to_json()["body"])
    }
    notes = _receipt_notes(evidence)
    seen: set[str] = set()
    while left := left - seen:
        seen |= left
        rows = list(ProtocolObject.objects.filter(tender=evidence.tender.pk, pk__in=left))
        for row in rows:
            yield Source.of(layout.object_path(row.digest), bytes(row.body))
            if note := row.note or notes.get(row.digest):
                yield Source.of(layout.note_path(row.digest), note.encode())
        left = {digest for row in rows for digest in _digests(json.loads(row.body))}


def _names_objects(event: Event) -> bool:
    """Tell whether what an event names belongs into a bundle."""
    named = event.kind in (Kind.CONTROL, Kind.CONCEALED) or event.verb == PAPERS_SEALED
    return named and event.verb != REFUSED


def _receipt_notes(evidence: Evidence) -> dict[str, str]:
    receipts = ReceiptRow.objects.filter(bid__slot__tender=evidence.tender)
    return dict(receipts.values_list("digest", "note")) if evidence.opening else {}


def _digests(value: JSON) -> Iterator[str]:
    if isinstance(value, str):
        if _DIGEST.fullmatch(value):
            yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _digests(inner)


def _rehearsals(tender: Tender) -> Iterator[Source]:
    for seat in Seat.objects.filter(tender=tender).exclude(answer=""):
        note = seat.answer.encode()
        answer = RehearsalAnswer.open(note, Verifier.parse(seat.verifier))
        yield Source.of(layout.object_path(answer.digest()), answer.canonical())
        yield Source.of(layout.note_path(answer.digest()), note)


def _published(tender: Tender) -> Iterator[Source]:
    yield _document(layout.NOTICE_PDF, notice_pdf_name(tender), tender.notice_pdf_version)
    earlier = NoticeVersion.objects.filter(tender=tender).exclude(digest=tender.notice)
    for version in earlier.order_by("version"):
        path = layout.earlier_notice_path(version.pdf_sha256)
        yield _document(path, notice_pdf_name(tender), version.pdf_version)
    once = {document.sha256: document for document in published_documents(tender)}
    for sha256, document in once.items():
        path = layout.document_path(sha256)
        yield _document(path, document.object_name, document.object_version)


def _mandates(bases: Iterable[Basis]) -> Iterator[Source]:
    """Give the mandates that verdicts rest on: what each says, and its signed paper."""
    papers = {given.paper for basis in bases for given in basis.mandates}
    used = SigningMandate.objects.filter(paper_sha256__in=papers).select_related("organisation")
    for one in used:
        said = words_of(one)
        yield Source.of(layout.object_path(said.digest()), said.canonical())
        path = layout.mandate_path(str(one.paper_sha256))
        yield _document(path, str(one.object_name), str(one.object_version))


def _bids(opening: Opening) -> Iterator[Source]:
    for kept in filed_papers(opening.tender_id):
        yield _source(layout.form_path(kept.name), kept)
    if opening.release:
        for kept in sealed_files(opening):
            yield _source(layout.sealed_path(*kept.name.split("/")), kept)


def _papers(tender: Tender, events: list[Held]) -> Iterator[Source]:
    """Give the sealed papers that the log names below the checkpoint."""
    for kept in sealed_papers(tender.pk, [event.pk for event, _ in events]):
        kind, _, about = kept.name.partition("/")
        yield _source(layout.paper_path(kind, about), kept)


def _document(path: str, name: str, version: str) -> Source:
    def opened() -> Iterable[bytes] | None:
        try:
            return vault().get(DOCUMENTS, name, version)
        except NotStored:
            return None

    return Source(path, None, opened)


def _source(path: str, kept: Kept) -> Source:
    return Source(path, kept.length, kept.open)
