"""What the site's own work costs, beside the least that it could cost; with the memory it took.

Submissions: the signed form comes in, is kept, judged, receipted and journalled; beside the commits
that it makes, bare. Pages: a public page through everything that stands before it; beside a view
that answers one word. Opening: one bid of an opening; beside SHA-256 and age over the same bytes.
"""

import hashlib
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import psycopg
from django.conf import settings
from django.test import Client, override_settings

from bidding.models import OpenedBid
from procurement.proof import age
from procurement.proof.age_keys import Identity
from tests.bench.timing import MIB, fastest
from tests.bidding.filing import filed_bid, prepared_bid, signed_form, submit
from tests.bidding.opened import close, proceed, released
from tests.signing import Trust
from tests.world import World, published_tender

BIDS = 10
COMMITS = 3  # of one submission: the ticket, the judged form, the bid with its receipt
PAGES = 40
DOCUMENT = b"%PDF-1.7\n" + b"x" * (4 * MIB)


def rows(address: str, home: Path) -> Iterator[str]:
    """Measure all three, on a directory vault and a database that really waits."""
    trust = Trust(home / "authority")
    trust.prepare()
    settings.VAULT = f"dir://{home}/site-vault"
    settings.SIGNATURE_ANCHORS_DIR, settings.KEYS_DIR = trust.anchors, home / "keys"
    world = World.build(trust, datetime.now(UTC))
    yield submissions(world, address)
    yield pages()
    yield openings(world)


def submissions(world: World, address: str) -> str:
    """Submit prepared bids one after the other."""
    tender = published_tender(world)
    ready = []
    for place in range(BIDS):
        company = world.supplier(f"Bench {place}")
        bid = prepared_bid(world, tender, company, "12.50")
        ready.append((company, bid, signed_form(world, company, bid)))
    submit(world, *ready[0])  # what takes long the first time
    began = time.perf_counter()
    for company, bid, form in ready[1:]:
        submit(world, company, bid, form)
    one = (time.perf_counter() - began) / (BIDS - 1)
    with psycopg.connect(address, autocommit=True) as bare:
        bare.execute("CREATE TABLE bare_bids (bytes bytea)")
        body = os.urandom(2000)
        raw = fastest(lambda _: bare.execute("INSERT INTO bare_bids VALUES (%s)", [body]), 10)
    return _row("submission", f"{COMMITS} bare commits", one, raw * COMMITS)


def pages() -> str:
    """Read the public list of tenders, and a view that answers one word."""
    client = Client()
    page = fastest(lambda _: _read(client))
    with override_settings(ROOT_URLCONF="tests.bench.bare", MIDDLEWARE=[]):
        bare = Client()
        word = fastest(lambda _: _read(bare))
    return _row("public page", "a bare view", page, word)


def openings(world: World) -> str:
    """Open bids of some megabytes: everything after the release, per bid."""
    world.wind_to(world.now)
    tender = published_tender(world)
    for supplier in world.suppliers:
        filed_bid(world, tender, supplier, "12.50", document=DOCUMENT)
    released(world, close(world, tender))
    began = time.perf_counter()
    proceed(world)
    taken = time.perf_counter() - began
    opened = OpenedBid.objects.filter(opening__tender=tender, cause="opened").count()
    assert opened == len(world.suppliers), opened
    return _row("opening a bid", "its SHA-256 and age", taken / opened, _hashed_and_decrypted())


def _hashed_and_decrypted() -> float:
    """Hash and decrypt as many bytes as one of the bids has."""
    identity = Identity.generate()
    with tempfile.TemporaryDirectory() as folder:
        sealed, plain = Path(folder) / "sealed", Path(folder) / "plain"
        with sealed.open("wb") as out:
            age.encrypt(BytesIO(DOCUMENT), out, identity.recipient)

        def both(_: int) -> None:
            with sealed.open("rb") as source:
                hashlib.file_digest(source, "sha256")
            with sealed.open("rb") as source, plain.open("wb") as out:
                age.decrypt(source, out, identity)

        return fastest(both)


def _read(client: Client) -> None:
    for _ in range(PAGES):
        assert client.get("/").status_code == 200


def _row(what: str, least: str, seconds: float, bare: float) -> str:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{what:>14}, to {least:<20} {seconds / bare:7.1f} x   memory {memory:.0f} MiB"
