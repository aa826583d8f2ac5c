"""Asking and answering through the real actions, for every test that needs questions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from procurement.proof.notes import Signer
from tenders.actions.answering import answer
from tenders.actions.asking import ask
from tenders.answers import Answer
from tenders.models import PublishedAnswer, Question, Tender
from tenders.queries_questions import next_number
from tests.world import Company, World

SITE_VISIT = "When can the hall be visited?"


def asked(
    world: World, tender: Tender, company: Company | None = None, text: str = SITE_VISIT
) -> Question:
    """Ask in a supplier's name, the first one's unless another is given."""
    company = company or world.suppliers[0]
    return ask(
        tender_id=tender.pk,
        supplier_id=company.organisation.pk,
        text=text,
        by=world.by(company.signer),
        now=world.now,
    )


def answer_note(
    world: World,
    tender: Tender,
    questions: Sequence[UUID],
    /,
    *,
    key: Signer | None = None,
    **said: Any,
) -> bytes:
    """Sign an answer as the agency does; ``said`` are fields of it."""
    plain = {
        "tender": str(tender.pk),
        "notice": Tender.objects.get(pk=tender.pk).notice,
        "number": next_number(tender.pk),
        "questions": tuple(sorted(str(one) for one in questions)),
        "question": {"en": "When can the hall be visited?", "zh": "何时可以踏勘？"},
        "answer": {"en": "On any working day.", "zh": "任何工作日均可。"},
    }
    return Answer(**{**plain, **said}).sign(key or world.keys["agency"])


def answered(
    world: World, tender: Tender, /, *questions: Question, checked: bool = False, **said: Any
) -> PublishedAnswer:
    """Let an officer publish one answer to some questions."""
    return answer(
        tender_id=tender.pk,
        answer_note=answer_note(world, tender, [one.pk for one in questions], **said),
        redaction_checked=checked,
        by=world.by("officer"),
        now=world.now,
    )
