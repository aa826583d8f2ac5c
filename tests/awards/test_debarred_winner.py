"""Everybody who would win is looked up when it is proposed and when that is decided.

Requirement C25. Who is on the list wins only where one person judged, knowing that, and another
confirmed it.
"""

from datetime import timedelta

import pytest

from awards.actions.judging import SignaturesHold, decide_judgement, judge
from awards.actions.proposing import JudgementMissing
from awards.actions.winner import DoesNotCount
from awards.ceremonies.deciding import decide, propose
from awards.models import Admissibility, LotAward
from awards.queries import result
from awards.waiting import waiting_for
from bidding.models import Bid
from procurement.actions.debarment import decide_debarment, propose_debarment
from procurement.actors import Actor
from procurement.models import Debarment, DebarmentCheck, Event, Organisation
from procurement.objects import fetch
from procurement.proof.suppliers import DebarmentCheck as CheckObject
from procurement.roles import OrganisationKind
from procurement.rules.debarment import WinnerDebarred
from procurement.texts import Text, say
from tests.awards.opened import OpenedTender, Said, opened_tender
from tests.ground.making import organisation, person

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def opened() -> OpenedTender:
    """Lotus is cheaper than Bamboo; all signatures hold."""
    return opened_tender()


def debarred(opened: OpenedTender, supplier: str) -> Debarment:
    """Let an operator and a supervisor put a bidder or a member on the list."""
    body = Organisation.objects.get(name_en=supplier)
    keeper = person("Ops", operator=organisation(OrganisationKind.OPERATOR, "Platform"))
    overseer = person("Sue", supervisor=organisation(OrganisationKind.SUPERVISOR, "Audit"))
    put_forward = propose_debarment(
        identifier_scheme=body.identifier_scheme,
        identifier=body.identifier,
        name=body.name_en,
        starts_at=opened.now - DAY,
        ends_at=None,
        source="Decision 7",
        reason="False documents",
        by=opened.by(keeper),
        now=opened.now,
    )
    return decide_debarment(
        debarment_id=put_forward.pk, confirmed=True, by=opened.by(overseer), now=opened.now
    )


def proposed(opened: OpenedTender, supplier: str = "Lotus") -> LotAward:
    return propose(
        tender_id=opened.tender.pk,
        lot="lot-1",
        bid=opened.digest(supplier),
        reason="Cheap",
        by=opened.proposes,
        now=opened.now,
    )


def decided(opened: OpenedTender, decision: str = "confirmed") -> LotAward:
    return decide(
        tender_id=opened.tender.pk,
        lot="lot-1",
        decision=decision,  # type: ignore[arg-type]
        reason="Agreed",
        by=opened.decides,
        now=opened.now,
    )


def judged(opened: OpenedTender, *, counts: bool, supplier: str = "Lotus") -> Admissibility:
    opened.now += MINUTE
    judgement = judge(
        tender_id=opened.tender.pk,
        bid=opened.digest(supplier),
        counts=counts,
        reason="The debarment is known",
        by=opened.proposes,
        now=opened.now,
    )
    return decide_judgement(
        judgement_id=judgement.pk,
        decision="confirmed",
        reason="I looked at it too",
        by=opened.decides,
        now=opened.now,
    )


def test_the_winner_is_looked_up_and_the_decision_names_the_evidence(opened: OpenedTender) -> None:
    """Requirement C25: with query time and evidence stored."""
    proposed(opened)
    opened.now += MINUTE

    decided(opened)

    check = DebarmentCheck.objects.get(at=opened.now)
    assert (check.bid, check.purpose, check.found, check.at) == (
        opened.digest("Lotus"),
        "award",
        False,
        opened.now,
    )
    event = Event.objects.get(verb="award.decided")
    assert event.to_json()["body"]["check"] == check.object  # type: ignore[index,call-overload]
    assert CheckObject.read(fetch(check.object).body).bid == opened.digest("Lotus")


def test_nobody_wins_who_has_come_on_the_list_since(opened: OpenedTender) -> None:
    proposed(opened)
    opened.now += MINUTE
    debarred(opened, "Lotus")

    with pytest.raises(WinnerDebarred, match="Decision 7"):
        decided(opened)

    assert LotAward.objects.get().state == "proposed"
    check = DebarmentCheck.objects.get(at=opened.now)
    assert (check.found, check.list_version) == (True, 1)
    attempt = Event.objects.get(verb="attempt.refused")
    assert attempt.to_json()["body"] == {
        "code": "winner-debarred",
        "facts": {"lot": "lot-1", "check": check.object},
    }
    assert [one.bid.digest for one in result(opened.tender, "lot-1").to_judge] == [
        opened.digest("Lotus")
    ]


