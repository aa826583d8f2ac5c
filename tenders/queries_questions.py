"""Reading questions and answers. Of a question nobody but the asker's own supplier learns whose.

What an officer reads of a question is its text, and what follows from the text alone: it stands in
the order of the texts, without an instant, and a name in it is pointed out whoever asked.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Left, Lower, StrIndex
from django.db.models.lookups import GreaterThan

from procurement.actors import Actor
from procurement.models import Membership, Organisation, ProtocolObject, User
from procurement.roles import OrganisationKind, Permission
from tenders.answers import Answer
from tenders.models import MissedCutOff, PublishedAnswer, Question, Tender
from tenders.queries import tender_seen_by
from tenders.rules.redaction import LEAST_HAN, Hint, alike, hints


@dataclass(frozen=True)
class OpenQuestion:
    """A question that waits for its answer, as an officer reads it."""

    id: UUID
    text: str
    overdue: bool
    hints: tuple[Hint, ...]
    alike: tuple[UUID, ...]  # questions that may ask the same


@dataclass(frozen=True)
class ToAnswer:
    """What an officer answers next, under which number, and until when."""

    number: int
    answers_until: datetime | None
    questions: tuple[OpenQuestion, ...]


@dataclass(frozen=True)
class Answered:
    """An answer as everybody reads it."""

    answer: Answer
    digest: str
    note: str
    published_at: datetime


def to_answer(by: Actor, tender_id: UUID) -> ToAnswer | None:
    """Give an officer the questions without an answer; None to anybody else.

    :raises NotFound: when ``by`` sees no such tender.
    """
    tender = tender_seen_by(by, tender_id)
    if not by.has(Permission.ANSWER_QUESTION, of=tender.agency_id):
        return None
    asked = list(Question.objects.unanswered().filter(tender=tender).order_by("text", "pk"))
    missed = MissedCutOff.objects.filter(tender=tender).order_by("-answers_until").first()
    texts = [question.text for question in asked]
    names = names_in(texts)
    questions = tuple(
        OpenQuestion(
            id=question.pk,
            text=question.text,
            overdue=missed is not None and question.asked_at < missed.answers_until,
            hints=tuple(hints(question.text, names)),
            alike=tuple(asked[other].pk for other in others),
        )
        for question, others in zip(asked, alike(texts), strict=True)
    )
    return ToAnswer(next_number(tender.pk), tender.answers_until, questions)


def own_questions(by: Actor, tender_id: UUID) -> list[Question]:
    """List what one's own suppliers asked, the oldest first, each with its answer's number.

    :raises NotFound: when ``by`` sees no such tender.
    """
    tender = tender_seen_by(by, tender_id)
    found = (
        Question.objects.of_own(by)
        .filter(tender=tender)
        .select_related("tender", "answer", "asked_by")
    )
    return list(found.order_by("asked_at", "pk"))


def answers(by: Actor, tender_id: UUID) -> list[Answered]:
    """List what was answered, in the order of the numbers: the same for everybody.

    :raises NotFound: when ``by`` sees no such tender.
    """
    tender = tender_seen_by(by, tender_id)
    rows = list(PublishedAnswer.objects.filter(tender=tender).order_by("number"))
    objects = ProtocolObject.objects.in_bulk([row.object for row in rows])
    return [
        Answered(
            answer=Answer.read(objects[row.object].body),
            digest=row.object,
            note=objects[row.object].note or "",
            published_at=row.published_at,
        )
        for row in rows
    ]


def next_number(tender: UUID) -> int:
    """Give the number that a tender's next answer has."""
    return PublishedAnswer.objects.filter(tender=tender).count() + 1


def askers(tender: Tender) -> list[Question]:
    """List every question with whoever asked it; none before the tender has ended."""
    found = Question.objects.filter(tender=tender, tender__ended_at__isnull=False)
    return list(found.select_related("supplier", "asked_by", "answer").order_by("asked_at", "pk"))


def unanswered_since(tender: Tender, answers_until: datetime) -> QuerySet[Question]:
    """Give the questions that were asked before a cut-off and have no answer."""
    return Question.objects.unanswered().filter(tender=tender, asked_at__lt=answers_until)


def names_in(texts: Iterable[str]) -> list[str]:
    """Name all suppliers and people of suppliers who may stand in some texts, whoever wrote them.

    :func:`hints` finds the places; what is given here is what begins alike.
    """
    said = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
    bodies = Organisation.objects.filter(kind=OrganisationKind.SUPPLIER)
    found = bodies.filter(Q(_may_stand_in(said, "name_en")) | Q(_may_stand_in(said, "name_zh")))
    of_supplier = Membership.objects.filter(
        user=OuterRef("pk"), organisation__kind=OrganisationKind.SUPPLIER
    )
    people = User.objects.filter(Exists(of_supplier)).filter(_may_stand_in(said, "name"))
    names = [name for pair in found.values_list("name_en", "name_zh") for name in pair]
    return [*names, *people.values_list("name", flat=True)]


def names_of(supplier: UUID) -> list[str]:
    """Name a supplier and its people, in every language."""
    body = Organisation.objects.get(pk=supplier)
    people = User.objects.filter(memberships__organisation=supplier).distinct()
    return [body.name_en, body.name_zh, *people.values_list("name", flat=True)]


def _may_stand_in(said: str, column: str) -> GreaterThan:
    """Ask for names whose first characters stand in a text; most do not, and are not looked for."""
    begins = Lower(Left(column, LEAST_HAN))  # of the shortest name that is looked for
    return GreaterThan(StrIndex(Value(said), begins), 0)
