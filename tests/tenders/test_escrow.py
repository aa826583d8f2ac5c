"""In try-out the escrow holders live in this process; in production they never do."""

import json
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from procurement.actions.leaving import end_membership
from procurement.actors import system_actor
from procurement.models import Event, Membership
from tenders.actions.panel import draw_up_keyset
from tenders.escrow import HOLDERS as ESCROW
from tenders.escrow import due, key_of
from tenders.models import Seat, Tender
from tenders.queries_panel import panel_faults
from tests.world import OPENERS, World, appoint_panel, declare_none, draft_tender, hand_in, rehearse

pytestmark = pytest.mark.django_db
OTHERS = (*OPENERS, "timekeeper")


@pytest.fixture(autouse=True)
def keys_dir(world: World, settings: Settings, tmp_path: Path) -> Path:
    settings.KEYS_DIR = tmp_path / "keys"
    settings.KEYS_DIR.mkdir()
    return settings.KEYS_DIR


@pytest.fixture
def tender(world: World) -> Tender:
    tender = draft_tender(world)
    appoint_panel(world, tender)
    return tender


def of_escrow(tender: Tender) -> list[Seat]:
    return list(Seat.objects.filter(tender=tender, holder__in=ESCROW))


def test_they_hand_in_keys_and_rehearse_as_soon_as_they_can(world: World, tender: Tender) -> None:
    due(now=world.now)
    declare_none(world, tender, *OPENERS)
    hand_in(world, tender, *OTHERS)
    draw_up_keyset(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    due(now=world.now)
    rehearse(world, tender, *OTHERS)

    assert panel_faults(tender) == []


def test_a_second_pass_does_nothing(world: World, tender: Tender) -> None:
    due(now=world.now)
    before, events = of_escrow(tender), Event.everything.count()

    due(now=world.now)

    assert [seat.verifier for seat in of_escrow(tender)] == [seat.verifier for seat in before]
    assert Event.everything.count() == events


def test_each_keeps_a_key_file_of_its_own_that_nobody_else_reads(
    world: World, tender: Tender, keys_dir: Path
) -> None:
    due(now=world.now)

    files = sorted(keys_dir.rglob("*.json"))
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    assert len({json.loads(file.read_bytes())["identity"] for file in files}) == 2
    for seat in of_escrow(tender):
        public = key_of(seat).public()
        assert (seat.recipient, seat.verifier) == (public.recipient, public.verifier)


def test_in_production_their_keys_are_never_here(
    world: World, tender: Tender, settings: Settings, keys_dir: Path
) -> None:
    settings.ESCROW_IN_PROCESS = False

    due(now=world.now)

    assert {seat.keys_at for seat in of_escrow(tender)} == {None}
    assert list(keys_dir.iterdir()) == []


def test_one_that_may_not_act_does_not_keep_the_other_waiting(world: World, tender: Tender) -> None:
    membership = Membership.objects.get(user=world.people["escrow-a"])
    end_membership(membership_id=membership.pk, by=system_actor(), now=world.now)

    due(now=world.now)

    keys = {seat.holder: seat.keys_at for seat in of_escrow(tender)}
    assert keys == {"escrow-a": None, "escrow-b": world.now}
