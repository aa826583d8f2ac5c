"""Every action on a tender or plan line, in every state: it moves along an edge or is refused.

The tables here are the rule; the edges in the models, which the database holds, are the same.

Requirements B20 and K100.
"""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import transaction

from procurement.lifecycle import transitions_of
from procurement.refusals import Refusal
from procurement.stored import vault
from procurement.vault import DOCUMENTS, Stored
from tenders.actions import (
    approvals,
    closing,
    drafting,
    ending,
    interests,
    orders,
    plan,
    publishing,
)
from tenders.actions.plan import free_line
from tenders.models import ApprovalKind, PlanLine, PlanState, Tender, TenderState
from tests import world as made
from tests.world import World

pytestmark = pytest.mark.django_db

S = TenderState
STARTS: dict[TenderState, Callable[[World], Tender]] = {
    S.DRAFT: made.ready_tender,
    S.IN_APPROVAL: made.tender_in_approval,
    S.PUBLISHED: made.published_tender,
    S.CLOSED: made.closed_tender,
    S.CONCLUDED: lambda world: ending.conclude(
        made.closed_tender(world).pk, by=world.by("officer"), now=world.now
    ),
    S.UNSUCCESSFUL: lambda world: ending.fail(
        made.closed_tender(world).pk, by=world.by("officer"), now=world.now, because="Nobody bid"
    ),
    S.CANCELLED: lambda world: _cancelled(world, made.published_tender(world)),
}


def _edit(world: World, tender: Tender) -> None:
    sections = {"validity_days": 120}
    drafting.edit(tender_id=tender.pk, sections=sections, by=world.by("officer"), now=world.now)


def _add_document(world: World, tender: Tender) -> None:
    made.attach(world, tender)


def _declare(world: World, tender: Tender) -> None:
    interests.declare(
        tender_id=tender.pk, conflict=False, statement="", by=world.by("proposer"), now=world.now
    )


def _submit(world: World, tender: Tender) -> None:
    approvals.submit_for_approval(tender_id=tender.pk, by=world.by("officer"), now=world.now)


def _judge(approved: bool) -> Callable[[World, Tender], None]:
    def judge(world: World, tender: Tender) -> None:
        approvals.judge(
            tender_id=tender.pk,
            kind=ApprovalKind.LEGAL,
            approved=approved,
            comment="Lot 1 is unclear",
            by=world.by("legal"),
            now=world.now,
        )

    return judge


def _publish(world: World, tender: Tender) -> None:
    if tender.state == S.IN_APPROVAL:
        made.approve(world, tender)
    publishing.publish(
        tender_id=tender.pk,
        signed=made.signed_notice(world, tender, paper=bytes),  # judged beforehand
        paper=_paper(),
        judged=made.JUDGED,
        by=world.by("officer"),
        now=world.now,
    )


def _paper() -> Stored:
    return vault().put(DOCUMENTS, "notices/practice", BytesIO(b"%PDF"), 4)


def _order(world: World, tender: Tender) -> None:
    note = made.order(world, tender, "suspend")
    orders.make(tender_id=tender.pk, order_note=note, by=world.by("overseer"), now=world.now)


def _cancel_draft(world: World, tender: Tender) -> None:
    by = world.by("officer")
    ending.cancel_draft(tender_id=tender.pk, reason="No money", by=by, now=world.now)


def _cancelled(world: World, tender: Tender) -> Tender:
    note = made.order(world, tender, "cancel")
    return ending.cancel(
        tender_id=tender.pk, order_note=note, by=world.by("officer"), now=world.now
    )


def _close(world: World, tender: Tender) -> None:
    closing.close(tender.pk, now=world.now + timedelta(hours=2))


def _conclude(world: World, tender: Tender) -> None:
    ending.conclude(tender.pk, by=world.by("officer"), now=world.now)


def _fail(world: World, tender: Tender) -> None:
    ending.fail(tender.pk, by=world.by("officer"), now=world.now, because="Nobody bid")


ACTIONS: dict[str, tuple[Callable[[World, Tender], object], dict[TenderState, TenderState]]] = {
    "edit": (_edit, {S.DRAFT: S.DRAFT, S.IN_APPROVAL: S.DRAFT}),
    "add a document": (_add_document, {S.DRAFT: S.DRAFT, S.IN_APPROVAL: S.DRAFT}),
    "declare interests": (
        _declare,
        {s: s for s in (S.DRAFT, S.IN_APPROVAL, S.PUBLISHED, S.CLOSED)},
    ),
    "submit for approval": (_submit, {S.DRAFT: S.IN_APPROVAL}),
    "approve": (_judge(True), {S.IN_APPROVAL: S.IN_APPROVAL}),
    "send back": (_judge(False), {S.IN_APPROVAL: S.DRAFT}),
    "publish": (_publish, {S.IN_APPROVAL: S.PUBLISHED}),
    "suspend": (_order, {S.PUBLISHED: S.PUBLISHED, S.CLOSED: S.CLOSED}),
    "give the draft up": (_cancel_draft, {S.DRAFT: S.CANCELLED, S.IN_APPROVAL: S.CANCELLED}),
    "cancel": (_cancelled, {S.PUBLISHED: S.CANCELLED, S.CLOSED: S.CANCELLED}),
    "close": (_close, {S.PUBLISHED: S.CLOSED}),
    "conclude": (_conclude, {S.CLOSED: S.CONCLUDED}),
    "fail": (_fail, {S.CLOSED: S.UNSUCCESSFUL}),
}


