"""People sign in with an address and a password; nobody signs up, and nobody locks another out."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from procurement.actions.accounts import create_user
from procurement.actors import system_actor
from procurement.mail import due as send
from procurement.models import Mail, OutboxMessage
from procurement.outbox import deliver
from tests.ground.making import NOW

pytestmark = pytest.mark.django_db
AUTH = "/_allauth/app/v1/auth"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def ann() -> None:
    cache.clear()
    create_user(email="ann@example.org", name="Ann", password=PASSWORD, by=system_actor(), now=NOW)


def post(path: str, **body: str) -> Any:
    return Client().post(f"{AUTH}/{path}", body, content_type="application/json")


def test_a_person_signs_in_and_is_known_by_the_token() -> None:
    answer = post("login", email="Ann@example.org", password=PASSWORD)
    token = answer.json()["meta"]["session_token"]

    session = Client().get(f"{AUTH}/session", headers={"X-Session-Token": token})

    assert answer.status_code == 200
    assert session.json()["data"]["user"]["email"] == "ann@example.org"
    assert Client().get(f"{AUTH}/session").status_code == 401


def test_a_wrong_password_is_refused() -> None:
    assert post("login", email="ann@example.org", password="wrong horse").status_code == 400


def test_nobody_signs_up() -> None:
    answer = post("signup", email="eve@example.org", password=PASSWORD)

    assert answer.status_code == 403


def test_a_stranger_who_guesses_passwords_does_not_lock_the_person_out() -> None:
    for _ in range(20):
        post("login", email="ann@example.org", password="wrong horse")

    assert post("login", email="ann@example.org", password=PASSWORD).status_code == 200


def test_every_page_forbids_scripts_that_are_not_ours() -> None:
    answer = Client().get(f"{AUTH}/session")

    assert "script-src 'self'" in answer["Content-Security-Policy"]


def key_from_the_letter() -> str:
    deliver(NOW)
    send(now=NOW)
    (key,) = re.findall(r"^\S+-\S+$", mail.outbox[-1].body, re.MULTILINE)
    return str(key)


def test_who_has_forgotten_a_password_sets_a_new_one_by_a_letter() -> None:
    old = post("login", email="ann@example.org", password=PASSWORD).json()["meta"]["session_token"]

    asked = post("password/request", email="ann@example.org")
    done = post("password/reset", key=key_from_the_letter(), password="a new horse battery")

    assert (asked.status_code, done.status_code) == (200, 401)  # 401: sign in with it now
    assert post("login", email="ann@example.org", password=PASSWORD).status_code == 400
    assert post("login", email="ann@example.org", password="a new horse battery").status_code == 200
    session = Client().get(f"{AUTH}/session", headers={"X-Session-Token": old})
    assert session.status_code in (401, 410)


def test_a_key_sets_a_password_once_and_only_a_strong_one() -> None:
    post("password/request", email="ann@example.org")
    key = key_from_the_letter()

    assert post("password/reset", key=key, password="short").status_code == 400
    assert post("password/reset", key=key, password="a new horse battery").status_code == 401
    assert post("password/reset", key=key, password="another horse battery").status_code == 400


def test_asking_for_a_new_password_does_not_tell_whether_an_address_has_an_account() -> None:
    answers = [post("password/request", email=f"{who}@example.org") for who in ("ann", "nobody")]

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (200, answers[0].content)
    }
    deliver(NOW)
    send(now=NOW)
    assert [letter.to for letter in mail.outbox] == [["ann@example.org"]]


def test_the_key_to_a_new_password_is_kept_nowhere_once_the_letter_is_out() -> None:
    post("password/request", email="ann@example.org")
    key = key_from_the_letter()

    assert all(key not in one.body for one in Mail.objects.all())
    assert all(key not in str(one.payload) for one in OutboxMessage.objects.all())
