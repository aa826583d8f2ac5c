"""Suppliers ask, the agency answers everybody at once (requirement A11, B13, B14)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from bidding.sealed.history import read_history
from procurement.actors import ANONYMOUS
from procurement.anchors import current_anchors
from procurement.journal.sequencer import tick
from procurement.models import Event, OutboxMessage
from procurement.refusals import BadInput, NotPermitted, Refusal
from tenders.actions.asking import MOST_OPEN, ask, commitment, hints_for
from tenders.actions.closing import close
from tenders.actions.ending import cancel
from tenders.models import Question, Tender
from tenders.queries import tender_history
from tenders.queries_questions import answers, askers, own_questions, to_answer
from tests.tenders.asking import SITE_VISIT, answer_note, answered, asked
from tests.world import HOUR, World, closed_tender, order, published_tender

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def tender(world: World) -> Tender:
    return published_tender(world)


def refusal(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value


def faults(act: Callable[[], object]) -> set[str]:
    refused = refusal(act)
    assert isinstance(refused, BadInput)
    return {fault.code for fault in refused.faults}


class TestAsking:
    """A supplier's own people ask, until the cut-off of the notice in force."""

    def test_the_log_holds_a_commitment_and_nobodys_name(
        self, world: World, tender: Tender
    ) -> None:
        """Questions carry no actor (requirement B13)."""
        question = asked(world, tender)

        event = Event.everything.get(verb="question.asked")

        assert (event.kind, event.by, event.ip, event.request_id) == ("concealed", None, None, "")
        assert event.to_json()["body"] == {
            "question": str(question.pk),
            "commitment": commitment(question),
        }
        assert event.at.minute == event.at.second == event.at.microsecond == 0 or (
            event.at == tender.published_at
        )
        assert not OutboxMessage.objects.filter(verb="question.asked").exists()

    def test_a_commitment_is_opened_by_its_own_salt_alone(
        self, world: World, tender: Tender
    ) -> None:
        first, second = asked(world, tender), asked(world, tender)

        assert first.salt != second.salt
        assert commitment(first) != commitment(second)

    @pytest.mark.parametrize(
        ("at", "code"),
        [
            pytest.param(-MOMENT, None, id="a moment before the cut-off"),
            pytest.param(timedelta(0), "questions-closed", id="at the cut-off"),
        ],
    )
    def test_questions_end_at_the_cut_off(
        self, world: World, tender: Tender, at: timedelta, code: str | None
    ) -> None:
        """The cut-off of questions is strict (requirement B14)."""
        until = world.now + MINUTE
        Tender.objects.filter(pk=tender.pk).update(questions_until=until)
        world.now = until + at

        if code is None:
            assert asked(world, tender).text == SITE_VISIT
        else:
            assert refusal(lambda: asked(world, tender)).code == code

    def test_without_a_cut_off_they_end_at_the_deadline(self, world: World, tender: Tender) -> None:
        Tender.objects.filter(pk=tender.pk).update(questions_until=None)
        world.now = tender.closes_at

        assert refusal(lambda: asked(world, tender)).code == "questions-closed"

    def test_a_closed_tender_takes_none(self, world: World) -> None:
        tender = closed_tender(world)

        assert refusal(lambda: asked(world, tender)).code == "wrong-state"

    @pytest.mark.parametrize("who", ["officer", "opener-1", "overseer", "operator", "timekeeper"])
    def test_nobody_but_a_supplier_asks(self, world: World, tender: Tender, who: str) -> None:
        by, lotus = world.by(who), world.suppliers[0].organisation.pk

        for supplier in (None, lotus):
            with pytest.raises(NotPermitted):
                ask(tender_id=tender.pk, supplier_id=supplier, text="?", by=by, now=world.now)

    def test_nobody_asks_in_a_rivals_name(self, world: World, tender: Tender) -> None:
        lotus, crane = world.suppliers[:2]

        refused = refusal(
            lambda: ask(
                tender_id=tender.pk, supplier_id=crane.organisation.pk, text="?",
                by=world.by(lotus.signer), now=world.now,
            )
        )  # fmt: skip

        assert refused.code == "not-permitted"
        assert not Question.objects.exists()

    def test_who_belongs_to_one_supplier_need_not_name_it(
        self, world: World, tender: Tender
    ) -> None:
        lotus = world.suppliers[0]

        question = ask(
            tender_id=tender.pk, supplier_id=None, text=SITE_VISIT,
            by=world.by(lotus.administrator), now=world.now,
        )  # fmt: skip

        assert question.supplier == lotus.organisation

    @pytest.mark.parametrize("text", ["", "  \n", "a\x00b", "x" * 4_001])
    def test_what_is_no_question_is_refused(self, world: World, tender: Tender, text: str) -> None:
        assert faults(lambda: asked(world, tender, text=text)) <= {
            "missing-remark", "control-character", "too-long",
        }  # fmt: skip

    def test_one_supplier_cannot_drown_the_agency(self, world: World, tender: Tender) -> None:
        for _ in range(MOST_OPEN):
            asked(world, tender)

        assert refusal(lambda: asked(world, tender)).code == "too-many-questions"
        assert asked(world, tender, world.suppliers[1]).text == SITE_VISIT

    def test_the_asker_is_shown_what_would_tell_who_asks(
        self, world: World, tender: Tender
    ) -> None:
        lotus = world.suppliers[0]
        text = f"{lotus.organisation.name_en} asks; call +49 30 12345678"

        found = hints_for(
            tender_id=tender.pk, supplier_id=None, text=text, by=world.by(lotus.signer)
        )

        assert [(hint.kind, text[hint.start : hint.end]) for hint in found] == [
            ("name", "Lotus Works"),
            ("telephone", "+49 30 12345678"),
        ]
        assert not Question.objects.exists()

    def test_no_question_is_ever_changed_or_deleted(self, world: World, tender: Tender) -> None:
        question = asked(world, tender)

        for change in (
            lambda: Question.objects.filter(pk=question.pk).update(text="Another"),
            lambda: Question.objects.filter(pk=question.pk).delete(),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()


class TestAnswering:
    """One answer settles one question or several, for everybody at the same instant."""

    def test_everybody_reads_the_same(self, world: World, tender: Tender) -> None:
        """The same information at the same time to all (requirement A11)."""
        answered(world, tender, asked(world, tender))

        seen = [
            answers(by, tender.pk)
            for by in (
                ANONYMOUS,
                world.by("officer"),
                world.by("overseer"),
                *(world.by(company.signer) for company in world.suppliers),
            )
        ]

        assert seen[0][0].answer.answer["en"] == "On any working day."
        assert seen[0][0].note.encode() == answer_note(
            world, tender, [UUID(seen[0][0].answer.questions[0])], number=1
        )
        assert all(one == seen[0] for one in seen)

    def test_questions_that_ask_the_same_get_one_answer(self, world: World, tender: Tender) -> None:
        first = asked(world, tender)
        second = asked(world, tender, world.suppliers[1], "When can the hall be visited ?")
        waiting = to_answer(world.by("officer"), tender.pk)
        assert waiting is not None
        assert {one.id: one.alike for one in waiting.questions} == {
            first.pk: (second.pk,), second.pk: (first.pk,),
        }  # fmt: skip

        published = answered(world, tender, first, second)

        assert {*published.questions.all()} == {first, second}
        assert own_questions(world.by(world.suppliers[1].signer), tender.pk)[0].answer == published
        (message,) = OutboxMessage.objects.filter(verb="answer.published")
        assert message.payload == {"number": 1}

    def test_it_stands_in_the_history_that_others_check(self, world: World, tender: Tender) -> None:
        answered(world, tender, asked(world, tender))
        tick(world.now)

        told = read_history(tender_history(tender.pk, withheld=False), current_anchors())

        assert [step.verb for step in told.history.steps][-1] == "answer.published"

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            pytest.param({"tender": "0" * 8 + "-0000" * 3 + "-" + "0" * 12}, "other-tender",
                         id="another tender"),
            pytest.param({"notice": "0" * 64}, "other-notice", id="another notice"),
            pytest.param({"number": 2}, "other-number", id="not the next number"),
            pytest.param({"questions": ("0" * 8 + "-0000" * 3 + "-" + "0" * 12,)},
                         "no-such-question", id="a question that nobody asked"),
            pytest.param({"answer": {}}, "not-this", id="no answer"),
        ],
    )  # fmt: skip
    def test_an_answer_to_other_things_is_refused(
        self, world: World, tender: Tender, said: dict[str, Any], code: str
    ) -> None:
        question = asked(world, tender)

        assert code in faults(lambda: answered(world, tender, question, **said))
        assert Question.objects.unanswered().count() == 1

    def test_a_question_is_answered_once(self, world: World, tender: Tender) -> None:
        question = asked(world, tender)
        answered(world, tender, question)

        assert faults(lambda: answered(world, tender, question)) == {"no-such-question"}

    def test_a_question_of_another_tender_is_none_of_this_one(
        self, world: World, tender: Tender
    ) -> None:
        elsewhere = asked(world, published_tender(world))

        assert faults(lambda: answered(world, tender, elsewhere)) == {"no-such-question"}

    def test_only_the_agencys_key_signs_it(self, world: World, tender: Tender) -> None:
        question, key = asked(world, tender), world.keys["supervisor"]

        assert faults(lambda: answered(world, tender, question, key=key)) == {"not-signed"}

    @pytest.mark.parametrize(
        ("said", "kind"),
        [
            pytest.param("Lotus Works asked for it", "name", id="a supplier"),
            pytest.param("联系电话 13800138000", "telephone", id="a telephone number"),
            pytest.param("Write to lotus@example.org", "e-mail", id="an address"),
        ],
    )
    def test_what_may_tell_who_asked_is_published_only_when_somebody_looked(
        self, world: World, tender: Tender, said: str, kind: str
    ) -> None:
        """Nothing is published that tells who asked (requirement B13)."""
        question = asked(world, tender)
        refused = refusal(lambda: answered(world, tender, question, answer={"en": said}))
        assert (refused.code, {fault.code for fault in refused.faults}) == ("not-redacted", {kind})

        answered(world, tender, question, answer={"en": said}, checked=True)

        assert Question.objects.unanswered().count() == 0

    def test_what_is_pointed_out_does_not_depend_on_who_asked(
        self, world: World, tender: Tender
    ) -> None:
        lotus, crane = world.suppliers[:2]
        for company in (lotus, crane):
            asked(world, tender, company, "Crane Trading may deliver late: is that allowed?")

        waiting = to_answer(world.by("officer"), tender.pk)

        assert waiting is not None
        one, other = waiting.questions
        assert [hint.kind for hint in one.hints] == ["name"]
        assert one.hints == other.hints

    def test_also_after_the_close_and_never_after_the_end(
        self, world: World, tender: Tender
    ) -> None:
        question, late = asked(world, tender), asked(world, tender, text="And on Sundays?")
        world.wind_to(tender.closes_at + HOUR)
        close(tender.pk, now=world.now)
        answered(world, tender, question)
        note = order(world, Tender.objects.get(pk=tender.pk), "cancel")
        cancel(tender_id=tender.pk, order_note=note, by=world.by("officer"), now=world.now)

        assert refusal(lambda: answered(world, tender, late)).code == "wrong-state"


