"""A server that is killed between upload and receipt: the supplier goes on by plain HTTP.

What was stored is not sent again, the first arrival counts, and there is one receipt.
"""

import hashlib
import http.client
import json
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from knox.models import AuthToken

from bidding.models import Arrival, Part, Receipt
from bidding.sealed.manifest import PART_BYTES
from procurement.models import Event
from procurement.tryout.processes import LOOPBACK, Child, Processes, free_port
from tenders.models import Tender
from tests.bidding.filing import SealedOffer, prepared_bid, seal_offer, signed_form
from tests.signing import Trust
from tests.world import Company, World, published_tender

HALF = 0.5


@pytest.fixture
def tender(real_world: World) -> Tender:
    return published_tender(real_world)


@pytest.fixture
def lotus(real_world: World) -> Company:
    return real_world.suppliers[0]


@pytest.fixture
def sealed(real_world: World, tender: Tender, lotus: Company) -> SealedOffer:
    document = b"%PDF-1.7\n" + bytes(2 * PART_BYTES)
    return seal_offer(real_world, tender, lotus, "12.50", document=document)


@pytest.fixture
def server(fresh_database: str, lotus: Company, trust: Trust, tmp_path: Path) -> Iterator["Server"]:
    with Processes(tmp_path) as processes:
        yield Server(processes, fresh_database, AuthToken.objects.create(lotus.signer)[1])


def test_a_killed_server_costs_a_supplier_nothing_that_was_stored_and_no_time(
    real_world: World, tender: Tender, lotus: Company, sealed: SealedOffer, server: "Server"
) -> None:
    server.start()
    begin = {"supplier": str(lotus.organisation.pk), "manifest": sealed.manifest.to_json()}
    envelope = server.ask("POST", f"tenders/{tender.pk}/envelopes", begin)
    parts = sealed.parts()
    for name in envelope["missing"][:-2]:
        server.put_part(envelope["id"], name, parts[name])

    second = f"envelopes/{envelope['id']}/parts/payload-00001"
    server.killed_during("PUT", second, parts["payload-00001"])
    server.start()

    missing = server.ask("POST", f"tenders/{tender.pk}/envelopes", begin)["missing"]
    assert missing == ["payload-00001", "payload-00002"]
    for name in missing:
        server.put_part(envelope["id"], name, parts[name])
    assert Part.objects.count() == len(parts)
    assert server.ask("POST", f"envelopes/{envelope['id']}/completion", {})["missing"] == []
    prepare = {
        "supplier": str(lotus.organisation.pk),
        "lot": "lot-1",
        "envelopes": {"offer": envelope["manifest"]},
    }
    bid = server.ask("POST", f"tenders/{tender.pk}/bids", prepare)
    form = real_world.trust.sign(
        server.read("GET", f"bids/{bid['id']}/form.pdf"), lotus.credential, real_world.now
    )
    submission = f"bids/{bid['id']}/submission"

    server.killed_during("POST", submission, form)
    ticket = Arrival.objects.get()
    assert not Receipt.objects.exists()
    server.start()
    real_world.wind_to(tender.closes_at + timedelta(seconds=1))
    receipt = server.submit(submission, form)

    assert ticket.at < tender.closes_at
    assert receipt["received_at"] == f"{ticket.at:%Y-%m-%dT%H:%M:%S.%f}Z"
    assert server.submit(submission, form) == receipt
    assert server.read("GET", f"bids/{bid['id']}/receipt").decode() == receipt["receipt"]


def test_of_a_body_that_ends_too_early_nothing_is_kept(
    real_world: World, tender: Tender, lotus: Company, server: "Server", tmp_path: Path
) -> None:
    sealed = seal_offer(real_world, tender, lotus, "12.50")
    server.start()
    begin = {"supplier": str(lotus.organisation.pk), "manifest": sealed.manifest.to_json()}
    envelope = server.ask("POST", f"tenders/{tender.pk}/envelopes", begin)["id"]

    status, answer = server.cut_short(f"envelopes/{envelope}/parts/p.age", sealed.parts()["p.age"])

    assert (status, json.loads(answer)["code"]) == (400, "cut-short")
    assert not Part.objects.exists()
    assert not list((tmp_path / "vault" / "sealed").rglob("*.bytes"))


