"""Asking a question about a tender, in one's supplier's name, which nobody else learns."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement.actors import ANONYMOUS, Actor, require
from procurement.journal.record import SALT_BYTES, Kind, record
from procurement.proof.canonical import canonical
from procurement.refusals import BadInput, Fault, NotPermitted, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.entry import locked, require_state
from tenders.models import Question, Tender, TenderState
from tenders.queries import tender_seen_by
from tenders.queries_questions import names_of
from tenders.rules import remark
from tenders.rules.redaction import Hint, hints
from tenders.verbs import Verb

MOST_OPEN = 50  # questions of one supplier without an answer; more are no questions

_ASK = Text("ask a question", "提问")
_ASK_SOMETHING = Text("Write what you ask", "请写明您的问题")
_WHICH = Text("Say for which supplier you ask", "请说明代表哪个供应商提问")


class QuestionsClosed(Refusal):
    code, status = "questions-closed", 409
    title = Text("Questions were taken until {until}", "提问已于 {until} 截止")


class TooManyOpen(Refusal):
    code, status = "too-many-questions", 409
    title = Text(
        "{most} of your questions wait for an answer already", "您已有 {most} 个问题等待答复"
    )


def hints_for(*, tender_id: UUID, supplier_id: UUID | None, text: str, by: Actor) -> list[Hint]:
    """Point out to the asker what in a question would tell who asks. Nothing is kept.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` asks for the supplier.
    """
    tender_seen_by(by, tender_id)
    supplier = _supplier(by, supplier_id)
    require(by, Permission.ASK, of=supplier)
    return hints(text, names_of(supplier))


@transaction.atomic
def ask(
    *, tender_id: UUID, supplier_id: UUID | None, text: str, by: Actor, now: datetime
) -> Question:
    """Ask a question. The log holds a commitment to who asks, and nobody's name.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` asks for the supplier.
    :raises WrongState: unless the tender takes bids.
    :raises QuestionsClosed: from the cut-off on, or the deadline where there is none.
    :raises BadInput: without a question, and without a supplier where there are several.
    :raises TooManyOpen: when too many of the supplier's own wait for their answers.
    """
    tender = locked(tender_id, by=by)
    supplier = _supplier(by, supplier_id)
    require(by, Permission.ASK, of=supplier)

    require_state(tender, TenderState.PUBLISHED, action=_ASK)
    _judge(tender, supplier, text, now)

    salt = secrets.token_bytes(SALT_BYTES)
    question = Question.objects.create(
        tender=tender, supplier_id=supplier, asked_by_id=by.user_id, text=text,
        asked_at=now, salt=salt,
    )  # fmt: skip
    body = {"question": str(question.pk), "commitment": commitment(question)}
    record(
        Verb.QUESTION_ASKED, tender=tender.pk, by=ANONYMOUS, at=_hour(now, tender), body={**body},
        kind=Kind.CONCEALED,
    )  # fmt: skip
    return question


def commitment(question: Question) -> str:
    """Commit to a question and whoever asked it; the salt opens it after the tender's end."""
    told = {
        "question": str(question.pk),
        "supplier": str(question.supplier_id),
        "by": str(question.asked_by_id),
        "text": question.text,
    }
    return hashlib.sha256(question.salt + canonical({**told})).hexdigest()


def _judge(tender: Tender, supplier: UUID, text: str, now: datetime) -> None:
    until = min(tender.questions_until or tender.closes_at, tender.closes_at)
    if now >= until:
        raise QuestionsClosed(until=until.isoformat())
    if found := list(remark.faults(text, pointer="/text", needed=_ASK_SOMETHING)):
        raise BadInput(faults=found)
    own = Question.objects.unanswered().filter(tender=tender, supplier=supplier)
    if own.count() >= MOST_OPEN:
        raise TooManyOpen(most=MOST_OPEN)


def _supplier(by: Actor, named: UUID | None) -> UUID:
    """Give the supplier for whom somebody asks; the only one, where none is named."""
    if named is not None:
        return named
    own = [body for body in by.organisations() if by.has(Permission.ASK, of=body)]
    if not own:
        raise NotPermitted(permission=Permission.ASK.value)
    if len(own) > 1:
        raise BadInput(faults=[Fault("which-supplier", _WHICH, pointer="/supplier")])
    return own[0]


def _hour(now: datetime, tender: Tender) -> datetime:
    """Give the hour of a question: the minute may be that of something else its asker did."""
    assert tender.published_at is not None
    return max(now.replace(minute=0, second=0, microsecond=0), tender.published_at)
