"""Each step before publication waits for whoever takes it, and for nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from procurement.waiting import waiting_for
from tenders.actions.approvals import submit_for_approval
from tenders.actions.interests import declare
from tenders.actions.panel import draw_up_keyset
from tenders.models import ApprovalKind, Tender
from tests.world import (
    HOLDERS,
    OPENERS,
    World,
    appoint_panel,
    approve,
    declare_none,
    draft_tender,
    hand_in,
    publish,
    rehearse,
)

pytestmark = pytest.mark.django_db
ASKED = ("officer", "opener-1", "timekeeper", "legal", "finance", "decider", "overseer")


def whats(world: World, tender: Tender) -> dict[str, str]:
    """Say what waits for whom, about this tender."""
    found = {}
    for who in ASKED:
        by = world.by(who)
        mine = [one for one in waiting_for(by, world.now) if one.tender == tender.pk]
        assert all(str(tender.pk) in one.address and one.facts["title"] for one in mine)
        if mine:
            found[who] = " ".join(one.what for one in mine)
    return found


def test_each_step_waits_for_whoever_takes_it(world: World) -> None:
    tender = draft_tender(world)
    assert whats(world, tender) == {"officer": "appoint-panel"}

    appoint_panel(world, tender)
    assert whats(world, tender) == {"opener-1": "declare-interests", "timekeeper": "make-keys"}

    declare_none(world, tender, "officer", *OPENERS)
    assert whats(world, tender) == {"opener-1": "make-keys", "timekeeper": "make-keys"}

    hand_in(world, tender)
    assert whats(world, tender) == {"officer": "draw-up-keyset"}

    draw_up_keyset(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    assert whats(world, tender) == {
        "opener-1": "answer-rehearsal",
        "timekeeper": "answer-rehearsal",
    }

    rehearse(world, tender, *HOLDERS)
    assert whats(world, tender) == {"officer": "submit-for-approval"}

    submit_for_approval(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    assert whats(world, tender) == {"legal": "approve", "finance": "approve"}

    approve(world, tender, ApprovalKind.LEGAL)
    assert whats(world, tender) == {"finance": "approve"}

    approve(world, tender, ApprovalKind.FINANCE)
    assert whats(world, tender) == {"officer": "publish"}

    publish(world, tender)
    assert whats(world, tender) == {}


def test_an_opener_with_a_conflict_is_to_be_replaced_and_has_nothing_to_do(world: World) -> None:
    tender = draft_tender(world)
    appoint_panel(world, tender)
    by = world.by("opener-1")
    declare(tender_id=tender.pk, conflict=True, statement="My brother", by=by, now=world.now)

    found = whats(world, tender)

    assert found == {"officer": "replace-opener", "timekeeper": "make-keys"}


def test_three_tenders_take_no_more_queries_than_one(world: World) -> None:
    def asked() -> int:
        by = [world.by(who) for who in ("officer", "opener-1", "legal")]
        with CaptureQueriesContext(connection) as queries:
            assert [bool(waiting_for(actor, world.now)) for actor in by] == [True, True, False]
        return len(queries)

    appoint_panel(world, draft_tender(world))
    draft_tender(world)
    one = asked()
    for _ in range(2):
        appoint_panel(world, draft_tender(world))
        draft_tender(world)

    assert asked() == one
