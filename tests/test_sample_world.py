"""The sample world is made by the real actions, instant after instant, and says what it is."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from bidding.models import Bid, BidState, Opening, OpeningState
from procurement import clock
from procurement.background import run_once
from procurement.models import Checkpoint, Event, Organisation
from procurement.tryout.sample.keeping import keep_alive
from procurement.tryout.sample.living import seed_now
from procurement.tryout.sample.names import MARK
from procurement.tryout.sample.world import World
from tenders.models import PublishedAnswer, Tender, TenderState
from tenders.packs import TRAINING

MINUTE = timedelta(minutes=1)
FEW = 12  # of the sixty stories: one of each kind


@pytest.fixture
def home(fresh_database: str, tmp_path: Path, settings: Settings) -> Path:
    """Give an empty try-out of its own."""
    settings.HOME = tmp_path
    settings.KEYS_DIR = tmp_path / "keys"
    settings.SIGNATURE_ANCHORS_DIR = tmp_path / "authority" / "anchors"
    settings.VAULT = f"dir://{tmp_path}/vault"
    return tmp_path


def test_a_year_passes_and_a_visitor_finds_every_state(home: Path) -> None:
    world = seed_now(home, tenders=FEW, say=lambda _: None)

    found = set(Tender.objects.values_list("state", flat=True))
    assert found == set(TenderState)
    assert len(world.agencies) == 6
    assert len(world.suppliers) == 25
    assert Bid.objects.filter(state=BidState.LAPSED).count() == 1
    assert PublishedAnswer.objects.get().questions.count() == 2
    _is_marked()
    _grew_in_order()
    _keeps_alive(home)
    with pytest.raises(CommandError, match="has a log already"):
        call_command("seed_world", tenders=1)


def _is_marked() -> None:
    """Nobody takes it for real."""
    for title in Tender.objects.values_list("title_en", "title_zh"):
        assert (MARK.en in title[0], MARK.zh in title[1]) == (True, True)
    names = Organisation.objects.values_list("name_en", flat=True)
    assert [name for name in names if MARK.en not in name] == []


def _grew_in_order() -> None:
    """The log never went back: one tick for each instant of the past."""
    instants = list(Checkpoint.objects.order_by("size").values_list("at", flat=True))
    assert all(before <= after for before, after in pairwise(instants))
    assert instants[0] < clock.now() - 300 * timedelta(days=1)
    assert not Event.everything.filter(at__gt=clock.now()).exists()


def _keeps_alive(home: Path) -> None:
    """One to bid on, one to watch; and when its time has come the keeper opens it."""
    live = Tender.objects.filter(pack_name=TRAINING, state=TenderState.PUBLISHED)
    try_it = live.get(title_en__startswith="Try to bid")
    watch = live.get(title_en__startswith="Watch it open")
    assert 13 * MINUTE < try_it.closes_at - clock.now() <= 15 * MINUTE
    assert watch.closes_at - clock.now() <= 5 * MINUTE

    world = World.load(home, now=clock.now())
    clock.move(6 * MINUTE)
    for second in range(40):
        clock.move(6 * MINUTE + second * timedelta(seconds=2))
        run_once(clock.now())
        keep_alive(world, clock.now())
        if Opening.objects.filter(tender=watch, state=OpeningState.MINUTED).exists():
            break

    opened = Opening.objects.get(tender=watch)
    assert opened.state == OpeningState.MINUTED
    assert opened.bids.filter(cause="opened").count() == 3
    assert live.filter(title_en__startswith="Watch it open").exclude(pk=watch.pk).exists()
