"""Operators see whether the site is well, and never that somebody bids.

The filing here is a real one through the interface. What its logs and metrics would give away is
looked for in everything that was written, and in the difference that it made.
"""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from logging.config import dictConfig
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.conf import settings as installed
from django.test import Client
from knox.models import AuthToken
from pytest_django.fixtures import Settings

from api import watching
from procurement import metrics
from procurement.addresses import client_address
from procurement.journal.sequencer import tick
from procurement.logs import logging_settings, scrubbed
from tenders.models import Tender
from tests.bidding.conftest import open_world, tender  # noqa: F401  # fixtures
from tests.bidding.filing import prepared_bid, signed_form
from tests.world import World


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Write as production does, all of it, to where we can read it."""
    written = io.StringIO()
    wanted = logging_settings(structured=True)
    wanted["handlers"]["console"]["stream"] = written
    wanted["root"]["level"] = "DEBUG"
    dictConfig(wanted)
    yield written
    dictConfig(installed.LOGGING)


@pytest.fixture(autouse=True)
def asked_anew() -> None:
    watching._unready.cache_clear()


def filed(world: World, asked: Tender, client: Client) -> tuple[str, ...]:
    """File through the interface; give every word that must not be read anywhere."""
    lotus = world.suppliers[0]
    bid = prepared_bid(world, asked, lotus, "12.50")
    form = signed_form(world, lotus, bid)
    answer = client.post(
        f"/api/v1/bids/{bid.pk}/submission?secret=word",
        form,
        content_type="application/pdf",
        headers={"Authorization": f"Token {AuthToken.objects.create(lotus.signer)[1]}"},
    )
    assert answer.status_code == 201, answer.content
    told = answer.json()
    return (
        *(str(bid.pk), str(asked.pk), str(lotus.organisation.pk), str(lotus.signer.pk)),
        *(
            lotus.organisation.name_en,
            lotus.signer.email,
            told["number"],
            bid.digest,
            "secret=word",
        ),
        *("submission", "/bids/", "127.0.0.1"),
    )


def test_the_logs_of_a_filing_hold_none_of_its_identifiers(
    open_world: World,  # noqa: F811
    tender: Tender,  # noqa: F811
    client: Client,
    lines: io.StringIO,
) -> None:
    client.get("/")
    hidden = filed(open_world, tender, client)
    written = lines.getvalue()

    assert any(json.loads(line)["logger"] == "daylight.requests" for line in written.splitlines())
    assert [word for word in hidden if word in written] == []


def test_no_number_moves_when_somebody_files(
    open_world: World,  # noqa: F811
    tender: Tender,  # noqa: F811
    client: Client,
) -> None:
    tick(open_world.now)
    before = metrics.exposition(open_world.now)

    filed(open_world, tender, client)

    assert metrics.exposition(open_world.now) == before


def test_a_failure_at_a_bid_is_written_down_without_its_address(lines: io.StringIO) -> None:
    bid = uuid4()
    request = SimpleNamespace(method="POST", path=f"/api/v1/bids/{bid}/submission")
    answer = SimpleNamespace(status_code=500)

    watching.Watched(lambda _: answer)(request)  # type: ignore[arg-type]

    line = json.loads(lines.getvalue())
    assert (line["event"], line["level"]) == ("the server failed: 500", "error")
    assert line["request"].startswith("r-")
    assert str(bid) not in lines.getvalue()


def test_what_a_framework_says_of_a_failed_request_loses_the_address(lines: io.StringIO) -> None:
    logging.getLogger("django.request").error("Internal Server Error: %s", "/api/v1/bids/7/form")

    assert json.loads(lines.getvalue())["event"] == "a request failed"


@pytest.mark.parametrize(
    "word",
    [
        pytest.param("2f1c0d9e-8a7b-4c6d-9e0f-1a2b3c4d5e6f", id="an identifier"),
        pytest.param(
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", id="a digest"
        ),
        pytest.param("li.na@lotus.example", id="an e-mail address"),
        pytest.param("DHPv8QyUmYEXnyNVvOBhFxGkGrP7Z3hCzDMrpxbk4fU=", id="a key"),
    ],
)
def test_what_names_somebody_is_taken_out_of_any_line(word: str) -> None:
    assert scrubbed(f"it failed for {word} twice") == "it failed for … twice"


def test_the_rows_that_a_database_quotes_are_taken_out() -> None:
    said = "duplicate key\nDETAIL:  Key (bidder)=(Lotus) already exists.\nCONTEXT: none"

    assert scrubbed(said) == "duplicate key\nDETAIL:…\nCONTEXT: none"


# ── probes ───────────────────────────────────────────────────────────────────────────────────


def test_a_site_is_alive_by_whatever_name_one_asks(client: Client) -> None:
    assert client.get("/healthz", headers={"Host": "10.0.0.7"}).content == b"alive\n"


def test_a_site_is_ready_when_everything_answers(open_world: World, client: Client) -> None:  # noqa: F811
    tick(open_world.now)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


def test_a_site_whose_log_stands_says_so(open_world: World, client: Client) -> None:  # noqa: F811
    tick(open_world.now)
    open_world.wind_to(open_world.now + timedelta(minutes=1))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert [one["en"] for one in answer.json()["reasons"]] == [
        "The log has had no new checkpoint for too long"
    ]


def test_a_site_without_its_vault_says_so(
    open_world: World,  # noqa: F811
    client: Client,
    settings: Settings,
) -> None:
    tick(open_world.now)
    settings.VAULT = "minio://access:secret@127.0.0.1:9"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert [one["zh"] for one in answer.json()["reasons"]] == ["文件存储无响应"]


@pytest.mark.django_db
def test_metrics_are_for_this_machine_or_for_who_has_the_token(
    client: Client, settings: Settings
) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    settings.PROXIES = 1
    through = {"X-Forwarded-For": "127.0.0.1, 192.0.2.7"}
    assert client.get("/metrics", headers=through).status_code == 404
    settings.METRICS_TOKEN = "a token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a token"}).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "meta", "expected"),
    [
        (0, {"REMOTE_ADDR": "192.0.2.1"}, "192.0.2.1"),
        (0, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}, "10.0.0.1"),
        (1, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}, "192.0.2.1"),
        (1, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "8.8.8.8, 192.0.2.1"}, "192.0.2.1"),
        (2, {"HTTP_X_FORWARDED_FOR": "8.8.8.8, 192.0.2.1, 10.0.0.2"}, "192.0.2.1"),
        (1, {"HTTP_X_FORWARDED_FOR": "2001:db8::1"}, "2001:db8::1"),
        (1, {"HTTP_X_FORWARDED_FOR": "<script>"}, None),
        (0, {"REMOTE_ADDR": ""}, None),
    ],
)
def test_whom_the_last_trusted_proxy_heard_is_the_client(
    settings: Settings, proxies: int, meta: dict[str, str], expected: str | None
) -> None:
    settings.PROXIES = proxies

    assert client_address(meta) == expected
