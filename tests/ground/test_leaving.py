"""Colleagues come in by invitation, hand over, and are out at once when they leave."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from knox.models import AuthToken

from procurement import clock
from procurement.actions import accounts, invitations, leaving
from procurement.actions.accounts import create_user
from procurement.actors import ANONYMOUS, Actor, system_actor
from procurement.models import Membership, Organisation, User
from procurement.outbox import deliver
from procurement.queries import invitations_of, people_of
from procurement.refusals import AlreadyDone, BadInput, NotFound, NotPermitted
from procurement.roles import OrganisationKind, Role
from tests.ground.making import NOW, grant, organisation, person
from tests.side_by_side import DONE, outcomes

PASSWORD = "correct horse battery"
SIGNER = [Role.SUPPLIER_SIGNER]


@pytest.fixture
def pipes(db: None) -> Organisation:
    cache.clear()
    return organisation(OrganisationKind.SUPPLIER, "Pipes")


@pytest.fixture
def ada(pipes: Organisation) -> User:
    return person("Ada", supplier_administrator=pipes)


def by(user: User) -> Actor:
    return Actor.of(user, NOW)


def invited(pipes: Organisation, ada: User, email: str, **how: Any) -> str:
    made = invitations.invite(
        organisation_id=pipes.pk, email=email, by=by(ada), now=NOW, **{"roles": SIGNER, **how}
    )
    return invitations.KEYS.sign(str(made.pk))


def session_of(user: User) -> Client:
    answer = Client().post(
        "/_allauth/app/v1/auth/login",
        {"email": user.email, "password": PASSWORD},
        content_type="application/json",
    )
    return Client(headers={"X-Session-Token": answer.json()["meta"]["session_token"]})


def colleague(email: str, **roles: Organisation) -> User:
    user = create_user(
        email=email, name="Cole", password=PASSWORD, by=system_actor(), now=clock.now()
    )
    for role, body in roles.items():
        grant(user, role, body)
    return user


# ── coming ───────────────────────────────────────────────────────────────────────────────────


def test_a_newcomer_accepts_by_the_letter_and_has_an_account_and_the_roles(
    pipes: Organisation, ada: User
) -> None:
    key = invited(pipes, ada, "Ben@example.org", language="zh-hans")
    deliver(NOW)

    (membership,) = invitations.accept(
        key=key, name="Ben", password=PASSWORD, by=ANONYMOUS, now=NOW
    )

    ben = User.objects.get(email="ben@example.org")
    assert (membership.user, membership.role) == (ben, Role.SUPPLIER_SIGNER)
    assert ben.language == "zh-hans"
    (letter,) = mail.outbox
    assert letter.to == ["ben@example.org"]
    assert key in letter.body
    assert letter.subject == "邀请您代表 Pipes"


def test_who_has_an_account_accepts_when_signed_in_to_it_and_nobody_else_does(
    pipes: Organisation, ada: User
) -> None:
    ben, eve = person("Ben"), person("Eve")
    key = invited(pipes, ada, ben.email)

    with pytest.raises(invitations.SignInToAccept):
        invitations.accept(key=key, name="Ben", password=PASSWORD, by=ANONYMOUS, now=NOW)
    with pytest.raises(invitations.InvitedIsAnother):
        invitations.accept(key=key, by=by(eve), now=NOW)
    invitations.accept(key=key, by=by(ben), now=NOW)

    assert ben.memberships.get().organisation == pipes
    with pytest.raises(AlreadyDone):
        invitations.accept(key=key, by=by(ben), now=NOW)


def test_an_invitation_ends_after_14_days_or_when_it_is_withdrawn(
    pipes: Organisation, ada: User
) -> None:
    ben = person("Ben")
    late, withdrawn = (invited(pipes, ada, ben.email) for _ in range(2))
    invitation = invitations.KEYS.unsign(withdrawn)

    invitations.withdraw(invitation_id=invitation, by=by(ada), now=NOW)

    for key, at in ((late, NOW + timedelta(days=14)), (withdrawn, NOW), ("none", NOW)):
        with pytest.raises(NotFound):
            invitations.accept(key=key, by=by(ben), now=at)
    with pytest.raises(AlreadyDone):
        invitations.withdraw(invitation_id=invitation, by=by(ada), now=NOW)


def test_people_are_invited_by_their_own_administrator_or_an_operator(pipes: Organisation) -> None:
    other = person("Oda", supplier_administrator=organisation(OrganisationKind.SUPPLIER, "Bolts"))
    signer = person("Sid", supplier_signer=pipes)
    agency = organisation(OrganisationKind.AGENCY, "City Water Works")

    for stranger in (other, signer):
        with pytest.raises(NotPermitted):
            invited(pipes, stranger, "x@example.org")
    invitations.invite(
        organisation_id=agency.pk,
        email="x@example.org",
        roles=[Role.OFFICER],
        by=system_actor(),
        now=NOW,
    )


@pytest.mark.parametrize("roles", [[Role.OFFICER], [Role.TIMEKEEPER], SIGNER * 2])
def test_roles_that_do_not_belong_there_are_not_offered(
    pipes: Organisation, ada: User, roles: list[Role]
) -> None:
    with pytest.raises(BadInput):
        invited(pipes, ada, "x@example.org", roles=roles)


def test_an_invitation_never_gives_two_roles_that_exclude_each_other(
    pipes: Organisation, ada: User
) -> None:
    """Requirement G60: separation of duties."""
    officer = person("Olga", officer=organisation(OrganisationKind.AGENCY, "City Water Works"))
    key = invited(pipes, ada, officer.email)

    with pytest.raises(accounts.RolesConflict):
        invitations.accept(key=key, by=by(officer), now=NOW)


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_one_query_however_many_there_are(
    pipes: Organisation,
    ada: User,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for number in range(count):
        invited(pipes, ada, f"x{number}@example.org")
        person(f"P{number}", supplier_signer=pipes)
    actor = by(ada)

    with django_assert_num_queries(1):
        assert len([one.email for one in invitations_of(pipes.pk, actor, NOW)]) == count
    with django_assert_num_queries(1):
        assert len([one.user.name for one in people_of(pipes.pk, actor)]) == count + 1


# ── leaving ──────────────────────────────────────────────────────────────────────────────────


def test_who_leaves_is_refused_at_the_very_next_request(pipes: Organisation, ada: User) -> None:
    cole = colleague("cole@example.org", supplier_signer=pipes)
    client = session_of(cole)
    _, token = AuthToken.objects.create(cole, expiry=None)
    assert client.get("/api/v1/me").status_code == 200

    leaving.end_membership(membership_id=cole.memberships.get().pk, by=by(ada), now=NOW)

    assert client.get("/api/v1/me").status_code == 401
    by_token = Client(headers={"Authorization": f"Token {token}"})
    assert by_token.get("/api/v1/me").status_code == 401
    assert client.get("/_allauth/app/v1/auth/session").status_code in (401, 410)


def test_others_stay_signed_in(pipes: Organisation, ada: User) -> None:
    cole = colleague("cole@example.org", supplier_signer=pipes)
    dora = session_of(colleague("dora@example.org", supplier_signer=pipes))

    leaving.end_membership(membership_id=cole.memberships.get().pk, by=by(ada), now=NOW)

    assert dora.get("/api/v1/me").status_code == 200


def test_a_supplier_is_never_without_an_administrator(pipes: Organisation, ada: User) -> None:
    own = ada.memberships.get().pk

    for actor in (by(ada), system_actor()):
        with pytest.raises(leaving.LastAdministrator):
            leaving.end_membership(membership_id=own, by=actor, now=NOW)
    person("Ben", supplier_administrator=pipes)
    leaving.end_membership(membership_id=own, by=by(ada), now=NOW)

    assert ada.memberships.get().until == NOW


@pytest.mark.usefixtures("fresh_database")
def test_of_two_administrators_who_end_each_others_role_one_stays() -> None:
    pipes = organisation(OrganisationKind.SUPPLIER, "Pipes")
    one, other = (person(name, supplier_administrator=pipes) for name in ("Ada", "Ben"))
    ends = [
        lambda a=a, b=b: leaving.end_membership(
            membership_id=b.memberships.get().pk, by=by(a), now=NOW
        )
        for a, b in ((one, other), (other, one))
    ]

    assert sorted(outcomes(*ends)) == [DONE, "last-administrator"]
    assert Membership.objects.filter(until=None).count() == 1


def test_nobody_ends_a_role_at_another_body(pipes: Organisation, ada: User) -> None:
    other = person("Oda", supplier_administrator=organisation(OrganisationKind.SUPPLIER, "Bolts"))
    signer = person("Sid", supplier_signer=pipes)

    with pytest.raises(NotFound):
        leaving.end_membership(membership_id=ada.memberships.get().pk, by=by(other), now=NOW)
    with pytest.raises(NotPermitted):
        leaving.end_membership(membership_id=ada.memberships.get().pk, by=by(signer), now=NOW)


# ── handing over ─────────────────────────────────────────────────────────────────────────────


def test_a_role_is_handed_over_in_one_step(pipes: Organisation, ada: User) -> None:
    ben = person("Ben", supplier_signer=pipes)

    leaving.hand_over(
        organisation_id=pipes.pk,
        leaver=ada.pk,
        successor=ben.pk,
        role=Role.SUPPLIER_ADMINISTRATOR,
        by=by(ada),
        now=NOW,
    )

    assert Actor.of(ada, NOW).roles == frozenset()
    assert (Role.SUPPLIER_ADMINISTRATOR, pipes.pk) in Actor.of(ben, NOW).roles


def test_a_handover_that_is_refused_changes_nothing(pipes: Organisation, ada: User) -> None:
    ben, stranger = person("Ben", supplier_administrator=pipes), person("Eve")
    role = Role.SUPPLIER_ADMINISTRATOR

    for successor, refusal in ((ben, AlreadyDone), (stranger, NotFound)):
        with pytest.raises(refusal):
            leaving.hand_over(
                organisation_id=pipes.pk,
                leaver=ada.pk,
                successor=successor.pk,
                role=role,
                by=by(ada),
                now=NOW,
            )

    assert (role, pipes.pk) in Actor.of(ada, NOW).roles
