"""Keeping the sample world alive: there is always a tender to bid on and an opening to watch.

The keeper holds the keys of openers who do not exist, and acts for them as they would.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from bidding.models import Opening, OpeningState
from procurement.refusals import Refusal
from procurement.tryout.sample import bidding, holding, tendering
from procurement.tryout.sample.names import THINGS
from procurement.tryout.sample.tendering import Wanted
from procurement.tryout.sample.world import World
from tenders.models import Tender, TenderState
from tenders.packs import TRAINING

BID_ON: Final = timedelta(minutes=15)  # how long a visitor has for the tender to bid on
OPENS_IN: Final = timedelta(minutes=5)
TWO_LEFT: Final = timedelta(minutes=2)  # then the next one is published
_log = logging.getLogger(__name__)


def keep_alive(world: World, now: datetime) -> None:
    """Publish what a visitor is meant to find, and do what holders of keys do."""
    world.now = now
    for number, (period, bidders) in enumerate(((BID_ON, 0), (OPENS_IN, 3))):
        if not _is_there(period, bidders, now):
            _publish(world, number, period, bidders)
    for opening in _openings(now):
        try:
            holding.attend(world.home, opening.tender_id, now)
        except Refusal as refusal:  # the next step waits for the log, or for somebody's order
            _log.info("%s: %s", opening.tender_id, refusal.said("en"))


def _openings(now: datetime) -> list[Opening]:
    waiting = Opening.objects.filter(
        tender__state=TenderState.CLOSED, tender__opens_at__lte=now, tender__pack_name=TRAINING
    )
    return list(waiting.exclude(state=OpeningState.MINUTED))


def _is_there(period: timedelta, bidders: int, now: datetime) -> bool:
    """Tell whether a live tender of this kind has two minutes left, or is being opened."""
    ours = Tender.objects.filter(pack_name=TRAINING, title_en__startswith=_prefix(bidders))
    return ours.filter(
        state=TenderState.PUBLISHED, closes_at__gt=now + min(TWO_LEFT, period / 4)
    ).exists()


def _prefix(bidders: int) -> str:
    return "Watch" if bidders else "Try"


def _publish(world: World, number: int, period: timedelta, bidders: int) -> None:
    """Bring one tender from the plan to the notice, now, and let its bidders file."""
    agency = world.agencies[number]
    thing = THINGS[world.now.minute % len(THINGS)]
    wanted = Wanted(agency, thing, TRAINING, world.now + period, prefix=_prefix(bidders))
    tender = tendering.drafted(world, wanted).pk
    tendering.with_panel(world, tender, agency)
    tendering.submitted(world, tender, agency)
    tendering.approved(world, tender, agency)
    tendering.published(world, tender, agency)
    for n, supplier in enumerate(world.suppliers[:bidders]):
        bidding.filed(world, tender, supplier, f"{thing.price * (10 + n) / 10:.2f}")
