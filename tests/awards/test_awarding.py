"""One person proposes who gets a lot, another decides; with the last lot the tender ends."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from awards.actions.deciding import decide
from awards.actions.proposing import propose
from awards.actions.ready import MinutesNotSigned, NotYourOwn, TenderSuspended
from awards.actions.winner import DoesNotCount
from awards.models import AwardState, LotAward
from awards.queries import bidder_of, ranking
from awards.statements import AwardDecision, Proposal, Ranking
from procurement import objects
from procurement.models import DebarmentCheck, Event
from procurement.refusals import BadInput, NotFound, NotPermitted, WrongState
from procurement.roles import OrganisationKind
from tenders.actions.entry import ConflictDeclared
from tenders.models import Interests, Suspension, Tender
from tests.awards.opened import OpenedTender, Said, digest, nobody, opened_tender
from tests.ground.making import organisation, person

pytestmark = pytest.mark.django_db


def proposed(
    opened: OpenedTender, supplier: str | None, lot: str = "lot-1", reason: str = "Lowest price"
) -> LotAward:
    return propose(
        tender_id=opened.tender.pk,
        lot=lot,
        bid=opened.digest(supplier, lot) if supplier else None,
        reason=reason,
        by=opened.proposes,
        now=opened.now,
    )


def decided(opened: OpenedTender, decision: str = "confirmed", lot: str = "lot-1") -> LotAward:
    return decide(
        tender_id=opened.tender.pk,
        lot=lot,
        decision=decision,
        reason="Agreed",
        by=opened.decides,
        now=opened.now + timedelta(minutes=1),
    )


def state_of(opened: OpenedTender) -> str:
    return Tender.objects.get(pk=opened.tender.pk).state


def test_a_lot_is_awarded_when_one_person_proposes_and_another_agrees(
    opened: OpenedTender,
) -> None:
    assert proposed(opened, "Lotus").state == AwardState.PROPOSED
    assert state_of(opened) == "closed"

    award = decided(opened)

    assert award.state == AwardState.AWARDED
    assert award.bid == opened.bids["lot-1", "Lotus"]
    assert (award.proposed_by, award.decided_by) == (opened.proposer, opened.decider)
    assert state_of(opened) == "concluded"


def test_the_first_of_the_ranking_need_not_be_proposed_but_then_the_reason_stands(
    opened: OpenedTender,
) -> None:
    reason = "Lotus has been excluded by the register of defaulters since the opening"
    proposed(opened, "Bamboo", reason=reason)

    award = decided(opened)

    assert award.bid == opened.bids["lot-1", "Bamboo"]
    assert award.reason == reason
    said = Proposal.read(objects.fetch(award.proposal).body)
    assert (said.bid, said.reason) == (opened.digest("Bamboo"), reason)


def test_a_proposal_rests_on_the_ranking_that_stood(opened: OpenedTender) -> None:
    award = proposed(opened, "Lotus")

    stored = Ranking.read(objects.fetch(award.ranking).body)

    assert stored == ranking(opened.tender, "lot-1")
    assert Proposal.read(objects.fetch(award.proposal).body).ranking == award.ranking


def test_a_declined_proposal_returns_to_the_proposer_with_the_reason(
    opened: OpenedTender,
) -> None:
    proposed(opened, "Bamboo")

    award = decided(opened, "declined")

    assert (award.state, award.bid, award.reason, award.proposal) == ("pending", None, "", "")
    assert award.decision_reason == "Agreed"
    assert state_of(opened) == "closed"
    proposed(opened, "Lotus")
    assert decided(opened).bid == opened.bids["lot-1", "Lotus"]


def test_nobody_decides_on_their_own_proposal_whatever_roles_they_were_given_since(
    opened: OpenedTender,
) -> None:
    award = proposed(opened, "Lotus")
    opened.proposer.memberships.update(role="award-decider")

    with pytest.raises(NotYourOwn):
        decide(
            tender_id=opened.tender.pk, lot="lot-1", decision="confirmed", reason="So",
            by=opened.proposes, now=opened.now,
        )  # fmt: skip

    award.award(at=opened.now, by=opened.proposer.pk)
    with pytest.raises(DatabaseError, match="award_is_decided_by_another_person"):
        award.save()


def test_nobody_outside_the_agencys_award_roles_takes_part(opened: OpenedTender) -> None:
    elsewhere = organisation(OrganisationKind.AGENCY, "Schools")
    supplier = opened.bids["lot-1", "Bamboo"].slot.supplier
    strangers = [
        person("Eve", award_proposer=elsewhere),
        person("Eda", award_decider=elsewhere),
        person("Otto", opener=opened.agency),
        person("Lars", legal_approver=opened.agency),
        person("Sam", supervisor=organisation(OrganisationKind.SUPERVISOR, "Audit")),
        person("Ola", operator=organisation(OrganisationKind.OPERATOR, "Daylight Ltd")),
        person("Bao", supplier_signer=supplier),
        opened.officer,
    ]
    for user in [*strangers, opened.decider]:
        with pytest.raises(NotPermitted):
            propose(
                tender_id=opened.tender.pk, lot="lot-1", bid=opened.digest("Bamboo"),
                reason="So", by=opened.by(user), now=opened.now,
            )  # fmt: skip
    proposed(opened, "Lotus")
    for user in [*strangers, opened.proposer]:
        with pytest.raises(NotPermitted):
            decide(
                tender_id=opened.tender.pk, lot="lot-1", decision="confirmed",
                reason="So", by=opened.by(user), now=opened.now,
            )  # fmt: skip


def test_only_a_bid_that_counts_in_the_lot_is_proposed() -> None:
    opened = opened_tender(
        {
            "lot-1": {"Lotus": Said("100.00"), "Pine": Said(cause="bidder-fault")},
            "lot-2": {"Bamboo": Said("80.00")},
        }
    )
    others = [opened.digest("Pine"), opened.digest("Bamboo", "lot-2"), digest("nothing")]

    for bid in others:
        with pytest.raises(DoesNotCount):
            propose(
                tender_id=opened.tender.pk, lot="lot-1", bid=bid, reason="So",
                by=opened.proposes, now=opened.now,
            )  # fmt: skip
    assert not LotAward.objects.exists()


def test_a_lot_in_which_no_bid_counts_ends_without_an_award_and_so_does_the_tender() -> None:
    opened = opened_tender({"lot-1": {"Pine": Said(cause="bidder-fault")}})

    proposed(opened, None, reason="The only bid did not open")
    award = decided(opened)

    assert (award.state, award.bid) == (AwardState.UNSUCCESSFUL, None)
    assert state_of(opened) == "unsuccessful"


def test_the_tender_ends_with_its_last_lot_and_one_award_is_enough_to_conclude_it() -> None:
    opened = opened_tender({"lot-1": {}, "lot-2": {"Bamboo": Said("80.00")}})

    proposed(opened, None, "lot-1", reason="Nobody bid for it")
    decided(opened, lot="lot-1")
    assert state_of(opened) == "closed"

    proposed(opened, "Bamboo", "lot-2")
    decided(opened, lot="lot-2")
    assert state_of(opened) == "concluded"


def test_bids_of_equal_price_share_the_first_place_and_either_may_be_proposed() -> None:
    opened = opened_tender({"lot-1": {"Lotus": Said("100.00"), "Bamboo": Said("100.00")}})

    places = ranking(opened.tender, "lot-1").places

    assert [(place.place, place.points, place.tied) for place in places] == [
        (1, "100.00", True),
        (1, "100.00", True),
    ]
    proposed(opened, "Bamboo", reason="Drawn by lot in the open session")
    assert decided(opened).bid == opened.bids["lot-1", "Bamboo"]


def test_what_is_not_there_is_not_awarded(opened: OpenedTender) -> None:
    asked = {"bid": None, "reason": "So", "by": opened.proposes, "now": opened.now}
    with pytest.raises(NotFound):
        propose(tender_id=nobody(), lot="lot-1", **asked)
    with pytest.raises(NotFound):
        propose(tender_id=opened.tender.pk, lot="lot-9", **asked)
    with pytest.raises(NotFound):
        decided(opened, lot="lot-9")


@pytest.mark.parametrize("state", AwardState.values)
@pytest.mark.parametrize("action", ["propose", "confirm", "decline"])
def test_every_action_is_possible_in_its_state_alone(state: str, action: str) -> None:
    opened = opened_tender({"lot-1": {"Lotus": Said("100.00")}, "lot-2": {}})
    if state != "pending":
        proposed(opened, None if state == "unsuccessful" else "Lotus")
    if state in ("awarded", "unsuccessful"):
        decided(opened)
    moves = {
        "propose": lambda: proposed(opened, "Lotus"),
        "confirm": lambda: decided(opened),
        "decline": lambda: decided(opened, "declined"),
    }
    leads = {
        ("pending", "propose"): "proposed",
        ("proposed", "confirm"): "awarded",
        ("proposed", "decline"): "pending",
    }
    before = Event.objects.count()

    if (state, action) in leads:
        assert moves[action]().state == leads[state, action]
    else:
        with pytest.raises(WrongState), transaction.atomic():
            moves[action]()
        assert Event.objects.count() == before
        assert list(LotAward.objects.filter(lot__key="lot-1").values_list("state", flat=True)) == (
            [] if state == "pending" else [state]
        )


def test_nothing_is_awarded_before_the_minutes_are_signed_or_while_suspended() -> None:
    early = opened_tender({"lot-1": {"Lotus": Said("100.00")}}, minuted=False)
    with pytest.raises(MinutesNotSigned):
        proposed(early, "Lotus")

    held = opened_tender({"lot-1": {"Lotus": Said("100.00")}})
    proposed(held, "Lotus")
    Suspension.objects.create(
        tender=held.tender, order=digest("order"), cause="A complaint", starts_at=held.now
    )
    with pytest.raises(TenderSuspended):
        decided(held)


def test_who_declared_a_conflict_takes_no_part(opened: OpenedTender) -> None:
    proposed(opened, "Lotus")
    for user in (opened.proposer, opened.decider):
        Interests.objects.create(
            tender=opened.tender, user=user, conflict=True, declared_at=opened.now
        )

    with pytest.raises(ConflictDeclared):
        decided(opened)


@pytest.mark.parametrize("move", ["cancel", "conclude", "fail"])
def test_nothing_is_awarded_after_the_end(opened: OpenedTender, move: str) -> None:
    proposed(opened, "Lotus")
    why = {} if move == "conclude" else {"because": "The need is gone"}
    tender = Tender.objects.get(pk=opened.tender.pk)
    getattr(tender, move)(at=opened.now, **why)
    tender.save()

    with pytest.raises(WrongState):
        decided(opened)
    with pytest.raises(WrongState):
        proposed(opened, "Lotus")


def test_the_journal_holds_proposal_and_decision_word_for_word(opened: OpenedTender) -> None:
    award = proposed(opened, "Lotus")
    proposal = award.proposal
    award = decided(opened)

    events = Event.objects.filter(tender=opened.tender.pk, verb__startswith="award.").order_by(
        "chain_position"
    )

    assert [(event.kind, event.verb) for event in events] == [
        ("control", "award.proposed"),
        ("control", "award.decided"),
    ]
    first, second = DebarmentCheck.objects.order_by("at").values_list("object", flat=True)
    assert [event.to_json()["body"] for event in events] == [
        {"object": proposal, "check": first},
        {"object": award.decision, "check": second},
    ]
    assert AwardDecision.read(objects.fetch(award.decision).body) == AwardDecision(
        str(opened.tender.pk), "lot-1", proposal, "confirmed",
        bidder_of(opened.bids["lot-1", "Lotus"]), "Agreed", str(opened.decider.pk),
    )  # fmt: skip


@pytest.mark.parametrize("reason", ["", "  ", "x" * 4_001, "a\x00b"])
def test_a_reason_is_asked_for_and_is_a_text(opened: OpenedTender, reason: str) -> None:
    with pytest.raises(BadInput):
        proposed(opened, "Lotus", reason=reason)
    proposed(opened, "Lotus")
    with pytest.raises(BadInput):
        decide(
            tender_id=opened.tender.pk, lot="lot-1", decision="declined", reason=reason,
            by=opened.decides, now=opened.now,
        )  # fmt: skip
