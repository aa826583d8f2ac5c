"""Orders are signed by the body that may give them, upon the newest decision, or do nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bidding.sealed.history import read_history
from procurement.actions.accounts import give_jurisdiction
from procurement.actors import system_actor
from procurement.anchors import current_anchors
from procurement.journal.record import control_head
from procurement.journal.sequencer import tick
from procurement.models import Event
from procurement.proof.notes import Signer
from procurement.refusals import BadInput, Refusal
from procurement.roles import OrganisationKind
from tenders.actions import ending, orders
from tenders.models import Suspension, Tender
from tenders.queries import suspended, suspended_among, tender_history
from tests.side_by_side import outcomes
from tests.signing import Trust
from tests.world import (
    World,
    closed_tender,
    order,
    organisation,
    published_tender,
    tender_in_approval,
)

MOMENT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)


def make(world: World, tender: Tender, note: bytes, who: str = "overseer") -> None:
    orders.make(tender_id=tender.pk, order_note=note, by=world.by(who), now=world.now)


def suspend(world: World, tender: Tender, /, **said: Any) -> None:
    make(world, tender, order(world, tender, "suspend", **said))


def resume(world: World, tender: Tender) -> None:
    make(world, tender, order(world, tender, "resume"))


def cancel(world: World, tender: Tender, note: bytes, who: str = "officer") -> Tender:
    return ending.cancel(tender_id=tender.pk, order_note=note, by=world.by(who), now=world.now)


def refusal(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value


@pytest.fixture
def tender(world: World) -> Tender:
    return published_tender(world)


@pytest.mark.django_db
class TestSuspension:
    """It stands from the order that makes it until it ends, or until another order."""

    def test_it_stands_until_it_is_lifted(self, world: World, tender: Tender) -> None:
        suspend(world, tender)
        standing = suspended(tender, world.now)
        resume(world, tender)

        assert standing is not None
        assert standing.cause == "A complaint is being looked into"
        assert suspended(tender, world.now) is None
        assert Suspension.objects.get().lifted_at == world.now

    @pytest.mark.parametrize(
        ("after", "stands"),
        [
            pytest.param(MINUTE - MOMENT, True, id="a moment before its end"),
            pytest.param(MINUTE, False, id="at its end"),
        ],
    )
    def test_it_ends_by_itself(
        self, world: World, tender: Tender, after: timedelta, stands: bool
    ) -> None:
        suspend(world, tender, ends_at=world.now + MINUTE)
        at = world.now + after

        assert (suspended(tender, at) is not None) is stands
        assert (suspended_among([tender], at) == {tender.pk}) is stands

    def test_a_second_one_is_refused_while_one_stands(self, world: World, tender: Tender) -> None:
        suspend(world, tender)

        assert refusal(lambda: suspend(world, tender)).code == "already-suspended"

    def test_one_that_has_run_out_gives_way_to_the_next(self, world: World, tender: Tender) -> None:
        suspend(world, tender, ends_at=world.now + MINUTE)
        world.now += MINUTE

        assert refusal(lambda: resume(world, tender)).code == "not-suspended"
        suspend(world, tender)
        assert suspended(tender, world.now) is not None

    def test_a_closed_tender_is_suspended_too(self, world: World) -> None:
        tender = closed_tender(world)

        suspend(world, tender)

        assert suspended(tender, world.now) is not None

    def test_a_suspended_tender_is_cancelled_all_the_same(
        self, world: World, tender: Tender
    ) -> None:
        suspend(world, tender)

        assert cancel(world, tender, order(world, tender, "cancel")).state == "cancelled"

    def test_every_order_stands_in_the_history_that_others_check(
        self, world: World, tender: Tender
    ) -> None:
        suspend(world, tender)
        resume(world, tender)
        cancel(world, tender, order(world, tender, "cancel"))
        tick(world.now)

        told = read_history(tender_history(tender.pk, withheld=False), current_anchors())

        verbs = [step.verb for step in told.history.steps]
        assert verbs == ["keyset.fixed", "notice.published", *["order.made"] * 3]
        effects = [event.body["effect"] for event in told.events[2:] if event]
        assert effects == ["suspend", "resume", "cancel"]


@pytest.mark.django_db
class TestWhoOrders:
    """A supervisor of the agency, with that supervisor's own key."""

    @pytest.mark.parametrize("who", ["officer", "opener-1", "decider", "timekeeper", "operator"])
    def test_nobody_else(self, world: World, tender: Tender, who: str) -> None:
        note = order(world, tender, "suspend")

        assert refusal(lambda: make(world, tender, note, who)).code == "not-permitted"

    @pytest.mark.parametrize("key", ["agency", "timekeeper"])
    def test_with_no_other_key(self, world: World, tender: Tender, key: str) -> None:
        note = order(world, tender, "suspend", key=world.keys[key])

        assert _codes(lambda: make(world, tender, note)) == {"not-signed"}

    def test_not_with_another_key_of_that_name(self, world: World, tender: Tender) -> None:
        impostor = Signer.generate(world.keys["supervisor"].name)
        note = order(world, tender, "suspend", key=impostor)

        assert _codes(lambda: make(world, tender, note)) == {"not-signed"}

    def test_not_a_supervisor_of_others(self, world: World, tender: Tender) -> None:
        elsewhere = organisation(OrganisationKind.SUPERVISOR, "Elsewhere", now=world.now)
        world.people["foreigner"] = world.person("foreigner", supervisor=elsewhere)

        note = order(world, tender, "suspend")

        assert refusal(lambda: make(world, tender, note, "foreigner")).code == "not-permitted"

    def test_not_with_the_key_of_a_body_that_oversees_others(
        self, world: World, tender: Tender
    ) -> None:
        other = organisation(OrganisationKind.SUPERVISOR, "Elsewhere", now=world.now)
        agency = organisation(OrganisationKind.AGENCY, "Another", now=world.now)
        give_jurisdiction(
            supervisor_id=other.pk, agency_id=agency.pk, by=system_actor(), now=world.now
        )
        key = world.enrol("elsewhere", other)
        note = order(world, tender, "suspend", key=key)

        assert _codes(lambda: make(world, tender, note)) == {"not-signed"}

    def test_only_an_officer_of_the_agency_cancels(self, world: World, tender: Tender) -> None:
        note = order(world, tender, "cancel")

        assert refusal(lambda: cancel(world, tender, note, "overseer")).code == "not-permitted"

    def test_only_with_the_key_of_the_notice(self, world: World, tender: Tender) -> None:
        note = order(world, tender, "cancel", key=world.keys["supervisor"])

        assert _codes(lambda: cancel(world, tender, note)) == {"not-signed"}

    def test_also_after_the_agency_has_another_key(self, world: World, tender: Tender) -> None:
        note = order(world, tender, "cancel")
        world.enrol("agency", world.agency, suffix="-2")

        assert cancel(world, tender, note).state == "cancelled"


