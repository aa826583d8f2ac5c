"""Of two people who act at once, one is first; the last lot ends the tender once."""

from collections.abc import Callable

import pytest

from awards.actions.deciding import decide
from awards.actions.proposing import propose
from awards.models import LotAward
from procurement.models import Event
from tenders.models import Tender
from tests.awards.opened import OpenedTender, Said, opened_tender
from tests.side_by_side import DONE, outcomes

pytestmark = pytest.mark.usefixtures("fresh_database")
BIDS = {"Lotus": Said("100.00"), "Bamboo": Said("125.00")}


def at_once(*acts: Callable[[], object]) -> list[bool]:
    """Do things at the same time, and tell which of them were not refused."""
    return [came == DONE for came in outcomes(*acts)]


def proposal(opened: OpenedTender, supplier: str, lot: str) -> Callable[[], object]:
    by, bid = opened.proposes, opened.digest(supplier, lot)
    return lambda: propose(
        tender_id=opened.tender.pk, lot=lot, bid=bid, reason="So", by=by, now=opened.now
    )


def decision(opened: OpenedTender, lot: str, said: str) -> Callable[[], object]:
    by = opened.decides
    return lambda: decide(
        tender_id=opened.tender.pk, lot=lot, decision=said, reason="So", by=by, now=opened.now
    )


def test_of_two_proposals_for_a_lot_one_stands() -> None:
    for _ in range(4):
        opened = opened_tender({"lot-1": BIDS})

        done = at_once(*(proposal(opened, name, "lot-1") for name in BIDS))

        assert sorted(done) == [False, True]
        stands = list(BIDS)[done.index(True)]
        assert LotAward.objects.get(lot__tender=opened.tender).bid == opened.bids["lot-1", stands]


def test_of_two_decisions_on_a_proposal_one_counts() -> None:
    for _ in range(4):
        opened = opened_tender({"lot-1": BIDS, "lot-2": {}})
        proposal(opened, "Lotus", "lot-1")()

        done = at_once(*(decision(opened, "lot-1", said) for said in ("confirmed", "declined")))

        assert sorted(done) == [False, True]
        state = LotAward.objects.get(lot__tender=opened.tender).state
        assert state == ("awarded" if done[0] else "pending")


def test_the_last_two_lots_decided_at_once_end_the_tender_once() -> None:
    opened = opened_tender({"lot-1": BIDS, "lot-2": BIDS})
    for lot in ("lot-1", "lot-2"):
        proposal(opened, "Lotus", lot)()

    done = at_once(*(decision(opened, lot, "confirmed") for lot in ("lot-1", "lot-2")))

    assert done == [True, True]
    assert Tender.objects.get(pk=opened.tender.pk).state == "concluded"
    ended = Event.objects.filter(tender=opened.tender.pk, verb="tender.concluded")
    assert ended.count() == 1