@pytest.mark.parametrize("after", [0.02, 0.08, 0.15, 0.3], ids=lambda s: f"after {s * 1000:g} ms")
def test_killed_while_a_bid_is_filed_there_is_one_receipt_or_none_and_then_one(
    real_world: World, tender: Tender, lotus: Company, server: "Server", after: float
) -> None:
    bid = prepared_bid(real_world, tender, lotus, "12.50")
    form = signed_form(real_world, lotus, bid)
    server.start()
    server.ask("GET", f"bids/{bid.pk}")

    server.killed_during("POST", f"bids/{bid.pk}/submission", form, after=after, share=1.0)
    before = list(Receipt.objects.values_list("note", flat=True))
    server.start()
    receipt = server.submit(f"bids/{bid.pk}/submission", form)

    assert before in ([], [receipt["receipt"]])
    assert Receipt.objects.get().note == receipt["receipt"]
    assert Receipt.objects.get().received_at == Arrival.objects.get().at
    assert Event.everything.filter(verb="bid.filed").count() == 1


class Server:
    """A real web server on this database, started and killed at will; asked by plain HTTP."""

    def __init__(self, processes: Processes, database: str, token: str) -> None:
        self._processes, self._database = processes, database
        self._headers = {"Authorization": f"Token {token}"}
        self._child: Child | None = None
        self._port = 0

    def start(self) -> None:
        """Start it, on whatever port is free."""
        self._port = free_port()
        self._child = self._processes.start(
            "site",
            [
                *(sys.executable, "-m", "gunicorn", "--bind", f"{LOOPBACK}:{self._port}"),
                *("--workers", "1", "--threads", "4", "--no-control-socket"),
                "procurement.wsgi",
            ],
            env={
                "DATABASE_URL": self._database,
                "DAYLIGHT_MODE": "test",
                "DAYLIGHT_VAULT": settings.VAULT,
                "DAYLIGHT_KEYS_DIR": str(settings.KEYS_DIR),
                "DAYLIGHT_SIGNATURE_ANCHORS": str(settings.SIGNATURE_ANCHORS_DIR),
            },
            ready=f"http://{LOOPBACK}:{self._port}/api/v1/anchors",
            within=120,
        )

    def killed_during(
        self, method: str, path: str, data: bytes, *, after: float = HALF, share: float = HALF
    ) -> None:
        """Send a part of a request's body, wait, and kill the server with all its processes."""
        with closing(http.client.HTTPConnection(LOOPBACK, self._port, timeout=30)) as connection:
            connection.putrequest(method, f"/api/v1/{path}")
            for name, value in self._raw(method, data).items():
                connection.putheader(name, value)
            connection.endheaders(data[: int(len(data) * share)])
            time.sleep(after)
            assert self._child is not None
            self._child.kill()

    def cut_short(self, path: str, data: bytes) -> tuple[int, bytes]:
        """Announce a whole part, send half of it, and stop."""
        with closing(http.client.HTTPConnection(LOOPBACK, self._port, timeout=30)) as connection:
            connection.putrequest("PUT", f"/api/v1/{path}")
            for name, value in self._raw("PUT", data).items():
                connection.putheader(name, value)
            connection.endheaders(data[: len(data) // 2])
            connection.sock.shutdown(socket.SHUT_WR)
            response = connection.getresponse()
            return response.status, response.read()

    def put_part(self, envelope: str, name: str, data: bytes) -> None:
        """Upload a part."""
        path = f"envelopes/{envelope}/parts/{name}"
        status, answer = self._sent("PUT", path, data, self._raw("PUT", data))
        assert status == 200, answer

    def submit(self, path: str, form: bytes) -> dict[str, Any]:
        """Send a signed form, and give the answer."""
        status, answer = self._sent("POST", path, form, self._raw("POST", form))
        assert status == 201, answer
        said: dict[str, Any] = json.loads(answer)
        return said

    def ask(self, method: str, path: str, sent: dict[str, Any] | None = None) -> Any:
        """Ask in JSON."""
        body = None if sent is None else json.dumps(sent).encode()
        status, answer = self._sent(method, path, body, {"Content-Type": "application/json"})
        assert status in (200, 201), answer
        return json.loads(answer)

    def read(self, method: str, path: str) -> bytes:
        """Read an answer as it is."""
        status, answer = self._sent(method, path, None, {})
        assert status == 200, answer
        return answer

    def _raw(self, method: str, data: bytes) -> dict[str, str]:
        return self._headers | {
            "Content-Type": "application/pdf" if method == "POST" else "application/octet-stream",
            "Content-Length": str(len(data)),
            "Content-SHA256": hashlib.sha256(data).hexdigest(),
        }

    def _sent(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection(LOOPBACK, self._port, timeout=60)) as connection:
            connection.request(method, f"/api/v1/{path}", body, self._headers | headers)
            response = connection.getresponse()
            return response.status, response.read()
