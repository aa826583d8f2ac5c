"""A tender under a real rule pack, from a city of China or of Germany, by the real actions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from procurement.actions.calendars import place
from procurement.refusals import Fault
from tenders.actions.approvals import NotReady, submit_for_approval
from tenders.models import Tender
from tests.world import World, ready_tender

SECOND = timedelta(seconds=1)


def settle(world: World, country: str, time_zone: str) -> None:
    """Place the agency, as an operator does."""
    place(
        organisation_id=world.agency.pk,
        country=country,
        time_zone=time_zone,
        by=world.by("operator"),
        now=world.now,
    )
    world.agency.refresh_from_db()


def drafted(world: World, pack: str, closes_at: datetime, **sections: Any) -> Tender:
    """Draft a tender with its panel, its deadline at an instant."""
    times = {"closes_at": closes_at, "opens_at": closes_at}
    return ready_tender(world, pack=pack, **{**times, **sections})


def refusals(world: World, tender: Tender) -> Sequence[Fault]:
    """Try to submit a draft for approval, and give the reasons against."""
    with pytest.raises(NotReady) as refused:
        submit_for_approval(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    return refused.value.faults


def dates_of(tender: Tender) -> dict[str, str]:
    """Give the dates that a tender was published with, by name."""
    return {one["name"]: one["at"] for one in tender.timetable}
