"""Who files is verified and still there; a leaver's upload ends, however long it has been going."""

import pytest

from bidding.ceremonies import uploading
from procurement.actions.leaving import end_membership
from procurement.actions.registration import verify
from procurement.actors import system_actor
from procurement.models import Organisation, User
from procurement.queries import NotVerified, OperatorNeverBids, SignedOut
from procurement.refusals import NotFound
from tenders.models import Tender
from tests.bidding import filing
from tests.world import World

pytestmark = pytest.mark.django_db


def shut_out(world: World, user: User) -> None:
    for held in user.memberships.all():
        end_membership(membership_id=held.pk, by=system_actor(), now=world.now)


def test_a_part_that_was_on_its_way_when_its_sender_left_is_not_kept(
    open_world: World, tender: Tender
) -> None:
    bidder = open_world.suppliers[0]
    sealed = filing.seal_offer(open_world, tender, bidder, "9.50")
    envelope = filing.begun(open_world, tender, bidder, sealed)
    sender = open_world.by(bidder.signer)  # as the request began
    name, data = next(iter(sealed.parts().items()))
    shut_out(open_world, bidder.signer)

    with pytest.raises(SignedOut):
        uploading.store_part(
            envelope_id=envelope.pk,
            name=name,
            body=filing.arriving(data),
            by=sender,
            now=open_world.now,
        )
    with pytest.raises(NotFound):
        uploading.store_part(
            envelope_id=envelope.pk,
            name=name,
            body=filing.arriving(data),
            by=open_world.by(bidder.signer),
            now=open_world.now,
        )

    assert not envelope.parts.exists()


def test_a_supplier_prepares_before_it_is_verified_and_files_afterwards(
    open_world: World, tender: Tender
) -> None:
    """Requirement C21: data verified before it counts."""
    bidder = open_world.suppliers[0]
    said = {"evidence": "Extract", "source": "Trade register", "by": system_actor()}
    body = bidder.organisation.pk
    verify(organisation_id=body, verified=False, **said, now=open_world.now)

    with pytest.raises(NotVerified):
        filing.filed_bid(open_world, tender, bidder, "12.50")
    verify(organisation_id=body, verified=True, **said, now=open_world.now)

    assert filing.filed_bid(open_world, tender, bidder, "12.50").receipt.number


def test_what_belongs_to_the_operator_does_not_file(open_world: World, tender: Tender) -> None:
    """Requirement C23: platform operator and affiliates barred from bidding."""
    bidder = open_world.suppliers[0]
    Organisation.objects.filter(pk=bidder.organisation.pk).update(parent=open_world.operator)

    with pytest.raises(OperatorNeverBids):
        filing.filed_bid(open_world, tender, bidder, "12.50")
