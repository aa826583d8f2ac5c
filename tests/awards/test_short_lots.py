"""A lot with too few bidders is sealed and ended: nothing of it is ranked, proposed or decided.

Requirement F49. What everybody reads of it says how many bids stay sealed, and whose never.
"""

from collections.abc import Callable

import pytest
from django.test import Client

from awards.actions.deciding import decide
from awards.actions.judging import judge
from awards.actions.proposing import propose
from awards.actions.ready import TooFewBidders
from awards.models import LotAward
from awards.queries import result
from awards.statements import Ranking
from awards.waiting import waiting_for
from procurement.models import Event
from procurement.refusals import NotFound
from tenders.models import Tender
from tests.awards.opened import OpenedTender, Said, opened_tender
from tests.portal.reading import fetched, words

pytestmark = pytest.mark.django_db
LOTS = {
    "lot-1": {"Lotus": Said("100.00"), "Bamboo": Said("125.00")},
    "lot-2": {"Crane": Said(), "Pine": Said()},
    "lot-3": {},
}


@pytest.fixture
def opened() -> OpenedTender:
    """Two bid for the first lot; two for the second, which asked for three; nobody for the last."""
    return opened_tender(LOTS, short=("lot-2", "lot-3"))


def test_nothing_of_it_is_ranked_or_judged(opened: OpenedTender) -> None:
    found = {lot: result(opened.tender, lot) for lot in LOTS}

    assert {lot: one.sealed for lot, one in found.items()} == {
        "lot-1": None, "lot-2": 2, "lot-3": 0,
    }  # fmt: skip
    short = found["lot-2"]
    assert (short.standing, short.out, short.to_judge, short.bidders) == ([], [], (), [])
    with pytest.raises(NotFound):
        judge(
            tender_id=opened.tender.pk, bid=opened.digest("Crane", "lot-2"), counts=True,
            reason="So", by=opened.proposes, now=opened.now,
        )  # fmt: skip


@pytest.mark.parametrize("lot", ["lot-2", "lot-3"])
@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda said, by: propose(**said, bid=None, by=by.proposes), id="nobody"),
        pytest.param(
            lambda said, by: propose(**said, bid=by.digest("Crane", "lot-2"), by=by.proposes),
            id="a sealed bid",
        ),
        pytest.param(
            lambda said, by: decide(**said, decision="confirmed", by=by.decides), id="yes"
        ),
        pytest.param(lambda said, by: decide(**said, decision="declined", by=by.decides), id="no"),
    ],
)
def test_nothing_is_proposed_or_decided_about_it(
    opened: OpenedTender, act: Callable[..., LotAward], lot: str
) -> None:
    asked = {"tender_id": opened.tender.pk, "lot": lot, "reason": "So", "now": opened.now}

    with pytest.raises(TooFewBidders):
        act(asked, opened)

    assert not LotAward.objects.exists()
    assert not Event.objects.filter(verb__startswith="award.").exists()


def test_it_waits_for_nobody_and_the_tender_ends_with_the_lots_that_were_opened(
    opened: OpenedTender,
) -> None:
    asked = {"tender_id": opened.tender.pk, "lot": "lot-1", "reason": "So", "now": opened.now}
    (waiting,) = waiting_for(opened.proposes, opened.now)
    assert (waiting.what, waiting.facts["lot"]) == ("propose-award", "lot-1")

    propose(**asked, bid=opened.digest("Lotus"), by=opened.proposes)
    decide(**asked, decision="confirmed", by=opened.decides)

    assert Tender.objects.get(pk=opened.tender.pk).state == "concluded"


def test_its_page_says_how_many_bids_stay_sealed_and_never_whose(opened: OpenedTender) -> None:
    for part in ("opening", "result"):
        page = f"/tenders/{opened.tender.pk}/{part}/"
        en, zh = (words(fetched(page, lang)) for lang in ("en", "zh"))

        assert en.count("Too few bidders Too few bidders took part in this lot") == 1
        assert "Bids that stay sealed: 2." in en
        assert "Too few bidders Nobody bid for this lot, so nothing is awarded." in en
        assert "保持密封的投标：2 份" in zh
        assert [name for name in ("Crane", "Pine") if name in en] == []
        assert opened.digest("Crane", "lot-2")[:12] not in en
    assert en.count("Not yet proposed") == 1, "only the first lot waits for a proposal"


def test_programs_read_the_same(opened: OpenedTender) -> None:
    answer = Client().get(f"/api/v1/tenders/{opened.tender.pk}/ranking").json()

    (_, short, empty) = answer["lots"]
    assert (short["sealed"], empty["sealed"]) == (2, 0)
    assert Ranking.of(short["ranking"]).places == ()
    assert (short["award"], short["to_judge"], short["bidders"]) == (None, [], {})
