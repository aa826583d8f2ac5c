"""A supplier registers itself, its address is confirmed, and an operator verifies it (C21, C22)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.core.cache import cache
from django.test import Client

from procurement.actions import registration
from procurement.actions.registration import NewSupplier
from procurement.actors import Actor, system_actor
from procurement.mail import due as send
from procurement.models import (
    Event,
    Membership,
    Organisation,
    OutboxMessage,
    Registration,
    User,
    Verification,
)
from procurement.outbox import deliver
from procurement.queries import NotVerified, OperatorNeverBids, require_verified
from procurement.refusals import AlreadyDone, BadInput, Conflict, NotFound, NotPermitted
from procurement.roles import OrganisationKind
from tests.ground.making import NOW, organisation, person

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
REED = NewSupplier("Reed Mills", "芦苇纸业", "NTRCN", "91310000REED", "CN")


@pytest.fixture(autouse=True)
def _counts() -> None:
    cache.clear()


def register(email: str = "ree@example.org", supplier: NewSupplier = REED) -> None:
    registration.register(
        supplier=supplier, email=email, name="Ree", language="zh-hans", password=PASSWORD, now=NOW
    )


def letters() -> list[Any]:
    """Deliver what is due, and give what has reached a mailbox."""
    deliver(NOW)
    send(now=NOW)
    return mail.outbox


def key_of(letter: Any) -> str:
    (key,) = re.findall(r"^[0-9a-f-]{36}:\S+$", letter.body, re.MULTILINE)
    return str(key)


def registered() -> Organisation:
    register()
    return registration.confirm(key=key_of(letters()[-1]), password=PASSWORD, now=NOW)


def test_a_confirmed_registration_makes_a_supplier_and_its_first_person() -> None:
    """Requirement C21: free registration."""
    made = registered()

    user = User.objects.get(email="ree@example.org")
    roles = Membership.objects.filter(organisation=made).values_list("user", "role")
    assert (made.kind, made.name_zh, made.verified_at) == ("supplier", "芦苇纸业", None)
    assert set(roles) == {(user.pk, role) for role in registration.FIRST_ROLES}
    assert authenticate(None, email="ree@example.org", password=PASSWORD) == user
    assert Registration.objects.get().password == ""


def test_before_it_is_confirmed_there_is_neither_account_nor_body() -> None:
    register()

    assert not User.objects.exists()
    assert not Organisation.objects.exists()


def test_the_letter_speaks_the_language_of_whoever_asked() -> None:
    register()

    (letter,) = letters()

    assert (letter.to, letter.subject) == (["ree@example.org"], "请确认您的登记")


def test_the_key_is_in_no_row_of_the_database() -> None:
    register()

    key = key_of(letters()[0])

    assert all(key not in str(one.payload) for one in OutboxMessage.objects.all())
    assert not Event.objects.filter(verb__startswith="registration").exists()


def test_whoever_confirms_has_both_the_key_and_the_password_that_was_given() -> None:
    register()
    key = key_of(letters()[0])

    for wrong in (
        {"key": key, "password": "a stranger's own one"},
        {"key": key[:-1] + "!", "password": PASSWORD},
        {"key": "none", "password": PASSWORD},
    ):
        with pytest.raises(registration.NotConfirmed):
            registration.confirm(**wrong, now=NOW)

    assert not User.objects.exists()


def test_a_key_counts_for_three_days_and_what_it_was_for_is_then_forgotten() -> None:
    register()
    key = key_of(letters()[0])

    with pytest.raises(registration.NotConfirmed):
        registration.confirm(key=key, password=PASSWORD, now=NOW + timedelta(days=3))
    assert registration.due(now=NOW + timedelta(days=3)) == 1
    assert not Registration.objects.exists()


def test_a_registration_is_confirmed_once() -> None:
    register()
    key = key_of(letters()[0])
    registration.confirm(key=key, password=PASSWORD, now=NOW)

    with pytest.raises(AlreadyDone):
        registration.confirm(key=key, password=PASSWORD, now=NOW)


def test_an_address_that_has_an_account_gets_the_same_answer_and_its_owner_a_letter() -> None:
    owner = person("Ann")
    client = Client()
    body = {"name_en": "Reed Mills", "identifier_scheme": "NTRCN", "identifier": "91310000REED"}

    answers = [
        client.post(
            "/api/v1/registrations",
            {"organisation": body, "person": {"name": "Ree", "email": email, "password": PASSWORD}},
            content_type="application/json",
        )
        for email in (owner.email, "new@example.org")
    ]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    assert {letter.to[0]: letter.subject for letter in letters()} == {
        owner.email: "You have an account already",
        "new@example.org": "Confirm your registration",
    }


def test_signing_in_does_not_tell_either_whether_an_address_was_taken() -> None:
    owner = person("Ann")
    register(owner.email)
    register("new@example.org")

    answers = [
        Client().post(
            "/_allauth/app/v1/auth/login",
            {"email": email, "password": PASSWORD},
            content_type="application/json",
        )
        for email in (owner.email, "new@example.org", "nobody@example.org")
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (400, answers[0].content)
    }


def test_nobody_is_flooded_with_letters_through_us() -> None:
    for _ in range(5):
        register()

    assert len(letters()) == registration.MOST_LETTERS


def test_a_body_has_one_identity_however_its_identifier_is_written() -> None:
    """Requirement C22: each legal person one identity."""
    registered()

    with pytest.raises(Conflict):
        register("other@example.org", NewSupplier("Reed", "", "NTRCN", "91310000reed", "CN"))


@pytest.mark.parametrize(
    ("email", "password", "pointers"),
    [("ree", PASSWORD, ["/email"]), ("ree@example.org", "short", ["/password"])],
)
def test_what_is_no_account_is_named(email: str, password: str, pointers: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        registration.register(
            supplier=REED, email=email, name="Ree", language="en", password=password, now=NOW
        )

    assert [fault.pointer for fault in caught.value.faults] == pointers


def test_a_supplier_files_when_an_operator_has_verified_it_and_the_evidence_is_kept() -> None:
    """Requirement C21: data verified and evidence kept."""
    made = registered()
    with pytest.raises(NotVerified):
        require_verified(made)
    operator = person("Op", operator=organisation(OrganisationKind.OPERATOR, "Daylight Ltd"))

    registration.verify(
        organisation_id=made.pk,
        verified=True,
        evidence="Extract of 1 March shows name and number",
        source="Trade register",
        by=Actor.of(operator, NOW),
        now=NOW,
    )

    require_verified(made)
    kept = Verification.objects.get()
    assert (kept.by, kept.at, kept.source) == (operator, NOW, "Trade register")


def test_a_verification_is_taken_back_and_both_rows_stay() -> None:
    made = organisation(OrganisationKind.SUPPLIER, "Pipes")

    registration.verify(
        organisation_id=made.pk,
        verified=False,
        evidence="Struck off",
        source="Trade register",
        by=system_actor(),
        now=NOW,
    )

    with pytest.raises(NotVerified):
        require_verified(made)
    assert Event.objects.filter(verb="organisation.verification-taken-back").count() == 1


def test_only_an_operator_verifies_and_never_without_evidence() -> None:
    made = organisation(OrganisationKind.SUPPLIER, "Pipes")
    own = Actor.of(person("Ada", supplier_administrator=made), NOW)
    said = {"verified": True, "evidence": "x", "source": "y", "now": NOW}

    with pytest.raises(NotPermitted):
        registration.verify(organisation_id=made.pk, **said, by=own)
    with pytest.raises(BadInput):
        registration.verify(organisation_id=made.pk, **{**said, "evidence": " "}, by=system_actor())
    with pytest.raises(NotFound):
        registration.verify(organisation_id=own.user_id, **said, by=system_actor())


def test_the_operator_and_those_who_belong_to_it_do_not_bid() -> None:
    """Requirement C23: platform operator and affiliates barred from bidding."""
    operator = organisation(OrganisationKind.OPERATOR, "Daylight Ltd")
    same = NewSupplier("Daylight", "", operator.identifier_scheme, operator.identifier, "CN")
    with pytest.raises(OperatorNeverBids):
        register("day@example.org", same)

    supplier = organisation(OrganisationKind.SUPPLIER, "Pipes")
    Organisation.objects.filter(pk=supplier.pk).update(parent=operator)  # bought meanwhile
    supplier.refresh_from_db()

    with pytest.raises(OperatorNeverBids):
        require_verified(supplier)
