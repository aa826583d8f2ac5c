"""A bid with a signature that failed counts only if one person says so and another agrees."""

from datetime import timedelta

import pytest

from awards.actions.judging import SignaturesHold, decide_judgement, judge
from awards.actions.proposing import JudgementMissing, propose
from awards.actions.ready import MinutesNotSigned, NotYourOwn, TenderSuspended
from awards.models import Admissibility
from awards.queries import ranking, result
from awards.statements import Judgement, JudgementDecision
from procurement import objects
from procurement.models import Event
from procurement.refusals import AlreadyDone, NotFound, NotPermitted, WrongState
from procurement.roles import OrganisationKind
from tenders.actions.entry import ConflictDeclared
from tenders.models import Interests, Suspension
from tests.awards.opened import OpenedTender, Said, digest, nobody, opened_tender
from tests.ground.making import grant, organisation, person

pytestmark = pytest.mark.django_db
BAD = ["INVALID", "UNSIGNED", "UNDECIDED", "NOT_JUDGED"]


@pytest.fixture
def doubtful() -> OpenedTender:
    """Lotus is the cheapest, but the document that it had to sign is not validly signed."""
    return opened_tender(
        {"lot-1": {"Lotus": Said("100.00", verdict="INVALID"), "Bamboo": Said("125.00")}}
    )


def judged(opened: OpenedTender, *, counts: bool) -> Admissibility:
    return judge(
        tender_id=opened.tender.pk,
        bid=opened.digest("Lotus"),
        counts=counts,
        reason="The seal is of another company",
        by=opened.proposes,
        now=opened.now,
    )


def decided(opened: OpenedTender, judgement: Admissibility, decision: str) -> Admissibility:
    return decide_judgement(
        judgement_id=judgement.pk,
        decision=decision,
        reason="I looked at it too",
        by=opened.decides,
        now=opened.now + timedelta(minutes=1),
    )


def order_of(opened: OpenedTender) -> list[str]:
    places = ranking(opened.tender, "lot-1").places
    names = {bid.digest: name for (_, name), bid in opened.bids.items()}
    return [names[place.bid] for place in places]


@pytest.mark.parametrize("verdict", BAD)
def test_a_required_signature_that_does_not_hold_must_be_judged(verdict: str) -> None:
    opened = opened_tender({"lot-1": {"Lotus": Said("1.00", verdict=verdict)}})

    (waiting,) = result(opened.tender, "lot-1").to_judge

    assert waiting.bid.digest == opened.digest("Lotus")


@pytest.mark.parametrize("verdict", ["INVALID", "UNDECIDED"])
def test_a_bid_form_that_was_filed_at_the_suppliers_own_risk_must_be_judged(verdict: str) -> None:
    opened = opened_tender({"lot-1": {"Lotus": Said("1.00", form=verdict)}})

    assert len(result(opened.tender, "lot-1").to_judge) == 1


@pytest.mark.parametrize("verdict", ["VALID", "VALID_WITH_REMARKS"])
def test_nothing_is_judged_where_every_signature_holds(verdict: str) -> None:
    opened = opened_tender({"lot-1": {"Lotus": Said("1.00", verdict=verdict)}})

    assert result(opened.tender, "lot-1").to_judge == ()
    with pytest.raises(SignaturesHold):
        judged(opened, counts=False)


def test_a_document_that_needs_no_signature_is_not_judged(opened: OpenedTender) -> None:
    opened.bids["lot-1", "Lotus"].outcome.documents.create(
        name="drawing", path="documents/drawing.dwg", length=1, sha256=digest("drawing"),
        signature="none", verdict="NOT_JUDGED", object_version="1",
    )  # fmt: skip

    assert result(opened.tender, "lot-1").to_judge == ()


def test_until_a_second_person_agrees_the_judgement_changes_nothing(
    doubtful: OpenedTender,
) -> None:
    judged(doubtful, counts=False)

    assert order_of(doubtful) == ["Lotus", "Bamboo"]
    assert len(result(doubtful.tender, "lot-1").to_judge) == 1


def test_a_bid_that_is_judged_out_leaves_the_ranking_and_is_named(doubtful: OpenedTender) -> None:
    judgement = decided(doubtful, judged(doubtful, counts=False), "confirmed")

    found = ranking(doubtful.tender, "lot-1")

    assert order_of(doubtful) == ["Bamboo"]
    assert [place.points for place in found.places] == ["100.00"]
    assert [(out.bid, out.cause) for out in found.not_counted] == [
        (doubtful.digest("Lotus"), "judged-out")
    ]
    assert found.judgements == (judgement.object,)


def test_a_bid_that_is_judged_to_count_stays_where_its_price_puts_it(
    doubtful: OpenedTender,
) -> None:
    decided(doubtful, judged(doubtful, counts=True), "confirmed")

    assert order_of(doubtful) == ["Lotus", "Bamboo"]
    assert result(doubtful.tender, "lot-1").to_judge == ()


def test_a_declined_judgement_is_made_anew(doubtful: OpenedTender) -> None:
    decided(doubtful, judged(doubtful, counts=False), "declined")
    assert len(result(doubtful.tender, "lot-1").to_judge) == 1

    decided(doubtful, judged(doubtful, counts=True), "confirmed")

    states = Admissibility.objects.order_by("state").values_list("state", "counts")
    assert list(states) == [("confirmed", True), ("declined", False)]


