"""An operator makes bodies, people and machines, and gives roles; conflicts are refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from knox.models import AuthToken

from procurement.actions import accounts, leaving
from procurement.actors import ANONYMOUS, Actor, require, system_actor
from procurement.models import Event, Membership, Organisation, User
from procurement.refusals import (
    AlreadyDone,
    BadInput,
    Conflict,
    NotFound,
    NotPermitted,
)
from procurement.roles import OrganisationKind, Permission, Role
from tests.ground.making import NOW, grant, organisation, person

A, S = OrganisationKind.AGENCY, OrganisationKind.SUPPLIER
pytestmark = pytest.mark.django_db
SYSTEM = system_actor()


def test_a_person_has_a_role_from_the_instant_it_was_given_until_it_is_taken(
    agency: Organisation, now: datetime
) -> None:
    user = person("Ann", officer=agency)
    ((role, where),) = Actor.of(user, now).roles
    assert (role, where) == (Role.OFFICER, agency.pk)

    later = now + timedelta(days=1)
    leaving.end_membership(membership_id=user.memberships.get().pk, by=SYSTEM, now=later)

    assert Actor.of(user, now - timedelta(seconds=1)).roles == frozenset()
    assert Actor.of(user, later - timedelta(seconds=1)).has(Permission.PLAN, of=agency.pk)
    assert Actor.of(user, later).roles == frozenset()
    with pytest.raises(AlreadyDone):
        leaving.end_membership(membership_id=user.memberships.get().pk, by=SYSTEM, now=later)


def test_a_permission_holds_at_its_own_organisation_alone(agency: Organisation) -> None:
    other = organisation(A, "Schools")
    by = Actor.of(person("Ann", officer=agency), NOW)

    require(by, Permission.PUBLISH_TENDER, of=agency.pk)
    with pytest.raises(NotPermitted):
        require(by, Permission.PUBLISH_TENDER, of=other.pk)
    with pytest.raises(NotPermitted):
        require(by, Permission.APPROVE_LEGAL, of=agency.pk)
    with pytest.raises(NotPermitted):
        require(ANONYMOUS, Permission.PLAN, of=agency.pk)


def test_a_supervisor_reaches_the_agencies_overseen_and_those_below_them(
    agency: Organisation, supervisor: Organisation
) -> None:
    below = organisation(A, "Pump Works", parent_id=agency.pk)
    lowest = organisation(A, "Pump One", parent_id=below.pk)
    stranger = organisation(A, "Schools")
    accounts.give_jurisdiction(supervisor_id=supervisor.pk, agency_id=agency.pk, by=SYSTEM, now=NOW)

    by = Actor.of(person("Sun", supervisor=supervisor), NOW)

    assert by.jurisdiction == {agency.pk, below.pk, lowest.pk}
    assert by.has(Permission.ORDER, of=lowest.pk)
    assert not by.has(Permission.ORDER, of=stranger.pk)
    assert not by.has(Permission.DRAFT_TENDER, of=agency.pk)


def test_someone_whose_account_is_switched_off_has_no_role(agency: Organisation) -> None:
    user = person("Ann", officer=agency)
    user.is_active = False

    assert Actor.of(user, NOW).roles == frozenset()


def test_one_person_does_not_get_two_roles_that_exclude_each_other(agency: Organisation) -> None:
    user = person("Ann", officer=agency)

    with pytest.raises(accounts.RolesConflict) as caught:
        grant(user, "opener", agency)

    assert caught.value.said("en") == (
        "This person is already officer, and nobody is both that and opener: "
        "Whoever runs the tender holds no key to its bids."
    )
    grant(user, "opener", organisation(A, "Schools"))


def test_a_role_that_ended_excludes_nothing(agency: Organisation) -> None:
    user = person("Ann", officer=agency)
    leaving.end_membership(membership_id=user.memberships.get().pk, by=SYSTEM, now=NOW)

    grant(user, "opener", agency)


def test_who_oversees_or_operates_does_nothing_else_anywhere(
    agency: Organisation, supervisor: Organisation
) -> None:
    operator = organisation(OrganisationKind.OPERATOR, "Daylight Ltd")

    with pytest.raises(accounts.RolesConflict):
        grant(person("Sun", supervisor=supervisor), "officer", agency)
    with pytest.raises(accounts.RolesConflict):
        grant(person("Oskar", operator=operator), "supplier_signer", organisation(S, "Pipes"))


@pytest.mark.parametrize(
    ("role", "kind"),
    [(Role.OFFICER, S), (Role.SUPPLIER_SIGNER, A), (Role.SUPERVISOR, A), (Role.OPERATOR, A)],
)
def test_a_role_is_given_only_where_it_exists(role: Role, kind: OrganisationKind) -> None:
    with pytest.raises(accounts.RoleNotHere):
        grant(person("Ann"), role.value, organisation(kind, "Somebody"))


def test_the_operator_never_bids_under_whatever_roof() -> None:
    operator = organisation(OrganisationKind.OPERATOR, "Daylight Ltd")

    with pytest.raises(accounts.OperatorNeverBids):
        organisation(S, "Daylight Trading", parent_id=operator.pk)
    with pytest.raises(accounts.OperatorNeverBids):
        accounts.create_organisation(
            kind=S,
            name_en="Daylight again",
            identifier_scheme=operator.identifier_scheme,
            identifier=operator.identifier,
            by=SYSTEM,
            now=NOW,
        )


def test_an_organisation_is_registered_once(agency: Organisation) -> None:
    with pytest.raises(Conflict):
        accounts.create_organisation(
            kind=A,
            name_en="The same",
            identifier_scheme=agency.identifier_scheme,
            identifier=agency.identifier,
            by=SYSTEM,
            now=NOW,
        )


@pytest.mark.parametrize("role", [None, "officer", "supervisor"])
def test_nobody_but_an_operator_makes_accounts(
    role: str | None, agency: Organisation, supervisor: Organisation
) -> None:
    places = {"officer": agency, "supervisor": supervisor}
    by = Actor.of(person("Ann", **{role: places[role]} if role else {}), NOW)
    events = Event.objects.count()
    acts: list[Callable[[], object]] = [
        lambda: accounts.create_user(email="x@y.example", name="X", by=by, now=NOW),
        lambda: accounts.create_machine(
            name="T", organisation_id=supervisor.pk, role=Role.TIMEKEEPER, by=by, now=NOW
        ),
        lambda: accounts.give_jurisdiction(
            supervisor_id=supervisor.pk, agency_id=agency.pk, by=by, now=NOW
        ),
        lambda: accounts.create_organisation(
            kind=S, name_en="X", identifier_scheme="X", identifier="X", by=by, now=NOW
        ),
        lambda: accounts.grant_role(
            user_id=by.user_id, organisation_id=agency.pk, role=Role.OPENER, by=by, now=NOW
        ),
    ]

    for act in acts:
        with pytest.raises(NotPermitted):
            act()

    assert Event.objects.count() == events


def test_a_membership_of_another_organisation_does_not_exist_for_a_reader(
    agency: Organisation,
) -> None:
    ann, ben = person("Ann", officer=agency), person("Ben", officer=organisation(A, "Schools"))

    assert [m.user for m in Membership.objects.visible_to(Actor.of(ann, NOW))] == [ann]
    assert Membership.objects.visible_to(ANONYMOUS).count() == 0
    assert Membership.objects.visible_to(SYSTEM).count() == 2
    with pytest.raises(NotFound):
        leaving.end_membership(
            membership_id=ben.memberships.get().pk, by=Actor.of(ann, NOW), now=NOW
        )


@pytest.mark.parametrize(
    ("email", "password", "pointers"),
    [
        ("ann", None, ["/email"]),
        ("ann@example.org", "short", ["/password"]),
        ("ann@example.org", "password1234", ["/password"]),
        ("@", "", ["/email", "/password"]),
    ],
)
def test_every_bad_field_is_named(email: str, password: str | None, pointers: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        accounts.create_user(email=email, name="Ann", password=password, by=SYSTEM, now=NOW)

    assert [fault.pointer for fault in caught.value.faults] == pointers


def test_an_address_has_one_account_however_it_is_capitalised() -> None:
    accounts.create_user(email="Ann@Example.org", name="Ann", by=SYSTEM, now=NOW)

    with pytest.raises(Conflict):
        accounts.create_user(email="ann@example.ORG", name="Ann", by=SYSTEM, now=NOW)
    assert User.objects.get_by_natural_key("ANN@example.org").email == "ann@example.org"


def test_a_machine_has_a_token_that_the_database_does_not_know(supervisor: Organisation) -> None:
    user, token = accounts.create_machine(
        name="Clock", organisation_id=supervisor.pk, role=Role.TIMEKEEPER, by=SYSTEM, now=NOW
    )

    assert Actor.of(user, NOW).has(Permission.RELEASE, of=supervisor.pk)
    stored = AuthToken.objects.get(user=user)
    assert token not in (stored.digest, stored.token_key)
    assert stored.expiry is None
    assert not user.has_usable_password()


def test_machines_and_people_do_not_take_each_others_roles(
    agency: Organisation, supervisor: Organisation
) -> None:
    with pytest.raises(BadInput):
        grant(person("Ann"), "timekeeper", supervisor)
    with pytest.raises(BadInput):
        accounts.create_machine(
            name="Robot", organisation_id=agency.pk, role=Role.OFFICER, by=SYSTEM, now=NOW
        )


def test_what_does_not_exist_is_not_found(agency: Organisation) -> None:
    with pytest.raises(NotFound):
        accounts.grant_role(
            user_id=uuid4(), organisation_id=agency.pk, role=Role.OFFICER, by=SYSTEM, now=NOW
        )
    with pytest.raises(NotFound):
        accounts.grant_role(
            user_id=person("Ann").pk, organisation_id=uuid4(), role=Role.OFFICER, by=SYSTEM, now=NOW
        )


def test_every_act_is_journalled_without_names_or_addresses() -> None:
    accounts.create_user(email="ann@example.org", name="Ann Example", by=SYSTEM, now=NOW)

    event = Event.objects.get(verb="user.created")

    assert b"example" not in event.event.lower()


def test_the_first_operator_comes_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("correct horse battery\n")
    call_command("create_operator", "op@example.org", "Op", password_file=str(file))
    call_command("create_operator", "op2@example.org", "Op Two", password_file=str(file))

    assert Membership.objects.filter(role=Role.OPERATOR).count() == 2
    assert Organisation.objects.filter(kind=OrganisationKind.OPERATOR).count() == 1
    assert authenticate(None, email="op@example.org", password="correct horse battery")
    with pytest.raises(CommandError, match="This e-mail address has an account"):
        call_command("create_operator", "op@example.org", "Op", password_file=str(file))
