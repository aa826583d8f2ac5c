"""Suppliers that bid together, for tests, by the real actions."""

from bidding.actions.consortia import form_consortium, give_mandate, revoke_mandate
from bidding.actions.preparing import prepare
from bidding.models import Bid, Consortium
from bidding.queries import own_bid
from procurement.models import DebarmentCheck
from tenders.models import Tender
from tests.bidding.filing import SealedOffer, bid_form, seal_offer, submit, uploaded
from tests.world import Company, World


def consortium_of(world: World, tender: Tender, lead: Company, *members: Company) -> Consortium:
    """Let a lead form a consortium with others."""
    return form_consortium(
        tender_id=tender.pk,
        lead=lead.organisation.pk,
        members=[one.organisation.pk for one in (lead, *members)],
        by=world.by(lead.signer),
        now=world.now,
    )


def mandate(world: World, consortium: Consortium, *members: Company) -> None:
    """Let members mandate the lead."""
    for one in members:
        give_mandate(
            consortium_id=consortium.pk,
            supplier=one.organisation.pk,
            by=world.by(one.signer),
            now=world.now,
        )


def revoke(world: World, consortium: Consortium, member: Company) -> None:
    """Let a member take its mandate back."""
    revoke_mandate(
        consortium_id=consortium.pk,
        supplier=member.organisation.pk,
        by=world.by(member.signer),
        now=world.now,
    )


def prepared_together(
    world: World,
    tender: Tender,
    consortium: Consortium,
    lead: Company,
    price: str = "12.50",
    *,
    lot: str = "lot-1",
) -> Bid:
    """Seal, upload and prepare a consortium's bid, up to the signature."""
    sealed: SealedOffer = seal_offer(world, tender, lead, price, lot=lot)
    uploaded(world, tender, lead, sealed)
    bid, _ = prepare(
        tender_id=tender.pk,
        supplier_id=lead.organisation.pk,
        lot=lot,
        envelopes={"offer": sealed.manifest.digest()},
        consortium_id=consortium.pk,
        by=world.by(lead.signer),
        now=world.now,
    )
    return bid


def signed_by(world: World, bid: Bid, lead: Company, *others: Company) -> bytes:
    """Sign a bid's form by the lead, and by others one after the other."""
    form = bid_form(world, lead, bid)
    for one in (lead, *others):
        form = world.trust.sign(form, one.credential, world.now)
    return form


def filed_together(
    world: World, tender: Tender, lead: Company, *members: Company, price: str = "12.50"
) -> Bid:
    """Form, mandate, prepare, sign by the lead alone, and file."""
    consortium = consortium_of(world, tender, lead, *members)
    mandate(world, consortium, *members)
    bid = prepared_together(world, tender, consortium, lead, price)
    submit(world, lead, bid, signed_by(world, bid, lead))
    return own_bid(bid.pk, world.by(lead.signer))


def formed(world: World, tender: Tender, lead: Company, member: Company) -> dict[str, str]:
    """Have two consortia, one of them mandated; neither has filed. Name both."""
    first, second = (consortium_of(world, tender, lead, member) for _ in range(2))
    mandate(world, second, member)
    return {"consortium": str(first.pk), "mandated": str(second.pk)}


def looked_up(bid: Bid) -> list[DebarmentCheck]:
    """List what was found about those who stand in a bid."""
    return list(DebarmentCheck.objects.filter(bid=bid.digest).order_by("at", "organisation"))
