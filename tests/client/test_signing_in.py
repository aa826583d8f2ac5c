"""Who somebody is at a server lies in a file that only they read, and never travels in the open."""

import json
import stat
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from client.server import checked_address
from tests.api.test_fresh import code_of
from tests.client.live import PASSWORD, Live, Person
from tests.client.tender import daylight


@pytest.fixture(autouse=True)
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAYLIGHT_CONFIG", str(tmp_path / "profiles"))
    return tmp_path / "profiles"


def test_a_person_signs_in_and_the_profile_is_theirs_alone(
    live: Live, operator: Person, profiles: Path, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text(PASSWORD + "\n")

    code, answer = daylight(
        *("login", live.address, "--email", operator.email, "--profile", "work"),
        *("--password-file", tmp_path / "password"),
    )

    kept = profiles / "work.json"
    assert (code, answer["name"]) == (0, "Operator")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert PASSWORD not in kept.read_text()


def test_a_wrong_password_is_refused_and_nothing_is_kept(
    live: Live, operator: Person, profiles: Path, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("wrong horse\n")

    code, answer = daylight(
        *("login", live.address, "--email", operator.email),
        *("--password-file", tmp_path / "password"),
    )

    assert (code, answer["code"]) == (1, "wrong-sign-in")
    assert not profiles.exists()


def test_a_machine_signs_in_by_its_token(live: Live, operator: Person, tmp_path: Path) -> None:
    body = {"kind": "supervisor", "name_en": "Audit", "identifier_scheme": "X", "identifier": "a"}
    audit = operator.ask("POST", "organisations", body)
    machine = operator.ask(
        "POST", f"organisations/{audit['id']}/machines", {"name": "tk", "role": "timekeeper"}
    )
    (tmp_path / "token").write_text(machine["token"] + "\n")

    code, answer = daylight("login", live.address, "--token-file", tmp_path / "token")

    assert (code, answer["id"]) == (0, machine["id"])


@pytest.mark.parametrize(
    ("address", "why"),
    [
        pytest.param("http://tender.example", "not-https", id="a password in the open"),
        pytest.param("ftp://127.0.0.1", "not-https", id="not HTTP at all"),
        pytest.param("https://", "not-https", id="nobody"),
        pytest.param("http://127.0.0.1.tender.example", "not-https", id="a name like loopback"),
    ],
)
def test_nothing_but_https_is_spoken_except_on_this_machine(address: str, why: str) -> None:
    code, answer = daylight("anchors", "--server", address, "--out", "nowhere")

    assert (code, answer["code"]) == (1, why)


@pytest.mark.parametrize("address", ["https://tender.example/", "http://localhost:8000"])
def test_https_and_this_machine_are_spoken_to(address: str) -> None:
    assert checked_address(address) == address.rstrip("/")


def test_a_profile_that_others_can_read_is_not_used(profiles: Path) -> None:
    profiles.mkdir()
    (profiles / "default.json").write_text(json.dumps({"server": "https://tender.example"}))
    (profiles / "default.json").chmod(0o644)

    code, answer = daylight("status")

    assert (code, answer["code"]) == (1, "open-to-others")


def test_a_profile_is_a_name_and_not_a_path(tmp_path: Path) -> None:
    code, answer = daylight("status", "--profile", "../elsewhere")

    assert (code, answer["code"]) == (1, "bad-profile")


def test_who_has_not_signed_in_is_told_how() -> None:
    code, answer = daylight("status")

    assert (code, answer["code"]) == (1, "not-signed-in")
    assert "daylight login" in answer["message"]


def test_anchors_are_written_with_their_digest_and_the_word_that_it_must_be_compared(
    live: Live, tmp_path: Path
) -> None:
    code, answer = daylight("anchors", "--server", live.address, "--out", tmp_path / "anchors.json")

    assert (code, answer["compared"]) == (0, False)
    assert len(answer["digest"]) == 64


def test_a_server_that_is_away_is_named_after_some_tries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.server.PAUSES", (0.01, 0.01))

    code, answer = daylight(
        "anchors", "--server", "http://127.0.0.1:9", "--out", tmp_path / "anchors.json"
    )

    assert (code, answer["code"]) == (1, "server-away")


def age(live: Live, person: Person, minutes: int) -> None:
    """Let time pass since somebody showed who they are."""
    with live.inside():
        store = import_module(settings.SESSION_ENGINE).SessionStore(
            person.headers["X-Session-Token"]
        )
        store["account_authentication_methods"] = [
            {**one, "at": one["at"] - 60 * minutes}
            for one in store["account_authentication_methods"]
        ]
        store.save()


def newcomer(live: Live, operator: Person, name: str) -> Person:
    email = f"{name}@fresh.example"
    operator.ask("POST", "users", {"email": email, "name": name.title(), "password": PASSWORD})
    return live.person(name, email, live.home)


def test_a_grave_act_asks_who_is_there_and_goes_on_with_the_password(
    live: Live, operator: Person
) -> None:
    ann = newcomer(live, operator, "fresh-ann")
    age(live, ann, minutes=24 * 60)
    present = ("open", "present", uuid4())

    assert ann.refused(*present) == "no-password"
    assert ann.refused(*present, "--password-file", ann.folder / "password") == "not-found"
    assert ann.refused(*present) == "not-found"  # for a while nobody asks again


def test_a_wrong_password_does_not_go_on(live: Live, operator: Person, tmp_path: Path) -> None:
    ann = newcomer(live, operator, "fresh-bea")
    age(live, ann, minutes=24 * 60)
    (tmp_path / "password").write_text("wrong horse\n")

    refused = ann.refused("open", "present", uuid4(), "--password-file", tmp_path / "password")

    assert refused == "wrong-sign-in"


def test_codes_of_an_app_are_set_up_and_asked_for(live: Live, operator: Person) -> None:
    ann = newcomer(live, operator, "fresh-cal")
    password = ("--password-file", ann.folder / "password")

    secret = ann.done("second-factor")["secret"]
    code = code_of(secret, ahead=-1)
    recovery = ann.done("second-factor", "--code", code, *password)["recovery_codes"]

    login = ("login", live.address, "--email", ann.email, *password)
    assert len(recovery) == 10
    assert ann.refused(*login) == "no-code"
    assert ann.refused(*login, "--code", "000000") == "wrong-code"
    assert ann.done(*login, "--code", code_of(secret))["name"] == "Fresh-Cal"
    assert ann.refused("second-factor") == "no-new-factor"
