"""The interface shows whom the platform trusts to everybody, and lets operators decide it."""

import base64
from datetime import timedelta
from typing import Any

from django.test import Client
from knox.models import AuthToken
from pytest_django.fixtures import Settings

from tests.signatures import trusting
from tests.signing import BEGAN
from tests.world import World

TRUST = "/api/v1/trust"


def _as(world: World, who: str) -> Client:
    _, token = AuthToken.objects.create(user=world.people[who])
    return Client(headers={"Authorization": f"Token {token}"})


def _sent(client: Client, path: str, **body: Any) -> tuple[int, Any]:
    answer = client.post(f"{TRUST}{path}", body, content_type="application/json")
    return answer.status_code, answer.json()


def test_everybody_reads_whom_the_platform_trusts_a_page_at_a_time(world: World) -> None:
    assert Client().get(TRUST).json() | {"next": None} == {
        "count": 0, "next": None, "previous": None, "results": [], "version": 0, "digest": None,
    }  # fmt: skip
    version = trusting.approved(world)

    shown = Client().get(f"{TRUST}?page_size=2").json()

    assert (shown["version"], shown["digest"], shown["count"]) == (1, version.digest, 3)
    assert len(shown["results"]) == 2
    assert {"subject", "purpose", "valid_from", "addresses"} <= set(shown["results"][0])
    assert Client().get(f"{TRUST}/versions").json()["results"][0]["version"] == 1
    assert Client().get(f"{TRUST}/versions/1").json()["count"] == 3
    assert Client().get(f"{TRUST}/versions/2").status_code == 404


def test_two_operators_decide_by_the_interface(world: World) -> None:
    trusting.second_operator(world)
    one, other = _as(world, "operator"), _as(world, "second operator")
    der = world.trust.authority.authority("root").certificate_der
    anchor = {
        "certificate": base64.b64encode(der).decode(),
        "purpose": "signer",
        "valid_from": BEGAN.isoformat(),
        "addresses": [{"kind": "crl", "url": "http://ca.example/root.crl"}],
    }

    status, made = _sent(one, "/proposals", add=[anchor], reason=trusting.REASON)
    assert status == 201
    shown = other.get(f"{TRUST}/proposals/{made['id']}").json()
    assert (shown["decision"], shown["count"]) == (None, 1)
    assert shown["results"][0]["addresses"] == anchor["addresses"]
    status, refused = _sent(one, f"/proposals/{made['id']}/approval")
    assert (status, refused["type"].rsplit(":", 1)[-1]) == (409, "four-eyes")
    assert _sent(other, f"/proposals/{made['id']}/approval")[0] == 201

    gone = {"sha256": shown["results"][0]["sha256"], "purpose": "signer"}
    status, made = _sent(one, "/proposals", remove=[gone], reason="It was closed")
    assert (status, _sent(one, f"/proposals/{made['id']}/withdrawal")[0]) == (201, 200)
    status, made = _sent(one, "/proposals", remove=[gone], reason="It was closed")
    assert _sent(other, f"/proposals/{made['id']}/rejection", remark="It was not")[0] == 200
    status, refused = _sent(one, "/proposals", add=[{**anchor, "certificate": "?"}], reason="x")
    assert (status, refused["errors"][0]["pointer"]) == (400, "/add/0/certificate")


def test_who_decides_has_just_shown_who_they_are(world: World, settings: Settings) -> None:
    settings.FRESH_FOR = timedelta(0)  # whenever it was, it is too long ago
    made = trusting.proposed(world)
    client = Client()
    client.force_login(world.people["second operator"])

    for path in ("", f"/{made.pk}/approval", f"/{made.pk}/rejection", f"/{made.pk}/withdrawal"):
        status, refused = _sent(client, f"/proposals{path}")
        assert (status, refused["type"]) == (
            401,
            "urn:daylight:problem:fresh-authentication-needed",
        )