@pytest.mark.parametrize("state", list(TenderState), ids=lambda state: str(state.value))
def test_every_action_moves_along_an_edge_or_is_refused(world: World, state: TenderState) -> None:
    tender = STARTS[state](world)

    came_to = {name: _tried(world, tender, act) for name, (act, _) in ACTIONS.items()}

    refused = {name: _refusal(name, state) for name in ACTIONS}
    assert came_to == {
        name: edges.get(state, refused[name]) for name, (_, edges) in ACTIONS.items()
    }


def _tried(world: World, tender: Tender, act: Callable[[World, Tender], object]) -> str:
    """Do it, see where that leads, and undo it; or give the code of the refusal."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                act(world, Tender.objects.get(pk=tender.pk))
            return str(Tender.objects.get(pk=tender.pk).state)
        except Refusal as refusal:
            return refusal.code
        finally:
            transaction.set_rollback(True)


def _refusal(action: str, state: TenderState) -> str:
    """The platform, which closes, has no part in drafts and so sees none."""
    hidden = action == "close" and state in (S.DRAFT, S.IN_APPROVAL)
    return "not-found" if hidden else "wrong-state"


def test_the_table_is_the_code() -> None:
    told = {
        (str(source.value), str(target.value))
        for _, edges in ACTIONS.values()
        for source, target in edges.items()
        if source != target
    }

    assert told == {(edge.source, edge.target) for edge in transitions_of(Tender)}


# ── plan lines ───────────────────────────────────────────────────────────────────────────────

P = PlanState
LINE_STARTS: dict[PlanState, Callable[[World], PlanLine]] = {
    P.PLANNED: made.plan_line,
    P.TENDERED: lambda world: made.draft_tender(world).plan_line,
    P.WITHDRAWN: lambda world: _withdrawn(world, made.plan_line(world)),
}


def _withdrawn(world: World, line: PlanLine) -> PlanLine:
    by = world.by("officer")
    return plan.withdraw_plan_line(plan_line_id=line.pk, by=by, now=world.now)


LINE_ACTIONS: dict[str, tuple[Callable[[World, PlanLine], object], dict[PlanState, PlanState]]] = {
    "draft a tender": (
        lambda world, line: made.draft_tender(world, line=line),
        {P.PLANNED: P.TENDERED},
    ),
    "withdraw": (_withdrawn, {P.PLANNED: P.WITHDRAWN}),
    "free": (lambda world, line: free_line(line.pk), {P.TENDERED: P.PLANNED}),
}


@pytest.mark.parametrize("state", list(PlanState), ids=lambda state: str(state.value))
@pytest.mark.parametrize("action", list(LINE_ACTIONS))
def test_a_plan_line_moves_along_an_edge_or_is_refused(
    world: World, state: PlanState, action: str
) -> None:
    act, edges = LINE_ACTIONS[action]
    line = LINE_STARTS[state](world)

    try:
        act(world, line)
        came_to = str(PlanLine.objects.get(pk=line.pk).state)
    except Refusal as refusal:
        came_to = refusal.code

    assert came_to == edges.get(state, "wrong-state")


def test_the_table_of_plan_lines_is_the_code() -> None:
    told = {
        (str(source.value), str(target.value))
        for _, edges in LINE_ACTIONS.values()
        for source, target in edges.items()
    }

    assert told == {(edge.source, edge.target) for edge in transitions_of(PlanLine)}


@pytest.mark.parametrize("how", ["given up", "cancelled", "unsuccessful"])
def test_a_tender_that_comes_to_nothing_frees_its_plan_line(world: World, how: str) -> None:
    if how == "given up":
        tender = made.draft_tender(world)
        _cancel_draft(world, tender)
    elif how == "cancelled":
        tender = made.published_tender(world)
        _cancelled(world, tender)
    else:
        tender = made.closed_tender(world)
        _fail(world, tender)

    again = made.draft_tender(world, line=PlanLine.objects.get(pk=tender.plan_line_id))

    assert again.plan_line_id == tender.plan_line_id
