"""A deadline moves later, before it passes, with a reason, by two people of the agency, for all.

Requirement B18 and E44 (Directive 2014/24/EU, Annex IV(c); UNCITRAL Model Law, art. 14).
"""

from datetime import timedelta
from typing import Any

import pytest

from bidding.sealed.changes import faults_of_changes
from bidding.sealed.may_open import KNOWN
from procurement.actors import Actor
from procurement.journal.record import control_head
from procurement.keys import receipt_signer
from procurement.models import Event, Membership, OutboxMessage
from procurement.objects import fetch
from procurement.proof.instants import format_instant
from procurement.proof.notes import Verifier
from procurement.refusals import (
    AlreadyDone,
    BadInput,
    Conflict,
    NotFound,
    NotPermitted,
    Refusal,
    WrongState,
)
from procurement.roles import Role
from tenders.actions import extending, orders
from tenders.actions.acknowledging import acknowledge
from tenders.actions.approvals import OwnWork
from tenders.actions.entry import ConflictDeclared
from tenders.actions.interests import declare
from tenders.answers import Overdue
from tenders.models import Change, ChangeState, Tender, TenderState
from tenders.notice import Extension
from tenders.queries import control_events, notice_of
from tenders.rules.changes import DeadlinePassed, TooLate
from tests.tenders.changing import (
    MINUTE,
    acknowledged,
    again,
    decided,
    decisions,
    extended,
    extension_note,
    proposed,
    replaced,
    running_tender,
)
from tests.world import World, closed_tender, order, tender_in_approval

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def tender(world: World) -> Tender:
    return running_tender(world)


def extension_of(change: Change) -> Extension:
    return Extension.read(fetch(change.object).body)


def refused_fault(world: World, tender: Tender, by: timedelta = MINUTE, /, **said: object) -> str:
    with pytest.raises(BadInput) as refusal:
        proposed(world, tender, by, **said)
    return refusal.value.faults[0].code


# What an extension does


def test_a_proposal_moves_nothing_until_a_second_person_agrees(
    world: World, tender: Tender
) -> None:
    """Requirement E44; Annex IV(c)."""
    change = proposed(world, tender)

    assert change.state == ChangeState.IN_APPROVAL
    assert again(tender).closes_at == tender.closes_at
    assert not Event.objects.filter(verb="deadline.extended").exists()

    decided(world, change)

    moved = again(tender)
    assert moved.closes_at == tender.closes_at + MINUTE
    assert moved.opens_at == tender.opens_at + MINUTE, "every opening moves with it"


def test_the_history_tells_the_extension_with_its_cause_and_the_agencys_signature(
    world: World, tender: Tender
) -> None:
    change = decided(world, proposed(world, tender))

    event = control_events(tender.pk)[-1]
    assert (event.verb, event.to_json()["body"]) == ("deadline.extended", {"object": change.object})
    stored = fetch(change.object)
    signed = Extension.open(stored.note or b"", Verifier.parse(notice_of(tender).agency))
    assert signed.cause == change.reason == "The site visit was moved"
    assert event.verb in KNOWN


def test_everybody_hears_of_it(world: World, tender: Tender) -> None:
    """Requirement B18: with public notice."""
    extended(world, tender)

    told = OutboxMessage.objects.filter(verb="deadline.extended", subject=tender.pk)
    assert told.count() == 1


def test_the_cut_offs_for_questions_and_answers_move_with_the_deadline(
    world: World, tender: Tender
) -> None:
    """Requirement B14: computed from the deadline."""
    moved = extended(world, tender)

    extension = extension_of(Change.objects.get())
    assert (moved.questions_until, moved.answers_until) == (
        extension.questions_until,
        extension.answers_until,
    )
    if tender.questions_until is not None:
        assert moved.questions_until is not None
        assert moved.questions_until >= tender.questions_until


def test_a_suspended_tender_can_be_extended(world: World, tender: Tender) -> None:
    note = order(world, tender, "suspend")
    orders.make(tender_id=tender.pk, order_note=note, by=world.by("overseer"), now=world.now)

    assert extended(world, tender).closes_at == tender.closes_at + MINUTE


def test_a_later_deadline_can_move_again(world: World, tender: Tender) -> None:
    extended(world, tender)

    assert extended(world, tender).closes_at == tender.closes_at + 2 * MINUTE


# What is refused


