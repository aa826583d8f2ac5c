"""Whatever is killed while bids are filed: every receipt is a bid that opens, and nothing is lost.

Suppliers go through everything from the first part to the receipt, four at a time, and send again
what was not answered. During each four one part of the site is killed as a power cut would.
``DAYLIGHT_CRASHES`` is the number of submissions to each kind of death: 20, or 200 by
``make crash``. Nothing is filed twice, every event is in the log once, and the papers that workers
owe are made, whatever the broker has forgotten.
"""

import hashlib
import http.client
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from knox.models import AuthToken
from pytest_django.fixtures import Settings

from bidding.models import Bid, BidState, OpenedBid, Receipt
from procurement import clock
from procurement.models import Event
from procurement.outbox import LEASE
from procurement.tryout.minio_server import MinioNotBuilt
from procurement.tryout.processes import LOOPBACK
from procurement.tryout.services import ServiceMissing
from tenders.models import Tender
from tests.bidding.filing import SealedOffer, seal_offer
from tests.bidding.opened import close, opened_tender
from tests.crash.site import Site, site, until
from tests.signing import Trust
from tests.world import Company, World, published_tender

pytestmark = pytest.mark.services

SUBMISSIONS = int(os.environ.get("DAYLIGHT_CRASHES", "20"))
AT_ONCE = 4
PATIENCE_SECONDS = 90.0
AGAIN = (502, 503)  # nothing else is ever answered because something was killed
LIVING = random.Random(20261124)


@pytest.fixture(scope="module")
def crashing(_trust: Trust, django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    with django_db_blocker.unblock():
        try:
            with site(_trust.anchors) as made:
                yield made
        except (ServiceMissing, MinioNotBuilt) as why:
            if os.environ.get("REQUIRE_SERVICES") == "1":
                pytest.fail(f"REQUIRE_SERVICES=1, but: {why}")
            pytest.skip(str(why))


@pytest.fixture
def world(crashing: Site, trust: Trust, settings: Settings) -> World:
    settings.VAULT = crashing.environment["DAYLIGHT_VAULT"]
    world = World.build(trust, clock.now())
    world.suppliers = [world.supplier(f"Supplier {one}") for one in range(SUBMISSIONS)]
    return world


DEATHS: dict[str, Callable[[Site], None]] = {
    "a web process": Site.kill_web_process,
    "a worker": Site.kill_worker,
    "MinIO": Site.kill_minio,
    "Redis, with all that it held": Site.kill_redis,
    "PostgreSQL": Site.kill_postgresql,
}


@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS)
def test_every_receipt_is_a_bid_that_opens_after_the_death_of(
    crashing: Site, world: World, death: Callable[[Site], None]
) -> None:
    tender = published_tender(world, closes_in=timedelta(hours=2))
    bidders = [Bidder(crashing, world, tender, company) for company in world.suppliers]

    with crashing.at_work():
        until(lambda: in_the_log(tender), what="notice in the log")
        receipts = [
            receipt
            for place in range(0, len(bidders), AT_ONCE)
            for receipt in filed_while(death, crashing, bidders[place : place + AT_ONCE])
        ]
        connections.close_all()
        until(lambda: in_the_log(tender), what="event in the log")
        world.wind_to(clock.now() + LEASE)  # what a killed worker had taken is given to another
        until(lambda: papers_of(tender) == len(bidders), what="paper for each receipt")

    filed = Receipt.objects.filter(bid__slot__tender=tender)
    assert sorted(filed.values_list("note", flat=True)) == sorted(receipts)
    assert states(tender) == {BidState.FILED: len(bidders)}
    assert events(tender)["bid.filed"] == len(bidders)
    world.now = clock.now()
    opened_tender(world, close(world, tender))
    assert causes(tender) == {"opened": len(bidders)}


def filed_while(
    death: Callable[[Site], None], crashing: Site, bidders: list["Bidder"]
) -> list[str]:
    """Let some bidders file at the same time, and kill somewhere in the middle."""
    with ThreadPoolExecutor(len(bidders)) as pool:
        filing = [pool.submit(one.file) for one in bidders]
        time.sleep(LIVING.uniform(0.05, 0.9))
        death(crashing)
        return [one.result() for one in filing]


def in_the_log(tender: Tender) -> bool:
    return not Event.everything.filter(tender=tender.pk, leaf_index=None).exists()


def papers_of(tender: Tender) -> int:
    return Receipt.objects.filter(bid__slot__tender=tender, paper_version__isnull=False).count()


def states(tender: Tender) -> Counter[str]:
    return Counter(Bid.objects.filter(slot__tender=tender).values_list("state", flat=True))


def causes(tender: Tender) -> Counter[str]:
    return Counter(
        OpenedBid.objects.filter(bid__slot__tender=tender).values_list("cause", flat=True)
    )


def events(tender: Tender) -> Counter[str]:
    return Counter(Event.everything.filter(tender=tender.pk).values_list("verb", flat=True))


class Bidder:
    """A supplier's own tool: from the first part to the receipt by plain HTTP, again and again."""

    def __init__(self, crashing: Site, world: World, tender: Tender, company: Company) -> None:
        self._port, self._company = crashing.port, company
        self._tender, self._world = tender, world
        self._token = AuthToken.objects.create(company.signer)[1]
        self._sealed: SealedOffer = seal_offer(world, tender, company, "12.50")

    def file(self) -> str:
        """Do everything; give the receipt."""
        supplier, manifest = str(self._company.organisation.pk), self._sealed.manifest
        begin = {"supplier": supplier, "manifest": manifest.to_json()}
        envelope = self._ask("POST", f"tenders/{self._tender.pk}/envelopes", begin)
        for name, part in self._sealed.parts().items():
            self._sent("PUT", f"envelopes/{envelope['id']}/parts/{name}", part)
        self._ask("POST", f"envelopes/{envelope['id']}/completion", {})
        wanted = {"supplier": supplier, "lot": "lot-1", "envelopes": {"offer": manifest.digest()}}
        bid = self._ask("POST", f"tenders/{self._tender.pk}/bids", wanted)["id"]
        plain = self._sent("GET", f"bids/{bid}/form.pdf", b"")
        form = self._world.trust.sign(plain, self._company.credential, self._world.now)
        receipt = json.loads(self._sent("POST", f"bids/{bid}/submission", form))["receipt"]
        return str(receipt)

    def _ask(self, method: str, path: str, sent: dict[str, Any]) -> Any:
        body = json.dumps(sent).encode()
        return json.loads(self._sent(method, path, body, kind="application/json"))

    def _sent(self, method: str, path: str, body: bytes, kind: str = "") -> bytes:
        """Send until there is an answer that stands."""
        raw = "application/pdf" if method == "POST" else "application/octet-stream"
        headers = {
            "Authorization": f"Token {self._token}",
            "Content-Type": kind or raw,
            "Content-SHA256": hashlib.sha256(body).hexdigest(),
        }
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            try:
                with closing(
                    http.client.HTTPConnection(LOOPBACK, self._port, timeout=30)
                ) as connection:
                    connection.request(method, f"/api/v1/{path}", body or None, headers)
                    response = connection.getresponse()
                    status, answer = response.status, response.read()
            except (OSError, http.client.HTTPException):
                status, answer = AGAIN[0], b""
            if status not in AGAIN:
                assert status in (200, 201), f"{method} {path}: {status} {answer[:600]!r}"
                return answer
            time.sleep(0.1)
        raise AssertionError(f"{method} {path} was not answered in {PATIENCE_SECONDS} s")
