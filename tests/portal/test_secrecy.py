"""Before the opening no public page tells of a bid: not who, not how many, not how much.

Requirement A10.
"""

import re
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from bidding.queries_opening import opening_of
from oversight.queries import timeline
from tenders.models import Tender
from tests.bidding import opened as openings
from tests.bidding.filing import FiledBid, filed_bid, withdrawn_bid
from tests.portal.reading import fetched, still
from tests.signing import Trust
from tests.world import World, published_tender

PRICES = ("777.77", "888.88")


@pytest.fixture
def committed(fresh_database: str, trust: Trust, tmp_path: Path, settings: Settings) -> World:
    """Give a world in a database of its own, where every trigger fires."""
    return World.at_first(trust).wound(tmp_path, settings)


def pages(tender: Tender) -> dict[str, str]:
    """Read every public page about a tender, in both languages."""
    paths = ["/", "/tenders/", "/tenders/?q=chairs", "/tenders.atom", "/tenders.ics"]
    parts = ("", "opening/", "result/", "deadline.ics")
    paths += [f"/tenders/{tender.pk}/{part}" for part in parts]
    return {f"{path} {lang}": fetched(path, lang) for path in paths for lang in ("en", "zh")}


def let_slip(secrets: list[str], told: str) -> list[str]:
    """Find the secrets in what is told, as words of their own: any digest has four digits in it."""
    return [one for one in secrets if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", told)]


def secrets_of(world: World, filed: list[FiledBid]) -> list[str]:
    """Give what a page could let slip."""
    said = [company.organisation.name_en for company in world.suppliers]
    for one in filed:
        said += [one.bid.digest, one.bid.digest[:12], one.receipt.number, str(one.bid.pk)]
        said += [one.sealed.manifest.digest(), str(one.sealed.manifest.payload.length)]
    return [*said, *PRICES, "7,777.70", "8,888.80", "8,788.80", "10,044.34"]


def test_every_page_is_the_same_before_and_after_bids_came_in(committed: World) -> None:
    world = committed
    tender = published_tender(world)
    before, told = pages(tender), timeline(tender.pk)

    bids = openings.file_all(world, tender, *PRICES)
    withdrawn_bid(world, world.suppliers[1], bids[1].bid)
    filed_bid(world, tender, world.suppliers[0], "99.99")

    after = pages(tender)
    assert {name: still(page) for name, page in after.items()} == {
        name: still(page) for name, page in before.items()
    }
    assert timeline(tender.pk) == told


def test_nothing_is_told_of_bids_until_they_are_announced_and_then_everything(
    committed: World,
) -> None:
    world = committed
    tender = published_tender(world)
    bids = openings.file_all(world, tender, *PRICES)
    secrets = secrets_of(world, bids)

    def nothing_slips() -> None:
        for name, page in pages(tender).items():
            assert let_slip(secrets, page) == [], name
        assert let_slip(secrets, repr(timeline(tender.pk))) == []

    openings.close(world, tender)
    nothing_slips()
    openings.requested(world, tender)
    nothing_slips()
    openings.try_the_set(world, tender)
    nothing_slips()
    openings.disclose(world, tender)
    nothing_slips()
    release = openings.release_of(world, tender)
    openings.hand_in(world, tender, "timekeeper", release)
    openings.witnessed(world)
    assert opening_of(tender.pk).state == "released"
    nothing_slips()
    openings.proceed(world)

    page = fetched(f"/tenders/{tender.pk}/opening/")
    assert "Lotus Works" in page
    assert "8,788.80 CNY" in page
    assert bids[0].bid.digest in page
    assert bids[0].bid.digest in repr(timeline(tender.pk))