def _codes(act: Callable[[], object]) -> set[str]:
    refused = refusal(act)
    assert isinstance(refused, BadInput)
    assert {fault.pointer for fault in refused.faults} == {"/order_note"}
    return {fault.code for fault in refused.faults}


@pytest.mark.django_db
class TestWhatIsOrdered:
    """About this tender and this notice, from now on, upon the newest decision."""

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            pytest.param({"tender": "0" * 8 + "-0000" * 3 + "-" + "0" * 12}, "other-tender",
                         id="another tender"),
            pytest.param({"notice": "0" * 64}, "other-notice", id="another notice"),
            pytest.param({"effect": "produce"}, "no-end", id="asks for something without an end"),
            pytest.param({"effect": "cancel"}, "other-effect", id="cancels"),
            pytest.param({"effect": "annul"}, "not-this", id="an unknown effect"),
            pytest.param({"starts_at": timedelta(minutes=2)}, "begins-later", id="begins later"),
            pytest.param({"ends_at": timedelta(0)}, "has-ended", id="has ended"),
            pytest.param({"cause": ""}, "not-this", id="no cause"),
        ],
    )  # fmt: skip
    def test_an_order_about_other_things_is_refused(
        self, world: World, tender: Tender, said: dict[str, Any], code: str
    ) -> None:
        whole = {
            name: world.now + value if isinstance(value, timedelta) else value
            for name, value in said.items()
        }

        assert code in _codes(lambda: suspend(world, tender, **whole))
        assert not Suspension.objects.exists()

    @pytest.mark.parametrize("effect", ["suspend", "resume"])
    def test_the_agency_does_nothing_but_cancel(
        self, world: World, tender: Tender, effect: str
    ) -> None:
        note = order(world, tender, effect, key=world.keys["agency"])

        assert _codes(lambda: cancel(world, tender, note)) == {"other-effect"}

    @pytest.mark.parametrize(
        "note",
        [
            pytest.param(b"", id="nothing"),
            pytest.param(b"suspend\n\n", id="no signature"),
            pytest.param(b"\xff\xff\n\n", id="no text"),
            pytest.param("— x\n\n— x AAAAAAAA\n".encode(), id="a broken line"),
        ],
    )
    def test_what_is_no_order_is_refused(self, world: World, tender: Tender, note: bytes) -> None:
        assert _codes(lambda: make(world, tender, note)) == {"not-signed"}

    def test_one_upon_an_older_state_is_told_the_newest_decision(
        self, world: World, tender: Tender
    ) -> None:
        stale = order(world, tender, "cancel")
        suspend(world, tender)

        refused = refusal(lambda: cancel(world, tender, stale))

        assert refused.code == "other-control-head"
        assert refused.facts == {"head": control_head(tender.pk)}
        assert Tender.objects.get().state == "published"

    def test_the_same_order_counts_once(self, world: World, tender: Tender) -> None:
        note = order(world, tender, "suspend")
        make(world, tender, note)

        assert refusal(lambda: make(world, tender, note)).code == "other-control-head"

    def test_before_publication_there_is_nothing_to_order(self, world: World) -> None:
        tender = tender_in_approval(world)

        assert refusal(lambda: suspend(world, tender)).code == "wrong-state"


@pytest.mark.usefixtures("fresh_database")
def test_of_two_orders_at_once_upon_one_decision_one_is_refused(trust: Trust) -> None:
    world = World.at_first(trust)
    tender = published_tender(world)
    stop, end = order(world, tender, "suspend"), order(world, tender, "cancel")

    came = outcomes(lambda: make(world, tender, stop), lambda: cancel(world, tender, end))

    assert came in (["done", "other-control-head"], ["wrong-state", "done"])
    assert Event.objects.filter(verb="order.made").count() == 1
