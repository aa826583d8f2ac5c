"""Nobody opens alone, and nobody with a stake in it: who may sit on a tender's panel.

An officer appoints k of n openers of the agency, the timekeeper of a supervisor that oversees it,
and the escrow holders of two custodians. Whoever changes that later begins again.
"""

from uuid import UUID, uuid4

import pytest

from procurement.actions.accounts import create_machine, create_organisation
from procurement.actions.leaving import end_membership
from procurement.actors import Actor, system_actor
from procurement.models import Event, Membership, Organisation, User
from procurement.refusals import BadInput, NotFound, NotPermitted, WrongState
from procurement.roles import OrganisationKind, Role
from tenders.actions.drafting import edit
from tenders.actions.entry import ConflictDeclared
from tenders.actions.interests import declare
from tenders.actions.panel import appoint, draw_up_keyset
from tenders.models import Panel, Seat, Tender
from tenders.queries_panel import panel_faults, seen_panel
from tests.ground.making import organisation
from tests.world import (
    HOLDERS,
    OPENERS,
    World,
    appoint_panel,
    declare_none,
    draft_tender,
    hand_in,
    rehearse,
    seat_panel,
    tender_in_approval,
)

pytestmark = pytest.mark.django_db
AGENCY, CUSTODIAN = OrganisationKind.AGENCY, OrganisationKind.CUSTODIAN


@pytest.fixture
def tender(world: World) -> Tender:
    return draft_tender(world)


def proposed(
    world: World, tender: Tender, *, officer: str | User = "officer", **otherwise: object
) -> Panel:
    asked: dict[str, object] = {
        "k": 2,
        "openers": ids(world, *OPENERS),
        "timekeeper": world.people["timekeeper"].pk,
        "escrow": ids(world, "escrow-a", "escrow-b"),
    }
    return appoint(
        tender_id=tender.pk,
        **(asked | otherwise),  # type: ignore[arg-type]
        by=world.by(officer),
        now=world.now,
    )


def ids(world: World, *who: str) -> list[UUID]:
    return [world.people[name].pk for name in who]


def machine(role: Role, body: Organisation) -> User:
    made, _ = create_machine(
        name=f"{role} of {body}", organisation_id=body.pk, role=role, by=system_actor(),
        now=body.created_at,
    )  # fmt: skip
    return made


def refused(world: World, tender: Tender, **otherwise: object) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as caught:
        proposed(world, tender, **otherwise)
    assert not Panel.objects.filter(tender=tender).exists()
    return [(fault.code, fault.pointer) for fault in caught.value.faults]


def dismissed(world: World, *users: User) -> None:
    for membership in Membership.objects.filter(user__in=users):
        end_membership(membership_id=membership.pk, by=system_actor(), now=world.now)


def drawn_up(world: World, tender: Tender) -> None:
    draw_up_keyset(tender_id=tender.pk, by=world.by("officer"), now=world.now)


# Who sits


def test_an_officer_appoints_two_of_four_openers_a_timekeeper_and_two_escrow_holders(
    world: World, tender: Tender
) -> None:
    panel = proposed(world, tender)

    seats = {seat.holder: seat for seat in Seat.objects.filter(tender=tender)}
    assert (panel.k, panel.n, panel.keyset) == (2, 4, "")
    assert {holder: seat.user for holder, seat in seats.items()} == {
        holder: world.people[holder] for holder in HOLDERS
    }
    assert [seats[holder].organisation for holder in HOLDERS] == [
        *[world.agency] * 4,
        world.supervisor,
        *world.custodians,
    ]
    assert Event.objects.filter(tender=tender.pk).latest("recorded_at").verb == "panel.appointed"


@pytest.mark.parametrize(
    ("k", "n", "one_spare", "code"),
    [
        pytest.param(2, 2, False, "wrong-number-of-openers", id="two openers"),
        pytest.param(2, 16, False, "wrong-number-of-openers", id="more than a keyset has"),
        pytest.param(1, 4, False, "no-such-quorum", id="one alone"),
        pytest.param(-1, 4, False, "no-such-quorum", id="fewer than nobody"),
        pytest.param(4, 4, True, "no-such-quorum", id="all, so that nobody may fall ill"),
        pytest.param(3, 4, False, "too-few-spares", id="one spare, without asking for it"),
        pytest.param(2, 3, False, "too-few-spares", id="two of three, without asking for it"),
        pytest.param(3, 4, True, None, id="one spare, asked for expressly"),
        pytest.param(2, 4, False, None, id="two spares"),
    ],
)
def test_nobody_opens_alone_and_some_may_be_missing(
    world: World, tender: Tender, k: int, n: int, one_spare: bool, code: str | None
) -> None:
    more = [world.person(f"more {number}", opener=world.agency).pk for number in range(4, n)]
    asked = {"k": k, "openers": [*ids(world, *OPENERS), *more][:n], "one_spare": one_spare}

    if code is None:
        assert proposed(world, tender, **asked).k == k
    else:
        assert [found for found, _ in refused(world, tender, **asked)] == [code]


