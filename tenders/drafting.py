"""From a tender's rows to what is signed and published: draft, response form, notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from procurement.actors import Actor
from procurement.anchors import current_anchors
from procurement.models import NoteKey
from procurement.proof.canonical import JSON
from procurement.proof.instants import format_instant
from procurement.refusals import NotFound, Refusal
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import DOCUMENTS
from tenders.form import ResponseForm
from tenders.models import Tender, TenderDocument
from tenders.notice import Document, Notice
from tenders.panel.keyset import Keyset
from tenders.papers import notice_pdf
from tenders.queries import documents_of, keyset_of, notice_of, notice_pdf_name, pack_of
from tenders.queries_timetable import cutoffs
from tenders.rules.draft import (
    Draft,
    ItemDraft,
    LotDraft,
    both,
    form_json,
    gates_json,
    lots_json,
    signatures_json,
)


class NoAgencyKey(Refusal):
    code, status = "agency-has-no-key", 409
    title = Text(
        "The agency has no standing key to sign a notice with; an operator enrols one",
        "采购机关尚无签署公告的常用密钥，请由运营方登记",
    )


def draft_of(tender: Tender) -> Draft:
    """Read a tender's rows as the draft that its officer wrote."""
    prefetch_related_objects([tender], "lots__items")
    return Draft(
        procedure=tender.procedure,
        title=Text(tender.title_en, tender.title_zh),
        description=Text(tender.description_en, tender.description_zh),
        currency=tender.currency,
        validity_days=tender.validity_days,
        closes_at=tender.closes_at,
        opens_at=tender.opens_at,
        lots=tuple(
            LotDraft(
                key=lot.key,
                title=Text(lot.title_en, lot.title_zh),
                criterion=lot.criterion,
                items=tuple(
                    ItemDraft(
                        key=item.key,
                        description=item.description,
                        quantity=item.quantity,
                        unit=item.unit,
                        scheme=item.classification_scheme,
                        code=item.classification_code,
                    )
                    for item in lot.items.all()
                ),
            )
            for lot in tender.lots.all()
        ),
        questions=tuple(tender.questions),
        required_documents=tuple(tender.required_documents),
        reductions=tuple(tender.reductions),
        justification=tender.justification,
        signatures=tender.signatures,
    )


def response_form(tender: Tender) -> ResponseForm:
    """Build the form that every offer has to answer."""
    return ResponseForm.of(form_json(draft_of(tender)))


def notice_to_sign(tender: Tender) -> Notice:
    """Build the notice of a tender as it stands now, for the agency to sign.

    :raises NotFound: before the panel's keyset is drawn up.
    :raises NoAgencyKey: when the agency has no standing key.
    """
    edition = Edition(
        version=1,
        previous=None,
        reason=None,
        agency=agency_key(tender),
        keyset=keyset_of(tender).digest(),
        cutoffs=cutoffs(tender, tender.closes_at).instants(),
        documents=documents_of(tender),
    )
    return notice_as(tender, draft_of(tender), edition)


@dataclass(frozen=True)
class Edition:
    """What one version of a notice has of its own."""

    version: int
    previous: str | None
    reason: str | None
    agency: str
    keyset: str
    cutoffs: tuple[datetime | None, datetime | None]  # for questions, and for answers
    documents: Sequence[TenderDocument]


def notice_as(tender: Tender, draft: Draft, edition: Edition) -> Notice:
    """Build a version of a tender's notice from what its officer wrote."""
    pack = pack_of(tender)
    questions_until, answers_until = edition.cutoffs
    value: dict[str, JSON] = {
        "type": Notice.TYPE,
        "tender": str(tender.pk),
        "version": edition.version,
        "previous": edition.previous,
        "reason": edition.reason,
        "agency": edition.agency,
        "title": both(draft.title),
        "description": both(draft.description),
        "procedure": draft.procedure,
        "budget": {**tender.plan_line.budget.to_json()},
        "validity_days": draft.validity_days,
        "keyset": edition.keyset,
        "questions_until": _instant(questions_until),
        "answers_until": _instant(answers_until),
        "closes_at": format_instant(draft.closes_at),
        "gates": gates_json(draft),
        "delta_seconds": pack.delta_seconds,
        "documents": [{**vars(_named(row))} for row in edition.documents],
        "lots": lots_json(draft),
        "response_form": form_json(draft),
        "signatures": signatures_json(draft),
        "pack": {**vars(pack.in_notice())},
        "anchors": current_anchors().digest(),
    }
    return Notice.of(value)


def agency_key(tender: Tender) -> str:
    """Give the key with which the agency signs what it decides.

    :raises NoAgencyKey: when it has none.
    """
    key = NoteKey.objects.filter(
        organisation=tender.agency_id, purpose=NoteKey.STANDING, retired_at=None
    ).first()
    if key is None:
        raise NoAgencyKey
    return key.vkey


def shown_notice(tender: Tender, *, by: Actor) -> Notice:
    """Give the notice in force, or to the agency's own people the one that would be signed.

    :raises NotFound: to anybody else before the publication.
    """
    if tender.notice:
        return notice_of(tender)
    if tender.agency_id not in by.organisations():
        raise NotFound
    return notice_to_sign(tender)


def shown_pdf(tender: Tender, *, by: Actor) -> bytes:
    """Give the signed paper, or to the agency's own people the one that would be signed.

    :raises NotFound: to anybody else before the publication.
    """
    if tender.notice:
        version = tender.notice_pdf_version
        return b"".join(vault().get(DOCUMENTS, notice_pdf_name(tender), version))
    return paper_of(tender, shown_notice(tender, by=by), keyset_of(tender))


def paper_of(tender: Tender, notice: Notice, keyset: Keyset) -> bytes:
    """Set the paper that carries a version of a tender's notice."""
    agency = Text(tender.agency.name_en, tender.agency.name_zh or tender.agency.name_en)
    return notice_pdf(notice, keyset, agency_name=agency)


def shown_form(tender: Tender) -> ResponseForm:
    """Give the response form in force, or the one of the draft."""
    if tender.notice:
        return ResponseForm.of(notice_of(tender).response_form)
    return response_form(tender)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)


def _named(row: TenderDocument) -> Document:
    return Document(row.name, row.length, row.sha256)
