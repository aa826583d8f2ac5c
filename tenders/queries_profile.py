"""Which of a supplier's facts and documents answer a tender's form, and whether they still hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from procurement.actors import Actor
from procurement.models import SupplierDocument, SupplierFact
from procurement.queries_profile import documents_of, facts_of, undeclared
from procurement.rules.profile import Standing, standing
from procurement.texts import Text
from tenders.drafting import shown_form
from tenders.form import ResponseForm
from tenders.models import Tender
from tenders.queries import pack_of, tender_seen_by


@dataclass(frozen=True)
class Answer:
    """What answers one question or one wish for a document; nothing does, where it is missing."""

    asked: str
    required: bool
    standing: Standing
    fact: SupplierFact | None = None
    document: SupplierDocument | None = None


@dataclass(frozen=True)
class Answers:
    """What a supplier has for one tender."""

    questions: tuple[Answer, ...]
    documents: tuple[Answer, ...]
    declaration_needed: bool
    undeclared: tuple[Text, ...]


def answers_for(tender_id: UUID, supplier: UUID, *, by: Actor, now: datetime) -> Answers:
    """Match what a supplier gave once with what a tender's form asks.

    :raises NotFound: for a tender that ``by`` does not see, and for another's supplier.
    """
    tender = tender_seen_by(by, tender_id)
    facts, documents = facts_of(supplier, by), documents_of(supplier, by)
    form = shown_form(tender)
    needed = pack_of(tender).self_declaration
    return Answers(
        questions=tuple(_questions(form, facts, tender, now)),
        documents=tuple(_documents(form, documents, tender, now)),
        declaration_needed=needed,
        undeclared=tuple(undeclared([supplier], now)[supplier]) if needed else (),
    )


def _questions(
    form: ResponseForm, facts: Sequence[SupplierFact], tender: Tender, now: datetime
) -> Iterator[Answer]:
    given = {fact.kind: fact for fact in facts}
    for question in form.questions:
        fact = given.get(question.id)
        yield Answer(question.id, question.required, _standing(fact, tender, now), fact=fact)


def _documents(
    form: ResponseForm, documents: Sequence[SupplierDocument], tender: Tender, now: datetime
) -> Iterator[Answer]:
    given = {document.name: document for document in documents}
    for wanted in form.documents:
        found = given.get(wanted.name)
        holds = _standing(found, tender, now)
        yield Answer(wanted.name, wanted.required, holds, document=found)


def _standing(
    given: SupplierFact | SupplierDocument | None, tender: Tender, now: datetime
) -> Standing:
    if given is None:
        return Standing.MISSING
    return standing(given.valid_from, given.valid_until, now=now, closes_at=tender.closes_at)