@pytest.mark.parametrize(
    "by", [pytest.param(timedelta(0), id="the same"), pytest.param(-MINUTE, id="earlier")]
)
def test_a_deadline_never_moves_back(world: World, tender: Tender, by: timedelta) -> None:
    """Requirement B18: never shortened."""
    assert refused_fault(world, tender, by) == "not-later"


def test_what_the_agencys_key_did_not_sign_is_no_extension(world: World, tender: Tender) -> None:
    assert refused_fault(world, tender, key=world.keys["supervisor"]) == "not-signed"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"notice": "0" * 64}, id="of another notice"),
        pytest.param({"tender": "00000000-0000-4000-8000-000000000000"}, id="of another tender"),
        pytest.param({"by_rule": "unanswered-question"}, id="as if by a rule"),
    ],
)
def test_an_extension_says_exactly_what_will_be_in_force(
    world: World, tender: Tender, said: dict[str, object]
) -> None:
    assert refused_fault(world, tender, **said) == "not-this-extension"


def test_an_opening_does_not_stay_behind(world: World, tender: Tender) -> None:
    gates = notice_of(tender).gates  # as they were

    assert refused_fault(world, tender, gates=gates) == "not-this-extension"


def test_what_has_passed_is_not_moved_any_more(world: World, tender: Tender) -> None:
    """Requirement B18: only before it passes."""
    note = extension_note(world, tender)
    world.wind_to(tender.closes_at)

    with pytest.raises(DeadlinePassed):
        extending.propose(
            tender_id=tender.pk, extension_note=note, by=world.by("officer"), now=world.now
        )


def test_an_approval_after_the_deadline_comes_too_late(world: World, tender: Tender) -> None:
    change = proposed(world, tender)
    world.wind_to(tender.closes_at)

    with pytest.raises(DeadlinePassed):
        decided(world, change)


def test_the_databases_clock_decides_and_not_the_servers(world: World, tender: Tender) -> None:
    change = proposed(world, tender)
    before = world.now
    world.wind_to(tender.closes_at + SECOND)
    world.now = before  # a server whose clock is behind

    with pytest.raises(DeadlinePassed):
        decided(world, change)


def test_one_later_deadline_waits_at_a_time(world: World, tender: Tender) -> None:
    proposed(world, tender)

    with pytest.raises(Conflict):
        proposed(world, tender)


@pytest.mark.parametrize(
    ("start", "refusal"),
    [
        pytest.param(tender_in_approval, NotFound, id="not published"),
        pytest.param(closed_tender, WrongState, id="closed"),
    ],
)
def test_only_a_published_tender_is_extended(
    world: World, start: object, refusal: type[Refusal]
) -> None:
    world.wind_to(world.now)
    tender = start(world)  # type: ignore[operator]
    stranger = (
        world.by("officer")
        if tender.state == TenderState.CLOSED
        else world.by(world.suppliers[0].signer)
    )

    with pytest.raises(refusal):
        extending.propose(tender_id=tender.pk, extension_note=b"none", by=stranger, now=world.now)


# Two people


@pytest.mark.parametrize("who", ["legal", "proposer", "opener-1", "overseer", "operator"])
def test_only_officers_propose(world: World, tender: Tender, who: str) -> None:
    note = extension_note(world, tender)

    with pytest.raises(NotPermitted):
        extending.propose(tender_id=tender.pk, extension_note=note, by=world.by(who), now=world.now)


@pytest.mark.parametrize("who", ["legal", "finance"])
def test_either_approver_decides(world: World, tender: Tender, who: str) -> None:
    assert decided(world, proposed(world, tender), who=who).state == ChangeState.IN_FORCE


@pytest.mark.parametrize("who", ["officer", "second officer", "decider", "opener-1", "overseer"])
def test_nobody_else_decides(world: World, tender: Tender, who: str) -> None:
    change = proposed(world, tender)

    with pytest.raises(NotPermitted):
        decided(world, change, who=who)


def test_a_stranger_sees_no_proposal(world: World, tender: Tender) -> None:
    change = proposed(world, tender)
    stranger: Actor = world.by(world.suppliers[0].signer)

    with pytest.raises(NotFound):
        extending.decide(change_id=change.pk, approved=True, comment="", by=stranger, now=world.now)


