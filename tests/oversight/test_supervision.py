"""A supervisor oversees a tree of bodies, asks for what it needs, and its reading leaves a trace.

Rules.md G61: supervisors read everything that may be read and change nothing; orders are acts.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oversight.actions import read_attempts, read_supervision, read_timeline
from oversight.queries_supervision import LATE_AFTER, overview
from procurement.actions.accounts import give_jurisdiction
from procurement.actors import Actor, system_actor
from procurement.models import Event, Organisation, OutboxMessage
from procurement.refusals import NotPermitted, Refusal
from procurement.roles import OrganisationKind
from tenders.actions.demands import reply
from tenders.models import Demand, Tender
from tenders.overdue import due
from tenders.queries_demands import demands_seen_by
from tests.api.matrix.people import Cast
from tests.tenders.asking import asked
from tests.tenders.demanding import demanded
from tests.world import HOUR, World, closed_tender, organisation, published_tender

pytestmark = pytest.mark.django_db


@pytest.fixture
def tender(world: World) -> Tender:
    world.wind_to(world.now)
    return published_tender(world)


def supervisor_over(world: World, body: Organisation, name: str) -> Actor:
    """Register a supervisor of a body, and give somebody who acts for it."""
    own = organisation(OrganisationKind.SUPERVISOR, name, now=world.now)
    give_jurisdiction(supervisor_id=own.pk, agency_id=body.pk, by=system_actor(), now=world.now)
    return Actor.of(world.person(name, supervisor=own), world.now)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


class TestTheTree:
    """Whoever oversees a ministry oversees the offices below it, and not those beside them."""

    def test_a_ministrys_supervisor_oversees_the_offices_below(
        self, world: World, tender: Tender
    ) -> None:
        ministry = organisation(OrganisationKind.AGENCY, "Ministry", now=world.now)
        bureau = organisation(OrganisationKind.AGENCY, "Bureau", now=world.now)
        Organisation.objects.filter(pk=bureau.pk).update(parent=ministry)
        Organisation.objects.filter(pk=world.agency.pk).update(parent=bureau)

        by = supervisor_over(world, ministry, "Ministry audit")

        assert by.jurisdiction == {ministry.pk, bureau.pk, world.agency.pk}
        assert [one.pk for one in read_supervision(by=by, now=world.now).closings] == [tender.pk]
        assert read_timeline(tender_id=tender.pk, by=by, now=world.now)

    def test_a_siblings_supervisor_does_not(self, world: World, tender: Tender) -> None:
        ministry = organisation(OrganisationKind.AGENCY, "Ministry", now=world.now)
        sibling = organisation(OrganisationKind.AGENCY, "Harbour", now=world.now)
        for office in (sibling, world.agency):
            Organisation.objects.filter(pk=office.pk).update(parent=ministry)

        by = supervisor_over(world, sibling, "Harbour audit")

        assert by.jurisdiction == {sibling.pk}
        assert read_supervision(by=by, now=world.now).closings == []
        for read in (read_timeline, read_attempts):
            with pytest.raises(NotPermitted):
                read(tender_id=tender.pk, by=by, now=world.now)
        assert refusal(lambda: demands_seen_by(by, tender.pk)) == "not-found"

    def test_nor_does_who_oversees_an_office_oversee_the_ministry(
        self, world: World, tender: Tender
    ) -> None:
        below = organisation(OrganisationKind.AGENCY, "Branch", now=world.now)
        Organisation.objects.filter(pk=below.pk).update(parent=world.agency)

        by = supervisor_over(world, below, "Branch audit")

        assert read_supervision(by=by, now=world.now).closings == []


class TestTheOverview:
    def test_every_reading_is_written_down(self, world: World, tender: Tender) -> None:
        by = world.by("overseer")

        read_supervision(by=by, now=world.now)
        read_attempts(tender_id=tender.pk, by=by, now=world.now)

        read = Event.objects.filter(verb__in=["supervision.read", "attempts.read"])
        assert {(event.verb, event.by) for event in read} == {
            ("supervision.read", by.user_id), ("attempts.read", by.user_id),
        }  # fmt: skip

    @pytest.mark.parametrize("who", ["officer", "operator", "opener-1", "timekeeper"])
    def test_nobody_but_a_supervisor_reads_it(self, world: World, who: str) -> None:
        with pytest.raises(NotPermitted):
            read_supervision(by=world.by(who), now=world.now)

    def test_it_tells_what_is_late(self, world: World) -> None:
        tender = closed_tender(world)
        at = tender.opens_at + LATE_AFTER

        punctual, late = (
            overview([world.agency.pk], at),
            overview([world.agency.pk], at + timedelta(seconds=1)),
        )

        assert punctual.late == []
        assert [(one.what, one.since) for one in late.late] == [("opening", tender.opens_at)]

    def test_it_tells_of_questions_that_are_overdue(self, world: World, tender: Tender) -> None:
        asked(world, tender)
        assert tender.answers_until is not None
        world.wind_to(tender.answers_until)
        due(now=world.now)

        (missed,) = overview([world.agency.pk], world.now).unanswered

        assert (missed.tender, missed.answers_until) == (tender, tender.answers_until)

    def test_the_number_of_queries_does_not_grow(self, world: World, tender: Tender) -> None:
        def counted() -> int:
            with CaptureQueriesContext(connection) as queries:
                found = overview([world.agency.pk], world.now)
                assert [one.agency.name_en for one in found.closings]
                assert [one.tender.agency.name_en for one in found.demands]
            return len(queries)

        demanded(world, tender, ends_at=world.now + HOUR)
        once = counted()
        for _ in range(2):
            demanded(world, published_tender(world), ends_at=world.now + HOUR)

        assert counted() == once


class TestDemands:
    """An order asks for something until an instant; the agency replies once."""

    def test_an_order_makes_one_and_the_agency_is_told(self, world: World, tender: Tender) -> None:
        made = demanded(world, tender, ends_at=world.now + HOUR)

        assert (made.cause, made.due_at) == (
            "A complaint is being looked into", world.now + HOUR,
        )  # fmt: skip
        assert made.supervisor == world.supervisor
        message = OutboxMessage.objects.get(verb="order.made")
        assert message.payload == {"effect": "produce"}

    def test_the_agency_replies_once_also_late(self, world: World, tender: Tender) -> None:
        made = demanded(world, tender, ends_at=world.now + HOUR)
        world.now += 2 * HOUR
        said: dict[str, Any] = {"tender_id": tender.pk, "order": made.order, "text": "Here it is"}

        reply(**said, by=world.by("officer"), now=world.now)

        assert overview([world.agency.pk], world.now).demands == []
        (seen,) = demands_seen_by(world.by("overseer"), tender.pk)
        assert (seen.reply.text, seen.reply.at) == ("Here it is", world.now)
        again = refusal(lambda: reply(**said, by=world.by("officer"), now=world.now))
        assert again == "already-done"

    def test_one_without_a_reply_is_late_from_its_end_on(
        self, world: World, tender: Tender
    ) -> None:
        made = demanded(world, tender, ends_at=world.now + HOUR / 2)

        assert overview([world.agency.pk], made.due_at - timedelta(seconds=1)).late == []
        assert [one.what for one in overview([world.agency.pk], made.due_at).late] == ["reply"]

    @pytest.mark.parametrize("who", ["legal", "opener-1", "overseer", "operator"])
    def test_only_an_officer_replies(self, world: World, tender: Tender, who: str) -> None:
        made = demanded(world, tender, ends_at=world.now + HOUR)

        refused = refusal(
            lambda: reply(
                tender_id=tender.pk, order=made.order, text="No", by=world.by(who), now=world.now
            )
        )

        assert refused == "not-permitted"
        assert Demand.objects.get().order == made.order

    def test_what_nobody_asked_for_is_not_replied_to(self, world: World, tender: Tender) -> None:
        by = world.by("officer")

        assert refusal(
            lambda: reply(tender_id=tender.pk, order="0" * 64, text="?", by=by, now=world.now)
        ) == "not-found"  # fmt: skip


def test_attempts_are_told_of_their_tender_but_not_of_suppliers(
    world: World, tender: Tender
) -> None:
    """Attempted breaches are seen (requirement G62); who is interested is not."""
    cast = Cast.around(world)
    for who in ("operator", "bidder"):
        refused = cast.clients[who].get(f"/api/v1/tenders/{tender.pk}/timeline")
        assert refused.status_code == 403

    found = read_attempts(tender_id=tender.pk, by=world.by("overseer"), now=world.now)

    assert [entry.by for entry in found] == [world.people["operator"].pk]