class TestReading:
    """Texts to the officer, own ones to the asker, askers to nobody before the end."""

    def test_only_officers_read_what_waits(self, world: World, tender: Tender) -> None:
        asked(world, tender)

        for who in ("legal", "opener-1", "decider", "overseer", "operator", "timekeeper"):
            assert to_answer(world.by(who), tender.pk) is None
            assert own_questions(world.by(who), tender.pk) == []

    def test_colleagues_read_their_own_suppliers_questions_and_no_others(
        self, world: World, tender: Tender
    ) -> None:
        lotus, crane = world.suppliers[:2]
        own = asked(world, tender, lotus)
        asked(world, tender, crane, "Which colour?")

        assert own_questions(world.by(lotus.administrator), tender.pk) == [own]

    def test_nobody_reads_askers_before_the_end(self, world: World, tender: Tender) -> None:
        asked(world, tender)

        assert askers(tender) == []

    def test_the_number_of_queries_does_not_grow(self, world: World, tender: Tender) -> None:
        def counted() -> int:
            with CaptureQueriesContext(connection) as queries:
                to_answer(world.by("officer"), tender.pk)
                answers(ANONYMOUS, tender.pk)
                own_questions(world.by(world.suppliers[0].signer), tender.pk)
            return len(queries)

        answered(world, tender, asked(world, tender))
        asked(world, tender)
        once = counted()
        for text in ("One?", "Two?"):
            answered(world, tender, asked(world, tender, text=text))
            asked(world, tender, text=text)

        assert counted() == once
