"""The panel over the interface, from the appointment to the last answer."""

import json
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from knox.models import AuthToken

from procurement.proof.canonical import canonical
from tenders.models import Tender
from tenders.panel.holders import HolderKey
from tenders.panel.keyset import Keyset
from tests.world import HOLDERS, OPENERS, World, appoint_panel, declare_none, draft_tender, hand_in

pytestmark = pytest.mark.django_db
STRANGER = "stranger"


@pytest.fixture
def tender(world: World) -> Tender:
    return draft_tender(world)


def asked(
    world: World, who: str, method: str, tender: UUID, path: str = "", sent: object = None
) -> HttpResponse:
    headers = {}
    if who != STRANGER:
        _, token = AuthToken.objects.create(world.people[who], expiry=None)
        headers = {"Authorization": f"Token {token}"}
    address = f"/api/v1/tenders/{tender}/panel{path}"
    body = b"" if sent is None else json.dumps(sent)
    client = Client(headers=headers)
    return client.generic(method, address, body, "application/json")  # type: ignore[return-value]


def a_panel(world: World, **otherwise: object) -> dict[str, object]:
    return {
        "k": 2,
        "openers": [str(world.people[name].pk) for name in OPENERS],
        "timekeeper": str(world.people["timekeeper"].pk),
        "escrow": [str(world.people[name].pk) for name in ("escrow-a", "escrow-b")],
        **otherwise,
    }


def key_for(world: World, tender: UUID, holder: str) -> HolderKey:
    role = holder.split("-")[0]
    key = HolderKey.generate(role, f"log.example/{role}/{holder}", str(tender))  # type: ignore[arg-type]
    if holder == "timekeeper":
        standing = world.keys["timekeeper"]
        value = {**key.to_json(), "name": standing.name, "signer": standing.encode()}
        return HolderKey.of(value)
    return key


def test_a_panel_is_seated_over_the_interface(world: World, tender: Tender) -> None:
    where, keys = tender.pk, {name: key_for(world, tender.pk, name) for name in HOLDERS}

    shown = asked(world, "officer", "PUT", where, "", a_panel(world))
    assert shown.status_code == 200, shown.content
    assert [seat["holder"] for seat in shown.json()["seats"]] == list(HOLDERS)
    declare_none(world, tender, *OPENERS)
    for name, key in keys.items():
        sent = {"recipient": key.public().recipient, "verifier": key.public().verifier}
        made = asked(world, name, "POST", where, "/keys", sent)
        assert (made.status_code, made.json()["holder"]) == (201, name), made.content
    drawn = asked(world, "officer", "POST", where, "/keyset", {})
    assert drawn.status_code == 201, drawn.content
    for name, key in keys.items():
        keyset = Keyset.read(asked(world, name, "GET", where, "/keyset").content)
        sealed = asked(world, name, "GET", where, "/challenge")
        assert sealed["Content-Type"] == "application/octet-stream"
        note = key.rehearse(sealed.content, keyset, name).sign(key.note_signer())
        done = asked(world, name, "POST", where, "/answers", {"note": note.decode()})
        assert (done.status_code, done.json()["holder"]) == (201, name), done.content

    shown = asked(world, "opener-2", "GET", where)
    assert shown.json()["keyset"] == drawn.json()["digest"] == keyset.digest()
    assert canonical(drawn.json()["keyset"]) == keyset.canonical()
    assert {(seat["keys"], seat["answered"]) for seat in shown.json()["seats"]} == {(True, True)}
    assert shown.json()["mine"] == {
        "holder": "opener-2",
        "keys": True,
        "recipient": keys["opener-2"].public().recipient,
        "challenge": True,
        "answered": True,
        "repeated": None,
        "interests_declared": True,
    }


def test_the_officer_sees_the_panel_and_has_no_seat_in_it(world: World, tender: Tender) -> None:
    assert asked(world, "officer", "GET", tender.pk).status_code == 404
    appoint_panel(world, tender)

    shown = asked(world, "officer", "GET", tender.pk).json()

    assert (shown["k"], shown["n"], shown["keyset"], shown["mine"]) == (2, 4, None, None)
    assert shown["seats"][0] == {
        "holder": "opener-1",
        "user": str(world.people["opener-1"].pk),
        "name": "Opener-1",
        "organisation": str(world.agency.pk),
        "keys": False,
        "answered": False,
        "repeated": None,
    }


def test_every_reason_against_a_panel_is_named_with_its_place(world: World, tender: Tender) -> None:
    officer = str(world.people["officer"].pk)
    sent = a_panel(world, k=4, openers=[officer, *a_panel(world)["openers"][:3]])  # type: ignore[index]

    answer = asked(world, "officer", "PUT", tender.pk, "", sent)

    assert answer.status_code == 400
    assert [(one["code"], one["pointer"]) for one in answer.json()["errors"]] == [
        ("no-such-quorum", "/k"),
        ("not-an-opener", "/openers/0"),
        ("drafted-it", "/openers/0"),
    ]


@pytest.mark.parametrize(
    ("path", "method", "sent"),
    [
        ("", "PUT", {"k": 2}),
        ("", "PUT", {"k": "2 of 4", "openers": "all", "timekeeper": 1, "escrow": [None]}),
        ("/keys", "POST", {"recipient": "age1", "verifier": "x"}),
        ("/keys", "POST", {"recipient": "age1" + "q" * 58}),
        ("/keys", "POST", {"recipient": "a" * 101, "verifier": "v" * 301, "secret": "s"}),
        ("/keyset", "POST", {"k": 2}),
        ("/answers", "POST", {}),
        ("/answers", "POST", {"note": "n" * 10_001}),
        ("/answers", "POST", []),
    ],
)
def test_what_cannot_be_read_is_a_bad_request(
    world: World, tender: Tender, path: str, method: str, sent: object
) -> None:
    appoint_panel(world, tender)
    declare_none(world, tender, "opener-1")
    who = "officer" if path in ("", "/keyset") else "opener-1"

    answer = asked(world, who, method, tender.pk, path, sent)

    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_half_a_character_in_a_note_is_a_wrong_answer(world: World, tender: Tender) -> None:
    appoint_panel(world, tender)
    declare_none(world, tender, *OPENERS)
    hand_in(world, tender)
    assert asked(world, "officer", "POST", tender.pk, "/keyset", {}).status_code == 201

    answer = asked(world, "opener-1", "POST", tender.pk, "/answers", {"note": "\ud800"})

    assert (answer.status_code, answer.json()["code"]) in [
        (409, "wrong-answer"),
        (400, "bad-input"),
    ]


ADDRESSES = [
    ("GET", ""),
    ("PUT", ""),
    ("POST", "/keys"),
    ("GET", "/keyset"),
    ("POST", "/keyset"),
    ("GET", "/challenge"),
    ("POST", "/answers"),
]


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_a_draft_does_not_exist_for_outsiders(
    world: World, tender: Tender, method: str, path: str
) -> None:
    appoint_panel(world, tender)
    world.people["supplier"] = world.suppliers[0].signer
    good = {
        "": a_panel(world),
        "/keys": {"recipient": "age1", "verifier": "v"},
        "/keyset": {},
        "/answers": {"note": "n"},
    }
    sent = None if method == "GET" else good[path]

    assert asked(world, STRANGER, method, tender.pk, path, sent).status_code == 401
    assert asked(world, "supplier", method, tender.pk, path, sent).status_code == 404