def test_a_person_sits_once(world: World, tender: Tender) -> None:
    openers = ids(world, "opener-1", "opener-2", "opener-3", "opener-1")

    assert refused(world, tender, openers=openers) == [("seated-twice", "/openers/3")]
    assert refused(world, tender, escrow=ids(world, "escrow-a", "escrow-a")) == [
        ("seated-twice", "/escrow/1"),
        ("same-custodian", "/escrow"),
    ]


def test_an_opener_is_one_of_this_agency_today(world: World, tender: Tender) -> None:
    gone = world.person("gone", opener=world.agency)
    dismissed(world, gone)
    nobodies = [
        world.person("another agency's", opener=organisation(AGENCY, "Water Works")).pk,
        gone.pk,
        uuid4(),
        *ids(world, "officer", "legal", "proposer", "overseer", "timekeeper"),
    ]

    for nobody in nobodies:
        openers = [*ids(world, *OPENERS[:3]), nobody]
        assert ("not-an-opener", "/openers/3") in refused(world, tender, openers=openers)


def test_whoever_drafts_never_sits_on_the_panel_whatever_their_role_is_later(
    world: World, tender: Tender
) -> None:
    drafters = [world.people["officer"], world.people["second officer"]]
    by = world.by("second officer")
    edit(tender_id=tender.pk, sections={"validity_days": 40}, by=by, now=world.now)
    dismissed(world, *drafters)
    for user in drafters:
        world.grant(user, Role.OPENER, world.agency)
    third = world.person("third", officer=world.agency)
    openers = [*ids(world, *OPENERS[:2]), *(user.pk for user in drafters)]

    assert refused(world, tender, officer=third, openers=openers) == [
        ("drafted-it", "/openers/2"),
        ("drafted-it", "/openers/3"),
    ]


def test_whoever_declared_a_conflict_is_not_appointed_and_does_not_appoint(
    world: World, tender: Tender
) -> None:
    for name in ("opener-1", "officer"):
        declare(
            tender_id=tender.pk, conflict=True, statement="My brother bids", by=world.by(name),
            now=world.now,
        )  # fmt: skip

    with pytest.raises(ConflictDeclared):
        proposed(world, tender)
    assert refused(world, tender, officer="second officer") == [("conflict-declared", "/openers/0")]


def test_the_timekeeper_is_a_machine_of_a_supervisor_that_oversees_the_agency(
    world: World, tender: Tender
) -> None:
    elsewhere = organisation(OrganisationKind.SUPERVISOR, "Audit Office of another city")

    for wrong in (
        machine(Role.TIMEKEEPER, elsewhere).pk,
        machine(Role.TIMEKEEPER, world.custodians[0]).pk,
        machine(Role.ESCROW_HOLDER, world.supervisor).pk,
        *ids(world, "overseer"),
    ):
        found = refused(world, tender, timekeeper=wrong)
        assert found == [("not-a-timekeeper", "/timekeeper")]


def test_a_supervisor_oversees_the_agencies_below_its_own(world: World) -> None:
    world.agency = organisation(AGENCY, "A district", parent_id=world.agency.pk)
    for name in ("officer", *OPENERS):
        world.people[name] = world.person(f"district {name}")
        world.grant(world.people[name], Role(name.split("-")[0]), world.agency)

    assert proposed(world, draft_tender(world)).n == 4


def test_escrow_is_with_two_bodies_that_neither_buy_nor_run_the_platform(
    world: World, tender: Tender
) -> None:
    second = {
        "not-independent": [
            the_same_as(world.operator, CUSTODIAN),
            the_same_as(world.agency, CUSTODIAN),
            organisation(CUSTODIAN, "The operator's", parent_id=world.operator.pk),
            organisation(CUSTODIAN, "The agency's", parent_id=world.agency.pk),
        ],
        "same-custodian": [
            world.custodians[0],
            organisation(CUSTODIAN, "Its branch", parent_id=world.custodians[0].pk),
        ],
        "not-an-escrow-holder": [world.supervisor],
    }

    for code, bodies in second.items():
        for body in bodies:
            escrow = [*ids(world, "escrow-a"), machine(Role.ESCROW_HOLDER, body).pk]
            assert [found for found, _ in refused(world, tender, escrow=escrow)] == [code], body
    assert refused(world, tender, escrow=ids(world, "escrow-a")) == [
        ("not-two-escrow-holders", "/escrow")
    ]


def the_same_as(body: Organisation, kind: OrganisationKind) -> Organisation:
    """Register a body once more, in another part."""
    return create_organisation(
        kind=kind, name_en=f"{body} as {kind}", identifier_scheme=body.identifier_scheme,
        identifier=body.identifier, by=system_actor(), now=body.created_at,
    )  # fmt: skip


