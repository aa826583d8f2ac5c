"""Bidding together: a lead, its members, their mandates; each member in one live bid of a lot.

Nothing of it is anybody else's business before the opening, and no refusal tells of a rival.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError

from bidding.actions.consortia import form_consortium, give_mandate
from bidding.ceremonies.forms import FormRefused
from bidding.models import Bid, BidMember, BidState, Mandate
from bidding.queries import object_of, own_bid, own_bids
from bidding.queries_consortia import own_consortia, own_consortium
from bidding.rules.deadline import SubmissionClosed
from bidding.rules.members import FiledAlready, MembersNotFree
from procurement import objects
from procurement.constraint_refusals import refusal_for
from procurement.models import Event
from procurement.refusals import AlreadyDone, BadInput, NotFound, NotPermitted, Refusal
from tenders.models import Tender
from tests.bidding.filing import (
    filed_bid,
    prepared_bid,
    seal_offer,
    signed_form,
    submit,
    uploaded,
    withdrawn_bid,
)
from tests.bidding.together import (
    consortium_of,
    filed_together,
    mandate,
    prepared_together,
    revoke,
    signed_by,
)
from tests.side_by_side import at_once
from tests.world import Company, World, published_tender

Three = tuple[Company, Company, Company]


@pytest.fixture
def three(open_world: World) -> Three:
    lotus, crane, bamboo = open_world.suppliers
    return lotus, crane, bamboo


def live_members(tender: Tender) -> list[str]:
    rows = BidMember.objects.filter(tender=tender, live=True)
    return sorted(rows.values_list("supplier__name_en", flat=True))


def refused(act: Callable[[], object]) -> Refusal:
    """Give the refusal of an act as a person reads it, whoever said it: the action or the edge."""
    try:
        act()
    except Refusal as refusal:
        return refusal
    except IntegrityError as error:
        found = refusal_for(error)
        assert found is not None
        return found
    raise AssertionError("it was not refused")


# Forming one


def test_the_bid_of_a_consortium_names_its_lead_and_all_its_members(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, bamboo = three

    bid = filed_together(open_world, tender, lotus, crane, bamboo)

    said = object_of(bid).bidder
    assert said.lead == str(lotus.organisation.pk)
    assert said.members == tuple(sorted(str(one.organisation.pk) for one in three))
    assert bid.state == BidState.FILED
    assert live_members(tender) == ["Bamboo Supply", "Crane Trading", "Lotus Works"]


def test_a_bidder_alone_is_its_only_member(open_world: World, tender: Tender, three: Three) -> None:
    lotus, _, _ = three

    bid = filed_bid(open_world, tender, lotus, "12.50").bid

    assert object_of(bid).bidder.members == (str(lotus.organisation.pk),)
    assert live_members(tender) == ["Lotus Works"]


def test_two_suppliers_at_least_bid_together_and_the_lead_is_one_of_them(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, _ = three
    asked = {"tender_id": tender.pk, "by": open_world.by(lotus.signer), "now": open_world.now}
    own, other = lotus.organisation.pk, crane.organisation.pk

    for members in ([own], [own, own], [other, open_world.agency.pk], [own, open_world.agency.pk]):
        with pytest.raises(BadInput):
            form_consortium(lead=own, members=members, **asked)
    with pytest.raises(NotPermitted):
        form_consortium(lead=other, members=[own, other], **asked)


def test_nobody_forms_a_consortium_or_mandates_one_after_the_deadline(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, _ = three
    consortium = consortium_of(open_world, tender, lotus, crane)
    open_world.now = tender.closes_at

    with pytest.raises(SubmissionClosed):
        consortium_of(open_world, tender, lotus, crane)
    with pytest.raises(SubmissionClosed):
        mandate(open_world, consortium, crane)


# Mandates and signatures


def test_with_the_mandates_of_all_the_leads_signature_is_enough(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, bamboo = three

    bid = filed_together(open_world, tender, lotus, crane, bamboo)

    assert (bid.state, bid.verdict) == (BidState.FILED, "VALID")


def test_without_mandates_every_member_signs(
    open_world: World, tender: Tender, three: Three
) -> None:
    """Requirement D34: the signatures that are required are checked at the submission."""
    lotus, crane, bamboo = three
    consortium = consortium_of(open_world, tender, lotus, crane, bamboo)
    bid = prepared_together(open_world, tender, consortium, lotus)

    for signers in ((), (crane,), (bamboo,)):
        with pytest.raises(FormRefused) as caught:
            submit(open_world, lotus, bid, signed_by(open_world, bid, lotus, *signers))
        assert [fault.code for fault in caught.value.faults][:1] == ["too-few-signatures"]
    submit(open_world, lotus, bid, signed_by(open_world, bid, lotus, crane, bamboo))

    assert own_bid(bid.pk, open_world.by(lotus.signer)).state == BidState.FILED


def test_who_did_not_mandate_signs_and_the_others_need_not(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, bamboo = three
    consortium = consortium_of(open_world, tender, lotus, crane, bamboo)
    mandate(open_world, consortium, bamboo)
    bid = prepared_together(open_world, tender, consortium, lotus)

    with pytest.raises(FormRefused):
        submit(open_world, lotus, bid, signed_by(open_world, bid, lotus, bamboo))
    submit(open_world, lotus, bid, signed_by(open_world, bid, lotus, crane))

    assert own_bid(bid.pk, open_world.by(lotus.signer)).state == BidState.FILED


def test_the_lead_always_signs(open_world: World, tender: Tender, three: Three) -> None:
    lotus, crane, _ = three
    consortium = consortium_of(open_world, tender, lotus, crane)
    mandate(open_world, consortium, crane)
    bid = prepared_together(open_world, tender, consortium, lotus)
    form = open_world.trust.sign(
        signed_by(open_world, bid, replace(lotus, credential=crane.credential)),
        crane.credential,
        open_world.now,
    )

    with pytest.raises(FormRefused):
        submit(open_world, lotus, bid, form)


def test_nobody_brings_another_into_a_bid_at_ones_own_risk(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, _ = three
    consortium = consortium_of(open_world, tender, lotus, crane)
    bid = prepared_together(open_world, tender, consortium, lotus)
    form = signed_by(open_world, bid, lotus)

    assert isinstance(refused(lambda: at_own_risk(open_world, lotus, bid, form)), MembersNotFree)
    assert live_members(tender) == []


def at_own_risk(world: World, lead: Company, bid: Bid, form: bytes) -> None:
    submit(world, lead, bid, form, at_own_risk=True)


def test_a_mandate_may_be_taken_back_before_the_filing_and_not_while_a_bid_lives(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, _ = three
    consortium = consortium_of(open_world, tender, lotus, crane)
    mandate(open_world, consortium, crane)
    revoke(open_world, consortium, crane)
    bid = prepared_together(open_world, tender, consortium, lotus)
    with pytest.raises(FormRefused):
        submit(open_world, lotus, bid, signed_by(open_world, bid, lotus))

    mandate(open_world, consortium, crane)
    submit(open_world, lotus, bid, signed_by(open_world, bid, lotus))
    with pytest.raises(FiledAlready):
        revoke(open_world, consortium, crane)

    withdrawn_bid(open_world, lotus, own_bid(bid.pk, open_world.by(lotus.signer)))
    revoke(open_world, consortium, crane)
    assert Mandate.objects.filter(revoked_at=None).count() == 0


def test_a_mandate_is_given_once_and_by_the_members_own_signer(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, bamboo = three
    consortium = consortium_of(open_world, tender, lotus, crane)
    asked = {"consortium_id": consortium.pk, "now": open_world.now}
    own = crane.organisation.pk

    for person, error in (
        (lotus.signer, NotPermitted),
        (crane.administrator, NotPermitted),
        (bamboo.signer, NotFound),
    ):
        with pytest.raises(error):
            give_mandate(supplier=own, by=open_world.by(person), **asked)
    mandate(open_world, consortium, crane)
    with pytest.raises(AlreadyDone):
        mandate(open_world, consortium, crane)
    with pytest.raises(AlreadyDone):
        mandate(open_world, consortium, lotus)
    with pytest.raises(NotFound):
        revoke(open_world, consortium, bamboo)


# One live bid per member


def test_a_member_stands_in_one_live_bid_of_a_lot_whatever_way_it_bids(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, bamboo = three
    alone = prepared_bid(open_world, tender, crane, "11.00")
    alone_form = signed_form(open_world, crane, alone)
    rival = consortium_of(open_world, tender, bamboo, crane)
    mandate(open_world, rival, crane)
    other = prepared_together(open_world, tender, rival, bamboo)
    filed_together(open_world, tender, lotus, crane)

    for lead, bid, form in (
        (crane, alone, alone_form),
        (bamboo, other, signed_by(open_world, other, bamboo)),
    ):
        assert isinstance(
            refused(lambda lead=lead, bid=bid, form=form: submit(open_world, lead, bid, form)),
            MembersNotFree,
        )
    assert live_members(tender) == ["Crane Trading", "Lotus Works"]


def test_the_refusal_has_the_same_words_whatever_the_cause(
    open_world: World, tender: Tender, three: Three
) -> None:
    """Requirement D38: number and names of bidders are hidden until the opening."""
    _, crane, bamboo = three
    consortium = consortium_of(open_world, tender, bamboo, crane)
    mandate(open_world, consortium, crane)
    bid = prepared_together(open_world, tender, consortium, bamboo)
    form = signed_by(open_world, bid, bamboo)

    filed = filed_bid(open_world, tender, crane, "11.00").bid
    elsewhere = refused(lambda: submit(open_world, bamboo, bid, form))
    withdrawn_bid(open_world, crane, filed)
    revoke(open_world, consortium, crane)
    unwilling = refused(lambda: at_own_risk(open_world, bamboo, bid, form))

    first, second = (
        (one.code, one.status, one.said("en"), one.said("zh")) for one in (elsewhere, unwilling)
    )
    assert first == second
    assert crane.organisation.name_en not in first[2]


def test_a_consortium_replaces_its_own_bid_and_the_leads_alone(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, _ = three
    first = filed_bid(open_world, tender, lotus, "14.00").bid
    second = filed_together(open_world, tender, lotus, crane)
    third = filed_bid(open_world, tender, lotus, "13.00").bid

    states = [Bid.objects.get(pk=one.pk).state for one in (first, second, third)]
    assert states == [BidState.SUPERSEDED, BidState.SUPERSEDED, BidState.FILED]
    assert live_members(tender) == ["Lotus Works"]


def test_a_withdrawn_bid_sets_its_members_free(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, _ = three
    bid = filed_together(open_world, tender, lotus, crane)
    withdrawn_bid(open_world, lotus, bid)

    filed_bid(open_world, tender, crane, "11.00")

    assert live_members(tender) == ["Crane Trading"]


def test_the_same_again_is_the_same_bid_and_another_consortium_is_another(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, _ = three
    first, second = (consortium_of(open_world, tender, lotus, crane) for _ in range(2))
    sealed = seal_offer(open_world, tender, lotus, "12.50")
    uploaded(open_world, tender, lotus, sealed)

    def prepared(consortium: object) -> Bid:
        from bidding.actions.preparing import prepare

        return prepare(
            tender_id=tender.pk,
            supplier_id=lotus.organisation.pk,
            lot="lot-1",
            envelopes={"offer": sealed.manifest.digest()},
            consortium_id=consortium,  # type: ignore[arg-type]
            by=open_world.by(lotus.signer),
            now=open_world.now,
        )[0]

    assert prepared(first.pk) == prepared(first.pk)
    assert prepared(first.pk) != prepared(second.pk)
    with pytest.raises(NotFound):
        prepared(consortium_of(open_world, tender, crane, lotus).pk)


# What others see of it


def test_before_the_opening_only_members_read_of_a_consortium(
    open_world: World, tender: Tender, three: Three
) -> None:
    """Requirement D38; A10: not the agency, not a supervisor, not the operator."""
    lotus, crane, bamboo = three
    consortium = consortium_of(open_world, tender, lotus, crane)
    mandate(open_world, consortium, crane)

    for company in (lotus, crane):
        assert own_consortia(tender.pk, open_world.by(company.signer)) == [consortium]
    others = [open_world.by(who) for who in ("officer", "overseer", "operator", "opener-1")]
    for by in (*others, open_world.by(bamboo.signer)):
        assert own_consortia(tender.pk, by) == []
        with pytest.raises(NotFound):
            own_consortium(consortium.pk, by)


def test_a_member_that_does_not_lead_does_not_read_the_leads_bids(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, _ = three
    filed_together(open_world, tender, lotus, crane)

    assert own_bids(tender.pk, open_world.by(crane.signer)) == []


def test_the_journal_conceals_consortia_and_keeps_their_objects_to_itself(
    open_world: World, tender: Tender, three: Three
) -> None:
    lotus, crane, _ = three
    consortium = consortium_of(open_world, tender, lotus, crane)
    mandate(open_world, consortium, crane)
    revoke(open_world, consortium, crane)

    events = Event.everything.filter(tender=tender.pk, kind="concealed").order_by("at", "pk")
    assert sorted(events.values_list("verb", flat=True)) == [
        "consortium.formed",
        "mandate.given",
        "mandate.revoked",
    ]
    assert all(event.concealed for event in events)
    given = Mandate.objects.get()
    assert all(objects.fetch(one).restricted for one in (consortium.object, given.object))


# At the same time, with real transactions


@pytest.fixture
def committed(real_world: World) -> tuple[World, Tender]:
    return real_world, published_tender(real_world)


def ready_together(
    world: World, tender: Tender, lead: Company, *members: Company
) -> Callable[[], object]:
    consortium = consortium_of(world, tender, lead, *members)
    mandate(world, consortium, *members)
    bid = prepared_together(world, tender, consortium, lead)
    form = signed_by(world, bid, lead)
    return lambda: submit(world, lead, bid, form)


def ready_alone(world: World, tender: Tender, supplier: Company) -> Callable[[], object]:
    bid = prepared_bid(world, tender, supplier, "11.00")
    form = signed_form(world, supplier, bid)
    return lambda: submit(world, supplier, bid, form)


def told(answers: list[object]) -> list[str]:
    """Say who got through and, for the others, the refusal that the edge would give."""
    found = []
    for one in answers:
        refusal = refusal_for(one) if isinstance(one, IntegrityError) else one
        assert not isinstance(one, Exception) or isinstance(refusal, Refusal), repr(one)
        found.append(refusal.code if isinstance(refusal, Refusal) else "filed")
    return sorted(found)


def test_of_two_consortia_that_share_members_one_files(committed: tuple[World, Tender]) -> None:
    world, tender = committed
    lotus, crane, bamboo = world.suppliers
    heron = world.supplier("Heron Metal")

    answers = at_once(
        ready_together(world, tender, lotus, crane, bamboo),
        ready_together(world, tender, heron, bamboo, crane),
    )

    assert told(answers) == ["filed", "members-not-free"]
    assert BidMember.objects.filter(tender=tender, live=True).count() == 3


def test_of_a_member_alone_and_its_consortium_one_files(committed: tuple[World, Tender]) -> None:
    world, tender = committed
    lotus, crane, _ = world.suppliers

    answers = at_once(
        ready_together(world, tender, lotus, crane), ready_alone(world, tender, crane)
    )

    assert told(answers) == ["filed", "members-not-free"]
    crane_stands = BidMember.objects.filter(supplier=crane.organisation, live=True)
    assert crane_stands.count() == 1


def test_a_mandate_taken_back_during_the_filing_counts_before_it_or_not_at_all(
    committed: tuple[World, Tender],
) -> None:
    world, tender = committed
    lotus, crane, _ = world.suppliers
    consortium = consortium_of(world, tender, lotus, crane)
    mandate(world, consortium, crane)
    bid = prepared_together(world, tender, consortium, lotus)
    form = signed_by(world, bid, lotus)

    filed, revoked = at_once(
        lambda: submit(world, lotus, bid, form), lambda: revoke(world, consortium, crane)
    )

    lives = Bid.objects.get(pk=bid.pk).state == BidState.FILED
    stands = Mandate.objects.filter(revoked_at=None).exists()
    assert lives is stands
    assert isinstance(revoked, FiledAlready) is lives
    assert isinstance(filed, FormRefused | MembersNotFree) is not lives


def test_the_database_keeps_who_stands_in_a_bid_whoever_writes(
    committed: tuple[World, Tender],
) -> None:
    world, tender = committed
    lotus, crane, _ = world.suppliers
    filed_bid(world, tender, lotus, "11.00")
    bid = filed_bid(world, tender, crane, "12.00").bid

    with pytest.raises(IntegrityError, match="member_has_one_live_bid_in_a_lot"):
        BidMember.objects.create(
            bid=bid, tender=tender, lot="lot-1", supplier=lotus.organisation, live=True
        )