def test_whoever_proposed_it_does_not_approve_it_in_another_role(
    world: World, tender: Tender
) -> None:
    """Requirement E44: a second approval is a second person's."""
    change = proposed(world, tender)
    officer = world.people["officer"]
    Membership.objects.filter(user=officer, until=None).update(until=world.now)
    world.grant(officer, Role.LEGAL_APPROVER, world.agency)

    with pytest.raises(OwnWork):
        decided(world, change, who="officer")


@pytest.mark.parametrize("who", ["officer", "finance"])
def test_whoever_declared_a_conflict_takes_no_part(world: World, tender: Tender, who: str) -> None:
    change = proposed(world, tender) if who == "finance" else None
    declare(
        tender_id=tender.pk,
        conflict=True,
        statement="My sister bids",
        by=world.by(who),
        now=world.now,
    )

    with pytest.raises(ConflictDeclared):
        decided(world, change) if change else proposed(world, tender)


def test_a_refusal_says_why_and_the_deadline_stays(world: World, tender: Tender) -> None:
    change = proposed(world, tender)
    with pytest.raises(BadInput):
        extending.decide(
            change_id=change.pk, approved=False, comment="", by=world.by("legal"), now=world.now
        )

    declined = decided(world, change, approved=False)

    assert (declined.state, declined.comment) == (ChangeState.DECLINED, "There is time enough")
    assert again(tender).closes_at == tender.closes_at
    with pytest.raises(AlreadyDone):
        decided(world, change)


def test_a_proposal_can_be_taken_back(world: World, tender: Tender) -> None:
    change = proposed(world, tender)

    dropped = extending.drop(change_id=change.pk, by=world.by("officer"), now=world.now)

    assert dropped.state == ChangeState.DROPPED
    with pytest.raises(WrongState):
        decided(world, change)
    proposed(world, tender)


# Another one in its place


def test_a_proposal_is_replaced_in_place_and_journalled(world: World, tender: Tender) -> None:
    change = proposed(world, tender)

    after = replaced(world, change, cause="The site is flooded", who="second officer")

    assert (after.pk, after.state, after.revision) == (change.pk, ChangeState.IN_APPROVAL, 2)
    assert (after.reason, after.proposed_by) == (
        "The site is flooded",
        world.people["second officer"],
    )
    event = Event.objects.get(verb="extension.replaced")
    assert event.to_json()["body"] == {
        "change": str(change.pk),
        "revision": 2,
        "extension": after.object,
        "closes_at": format_instant(tender.closes_at + 2 * MINUTE),
    }
    told = OutboxMessage.objects.filter(verb="extension.replaced", subject=tender.pk)
    assert told.count() == 1, "the approvers are called anew"
    assert again(tender).closes_at == tender.closes_at
    decided(world, after)
    assert again(tender).closes_at == tender.closes_at + 2 * MINUTE


def test_nobody_agrees_to_what_was_put_in_the_place_of_what_they_read(
    world: World, tender: Tender
) -> None:
    read = proposed(world, tender)
    replaced(world, read)

    with pytest.raises(Conflict):
        decided(world, read)

    assert again(tender).closes_at == tender.closes_at


@pytest.mark.parametrize("who", ["officer", "second officer"])
def test_whoever_signed_any_of_them_decides_on_none(world: World, tender: Tender, who: str) -> None:
    """Requirement E44: a second approval is a second person's."""
    change = replaced(world, proposed(world, tender), who="second officer")
    Membership.objects.filter(user=world.people[who], until=None).update(until=world.now)
    world.grant(world.people[who], Role.LEGAL_APPROVER, world.agency)

    with pytest.raises(OwnWork):
        decided(world, change, who=who)


def test_what_takes_the_place_is_checked_like_a_proposal(world: World, tender: Tender) -> None:
    change = proposed(world, tender)
    wrong: list[tuple[str, timedelta, dict[str, Any]]] = [
        ("not-later", timedelta(0), {}),
        ("not-signed", MINUTE, {"key": world.keys["supervisor"]}),
        ("not-this-extension", MINUTE, {"notice": "0" * 64}),
    ]

    for code, by, said in wrong:
        with pytest.raises(BadInput) as refusal:
            replaced(world, change, by, **said)
        assert refusal.value.faults[0].code == code
    with pytest.raises(AlreadyDone):
        replaced(world, change, MINUTE)
    for who in ("legal", "opener-1", "overseer"):
        with pytest.raises(NotPermitted):
            replaced(world, change, who=who)


