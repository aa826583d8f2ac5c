"""Whatever is done in whatever order, a published deadline only grows, and so does its history.

Requirement B14, B15 and B18. A machine plays the agency, its approver, the rule for questions, a
supervisor and the clock; what it tries and may not is refused and changes nothing.
"""

from contextlib import suppress
from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bidding.sealed.changes import faults_of_changes
from procurement.actors import system_actor
from procurement.journal.record import Kind, record
from procurement.objects import store
from procurement.refusals import Refusal
from procurement.vault import Stored
from tenders.actions import orders
from tenders.actions.amendment_publishing import publish_amendment
from tenders.actions.extending import extend_by_rule
from tenders.actions.publishing import Signed
from tenders.answers import Overdue
from tenders.changing import amended_notice
from tenders.models import Change, ChangeKind, Tender
from tenders.models.changes import OPEN
from tenders.notice import Extension, Notice
from tenders.verbs import Verb
from tests.tenders import changing
from tests.tenders.changing import again, decisions, running_tender
from tests.thoroughness import plays
from tests.world import JUDGED, World, order

AWAITED = {"extension-not-acknowledged", "question-unanswered"}
PAPER = Stored("notices/practice", "1", "f" * 64, 4)  # judged beforehand

seconds = strategies.sampled_from([-60, 0, 1, 45, 600])
yes = strategies.booleans()


class Changes(RuleBasedStateMachine):
    """One published tender, and everybody who would move its deadline."""

    world: ClassVar[World]
    tender: ClassVar[Tender]
    amended: ClassVar[list[int]] = []  # versions of all plays, so that there were some

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.began = self.world.now
        self.row = again(self.tender)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)
        self.world.now = self.began

    @rule(by=seconds, agreed=yes)
    def extend(self, by: int, agreed: bool) -> None:
        with suppress(Refusal), transaction.atomic():
            change = changing.proposed(self.world, self.tender, timedelta(seconds=by))
            changing.decided(self.world, change, approved=agreed)
            assert by > 0
            assert self.world.now < self.row.closes_at

    @rule(by=seconds)
    def propose(self, by: int) -> None:
        with suppress(Refusal), transaction.atomic():
            changing.proposed(self.world, self.tender, timedelta(seconds=by))

    @rule(agreed=yes)
    def decide(self, agreed: bool) -> None:
        waiting = Change.objects.filter(kind=ChangeKind.EXTENSION, state__in=OPEN).first()
        if waiting:
            with suppress(Refusal), transaction.atomic():
                changing.decided(self.world, waiting, approved=agreed)

    @rule()
    def leave_a_question_unanswered(self) -> None:
        question = str(uuid4())
        overdue = Overdue(str(self.tender.pk), self.row.notice, (question,), self.row.closes_at)
        body = {"object": store(overdue.to_json(), tender=self.tender.pk, at=self.world.now)}
        record(
            Verb.QUESTIONS_OVERDUE,
            tender=self.tender.pk,
            by=system_actor(),
            at=self.world.now,
            body={**body},
            kind=Kind.CONTROL,
        )
        extend_by_rule(self.tender.pk, [question], now=self.world.now)

    @rule(by=seconds)
    def draft_an_amendment(self, by: int) -> None:
        closes_at = again(self.tender).closes_at + timedelta(seconds=by)
        with suppress(Refusal), transaction.atomic():
            change = changing.drafted(self.world, self.tender, closes_at=closes_at)
            changing.approved(self.world, change)

    @rule(by=seconds)
    def publish_an_amendment(self, by: int) -> None:
        open_ones = Change.objects.filter(kind=ChangeKind.AMENDMENT, state__in=OPEN)
        if not open_ones.exists():
            self.draft_an_amendment(by)
        if (waiting := open_ones.first()) is None:
            return
        with suppress(Refusal), transaction.atomic():
            notice = amended_notice(again(self.tender), waiting)
            publish_amendment(
                amendment_id=waiting.pk,
                signed=Signed(notice.sign(self.world.keys["agency"]), b"", b""),
                paper=PAPER,
                judged=JUDGED,
                by=self.world.by("officer"),
                now=self.world.now,
            )
            self.amended.append(notice.version)

    @rule(effect=strategies.sampled_from(["suspend", "resume"]))
    def order(self, effect: str) -> None:
        with suppress(Refusal), transaction.atomic():
            orders.make(
                tender_id=self.tender.pk,
                order_note=order(self.world, again(self.tender), effect),
                by=self.world.by("overseer"),
                now=self.world.now,
            )

    @rule(passed=strategies.sampled_from([1, 30, 400, 3_500]))
    def wait(self, passed: int) -> None:
        self.world.wind_to(self.world.now + timedelta(seconds=passed))

    @invariant()
    def the_deadline_in_the_row_only_grows(self) -> None:
        before, self.row = self.row, again(self.tender)
        assert self.row.closes_at >= before.closes_at
        assert self.row.opens_at >= before.opens_at
        if self.world.now >= before.closes_at:
            assert self.row.closes_at == before.closes_at, "what has passed is not moved"

    @invariant()
    def the_history_tells_the_same_deadline_and_holds(self) -> None:
        told = decisions(self.tender)
        moved = [said.closes_at for _, said in told if isinstance(said, Notice | Extension)]

        assert moved == sorted(moved)
        assert moved[-1] == self.row.closes_at
        assert {fault.code for fault in faults_of_changes(told)} <= AWAITED


@pytest.mark.django_db
def test_no_order_of_changes_moves_a_deadline_back(world: World) -> None:
    Changes.world, Changes.tender = world, running_tender(world)

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Changes, settings=plays(8, steps=12, same=True)
    )

    assert max(Changes.amended) >= 2
