"""A draft is approved by two people who had no part in it, at the same time, in any order.

Requirement C24.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from procurement.actions.leaving import end_membership
from procurement.actors import system_actor
from procurement.models import Membership, NoteKey, User
from procurement.refusals import Refusal
from procurement.roles import Role
from tenders.actions import approvals, drafting, interests
from tenders.models import Approval, ApprovalKind, Tender
from tests.side_by_side import outcomes
from tests.signing import Trust
from tests.world import (
    OPENERS,
    World,
    appoint_panel,
    approve,
    attach,
    declare_none,
    draft_tender,
    hand_in,
    ready_tender,
    seat_panel,
    tender_in_approval,
)

LEGAL, FINANCE = ApprovalKind.LEGAL, ApprovalKind.FINANCE


def submit(world: World, tender: Tender, who: str = "officer") -> Tender:
    return approvals.submit_for_approval(tender_id=tender.pk, by=world.by(who), now=world.now)


def judge(
    world: World, tender: Tender, kind: ApprovalKind, who: str | User, **how: Any
) -> Approval:
    said = {"approved": True, "comment": "", **how}
    return approvals.judge(tender_id=tender.pk, kind=kind, by=world.by(who), now=world.now, **said)


def edit(world: World, tender: Tender, who: str = "officer") -> Tender:
    return drafting.edit(
        tender_id=tender.pk, sections={"validity_days": 60}, by=world.by(who), now=world.now
    )


def declare_conflict(world: World, tender: Tender, who: str) -> None:
    interests.declare(
        tender_id=tender.pk,
        conflict=True,
        statement="My sister's company will bid",
        by=world.by(who),
        now=world.now,
    )


def change_role(world: World, who: str, role: Role) -> None:
    held = Membership.objects.get(user=world.people[who], until=None)
    end_membership(membership_id=held.pk, by=system_actor(), now=world.now)
    world.now += timedelta(seconds=1)
    world.grant(world.people[who], role, world.agency)


def refusal(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value


def codes(act: Callable[[], object]) -> set[str]:
    return {fault.code for fault in refusal(act).faults}


@pytest.mark.django_db
class TestSubmitting:
    """What keeps a draft from its approvers."""

    def test_a_bare_draft_lacks_a_panel_and_declarations(self, world: World) -> None:
        tender = draft_tender(world)

        assert codes(lambda: submit(world, tender)) == {"no-panel", "interests-not-declared"}

    def test_too_short_a_period_is_named_with_its_rule(self, world: World) -> None:
        tender = ready_tender(world, closes_in=timedelta(seconds=29))

        assert codes(lambda: submit(world, tender)) == {"bid-period-too-short"}

    def test_every_officer_and_opener_has_declared(self, world: World) -> None:
        tender = ready_tender(world)
        edit(world, tender, "second officer")

        assert codes(lambda: submit(world, tender)) == {"interests-not-declared"}
        declare_none(world, tender, "second officer")
        assert submit(world, tender).state == "in-approval"

    def test_whoever_submits_has_declared_too(self, world: World) -> None:
        tender = ready_tender(world)

        assert codes(lambda: submit(world, tender, "second officer")) == {"interests-not-declared"}

    def test_keys_are_in_and_rehearsed(self, world: World) -> None:
        tender = draft_tender(world)
        declare_none(world, tender, "officer", *OPENERS)
        appoint_panel(world, tender)
        hand_in(world, tender, *OPENERS)

        assert codes(lambda: submit(world, tender)) == {"keys-missing", "keyset-not-drawn-up"}

    def test_an_opener_in_conflict_keeps_it_back(self, world: World) -> None:
        tender = ready_tender(world)
        declare_conflict(world, tender, "opener-3")

        assert "conflict-declared" in codes(lambda: submit(world, tender))

    def test_the_draft_of_an_officer_in_conflict_stays_a_draft(self, world: World) -> None:
        tender = ready_tender(world)
        declare_conflict(world, tender, "officer")
        declare_none(world, tender, "second officer")

        assert refusal(lambda: submit(world, tender)).code == "conflict-declared"
        assert "conflict-declared" in codes(lambda: submit(world, tender, "second officer"))

    def test_the_agency_has_a_key_to_sign_with(self, world: World) -> None:
        tender = ready_tender(world)
        NoteKey.objects.filter(organisation=world.agency).update(retired_at=world.now)

        assert codes(lambda: submit(world, tender)) == {"agency-has-no-key"}


@pytest.mark.django_db
class TestJudging:
    """Who may approve, and what undoes it."""

    def test_both_approve_in_any_order(self, world: World) -> None:
        tender = tender_in_approval(world)

        approve(world, tender, FINANCE, LEGAL)

        assert Approval.objects.filter(tender=tender, revision=1, approved=True).count() == 2

    def test_each_kind_once(self, world: World) -> None:
        tender = tender_in_approval(world)
        approve(world, tender, LEGAL)

        assert refusal(lambda: approve(world, tender, LEGAL)).code == "already-done"

    @pytest.mark.parametrize(("kind", "who"), [(LEGAL, "finance"), (FINANCE, "legal")])
    def test_nobody_gives_the_other_approval(
        self, world: World, kind: ApprovalKind, who: str
    ) -> None:
        tender = tender_in_approval(world)

        assert refusal(lambda: judge(world, tender, kind, who)).code == "not-permitted"

    def test_whoever_changes_roles_between_them_gives_no_second(self, world: World) -> None:
        tender = tender_in_approval(world)
        approve(world, tender, LEGAL)
        change_role(world, "legal", Role.FINANCE_APPROVER)

        assert refusal(lambda: judge(world, tender, FINANCE, "legal")).code == "two-people"

    @pytest.mark.parametrize(
        "act",
        [
            pytest.param(edit, id="edited it"),
            pytest.param(lambda w, t, who: attach_by(w, t, who), id="added a document"),
            pytest.param(lambda w, t, who: submit(w, t, who), id="submitted it"),
        ],
    )
    def test_whoever_had_a_part_in_the_draft_does_not_approve_it(
        self, world: World, act: Callable[[World, Tender, str], object]
    ) -> None:
        tender = ready_tender(world)
        declare_none(world, tender, "second officer")
        act(world, tender, "second officer")
        if Tender.objects.get(pk=tender.pk).state == "draft":
            submit(world, tender)
        change_role(world, "second officer", Role.LEGAL_APPROVER)

        assert refusal(lambda: judge(world, tender, LEGAL, "second officer")).code == "own-work"

    def test_an_approver_in_conflict_takes_no_part(self, world: World) -> None:
        tender = tender_in_approval(world)
        declare_conflict(world, tender, "legal")

        assert refusal(lambda: judge(world, tender, LEGAL, "legal")).code == "conflict-declared"

    def test_it_goes_back_with_a_comment_alone(self, world: World) -> None:
        tender = tender_in_approval(world)
        send_back = {"approved": False, "comment": " "}

        assert codes(lambda: judge(world, tender, LEGAL, "legal", **send_back)) == {
            "missing-remark"
        }

    def test_sent_back_both_judge_again(self, world: World) -> None:
        tender = tender_in_approval(world)
        approve(world, tender, FINANCE)
        judge(world, tender, LEGAL, "legal", approved=False, comment="Lot 1 is unclear")

        assert Tender.objects.get().state == "draft"
        submit(world, tender)
        approve(world, tender)
        assert Approval.objects.filter(revision=2, approved=True).count() == 2

    @pytest.mark.parametrize("act", [edit, attach], ids=["an edit", "a document"])
    def test_what_changes_the_draft_resets_them(
        self, world: World, act: Callable[[World, Tender], object]
    ) -> None:
        tender = tender_in_approval(world)
        approve(world, tender)

        act(world, tender)

        changed = Tender.objects.get()
        assert (changed.state, changed.revision, changed.submitted_at) == ("draft", 2, None)
        submit(world, tender)
        assert not Approval.objects.filter(revision=2).exists()


def attach_by(world: World, tender: Tender, who: str) -> None:
    asked = world.people["officer"]
    world.people["officer"] = world.people[who]
    try:
        attach(world, tender)
    finally:
        world.people["officer"] = asked


@pytest.mark.django_db
class TestInterests:
    """What is declared stays declared, but a conflict may be found out later."""

    def test_once_is_enough(self, world: World) -> None:
        tender = draft_tender(world)
        declare_none(world, tender, "officer")

        assert refusal(lambda: declare_none(world, tender, "officer")).code == "already-done"

    def test_a_conflict_found_out_later_counts_and_stays(self, world: World) -> None:
        tender = draft_tender(world)
        declare_none(world, tender, "officer")
        declare_conflict(world, tender, "officer")

        assert refusal(lambda: edit(world, tender)).code == "conflict-declared"
        assert refusal(lambda: declare_none(world, tender, "officer")).code == "conflict-stands"

    def test_a_conflict_is_named(self, world: World) -> None:
        tender, by = draft_tender(world), world.by("officer")
        unnamed = lambda: interests.declare(  # noqa: E731
            tender_id=tender.pk, conflict=True, statement="", by=by, now=world.now
        )

        assert codes(unnamed) == {"missing-remark"}

    def test_a_machine_has_none_to_declare(self, world: World) -> None:
        tender = draft_tender(world)
        declare_none(world, tender, *OPENERS)
        appoint_panel(world, tender)

        assert refusal(lambda: declare_none(world, tender, "timekeeper")).code == "not-permitted"

    def test_a_panel_needs_no_declaration_of_machines(self, world: World) -> None:
        tender = draft_tender(world)
        declare_none(world, tender, "officer")
        seat_panel(world, tender)

        assert submit(world, tender).state == "in-approval"


@pytest.mark.usefixtures("fresh_database")
class TestAtOnce:
    """Real transactions, side by side."""

    def test_both_approvals_at_the_same_time(self, trust: Trust) -> None:
        world = World.at_first(trust)
        tender = tender_in_approval(world)

        came = outcomes(
            lambda: judge(world, tender, LEGAL, "legal"),
            lambda: judge(world, tender, FINANCE, "finance"),
        )

        assert came == ["done", "done"]
        assert {approval.kind for approval in Approval.objects.all()} == {LEGAL, FINANCE}

    def test_the_same_approval_by_two_people_counts_once(self, trust: Trust) -> None:
        world = World.at_first(trust)
        tender = tender_in_approval(world)
        second = world.person("second legal", legal_approver=world.agency)

        came = outcomes(
            lambda: judge(world, tender, LEGAL, "legal"),
            lambda: judge(world, tender, LEGAL, second),
        )

        assert sorted(came) == ["already-done", "done"]

    def test_an_edit_beside_an_approval_leaves_no_approval_of_what_was_edited(
        self, trust: Trust
    ) -> None:
        world = World.at_first(trust)
        tender = tender_in_approval(world)

        came = outcomes(
            lambda: edit(world, tender),
            lambda: judge(world, tender, LEGAL, "legal"),
        )

        assert came[0] == "done"
        assert came[1] in ("done", "wrong-state")
        edited = Tender.objects.get()
        assert (edited.state, edited.revision) == ("draft", 2)
        assert not Approval.objects.filter(revision=2).exists()
