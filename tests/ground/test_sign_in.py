"""People sign in with an address and a password; nobody signs up, and nobody locks another out."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from procurement.actions.accounts import create_user
from procurement.actors import system_actor
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
