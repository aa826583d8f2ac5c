"""Every decision on a lot gets one paper with the platform's seal, after it is public."""

import pytest

from awards.actions.deciding import decide
from awards.actions.judging import decide_judgement, judge
from awards.actions.proposing import propose
from awards.ceremonies.decision_paper import handle, read_decision_paper
from awards.models import LotAward
from awards.queries import result
from awards.statements import AwardDecision, Decided
from awards.verbs import Verb
from bidding.models import SealedPaper
from procurement.actors import ANONYMOUS
from procurement.models import Event, OutboxMessage
from procurement.objects import fetch
from procurement.outbox import deliver
from procurement.proof.canonical import sha256_hex
from procurement.proof.sealed_papers import DECISION, MINUTES, SealedCopy, SealedPapers
from procurement.refusals import NotFound
from signatures.pdf.attachments import embedded_files
from signatures.pdf.policy import Policy
from signatures.pdf.report import Verdict
from signatures.service import look
from tenders.models import Tender
from tests.bidding.opened import minuted_tender
from tests.papers import words
from tests.world import World


@pytest.fixture
def tender(real_world: World) -> Tender:
    """Two bids, both of which were judged to count; what was announced so far was told."""
    tender = minuted_tender(real_world, "12.50", "11.00")
    for one in result(tender, "lot-1").to_judge:
        said = judge(
            tender_id=tender.pk, bid=one.bid.digest, counts=True, reason="It is plain",
            by=real_world.by("proposer"), now=real_world.now,
        )  # fmt: skip
        decide_judgement(
            judgement_id=said.pk, decision="confirmed", reason="Seen",
            by=real_world.by("decider"), now=real_world.now,
        )  # fmt: skip
    deliver(real_world.now)
    return tender


def proposed(world: World, tender: Tender, reason: str = "The lowest price") -> LotAward:
    best = result(tender, "lot-1").ranking.places[0].bid
    return propose(
        tender_id=tender.pk, lot="lot-1", bid=best, reason=reason,
        by=world.by("proposer"), now=world.now,
    )  # fmt: skip


def decided(world: World, tender: Tender, decision: Decided = "confirmed") -> str:
    award = decide(
        tender_id=tender.pk, lot="lot-1", decision=decision, reason="As the documents say",
        by=world.by("decider"), now=world.now,
    )  # fmt: skip
    return award.decision


def paper_of(tender: Tender, decision: str) -> bytes:
    return b"".join(read_decision_paper(tender_id=tender.pk, decision=decision, by=ANONYMOUS))


def papers() -> list[str]:
    return [*SealedPaper.objects.filter(kind=DECISION).values_list("about", flat=True)]


def named_in_the_log(tender: Tender) -> list[SealedCopy]:
    events = Event.objects.filter(tender=tender.pk, verb="papers.sealed").order_by("recorded_at")
    objects = [str(event.to_json()["body"]["object"]) for event in events]  # type: ignore[index,call-overload]
    return [one for said in objects for one in SealedPapers.read(fetch(said).body).papers]


def test_nothing_is_sealed_before_the_decision_is_public_nor_within_the_request(
    real_world: World, tender: Tender
) -> None:
    award = proposed(real_world, tender)
    deliver(real_world.now)
    assert papers() == []
    for early in (award.proposal, "0" * 64):
        with pytest.raises(NotFound) as none:
            paper_of(tender, early)
        assert none.value.retry_after is None

    decision = decided(real_world, tender)
    assert papers() == []
    with pytest.raises(NotFound) as waits:
        paper_of(tender, decision)
    assert waits.value.retry_after

    deliver(real_world.now)
    assert papers() == [decision]
    assert not OutboxMessage.objects.filter(
        last_error__contains="decision_paper", verb=Verb.AWARD_DECIDED
    ).exists()


def test_everybody_reads_it_and_its_seal_holds(real_world: World, tender: Tender) -> None:
    proposed(real_world, tender)
    decision = decided(real_world, tender)
    deliver(real_world.now)

    paper = paper_of(tender, decision)

    report = look(paper, policy=Policy(), at=real_world.now)
    assert (report.verdict, report.codes) == (Verdict.VALID, ())
    assert [one.field for one in report.signatures] == ["PlatformSeal"]
    said = AwardDecision.read(fetch(decision).body)
    assert ("decision.json", said.canonical()) in embedded_files(paper)
    winner = real_world.suppliers[1].organisation
    assert f"Awarded to 中标人 {winner.name_in('en')}" in words(paper)


def test_it_is_sealed_once_although_the_job_runs_twice(real_world: World, tender: Tender) -> None:
    proposed(real_world, tender)
    decision = decided(real_world, tender)
    deliver(real_world.now)
    first = paper_of(tender, decision)

    message = OutboxMessage.objects.get(verb=Verb.AWARD_DECIDED)
    handle(message, now=real_world.now)

    assert papers() == [decision]
    assert paper_of(tender, decision) == first
    assert [one.about for one in named_in_the_log(tender) if one.kind == DECISION] == [decision]


def test_a_decision_that_declines_has_its_own_and_keeps_it(
    real_world: World, tender: Tender
) -> None:
    proposed(real_world, tender, "In haste")
    declined = decided(real_world, tender, "declined")
    deliver(real_world.now)
    first = paper_of(tender, declined)
    assert "The proposal was declined" in words(first)

    proposed(real_world, tender)
    awarded = decided(real_world, tender)
    deliver(real_world.now)

    assert sorted(papers()) == sorted([declined, awarded])
    assert paper_of(tender, declined) == first
    assert "Awarded to" in words(paper_of(tender, awarded))


def test_the_log_names_it_by_the_digest_of_its_bytes(real_world: World, tender: Tender) -> None:
    before = named_in_the_log(tender)
    assert [one.kind for one in before].count(MINUTES) == 1
    proposed(real_world, tender)
    decision = decided(real_world, tender)
    deliver(real_world.now)

    paper = sha256_hex(paper_of(tender, decision))

    assert named_in_the_log(tender) == [*before, SealedCopy(DECISION, decision, 1, paper)]
