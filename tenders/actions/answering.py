"""Answering questions: to everybody at once, signed by the agency, and never with who asked."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require
from procurement.journal.record import Kind, record
from procurement.objects import store
from procurement.refusals import BadInput, Fact, Fault, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.entry import locked, require_impartial, require_state
from tenders.answers import Answer
from tenders.models import RUNNING, PublishedAnswer, Question, Tender
from tenders.queries import notice_of
from tenders.queries_questions import names_in, next_number
from tenders.rules.redaction import KINDS, hints
from tenders.signed import opened
from tenders.verbs import Verb

POINTER = "/answer_note"

_ANSWER = Text("answer a question", "答复提问")
_OTHER_TENDER = Text("This answer is about another tender", "该答复针对其他招标")
_OTHER_NOTICE = Text(
    "This answer is about another notice than the one in force", "该答复针对的不是现行公告"
)
_OTHER_NUMBER = Text("The next answer has the number {number}", "下一个答复的编号为 {number}")
_NO_QUESTION = Text(
    "There is no question {question} of this tender without an answer",
    "本招标中没有待答复的问题 {question}",
)
_NAMES = Text(
    "“{found}” looks like {kind}: leave it out, or confirm that it tells of nobody who asked",
    "“{found}”疑似{kind}：请删去，或确认其不会透露提问人",
)


class NotRedacted(Refusal):
    code, status = "not-redacted", 409
    title = Text(
        "What would be published may tell who asked; look at it again",
        "拟公布内容可能透露提问人，请复核",
    )


@transaction.atomic
def answer(
    *, tender_id: UUID, answer_note: bytes, redaction_checked: bool, by: Actor, now: datetime
) -> PublishedAnswer:
    """Publish an answer to one question, or to several that ask the same.

    It is no amendment. Also after the deadline, since nothing is opened before what is overdue
    has its answer.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: unless the tender runs.
    :raises BadInput: for an answer that the key of the notice did not sign, or to other questions.
    :raises NotRedacted: where it may tell who asked, unless somebody has looked at that.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.ANSWER_QUESTION, of=tender.agency_id)
    require_impartial(by, tender)

    require_state(tender, *RUNNING, action=_ANSWER)
    said = opened(Answer, answer_note, [notice_of(tender).agency], pointer=POINTER)
    asked = Question.objects.unanswered().filter(tender=tender, pk__in=said.questions)
    if found := list(_faults(said, tender, asked)):
        raise BadInput(faults=found)
    if not redaction_checked and (found := list(_tells(said))):
        raise NotRedacted(faults=found)

    digest = store(said.to_json(), tender=tender.pk, at=now, note=answer_note)
    published = PublishedAnswer.objects.create(
        tender=tender, number=said.number, object=digest, published_by_id=by.user_id,
        published_at=now,
    )  # fmt: skip
    asked.update(answer=published)
    body = {"object": digest}
    record(Verb.ANSWER_PUBLISHED, tender=tender.pk, by=by, at=now, body={**body}, kind=Kind.CONTROL)
    outbox.announce(Verb.ANSWER_PUBLISHED, tender.pk, number=said.number)
    return published


def _faults(said: Answer, tender: Tender, asked: Iterable[Question]) -> Iterator[Fault]:
    if said.tender != str(tender.pk):
        yield Fault("other-tender", _OTHER_TENDER, {}, POINTER)
    if said.notice != tender.notice:
        yield Fault("other-notice", _OTHER_NOTICE, {}, POINTER)
    if said.number != (number := next_number(tender.pk)):
        yield Fault("other-number", _OTHER_NUMBER, {"number": number}, POINTER)
    known = {str(question.pk) for question in asked}
    for question in said.questions:
        if question not in known:
            yield Fault("no-such-question", _NO_QUESTION, {"question": question}, POINTER)


def _tells(said: Answer) -> Iterator[Fault]:
    """Name what in the published text may tell who asked."""
    texts = [*said.question.values(), *said.answer.values()]
    names = names_in(texts)
    for text in texts:
        for hint in hints(text, names):
            facts: dict[str, Fact] = {
                "found": text[hint.start : hint.end],
                "kind": KINDS[hint.kind],
            }
            yield Fault(hint.kind, _NAMES, facts, POINTER)