def test_what_was_decided_or_has_passed_is_not_replaced(world: World, tender: Tender) -> None:
    declined = decided(world, proposed(world, tender), approved=False)
    with pytest.raises(WrongState):
        replaced(world, declined)

    change = proposed(world, tender)
    world.wind_to(tender.closes_at)
    with pytest.raises(DeadlinePassed):
        replaced(world, change)


# By rule, for want of an answer


def by_rule(world: World, tender: Tender) -> Extension | None:
    question = "3f0f0f9e-7c1c-4b0b-8f4d-0d7f6a1c2b3d"
    return extending.extend_by_rule(tender.pk, [question], now=world.now)


def test_an_unanswered_question_moves_the_deadline_under_the_platforms_key(
    world: World, tender: Tender
) -> None:
    """Requirement B14; D47(3)."""
    extension = by_rule(world, tender)

    assert extension is not None
    moved = again(tender)
    assert moved.closes_at == extension.closes_at > tender.closes_at
    assert moved.question_extensions == 1
    note = fetch(extension.digest()).note or b""
    assert Extension.open(note, Verifier.parse(receipt_signer().verifier)) == extension
    bound = timedelta(seconds=notice_of(tender).pack.question_extension_seconds)
    assert extension.closes_at - tender.closes_at <= bound


def test_the_rules_extend_only_so_often(world: World, tender: Tender) -> None:
    most = notice_of(tender).pack.question_extensions

    made = [by_rule(world, tender) for _ in range(most + 1)]

    assert [one is not None for one in made] == [True] * most + [False]


def test_a_rule_moves_nothing_after_the_deadline(world: World, tender: Tender) -> None:
    world.wind_to(tender.closes_at)

    assert by_rule(world, tender) is None
    assert again(tender).closes_at == tender.closes_at


def test_a_proposal_that_a_rule_overtook_is_proposed_again(world: World, tender: Tender) -> None:
    change = proposed(world, tender, SECOND)
    by_rule(world, tender)

    with pytest.raises(TooLate):
        decided(world, change)


# Acknowledged by the timekeeper


def test_the_timekeeper_acknowledges_the_last_extension(world: World, tender: Tender) -> None:
    extended(world, tender)
    extension = extension_of(Change.objects.get())
    assert [f.code for f in faults_of_changes(decisions(tender))] == ["extension-not-acknowledged"]

    seen = control_head(tender.pk)
    acknowledged(world, tender, extension)
    acknowledged(world, tender, extension, control_head=seen)  # a repeat

    assert [event.verb for event in control_events(tender.pk)][-2:] == [
        "deadline.extended",
        "extension.acknowledged",
    ]
    with pytest.raises(AlreadyDone):
        acknowledged(world, tender, extension)
    assert faults_of_changes(decisions(tender)) == []


def test_an_acknowledgement_is_of_the_last_extension_and_upon_a_head_that_holds_it(
    world: World, tender: Tender
) -> None:
    before = control_head(tender.pk)
    extended(world, tender)
    first = extension_of(Change.objects.get())
    with pytest.raises(BadInput) as refusal:
        acknowledged(world, tender, first, control_head=before)
    assert refusal.value.faults[0].code == "other-control-head"

    extended(world, tender)
    with pytest.raises(BadInput) as refusal:
        acknowledged(world, tender, first)
    assert refusal.value.faults[0].code == "not-the-last-extension"


def test_nobody_but_the_timekeeper_acknowledges(world: World, tender: Tender) -> None:
    extended(world, tender)
    for who in ("officer", "opener-1", "escrow-a", "overseer"):
        with pytest.raises(NotPermitted):
            acknowledge(tender_id=tender.pk, note=b"none", by=world.by(who), now=world.now)


def test_a_rule_without_an_overdue_question_would_be_found_out(
    world: World, tender: Tender
) -> None:
    by_rule(world, tender)
    told = decisions(tender)

    assert "not-by-rule" in [f.code for f in faults_of_changes(told)]

    overdue = Overdue(str(tender.pk), tender.notice, ("3f0f0f9e-7c1c-4b0b-8f4d-0d7f6a1c2b3d",),
                      tender.closes_at)  # fmt: skip
    told.insert(-1, ("f" * 64, overdue))
    assert "not-by-rule" not in [f.code for f in faults_of_changes(told)]
