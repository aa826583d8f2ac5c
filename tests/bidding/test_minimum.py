"""Nothing of a lot with too few bidders is ever decrypted (requirement F49; Order 87, art. 41).

The minimum is asked at the close and, of what can be opened, once more when every holder has tried
the whole set. The other lots go on.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bidding.ceremonies.reading import read_sealed
from bidding.models import OpenedBid
from bidding.queries_opening import minutes_of, opened_of, opening_of, set_for
from bidding.queries_set import the_set
from bidding.sealed.answers import TIMEKEEPER, NotAccepted, file_name
from bidding.sealed.manifest import Manifest
from bidding.sealed.minimum import Trial, openable, short_lots, stopped
from bidding.sealed.opening import Close, ClosedBid, ShortLot
from bidding.sealed.unsealing import take_share
from bidding.verbs import Verb
from procurement.models import Event
from procurement.proof.canonical import sha256_hex
from procurement.refusals import NotFound
from tenders.models import Tender, TenderState
from tests.bidding import opened
from tests.bidding.filing import FiledBid, filed_bid
from tests.vectors import samples
from tests.world import ONE_LOT, World, published_tender

THREE_NEEDED = {"pack": "cn-bidding", "closes_in": timedelta(days=30)}
TWO_LOTS = (*ONE_LOT, replace(ONE_LOT[0], key="lot-2"))
PRICES = ("12.50", "11.00", "13.00")


def filed(world: World, tender: Tender, **lots: int) -> dict[str, list[FiledBid]]:
    """File so many bids in each lot, ``lot_1=3``."""
    return {
        (lot := name.replace("_", "-")): [
            filed_bid(world, tender, world.suppliers[n], PRICES[n], lot=lot) for n in range(count)
        ]
        for name, count in lots.items()
    }


def closed(world: World, **lots: int) -> tuple[Tender, dict[str, list[FiledBid]]]:
    """Close a tender whose rules ask for three bidders."""
    world.wind_to(world.now)
    tender = published_tender(world, lots=TWO_LOTS, **THREE_NEEDED)
    bids = filed(world, tender, **lots)
    return opened.close(world, tender), bids


def manifests(bids: list[FiledBid]) -> set[str]:
    return {one.sealed.manifest.digest() for one in bids}


def shown(world: World, tender: Tender) -> set[str]:
    found: Any = set_for(tender.pk, world.by(TIMEKEEPER))["manifests"]
    return {Manifest.of(one).digest() for one in found}


def test_a_lot_with_too_few_bidders_stays_sealed_while_the_other_is_opened(
    real_world: World,
) -> None:
    """Requirement F49, F47."""
    tender, bids = closed(real_world, lot_1=3, lot_2=2)

    opening = opened.opened_tender(real_world, tender)

    assert shown(real_world, tender) == manifests(bids["lot-1"])
    found = opened_of(opening)
    assert {one.bid for one in found.bids} == {one.bid.digest for one in bids["lot-1"]}
    assert found.short == (ShortLot("lot-2", 2, "at-the-close"),)
    assert OpenedBid.objects.count() == 3
    assert [one for one in minutes_of(opening).incidents if "lot-2" in one] == [
        "Lot lot-2 has too few bidders: its 2 bids stay sealed / "
        "标段 lot-2 的投标人不足：其 2 份投标保持密封"
    ]


def test_no_holder_is_given_or_may_disclose_a_bid_of_a_short_lot(real_world: World) -> None:
    """Requirement F49."""
    tender, bids = closed(real_world, lot_1=3, lot_2=2)
    opened.requested(real_world, tender)
    opened.try_the_set(real_world, tender)
    sealed = bids["lot-2"][0].sealed
    digest, name = sealed.manifest.digest(), file_name("opener-1")

    with pytest.raises(NotFound):
        read_sealed(tender_id=tender.pk, manifest=digest, name=name, by=real_world.by("opener-1"))
    identity = opened.key_of(real_world, tender, "opener-1").age_identity()
    share = take_share(sealed.derived.shares[0], 1, sealed.manifest, identity)
    honest = opened.disclosure(real_world, tender, "opener-1")
    with pytest.raises(NotAccepted) as refused:
        opened.hand_in(
            real_world, tender, "opener-1", replace(honest, shares=(*honest.shares, share))
        )

    assert [fault.code for fault in refused.value.faults] == ["not-in-the-set"]


def all_say_that_it_fails(world: World, tender: Tender, bid: FiledBid) -> None:
    """Let every holder list one bid as failed."""
    broken = (bid.sealed.manifest.digest(),)
    for holder in (*opened.PRESENT, TIMEKEEPER):
        said = opened.failures(world, tender, holder, failed=broken)
        opened.hand_in(world, tender, holder, said)


def test_a_tender_fails_when_too_few_bids_can_be_opened_in_every_lot(real_world: World) -> None:
    """Requirement F49; message 9a: the minimum applies again, and nothing is disclosed."""
    tender, bids = closed(real_world, lot_1=3)
    opened.requested(real_world, tender)

    all_say_that_it_fails(real_world, tender, bids["lot-1"][0])
    real_world.wind_to(real_world.now + timedelta(days=1))
    opened.proceed(real_world)

    assert Tender.objects.get(pk=tender.pk).state == TenderState.UNSUCCESSFUL
    assert the_set(opening_of(tender.pk)) == []
    verbs = Event.objects.filter(tender=tender.pk).values_list("verb", flat=True)
    assert Verb.REVEALS_CLOSED in verbs
    assert Verb.OPENING_DISCLOSED not in verbs


def test_only_the_lot_stops_in_which_too_few_can_be_opened(real_world: World) -> None:
    """Requirement F49; protocol, message 9a."""
    tender, bids = closed(real_world, lot_1=3, lot_2=3)
    opened.requested(real_world, tender)

    all_say_that_it_fails(real_world, tender, bids["lot-1"][0])
    real_world.wind_to(real_world.now + timedelta(hours=2))
    opened.proceed(real_world)

    assert {one.lot for one in the_set(opening_of(tender.pk))} == {"lot-2"}


LOTS = {"lot-1": 3, "lot-2": 2, "lot-3": 0}


def a_close() -> Close:
    named = {
        sha256_hex(f"{lot} {n}".encode()): lot for lot, count in LOTS.items() for n in range(count)
    }
    bids = tuple(ClosedBid(digest, named[digest]) for digest in sorted(named))
    return replace(samples.close(), count=len(bids), bids=bids)


@pytest.mark.parametrize(
    ("least", "found"),
    [
        pytest.param(1, {"lot-1", "lot-2"}, id="one is enough"),
        pytest.param(2, {"lot-1", "lot-2"}, id="two"),
        pytest.param(3, {"lot-1"}, id="three"),
        pytest.param(4, set(), id="more than there are"),
    ],
)
def test_lots_with_enough_bidders_are_opened(least: int, found: set[str]) -> None:
    """Requirement F49."""
    assert {one.lot for one in openable(a_close(), samples.notice(least))} == found


def test_every_lot_with_too_few_is_named_with_the_number_of_its_bids() -> None:
    """Requirement F49."""
    plain = samples.notice(3)
    lots = tuple(replace(plain.lots[0], lot=lot) for lot in LOTS)
    notice = replace(plain, lots=lots)

    assert short_lots(a_close(), notice, {"lot-1"}) == (
        ShortLot("lot-1", 3, "after-the-failures"),
        ShortLot("lot-2", 2, "at-the-close"),
        ShortLot("lot-3", 0, "at-the-close"),
    )


@pytest.mark.parametrize(
    ("least", "claims", "found"),
    [
        pytest.param(3, {}, set(), id="nothing failed"),
        pytest.param(3, {"timekeeper": ["c"]}, {"lot-1"}, id="the timekeeper cannot open one"),
        pytest.param(3, {"opener-1": ["c"]}, set(), id="one opener of three cannot"),
        pytest.param(
            3, {"opener-1": ["c"], "opener-2": ["c"]}, {"lot-1"}, id="no quorum can open one"
        ),
        pytest.param(3, {"opener-4": ["a", "b", "c"]}, set(), id="an opener who is not present"),
        pytest.param(2, {"timekeeper": ["c"]}, set(), id="enough are left"),
        pytest.param(
            1, {"timekeeper": ["a", "b", "c"]}, set(), id="a minimum of one stops nothing"
        ),
    ],
)
def test_a_lot_stops_when_too_few_of_it_can_be_opened(
    least: int, claims: dict[str, list[str]], found: set[str]
) -> None:
    """Requirement F49; protocol, message 9a."""
    bids = [("lot-1", "a"), ("lot-1", "b"), ("lot-1", "c")]

    assert stopped(Trial(bids, (1, 2, 3), 2, claims), least) == found