def test_all_that_speaks_against_a_panel_is_said_at_once(world: World, tender: Tender) -> None:
    openers = ids(world, "officer", *OPENERS[:3])

    assert refused(world, tender, k=9, openers=openers, timekeeper=uuid4(), escrow=[]) == [
        ("no-such-quorum", "/k"),
        ("not-an-opener", "/openers/0"),
        ("drafted-it", "/openers/0"),
        ("not-a-timekeeper", "/timekeeper"),
        ("not-two-escrow-holders", "/escrow"),
    ]


def test_only_an_officer_of_the_agency_appoints_and_draws_up(world: World, tender: Tender) -> None:
    stranger = world.person("stranger", officer=organisation(AGENCY, "Water Works"))

    for who, refusal in (("legal", NotPermitted), ("opener-1", NotPermitted), (stranger, NotFound)):
        with pytest.raises(refusal):
            proposed(world, tender, officer=who)
        with pytest.raises(refusal):
            draw_up_keyset(tender_id=tender.pk, by=world.by(who), now=world.now)


# Changing a panel


def test_before_the_keyset_is_drawn_up_whoever_stays_keeps_the_keys_handed_in(
    world: World, tender: Tender
) -> None:
    appoint_panel(world, tender)
    declare_none(world, tender, *OPENERS)
    hand_in(world, tender)
    fresh = world.person("fresh", opener=world.agency).pk
    openers = [*ids(world, "opener-2"), fresh, *ids(world, "opener-3", "opener-4")]

    proposed(world, tender, openers=openers)

    seats = {seat.holder: seat for seat in Seat.objects.filter(tender=tender)}
    assert {holder for holder, seat in seats.items() if not seat.keys_at} == {"opener-2"}
    moved = world.holders[tender.pk]["opener-2"].public()
    assert seats["opener-1"].verifier == moved.verifier
    assert Tender.objects.get(pk=tender.pk).revision == tender.revision


def test_after_it_a_change_voids_keyset_challenges_and_answers_and_makes_a_new_revision(
    world: World, tender: Tender
) -> None:
    seat_panel(world, tender)
    before = Panel.objects.get(tender=tender).keyset

    proposed(world, tender)

    for seat in Seat.objects.filter(tender=tender):
        void = (seat.challenge, seat.sealed_challenge, seat.answer, seat.answered_at)
        assert void == ("", None, "", None)
    assert Panel.objects.get(tender=tender).keyset == ""
    assert Tender.objects.get(pk=tender.pk).revision == tender.revision + 1
    event = Event.objects.filter(tender=tender.pk, verb="panel.appointed").latest("recorded_at")
    assert event.to_json()["body"]["voided"] is True  # type: ignore[index,call-overload]
    drawn_up(world, tender)
    assert Panel.objects.get(tender=tender).keyset == before, "of the same keys the same keyset"
    assert len(panel_faults(tender)) == len(HOLDERS), "and everybody rehearses again"


def test_a_panel_is_changed_in_a_draft_only(world: World) -> None:
    tender = tender_in_approval(world)

    with pytest.raises(WrongState):
        proposed(world, tender)
    with pytest.raises(WrongState):
        drawn_up(world, tender)


# What keeps a tender back, and who sees the panel


def test_what_keeps_a_tender_back_is_named_step_by_step(world: World, tender: Tender) -> None:
    def found() -> list[str]:
        return [fault.code for fault in panel_faults(tender)]

    assert found() == ["no-panel"]
    appoint_panel(world, tender)
    assert found() == ["keys-missing"] * 7 + ["keyset-not-drawn-up"]
    declare_none(world, tender, *OPENERS)
    hand_in(world, tender)
    assert found() == ["keyset-not-drawn-up"]
    drawn_up(world, tender)
    assert found() == ["not-rehearsed"] * 7
    rehearse(world, tender, *HOLDERS[:-1])
    [last] = panel_faults(tender)
    assert "escrow-b" in last.said("en")
    assert "escrow-b" in last.said("zh")
    rehearse(world, tender, "escrow-b")
    assert found() == []
    dismissed(world, world.people["opener-2"])
    assert found() == ["role-ended"]


def test_a_panel_is_seen_by_those_concerned_and_by_nobody_else(
    world: World, tender: Tender
) -> None:
    appoint_panel(world, tender)
    outside: list[User] = [
        world.person("stranger"),
        world.suppliers[0].signer,
        machine(Role.ESCROW_HOLDER, world.custodians[0]),
    ]

    for who in ("officer", "legal", "decider", "overseer", *HOLDERS):
        assert seen_panel(world.by(who), tender.pk).tender_id == tender.pk
    for user in outside:
        with pytest.raises(NotFound):
            seen_panel(Actor.of(user, world.now), tender.pk)
