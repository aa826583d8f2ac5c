"""Whoever moves next in a change finds it waiting, and nobody else does."""

import pytest

from procurement.models import User
from procurement.waiting import Waiting
from tenders.models import Tender
from tenders.waiting_changes import waiting_for
from tests.tenders.changing import approved, asked, drafted, proposed, running_tender
from tests.tenders.replacing import appointed_instead
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def tender(world: World) -> Tender:
    return running_tender(world)


def waiting(world: World, who: str | User) -> list[Waiting]:
    return waiting_for(world.by(who), world.now)


def test_an_amendment_waits_for_the_legal_approver_then_for_an_officer(
    world: World, tender: Tender
) -> None:
    change = asked(world, drafted(world, tender))
    assert [one.what for one in waiting(world, "legal")] == ["approve-amendment"]
    assert waiting(world, "finance") == waiting(world, "officer") == []

    approved_by = waiting(world, "legal")[0].address
    assert approved_by == f"/api/v1/amendments/{change.pk}/decision"


def test_an_approved_amendment_waits_for_its_publication(world: World, tender: Tender) -> None:
    approved(world, drafted(world, tender))

    assert [one.what for one in waiting(world, "officer")] == ["publish-amendment"]
    assert waiting(world, "legal") == []


def test_an_extension_waits_for_either_approver_until_the_deadline(
    world: World, tender: Tender
) -> None:
    proposed(world, tender)

    assert [one.what for one in waiting(world, "legal")] == ["decide-extension"]
    assert [one.what for one in waiting(world, "finance")] == ["decide-extension"]
    world.wind_to(tender.closes_at)
    assert waiting(world, "legal") == []


def test_holders_of_a_proposed_panel_are_asked_for_their_keys(world: World, tender: Tender) -> None:
    appointed_instead(world, drafted(world, tender))

    assert [one.what for one in waiting(world, "spare")] == ["make-keys"]
    assert waiting(world, "opener-2") == []


def test_a_list_of_three_takes_no_more_queries_than_one(
    world: World, django_assert_num_queries: object
) -> None:
    for _ in range(3):
        proposed(world, running_tender(world))
    by = world.by("legal")

    with django_assert_num_queries(2):  # as approver, as holder
        found = [one for one in waiting_for(by, world.now) if one.what == "decide-extension"]

    assert len(found) == 3
