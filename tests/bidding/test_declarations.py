"""Where the pack asks for it, every bidder has declared before the filing (requirement C26)."""

from datetime import timedelta

import pytest

from bidding.actions.standing import DeclarationMissing
from bidding.models import Bid
from tenders.models import Tender
from tests.bidding.filing import filed_bid, prepared_bid, signed_form, submit
from tests.bidding.together import consortium_of, mandate, prepared_together, signed_by
from tests.ground.profiles import declared
from tests.world import Company, World, published_tender

ASKING = "eu-2014-24"  # Directive 2014/24/EU, art. 59


@pytest.fixture
def asking(open_world: World) -> Tender:
    """Give a tender whose pack asks for declarations."""
    return published_tender(open_world, pack=ASKING, closes_in=timedelta(days=70))


@pytest.fixture
def lotus(open_world: World) -> Company:
    return open_world.suppliers[0]


def test_who_has_not_declared_does_not_file_and_is_told_what_is_missing(
    open_world: World, asking: Tender, lotus: Company
) -> None:
    declared(open_world, lotus, "able")
    bid = prepared_bid(open_world, asking, lotus, "12.50")
    form = signed_form(open_world, lotus, bid)

    for at_own_risk in (False, True):
        with pytest.raises(DeclarationMissing, match="taxes"):
            submit(open_world, lotus, bid, form, at_own_risk=at_own_risk)
    declared(open_world, lotus)
    submit(open_world, lotus, bid, form)

    assert Bid.objects.get(pk=bid.pk).state == "filed"


def test_every_member_of_a_consortium_declares(
    open_world: World, asking: Tender, lotus: Company
) -> None:
    crane = open_world.suppliers[1]
    declared(open_world, lotus)
    consortium = consortium_of(open_world, asking, lotus, crane)
    mandate(open_world, consortium, crane)
    bid = prepared_together(open_world, asking, consortium, lotus)

    with pytest.raises(DeclarationMissing, match=crane.organisation.name_en):
        submit(open_world, lotus, bid, signed_by(open_world, bid, lotus))


def test_where_the_pack_does_not_ask_nobody_has_to(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    assert filed_bid(open_world, tender, lotus, "12.50").bid.state == "filed"