def test_while_a_judgement_stands_there_is_no_second_one(doubtful: OpenedTender) -> None:
    judgement = judged(doubtful, counts=False)
    with pytest.raises(AlreadyDone):
        judged(doubtful, counts=True)

    decided(doubtful, judgement, "confirmed")
    with pytest.raises(AlreadyDone):
        judged(doubtful, counts=True)
    for decision in ("confirmed", "declined"):
        with pytest.raises(WrongState):
            decided(doubtful, judgement, decision)


def test_nobody_confirms_their_own_judgement_whatever_roles_they_were_given_since(
    doubtful: OpenedTender,
) -> None:
    judgement = judged(doubtful, counts=False)
    doubtful.proposer.memberships.update(role="award-decider")

    with pytest.raises(NotYourOwn):
        decide_judgement(
            judgement_id=judgement.pk,
            decision="confirmed",
            reason="Surely",
            by=doubtful.proposes,
            now=doubtful.now,
        )


def test_only_the_proposers_of_the_agency_judge_and_only_its_deciders_confirm(
    doubtful: OpenedTender,
) -> None:
    elsewhere = organisation(OrganisationKind.AGENCY, "Schools")
    stranger = person("Eve", award_proposer=elsewhere)
    asked = {"tender_id": doubtful.tender.pk, "bid": doubtful.digest("Lotus"),
             "counts": False, "reason": "So", "now": doubtful.now}  # fmt: skip
    for user in (stranger, doubtful.decider, doubtful.officer):
        with pytest.raises(NotPermitted):
            judge(**asked, by=doubtful.by(user))

    judgement = judged(doubtful, counts=False)

    grant(stranger, "award_decider", organisation(OrganisationKind.AGENCY, "Roads"))
    for user in (stranger, doubtful.officer):
        with pytest.raises(NotPermitted):
            decide_judgement(
                judgement_id=judgement.pk, decision="confirmed", reason="So",
                by=doubtful.by(user), now=doubtful.now,
            )  # fmt: skip


def test_what_is_not_there_is_not_judged(doubtful: OpenedTender) -> None:
    other = opened_tender({"lot-1": {"Lotus": Said("1.00", verdict="INVALID")}})
    asked = {"counts": False, "reason": "So", "by": doubtful.proposes, "now": doubtful.now}

    with pytest.raises(NotFound):
        judge(tender_id=nobody(), bid=doubtful.digest("Lotus"), **asked)
    with pytest.raises(NotFound):
        judge(tender_id=doubtful.tender.pk, bid=other.digest("Lotus"), **asked)
    with pytest.raises(NotFound):
        decide_judgement(
            judgement_id=nobody(), decision="confirmed", reason="So",
            by=doubtful.decides, now=doubtful.now,
        )  # fmt: skip


def test_nothing_is_judged_before_the_minutes_are_signed() -> None:
    opened = opened_tender({"lot-1": {"Lotus": Said("1.00", verdict="INVALID")}}, minuted=False)

    with pytest.raises(MinutesNotSigned):
        judged(opened, counts=False)


def test_nothing_is_judged_while_the_tender_is_suspended(doubtful: OpenedTender) -> None:
    standing = Suspension.objects.create(
        tender=doubtful.tender, order=digest("order"), cause="A complaint", starts_at=doubtful.now
    )
    with pytest.raises(TenderSuspended, match="A complaint"):
        judged(doubtful, counts=False)

    standing.lifted_at, standing.lifted_by_order = doubtful.now, digest("lifted")
    standing.save()
    judged(doubtful, counts=False)


def test_who_declared_a_conflict_takes_no_part(doubtful: OpenedTender) -> None:
    Interests.objects.create(
        tender=doubtful.tender, user=doubtful.proposer, conflict=True, declared_at=doubtful.now
    )

    with pytest.raises(ConflictDeclared):
        judged(doubtful, counts=False)


def test_the_journal_holds_what_was_said_word_for_word(doubtful: OpenedTender) -> None:
    judgement = decided(doubtful, judged(doubtful, counts=False), "confirmed")

    events = Event.objects.filter(tender=doubtful.tender.pk).order_by("chain_position")
    said = [objects.fetch(event.to_json()["body"]["object"]) for event in events]

    assert [(event.kind, event.verb) for event in events] == [
        ("control", "admissibility.judged"),
        ("control", "admissibility.confirmed"),
    ]
    assert Judgement.read(said[0].body) == Judgement(
        str(doubtful.tender.pk),
        digest("opened", doubtful.tender.pk),
        doubtful.digest("Lotus"),
        False,
        "The seal is of another company",
        str(doubtful.proposer.pk),
    )
    assert JudgementDecision.read(said[1].body) == JudgementDecision(
        str(doubtful.tender.pk),
        judgement.object,
        "confirmed",
        "I looked at it too",
        str(doubtful.decider.pk),
    )


def test_no_proposal_for_a_lot_while_a_bid_of_it_has_still_to_be_judged() -> None:
    opened = opened_tender(
        {
            "lot-1": {"Lotus": Said("100.00", verdict="INVALID"), "Bamboo": Said("125.00")},
            "lot-2": {"Bamboo": Said("80.00")},
        }
    )
    asked = {"tender_id": opened.tender.pk, "reason": "Cheap", "by": opened.proposes,
             "now": opened.now}  # fmt: skip

    for bid in (opened.digest("Bamboo"), opened.digest("Lotus"), None):
        with pytest.raises(JudgementMissing) as caught:
            propose(lot="lot-1", bid=bid, **asked)
        assert opened.digest("Lotus")[:12] in caught.value.said("en")

    propose(lot="lot-2", bid=opened.digest("Bamboo", "lot-2"), **asked)
    decided(opened, judged(opened, counts=False), "confirmed")
    propose(lot="lot-1", bid=opened.digest("Bamboo"), **asked)
