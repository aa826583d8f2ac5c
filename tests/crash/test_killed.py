"""Whatever is killed while bids are filed: every receipt is a bid that opens, and nothing is lost.

One tender takes all bids. Suppliers go through everything from the first part to the receipt, four
at a time, and send again what was not answered. During each four one part of the site is killed as
a power cut would. ``DAYLIGHT_CRASHES`` is the number of submissions to each kind of death: 20, or
200 by ``make crash``. Nothing is filed twice, every event is in the log, and the papers that
workers owe are made, whatever the broker has forgotten.
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
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.models import QuerySet
from knox.models import AuthToken

from bidding.models import Bid, BidState, OpenedBid, Receipt
from procurement import clock
from procurement.models import Event
from procurement.outbox import LEASE
from procurement.tryout.minio_server import MinioNotBuilt
from procurement.tryout.processes import LOOPBACK
from procurement.tryout.services import ServiceMissing
from tenders.models import Tender
from tests import servers
from tests.bidding.filing import seal_offer
from tests.bidding.opened import close, opened_tender
from tests.crash.site import Site, site, until
from tests.signing import Trust
from tests.tolerance import missing_service
from tests.world import World, published_tender

pytestmark = pytest.mark.services

SUBMISSIONS = int(os.environ.get("DAYLIGHT_CRASHES", "20"))
AT_ONCE = 4
PATIENCE_SECONDS = 90.0
AGAIN = (502, 503)  # nothing else is ever answered because something was killed
MOMENT = random.Random(20261124)


@dataclass
class Crashing:
    """The site, everybody who takes part, one tender, and the receipts that were given."""

    site: Site
    world: World
    tender: Tender
    at_work: ExitStack
    receipts: list[str] = field(default_factory=list)

    @property
    def filed(self) -> QuerySet[Receipt]:
        return Receipt.objects.filter(bid__slot__tender=self.tender)

    def in_the_log(self) -> bool:
        return not Event.everything.filter(tender=self.tender.pk, leaf_index=None).exists()


@pytest.fixture(scope="module")
def crashing(_trust: Trust, django_db_setup: None, django_db_blocker: Any) -> Iterator[Crashing]:
    """Run the site with everything at work, and a tender that takes bids."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        try:
            running = stack.enter_context(site(_trust.anchors))
        except (ServiceMissing, MinioNotBuilt) as why:
            missing_service(why)
        patch.setattr(settings, "SIGNATURE_ANCHORS_DIR", _trust.anchors)
        patch.setattr(settings, "KEYS_DIR", servers.home() / "keys")
        patch.setattr(settings, "VAULT", running.environment["DAYLIGHT_VAULT"])
        world = World.build(_trust, clock.now())
        tender = published_tender(world, closes_in=timedelta(hours=6))
        at_work = stack.enter_context(ExitStack())
        at_work.enter_context(running.at_work())
        yield Crashing(running, world, tender, at_work)


DEATHS: dict[str, Callable[[Site], None]] = {
    "a web process": Site.kill_web_process,
    "a worker": Site.kill_worker,
    "MinIO": Site.kill_minio,
    "Redis, with all that it held": Site.kill_redis,
    "PostgreSQL": Site.kill_postgresql,
}


@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS)
def test_nothing_is_lost_and_nothing_happens_twice_at_the_death_of(
    crashing: Crashing, death: Callable[[Site], None]
) -> None:
    world, given = crashing.world, len(crashing.receipts)
    bidders = [Bidder(crashing, f"Supplier {given + one}") for one in range(SUBMISSIONS)]
    until(crashing.in_the_log, what="event in the log")

    for place in range(0, len(bidders), AT_ONCE):
        crashing.receipts += filed_while(death, crashing.site, bidders[place : place + AT_ONCE])

    connections.close_all()
    until(crashing.in_the_log, what="event in the log")
    world.wind_to(clock.now() + LEASE)  # what a killed worker had taken is given to another
    owed = crashing.filed.filter(paper_version=None)
    until(lambda: not owed.exists(), what="paper for each receipt")
    everything = len(crashing.receipts)
    assert everything == given + SUBMISSIONS
    assert sorted(crashing.filed.values_list("note", flat=True)) == sorted(crashing.receipts)
    assert states(crashing.tender) == {BidState.FILED: everything}
    assert events(crashing.tender)["bid.filed"] == everything


def test_every_receipt_that_was_given_is_a_bid_that_opens(crashing: Crashing) -> None:
    crashing.at_work.close()  # from here on the openers act, step by step
    crashing.world.now = clock.now()

    opened_tender(crashing.world, close(crashing.world, crashing.tender))

    assert crashing.receipts
    opened = OpenedBid.objects.filter(cause="opened").values_list("bid__receipt__note", flat=True)
    assert sorted(opened) == sorted(crashing.receipts)


def filed_while(death: Callable[[Site], None], running: Site, bidders: list["Bidder"]) -> list[str]:
    """Let some bidders file at the same time, and kill somewhere in the middle."""
    with ThreadPoolExecutor(len(bidders)) as pool:
        filing = [pool.submit(one.file) for one in bidders]
        time.sleep(MOMENT.uniform(0.05, 0.9))
        death(running)
        return [one.result() for one in filing]


def states(tender: Tender) -> Counter[str]:
    return Counter(Bid.objects.filter(slot__tender=tender).values_list("state", flat=True))


def events(tender: Tender) -> Counter[str]:
    return Counter(Event.everything.filter(tender=tender.pk).values_list("verb", flat=True))


class Bidder:
    """A supplier's own tool: from the first part to the receipt by plain HTTP, again and again."""

    def __init__(self, crashing: Crashing, name: str) -> None:
        self._port, self._world = crashing.site.port, crashing.world
        self._tender, self._company = crashing.tender, crashing.world.supplier(name)
        self._token = AuthToken.objects.create(self._company.signer)[1]
        self._sealed = seal_offer(self._world, self._tender, self._company, "12.50")

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