def test_whoever_proposes_learns_who_is_listed_and_where_the_look_up_is_kept(
    opened: OpenedTender,
) -> None:
    debarred(opened, "Lotus")

    with pytest.raises(WinnerDebarred) as refused:
        proposed(opened)

    check = DebarmentCheck.objects.get()
    at = f"{opened.now:%Y-%m-%d %H:%M:%S} UTC"
    for lang in ("en", "zh"):
        said = refused.value.said(lang)
        assert [one for one in ("Decision 7", at, check.object) if one not in said] == []
    assert (check.found, check.at, LotAward.objects.exists()) == (True, opened.now, False)
    with pytest.raises(JudgementMissing, match=f"Lotus was on the debarment list.*{check.object}"):
        proposed(opened)


@pytest.mark.parametrize("listed", ["Lotus", "Willow"])
def test_a_member_that_is_listed_is_seen_as_the_lead_is(listed: str) -> None:
    joint = Said("100.00", members=("Willow",))
    opened = opened_tender({"lot-1": {"Lotus": joint, "Bamboo": Said("125.00")}})
    debarred(opened, listed)

    with pytest.raises(WinnerDebarred, match="Decision 7"):
        proposed(opened)

    checks = DebarmentCheck.objects.select_related("organisation")
    assert {one.organisation.name_en: one.found for one in checks} == {
        "Lotus": listed == "Lotus", "Willow": listed == "Willow",
    }  # fmt: skip
    judged(opened, counts=True)
    proposed(opened)
    assert decided(opened).state == "awarded"


def test_who_judges_and_who_confirms_read_why_with_time_and_evidence(opened: OpenedTender) -> None:
    debarred(opened, "Lotus")
    with pytest.raises(WinnerDebarred):
        proposed(opened)
    check, at = DebarmentCheck.objects.get(), f"{opened.now:%Y-%m-%d %H:%M:%S} UTC"

    def told(by: Actor, what: str) -> Text:
        (found,) = [one for one in waiting_for(by, opened.now) if one.what == what]
        return Text(*(say(found.text, found.facts, lang) for lang in ("en", "zh")))

    to_judge = told(opened.proposes, "judge-bid")
    opened.now += MINUTE
    judge(
        tender_id=opened.tender.pk, bid=opened.digest("Lotus"), counts=True, reason="Known",
        by=opened.proposes, now=opened.now,
    )  # fmt: skip

    for said in (*to_judge, *told(opened.decides, "confirm-judgement")):
        assert [one for one in ("Lotus", at, check.object) if one not in said] == []
    assert "was on the debarment list" in to_judge.en
    assert "禁入名单" in to_judge.zh


def test_a_bid_that_people_judged_to_count_knowing_the_entry_wins(opened: OpenedTender) -> None:
    proposed(opened)
    debarred(opened, "Lotus")
    with pytest.raises(WinnerDebarred):
        decided(opened)

    judged(opened, counts=True)

    assert decided(opened).state == "awarded"


def test_a_bid_that_was_judged_out_does_not_win_and_another_does(opened: OpenedTender) -> None:
    proposed(opened)
    debarred(opened, "Lotus")
    with pytest.raises(WinnerDebarred):
        decided(opened)
    judged(opened, counts=False)

    with pytest.raises(DoesNotCount):
        decided(opened)
    decided(opened, "declined")
    proposed(opened, "Bamboo")

    assert decided(opened).bid == opened.bids["lot-1", "Bamboo"]


def test_a_judgement_that_did_not_know_the_entry_is_made_anew() -> None:
    opened = opened_tender({"lot-1": {"Lotus": Said("100.00", verdict="INVALID")}})
    judged(opened, counts=True)
    proposed(opened)
    debarred(opened, "Lotus")

    with pytest.raises(WinnerDebarred):
        decided(opened)
    assert Admissibility.objects.get().state == "declined"
    judged(opened, counts=True)

    assert decided(opened).state == "awarded"


def test_a_new_entry_after_the_judgement_is_judged_again(opened: OpenedTender) -> None:
    proposed(opened)
    debarred(opened, "Lotus")
    with pytest.raises(WinnerDebarred):
        decided(opened)
    judged(opened, counts=True)
    debarred(opened, "Lotus")

    with pytest.raises(WinnerDebarred):
        decided(opened)


def test_declining_needs_no_look_up(opened: OpenedTender) -> None:
    proposed(opened)
    debarred(opened, "Lotus")

    opened.now += MINUTE
    assert decided(opened, "declined").state == "pending"
    assert not DebarmentCheck.objects.filter(at=opened.now).exists()


def test_a_rival_on_the_list_stops_nobody_else(opened: OpenedTender) -> None:
    proposed(opened)
    debarred(opened, "Bamboo")

    assert decided(opened).state == "awarded"


def test_a_bid_filed_at_its_own_risk_while_debarred_must_be_judged(opened: OpenedTender) -> None:
    with pytest.raises(SignaturesHold):
        judged(opened, counts=True)
    Bid.objects.filter(digest=opened.digest("Lotus")).update(debarred=True)

    (waiting,) = result(opened.tender, "lot-1").to_judge

    assert waiting.bid.digest == opened.digest("Lotus")
