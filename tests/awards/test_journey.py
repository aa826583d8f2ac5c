"""From sealed bids to an award, by the real actions of everyone who takes part."""

import pytest

from awards.actions.deciding import decide
from awards.actions.judging import decide_judgement, judge
from awards.actions.proposing import JudgementMissing, propose
from awards.models import AwardState
from awards.queries import result
from bidding.models import Bid
from tenders.models import Tender
from tests.bidding.opened import minuted_tender
from tests.world import World


def test_unsigned_documents_are_judged_and_the_cheapest_that_counts_gets_the_lot(
    real_world: World,
) -> None:
    world = real_world
    tender = minuted_tender(world, "12.50", "11.00", "11.00")
    asked = {"tender_id": tender.pk, "reason": "As the documents say", "now": world.now}
    found = result(tender, "lot-1")
    assert len(found.to_judge) == 3
    assert [(place.place, place.points, place.tied) for place in found.ranking.places] == [
        (1, "100.00", True),
        (1, "100.00", True),
        (3, "88.00", False),
    ]
    cheapest = found.ranking.places[0].bid
    with pytest.raises(JudgementMissing):
        propose(**asked, lot="lot-1", bid=cheapest, by=world.by("proposer"))

    for one in found.to_judge:
        said = judge(
            **asked, bid=one.bid.digest, counts=one.bid.digest != cheapest, by=world.by("proposer")
        )
        decide_judgement(
            judgement_id=said.pk, decision="confirmed", reason="Seen", by=world.by("decider"),
            now=world.now,
        )  # fmt: skip
    (best, dear) = result(tender, "lot-1").ranking.places
    assert (best.place, best.points, best.tied) == (1, "100.00", False)
    assert (dear.place, dear.points) == (2, "88.00")
    propose(**asked, lot="lot-1", bid=best.bid, by=world.by("proposer"))
    award = decide(**asked, lot="lot-1", decision="confirmed", by=world.by("decider"))

    assert (award.state, award.bid) == (AwardState.AWARDED, Bid.objects.get(digest=best.bid))
    assert Tender.objects.get(pk=tender.pk).state == "concluded"
