"""The paper of a decision says what was decided and why, and carries what it rests on inside."""

from dataclasses import replace
from typing import Any

import pytest

from awards.papers import Decided, decision_pdf
from awards.statements import AwardDecision, Judgement, Proposal, Ranking
from procurement.texts import Text
from signatures.pdf.attachments import embedded_files
from signatures.pdf.policy import Policy
from signatures.pdf.report import Verdict
from signatures.service import check, seal
from tests.papers import right_edge, solid, words
from tests.signing import Trust
from tests.vectors import samples
from tests.vectors.samples import CLOSES_AT, an_id

NAMES = {
    an_id("supplier"): Text("Lotus Works", "莲花工程"),
    an_id("member"): Text("Bamboo Crew", "竹林队"),
}
LEAF = "5e" * 32
CITY, LAW = Text("Harbour City", "港城"), Text("China: Bidding Law", "中国：招标投标法")


def sample(kind: type) -> Any:
    (found,) = (one for one in samples.decisions() if isinstance(one, kind))
    return found


def decided(**changed: Any) -> Decided:
    proposal, ranking, judgement = sample(Proposal), sample(Ranking), sample(Judgement)
    plain = Decided(sample(AwardDecision), proposal, ranking, (judgement,), CLOSES_AT, LEAF)
    return replace(plain, **changed)


def paper(**changed: Any) -> bytes:
    return decision_pdf(decided(**changed), samples.notice(), agency=CITY, rules=LAW, names=NAMES)


def otherwise(**changed: Any) -> AwardDecision:
    return replace(sample(AwardDecision), **changed)


def test_it_embeds_decision_proposal_and_ranking_to_the_byte_and_nothing_else() -> None:
    assert embedded_files(paper()) == [
        ("decision.json", sample(AwardDecision).canonical()),
        ("proposal.json", sample(Proposal).canonical()),
        ("ranking.json", sample(Ranking).canonical()),
    ]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("Awarded 中标", id="what was decided"),
        pytest.param("Awarded to 中标人 Lotus Works 莲花工程", id="who won"),
        pytest.param("1,412.50 CNY", id="the price"),
        pytest.param("Harbour City 港城", id="the agency"),
        pytest.param("China: Bidding Law 中国：招标投标法", id="the law"),
        pytest.param("lot-1", id="the lot"),
        pytest.param("2026-03-02 09:00:00 UTC", id="when"),
        pytest.param("The lowest price", id="the proposal's reason"),
        pytest.param("Agreed", id="the decision's reason"),
        pytest.param("100.00", id="points"),
        pytest.param("with 与 Bamboo Crew 竹林队", id="a member of who is not ranked"),
        pytest.param("It was not opened 未开启", id="why somebody is not ranked"),
        pytest.param("no 无效 It was altered", id="a judgement and its reason"),
        pytest.param("Evaluation instance", id="that a practice tender has no effect"),
    ],
)
def test_it_shows(said: str) -> None:
    assert said in words(paper())


def test_it_shows_where_the_decision_stands() -> None:
    shown = solid(paper())

    digests = (LEAF, sample(AwardDecision).proposal, sample(Proposal).ranking)
    assert [one for one in (*digests, samples.notice().digest()) if one not in shown] == []


@pytest.mark.parametrize(
    ("decision", "bid", "says"),
    [
        pytest.param(
            otherwise(decision="declined", winner=None),
            sample(Proposal).bid,
            "The proposal was declined 提议被否决 Proposed 提议的中标人 Lotus Works",
            id="declined",
        ),
        pytest.param(
            otherwise(winner=None), None, "Ended without an award 流标 Tender", id="nobody"
        ),
    ],
)
def test_a_decision_without_a_winner_names_none(
    decision: AwardDecision, bid: str | None, says: str
) -> None:
    proposal = replace(sample(Proposal), bid=bid)

    shown = words(paper(decision=decision, proposal=proposal))

    assert says in shown
    assert "Awarded to" not in shown


def test_the_longest_names_and_reasons_stay_on_the_page() -> None:
    ranking = sample(Ranking)
    place = replace(ranking.places[0], bidder="w" * 500, price="9" * 18 + ".0000")
    long = replace(ranking, places=(place,))

    assert right_edge(paper(ranking=long, decision=otherwise(reason="r" * 4_000))) <= 595 - 62


def test_the_same_decision_has_the_same_paper() -> None:
    assert paper() == paper()


def test_no_paper_mixes_two_tenders() -> None:
    with pytest.raises(ValueError, match="different tenders"):
        paper(decision=otherwise(tender=an_id("another tender")))


@pytest.mark.django_db
def test_it_can_be_sealed(trust: Trust) -> None:
    sealed = seal(paper(), reason="Issued by the platform", at=CLOSES_AT)

    report, _ = check(sealed.pdf, policy=Policy(), at=CLOSES_AT, now=CLOSES_AT)
    assert (report.verdict, report.codes) == (Verdict.VALID, ())
