"""Opening, award, publication and filing ask who is there, now; a second factor counts with it."""

import base64
import hmac
import json
import struct
import time
from datetime import timedelta
from hashlib import sha1
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from knox.models import AuthToken
from pytest_django.fixtures import Settings

from api.urls import urlpatterns
from procurement.actions.accounts import create_user
from procurement.actors import system_actor
from procurement.models import User
from tests.ground.making import NOW

pytestmark = pytest.mark.django_db
ALLAUTH = "/_allauth/app/v1"
PASSWORD = "correct horse battery"
GRAVE = f"/api/v1/tenders/{uuid4()}/opening"  # of a tender that is not there: 404 to who passes


@pytest.fixture(autouse=True)
def ann(settings: Settings) -> User:
    cache.clear()
    settings.FRESH_FOR = timedelta(minutes=15)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
    return create_user(
        email="ann@example.org", name="Ann", password=PASSWORD, by=system_actor(), now=NOW
    )


class Session:
    """Somebody who is signed in, or half so."""

    def __init__(self) -> None:
        self.token = ""

    def send(self, method: str, path: str, **body: str) -> Any:
        headers = {"X-Session-Token": self.token} if self.token else {}
        answer = Client().generic(
            method.upper(), path, _json(body), "application/json", headers=headers
        )
        token = _meta(answer).get("session_token")
        self.token = token or self.token
        return answer

    def sign_in(self) -> "Session":
        self.send("post", f"{ALLAUTH}/auth/login", email="ann@example.org", password=PASSWORD)
        return self

    def prove(self) -> Any:
        return self.send("post", f"{ALLAUTH}/auth/reauthenticate", password=PASSWORD)

    def grow_old(self, minutes: int) -> None:
        """Let time pass since every proof of this session."""
        store = import_module(django_settings.SESSION_ENGINE).SessionStore(self.token)
        records = store["account_authentication_methods"]
        store["account_authentication_methods"] = [
            {**one, "at": one["at"] - 60 * minutes} for one in records
        ]
        store.save()

    def act(self) -> Any:
        return self.send("post", GRAVE)

    def set_up_codes(self) -> str:
        """Set up an authenticator app; give its secret."""
        told = self.send("get", f"{ALLAUTH}/account/authenticators/totp")
        secret = str(told.json()["meta"]["secret"])
        self.prove()
        done = self.send(
            "post", f"{ALLAUTH}/account/authenticators/totp", code=code_of(secret, ahead=-1)
        )
        assert done.status_code == 200, done.content
        return secret


def code_of(secret: str, ahead: int = 0) -> str:
    """Compute a code as an app does (RFC 6238)."""
    step = struct.pack(">Q", int(time.time()) // 30 + ahead)
    digest = hmac.new(base64.b32decode(secret), step, sha1).digest()
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def test_a_fresh_session_passes_and_an_old_one_is_asked_who_is_there() -> None:
    ann = Session().sign_in()
    assert ann.act().status_code == 404

    ann.grow_old(15)

    answer = ann.act()
    assert (answer.status_code, answer.json()["code"]) == (401, "fresh-authentication-needed")
    assert ann.send("get", "/api/v1/me").status_code == 200


def test_who_shows_it_once_more_goes_on_in_the_same_session() -> None:
    ann = Session().sign_in()
    ann.grow_old(15)

    assert ann.prove().status_code == 200

    assert ann.act().status_code == 404


def test_a_session_without_any_proof_is_not_fresh() -> None:
    ann = Session().sign_in()
    store = import_module(django_settings.SESSION_ENGINE).SessionStore(ann.token)
    del store["account_authentication_methods"]
    store.save()

    assert ann.act().json()["code"] == "fresh-authentication-needed"


def test_a_machine_is_known_by_its_token(ann: User) -> None:
    _, token = AuthToken.objects.create(ann, expiry=None)

    machine = Client(headers={"Authorization": f"Token {token}"})
    answer = machine.post(GRAVE, {}, content_type="application/json")

    assert answer.status_code == 404


def test_a_stranger_is_told_to_sign_in() -> None:
    answer = Client().post(GRAVE, {}, content_type="application/json")

    assert answer.json()["code"] == "sign-in-first"


def test_grave_acts_are_marked() -> None:
    marked = {
        str(pattern.pattern)
        for pattern in urlpatterns
        if getattr(getattr(pattern.callback, "cls", None), "fresh", False)
    }

    assert marked >= {
        "v1/tenders/<uuid:tender>/publication",
        "v1/tenders/<uuid:tender>/opening",
        "v1/tenders/<uuid:tender>/opening/presence",
        "v1/tenders/<uuid:tender>/opening/disclosures",
        "v1/tenders/<uuid:tender>/lots/<str:lot>/decision",
        "v1/bids/<uuid:bid>/submission",
    }


def test_production_asks_for_a_second_factor(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    ann = Session().sign_in()
    assert ann.act().json()["code"] == "second-factor-needed"

    secret = ann.set_up_codes()
    assert ann.act().json()["code"] == "second-factor-needed"
    ann.send("post", f"{ALLAUTH}/auth/2fa/reauthenticate", code=code_of(secret))

    assert ann.act().status_code == 404


def test_who_has_set_up_codes_signs_in_with_one() -> None:
    secret = Session().sign_in().set_up_codes()

    again = Session().sign_in()
    assert again.send("get", "/api/v1/me").status_code == 401
    again.send("post", f"{ALLAUTH}/auth/2fa/authenticate", code=code_of(secret))

    assert again.send("get", "/api/v1/me").status_code == 200
    assert again.act().status_code == 404


def test_every_factor_is_shown_again_when_the_proof_is_old() -> None:
    secret = Session().sign_in().set_up_codes()
    ann = Session().sign_in()
    ann.send("post", f"{ALLAUTH}/auth/2fa/authenticate", code=code_of(secret))
    ann.grow_old(15)

    ann.prove()
    assert ann.act().json()["code"] == "fresh-authentication-needed"
    ann.send("post", f"{ALLAUTH}/auth/2fa/reauthenticate", code=code_of(secret, ahead=1))

    assert ann.act().status_code == 404


def test_the_database_does_not_know_the_secret_of_an_app() -> None:
    secret = Session().sign_in().set_up_codes()

    kept = [str(one.data) for one in Authenticator.objects.all()]
    assert len(kept) == 2  # the app, and recovery codes
    assert not any(secret in one for one in kept)


def test_an_authenticator_wants_a_confirmed_address(ann: User) -> None:
    session = Session().sign_in()
    ann.emailaddress_set.create(email="other@example.org", verified=False)  # type: ignore[attr-defined]

    answer = session.send("get", f"{ALLAUTH}/account/authenticators/totp")

    assert answer.status_code == 409


def _json(body: dict[str, str]) -> str:
    return json.dumps(body)


def _meta(answer: Any) -> dict[str, Any]:
    if "json" not in answer.get("Content-Type", ""):
        return {}
    return answer.json().get("meta") or {}
