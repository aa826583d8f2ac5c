"""Questions about a tender, and the answers: the same for everybody, and never with who asked.

What was refused about a question is written down where nobody reads it before the opening, and
without a name: who tried to ask tells who is interested.
"""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View, language_of
from api.problems import problem, refusal_of
from api.serializers import Shape, read
from api.tender_shapes import LONGEST_OBJECT
from procurement.actors import ANONYMOUS
from procurement.clock import now
from procurement.journal.record import attempt
from procurement.proof.instants import format_instant
from procurement.refusals import NotPermitted
from tenders.actions import answering, asking
from tenders.models import Question
from tenders.queries_questions import (
    Answered,
    OpenQuestion,
    answers,
    own_questions,
    to_answer,
)
from tenders.rules import remark
from tenders.rules.redaction import KINDS, Hint

DRY_RUN = OpenApiParameter("dry_run", bool, description="only point out what tells who asks")


class NewQuestion(Shape):
    supplier = serializers.UUIDField(required=False)
    text = serializers.CharField(max_length=remark.LONGEST, trim_whitespace=False)


class HowToAsk(Shape):
    dry_run = serializers.BooleanField(default=False)


class SignedAnswer(Shape):
    answer_note = serializers.CharField(max_length=LONGEST_OBJECT, trim_whitespace=False)
    redaction_checked = serializers.BooleanField(default=False)


class QuestionsView(View):
    def get_exception_handler(self) -> Any:
        """Give the handler of refusals about questions."""
        return _by_nobody

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """Show an officer what waits for an answer; a supplier what it asked itself."""
        by = self.signed_in()
        waiting = to_answer(by, tender)
        if waiting is None:
            return Response({"questions": [_own(one) for one in own_questions(by, tender)]})
        until = waiting.answers_until
        return Response({
            "next_number": waiting.number,
            "answers_until": None if until is None else format_instant(until),
            "questions": [_to_answer(one) for one in waiting.questions],
        })  # fmt: skip

    @extend_schema(parameters=[DRY_RUN], request=NewQuestion, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Ask a question; nobody learns who asked until the tender has ended (supplier)."""
        sent, by = read(NewQuestion, request.data), self.signed_in()
        said = {"tender_id": tender, "supplier_id": sent.get("supplier"), "text": sent["text"]}
        hints = [_hint(one) for one in asking.hints_for(**said, by=by)]
        if read(HowToAsk, request.query_params.dict())["dry_run"]:
            return Response({"hints": hints})
        asked = asking.ask(**said, by=by, now=self.now)
        return Response({**_own(asked), "hints": hints}, 201)


class AnswersView(View):
    fresh = True

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """List what was answered, each answer as the agency signed it."""
        return Response({"answers": [_answered(one) for one in answers(self.by, tender)]})

    @extend_schema(request=SignedAnswer, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Publish a signed answer to one or several questions (officer)."""
        sent = read(SignedAnswer, request.data)
        made = answering.answer(
            tender_id=tender,
            answer_note=sent["answer_note"].encode(),
            redaction_checked=sent["redaction_checked"],
            by=self.signed_in(),
            now=self.now,
        )
        return Response({"number": made.number, "digest": made.object}, 201)


routes = [
    path("v1/tenders/<uuid:tender>/questions", QuestionsView.as_view()),
    path("v1/tenders/<uuid:tender>/answers", AnswersView.as_view()),
]


def _by_nobody(error: Exception, context: dict[str, Any]) -> Response:
    """Answer as everywhere; what is remembered of it is concealed, and names nobody."""
    request: Request = context["request"]
    refusal = refusal_of(error)
    if isinstance(refusal, NotPermitted):
        attempt(
            refusal.code, by=ANONYMOUS, at=now(), tender=context["kwargs"]["tender"],
            concealed=True, facts={"method": request.method or "", "path": request.path[:500]},
        )  # fmt: skip
    return problem(refusal, language_of(request))


def _own(question: Question) -> dict[str, object]:
    until = question.tender.answers_until
    return {
        "id": question.pk,
        "text": question.text,
        "asked_at": format_instant(question.asked_at),
        "asked_by": question.asked_by.name,
        "answers_until": None if until is None else format_instant(until),
        "answer": question.answer.number if question.answer else None,
    }


def _to_answer(question: OpenQuestion) -> dict[str, object]:
    return {
        "id": question.id,
        "text": question.text,
        "overdue": question.overdue,
        "hints": [_hint(one) for one in question.hints],
        "possible_duplicates": [*question.alike],
    }


def _hint(hint: Hint) -> dict[str, object]:
    text = KINDS[hint.kind]._asdict()
    return {"kind": hint.kind, "start": hint.start, "end": hint.end, "text": text}


def _answered(one: Answered) -> dict[str, object]:
    return {
        "number": one.answer.number,
        "question": one.answer.question,
        "answer": one.answer.answer,
        "questions": [*one.answer.questions],
        "notice": one.answer.notice,
        "published_at": format_instant(one.published_at),
        "digest": one.digest,
        "note": one.note,
    }
