"""Awards over the interface: the ranking is public, everything else is for the award's people."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken

from awards.actions.judging import judge
from awards.statements import AwardDecision, Ranking
from bidding.sealed.bid import Bidder
from procurement.models import Organisation, User
from procurement.objects import fetch
from procurement.roles import OrganisationKind
from tests.awards.opened import OpenedTender, Said, nobody, opened_tender, published_tender
from tests.ground.making import organisation, person

pytestmark = pytest.mark.django_db
REASON = {"reason": "As the documents say"}


def signed_in(user: User) -> Client:
    _, token = AuthToken.objects.create(user, expiry=None)
    return Client(headers={"Authorization": f"Token {token}"})


def posted(client: Client, path: str, **sent: object) -> tuple[int, dict[str, object]]:
    answer = client.post(f"/api/v1/{path}", sent, "application/json")
    return answer.status_code, answer.json()


def ranking_of(opened: OpenedTender, client: Client | None = None) -> list[dict[str, object]]:
    answer = (client or Client()).get(f"/api/v1/tenders/{opened.tender.pk}/ranking")
    assert answer.status_code == 200, answer.content
    lots: list[dict[str, object]] = answer.json()["lots"]
    return lots


def test_everyone_reads_the_ranking_as_the_object_that_a_proposal_names() -> None:
    opened = opened_tender({"lot-1": {"Lotus": Said("100.00")}, "lot-2": {}})

    first, second = ranking_of(opened)

    found = Ranking.of(first["ranking"])
    assert first["digest"] == found.digest()
    assert [place.bid for place in found.places] == [opened.digest("Lotus")]
    assert (first["award"], first["to_judge"], first["judgements"]) == (None, [], [])
    assert (second["lot"], Ranking.of(second["ranking"]).places) == ("lot-2", ())


def test_members_stand_beside_the_lead_in_ranking_proposal_decision_and_answer() -> None:
    opened = opened_tender({"lot-1": {"Lotus": Said("100.00", members=("Willow",))}})
    path, bid = f"tenders/{opened.tender.pk}/lots/lot-1", opened.digest("Lotus")
    supplier = {one.name_en: str(one.pk) for one in Organisation.objects.filter(kind="supplier")}
    members = sorted(supplier.values())

    _, proposal = posted(signed_in(opened.proposer), f"{path}/proposal", bid=bid, **REASON)
    _, award = posted(signed_in(opened.decider), f"{path}/decision", decision="confirmed", **REASON)

    (lot,) = ranking_of(opened)
    (place,) = Ranking.of(lot["ranking"]).places
    assert (place.bidder, [*place.members]) == (supplier["Lotus"], members)
    assert proposal["bidder"] == award["bidder"] == lot["award"]["bidder"] == {  # type: ignore[index]
        "lead": supplier["Lotus"], "members": members,
    }  # fmt: skip
    assert lot["bidders"] == {pk: {"en": name, "zh": name} for name, pk in supplier.items()}
    decision = AwardDecision.read(fetch(str(award["decision"])).body)
    assert decision.winner == Bidder(supplier["Lotus"], tuple(members))


def test_before_the_opening_there_is_no_ranking(db: None) -> None:
    agency = organisation(OrganisationKind.AGENCY, "Water Works")
    tender = published_tender(agency, person("Olga", officer=agency), ["lot-1"])

    for pk in (tender.pk, nobody()):
        assert Client().get(f"/api/v1/tenders/{pk}/ranking").status_code == 404


def test_a_doubtful_bid_is_judged_confirmed_proposed_and_awarded() -> None:
    opened = opened_tender({"lot-1": {"Lotus": Said("100.00", verdict="INVALID")}})
    tender, bid = f"tenders/{opened.tender.pk}", opened.digest("Lotus")
    proposer, decider = signed_in(opened.proposer), signed_in(opened.decider)

    status, judgement = posted(proposer, f"{tender}/judgements", bid=bid, counts=True, **REASON)
    assert (status, judgement["state"]) == (201, "judged")
    decision = f"judgements/{judgement['id']}/decision"
    status, judgement = posted(decider, decision, decision="confirmed", **REASON)
    assert (status, judgement["state"], judgement["decision_reason"]) == (
        200, "confirmed", REASON["reason"],
    )  # fmt: skip
    status, award = posted(proposer, f"{tender}/lots/lot-1/proposal", bid=bid, **REASON)
    assert (status, award["state"], award["bid"]) == (201, "proposed", bid)
    status, award = posted(decider, f"{tender}/lots/lot-1/decision", decision="confirmed", **REASON)
    assert (status, award["state"]) == (200, "awarded")

    (lot,) = ranking_of(opened)
    assert lot["award"] == award
    assert lot["judgements"] == [judgement]
    assert opened.decider.name not in str(lot), "people are named by what they signed, not here"


def test_a_refusal_says_in_words_what_stands_in_the_way() -> None:
    opened = opened_tender({"lot-1": {"Lotus": Said("100.00", verdict="INVALID")}})
    path = f"tenders/{opened.tender.pk}/lots/lot-1/proposal"

    status, problem = posted(signed_in(opened.proposer), path, bid=None, **REASON)

    assert (status, problem["code"]) == (409, "judgement-missing")
    (error,) = problem["errors"]  # type: ignore[misc]
    assert error["code"] == "not-judged"
    assert error["detail"].endswith("confirmed: a signature that was asked for does not hold")


@pytest.mark.parametrize(
    ("act", "sent", "pointer"),
    [
        ("judgements", {"bid": "0" * 63, "counts": True, **REASON}, "/bid"),
        ("judgements", {"bid": "0" * 64, "counts": "perhaps", **REASON}, "/counts"),
        ("judgements", {"bid": "0" * 64, "counts": True}, "/reason"),
        ("lots/lot-1/proposal", REASON, "/bid"),
        ("lots/lot-1/proposal", {"bid": None, "reason": " "}, "/reason"),
        ("lots/lot-1/decision", {"decision": "perhaps", **REASON}, "/decision"),
        ("lots/lot-1/decision", {"decision": "confirmed", "reason": "x" * 4_001}, "/reason"),
        ("lots/lot-1/decision", {"decision": "confirmed", **REASON, "by": "me"}, "/by"),
    ],
)
def test_what_is_sent_has_its_shape(act: str, sent: dict[str, object], pointer: str) -> None:
    opened = opened_tender()

    status, problem = posted(
        signed_in(opened.proposer), f"tenders/{opened.tender.pk}/{act}", **sent
    )

    assert (status, problem["code"]) == (400, "bad-input")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("act", "sent"),
    [
        ("judgements", {"bid": "0" * 64, "counts": True}),
        ("lots/lot-1/proposal", {"bid": None}),
        ("lots/lot-1/decision", {"decision": "confirmed"}),
    ],
)
def test_strangers_sign_in_first_and_others_are_refused(act: str, sent: dict[str, object]) -> None:
    opened = opened_tender()
    path = f"tenders/{opened.tender.pk}/{act}"

    assert posted(Client(), path, **sent, **REASON)[0] == 401
    assert posted(signed_in(opened.officer), path, **sent, **REASON)[0] == 403


def test_the_number_of_queries_does_not_grow_with_bids_and_lots() -> None:
    doubtful = Said("100.00", verdict="INVALID")
    one = opened_tender({"lot-1": {"Lotus": doubtful}})
    joint = replace(doubtful, members=("Willow", "Reed"))
    lots = {"Lotus": joint, "Bamboo": doubtful, "Crane": doubtful}
    three = opened_tender({f"lot-{n}": lots for n in range(1, 4)})
    for opened in (one, three):
        for bid in opened.bids.values():
            judge(
                tender_id=opened.tender.pk, bid=bid.digest, counts=True, **REASON,
                by=opened.proposes, now=opened.now,
            )  # fmt: skip

    def asked(opened: OpenedTender) -> int:
        with CaptureQueriesContext(connection) as queries:
            ranking_of(opened)
        return len(queries)

    assert asked(one) == asked(three)
