"""One reader cannot take the service from the others, and no count keeps a bid out."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from knox.models import AuthToken
from pytest_django.fixtures import Settings

from api import bids
from api.throttles import NEVER_COUNTED
from procurement.actions.accounts import create_user
from procurement.actors import system_actor
from tests.ground.making import NOW

pytestmark = pytest.mark.django_db
PUBLIC, OWN = "/api/v1/organisations", "/api/v1/me"
ID = "5f0c8a51-3c57-4f0e-9d4f-0c1e2d3a4b5c"
ON_ITS_WAY = [
    f"tenders/{ID}/envelopes",
    f"envelopes/{ID}/parts/payload-00000",
    f"envelopes/{ID}/completion",
    f"tenders/{ID}/bids",
    f"bids/{ID}/submission",
    f"bids/{ID}/withdrawal",
]


@pytest.fixture(autouse=True)
def rates(settings: Settings) -> Iterator[None]:
    """Let a stranger ask twice a minute, and a person three times."""
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {
        "DEFAULT_THROTTLE_RATES": {"stranger": "2/min", "person": "3/min"}
    }
    cache.clear()
    yield
    cache.clear()


def stranger(address: str = "192.0.2.1") -> Client:
    return Client(REMOTE_ADDR=address)


def person(name: str, address: str = "192.0.2.1") -> Client:
    user = create_user(email=f"{name}@example.org", name=name, by=system_actor(), now=NOW)
    _, token = AuthToken.objects.create(user, expiry=None)
    return Client(REMOTE_ADDR=address, headers={"Authorization": f"Token {token}"})


def statuses(client: Client, path: str, times: int) -> list[int]:
    return [client.get(path).status_code for _ in range(times)]


def test_a_stranger_who_asks_too_often_is_told_when_to_ask_again() -> None:
    reader = stranger()
    assert statuses(reader, PUBLIC, 2) == [200, 200]

    answer = reader.get(PUBLIC)

    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "too-often"
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_a_stranger_at_another_address_is_not_concerned() -> None:
    assert statuses(stranger(), PUBLIC, 3) == [200, 200, 429]

    assert statuses(stranger("192.0.2.2"), PUBLIC, 1) == [200]


def test_all_ipv6_addresses_of_one_site_are_one_stranger() -> None:
    addresses = ("2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3", "2001:db8:1:3::1")

    assert [stranger(one).get(PUBLIC).status_code for one in addresses] == [200, 200, 429, 200]


def test_a_stranger_does_not_become_another_by_writing_a_header() -> None:
    found = [
        stranger().get(PUBLIC, headers={"X-Forwarded-For": f"198.51.100.{number}"}).status_code
        for number in range(3)
    ]

    assert found == [200, 200, 429]


def test_behind_a_proxy_strangers_are_told_apart_by_what_the_proxy_writes(
    settings: Settings,
) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}

    def through_the_proxy(written: str) -> int:
        return stranger().get(PUBLIC, headers={"X-Forwarded-For": written}).status_code

    assert [through_the_proxy(f"{one}, 203.0.113.5") for one in ("a", "b", "c")] == [200, 200, 429]
    assert through_the_proxy("203.0.113.6") == 200


def test_suppliers_behind_one_address_do_not_share_a_count() -> None:
    lotus, crane = person("lotus"), person("crane")
    assert statuses(lotus, OWN, 4) == [200, 200, 200, 429]

    assert statuses(crane, OWN, 3) == [200, 200, 200]


def test_strangers_do_not_use_up_what_a_person_at_their_address_has() -> None:
    assert statuses(stranger(), PUBLIC, 3) == [200, 200, 429]

    assert statuses(person("lotus"), OWN, 3) == [200, 200, 200]


def test_a_person_has_one_count_wherever_they_are() -> None:
    lotus = person("lotus")

    found = [lotus.get(OWN, REMOTE_ADDR=f"192.0.2.{number}").status_code for number in range(4)]

    assert found == [200, 200, 200, 429]


@pytest.mark.parametrize("path", ON_ITS_WAY)
def test_no_count_keeps_a_bid_out(path: str) -> None:
    lotus = person("lotus")
    assert statuses(lotus, OWN, 4)[-1] == 429

    answers = {lotus.post(f"/api/v1/{path}").status_code for _ in range(5)}
    answers |= {lotus.put(f"/api/v1/{path}").status_code for _ in range(5)}

    assert 429 not in answers


def test_every_address_for_bidders_is_free_of_counts() -> None:
    counted = [
        str(route.pattern)
        for route in bids.routes
        if not NEVER_COUNTED.fullmatch(f"/api/{route.pattern}")
    ]

    assert counted == []
