"""Whose move it is while suppliers ask and supervisors demand: the agency's, and who oversees it.

That something waits is said once for a tender, however many questions there are, and without the
instant of any.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from procurement.actors import Actor
from procurement.instants import written
from procurement.roles import Role
from procurement.texts import Text
from procurement.waiting import Waiting
from tenders.models import RUNNING, Demand, MissedCutOff, Question, Tender

_ANSWER = Text("Answer the questions about “{title}”", "请答复关于“{title}”的提问")
_ANSWER_UNTIL = Text(
    "Answer the questions about “{title}” until {until}", "请在 {until} 前答复关于“{title}”的提问"
)
_OVERDUE = Text(
    "Questions about “{title}” are overdue since {until}",
    "关于“{title}”的提问自 {until} 起逾期未答复",
)
_REPLY = Text(
    "A supervisor asks for something about “{title}”: reply until {until}",
    "监督机构就“{title}”要求提供材料，请在 {until} 前回复",
)


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:  # noqa: ARG001 - nothing is timed
    """List questions to answer, demands to reply to, and what those who oversee look after."""
    return [*_to_answer(actor), *_to_reply(actor), *_overdue(actor)]


def _to_answer(actor: Actor) -> Iterator[Waiting]:
    officers = actor.organisations(Role.OFFICER)
    for tender in _with_questions(Tender.objects.filter(agency__in=officers)):
        until = tender.answers_until
        text = _ANSWER if until is None else _ANSWER_UNTIL
        facts = {"title": tender.title, **({} if until is None else {"until": written(until)})}
        yield Waiting("answer-questions", tender.pk, None, text, facts, _address(tender, "answers"))


def _to_reply(actor: Actor) -> Iterator[Waiting]:
    officers = actor.organisations(Role.OFFICER)
    demands = Demand.objects.filter(tender__agency__in=officers, reply=None)
    for demand in demands.select_related("tender").order_by("due_at"):
        tender = demand.tender
        facts = {"title": tender.title, "until": written(demand.due_at)}
        address = _address(tender, f"demands/{demand.order}/reply")
        yield Waiting("reply-to-demand", tender.pk, demand.made_at, _REPLY, facts, address)


def _overdue(actor: Actor) -> Iterator[Waiting]:
    missed = MissedCutOff.objects.filter(tender=OuterRef("pk")).order_by("-answers_until")
    tenders = Tender.objects.filter(agency__in=actor.jurisdiction).annotate(
        missed=Subquery(missed.values("answers_until")[:1])
    )
    for tender in _with_questions(tenders, asked_at__lt=OuterRef("missed")):
        since: datetime = tender.missed  # type: ignore[attr-defined]  # annotated above
        facts = {"title": tender.title, "until": written(since)}
        address = _address(tender, "timeline")
        yield Waiting("overdue-answers", tender.pk, since, _OVERDUE, facts, address)


def _with_questions(tenders: QuerySet[Tender], **which: OuterRef) -> QuerySet[Tender]:
    asked = Question.objects.unanswered().filter(tender=OuterRef("pk"), **which)
    return tenders.filter(Exists(asked), state__in=RUNNING).order_by("answers_until", "pk")


def _address(tender: Tender, what: str) -> str:
    return f"/api/v1/tenders/{tender.pk}/{what}"
