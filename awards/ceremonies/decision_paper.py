"""The decision on a lot as a paper: set, sealed by the platform, kept seconds after the decision.

Every decision has its own, one that declines a proposal too. It is made of the objects that the
log names, so it stays the same whatever is decided later.
"""

from datetime import datetime
from uuid import UUID

from awards.papers import Decided, decision_pdf
from awards.statements import AwardDecision, Judgement, Proposal, Ranking
from awards.verbs import Verb
from bidding.actions.papers import Paper
from bidding.ceremonies.keeping import publish, read_public
from bidding.queries import best_copy
from bidding.queries_opening import visible_tender
from procurement.actors import Actor
from procurement.models import Event, Kind, Organisation, ProtocolObject
from procurement.models.outbox import OutboxMessage
from procurement.objects import fetch
from procurement.proof.events import OBJECT
from procurement.proof.sealed_papers import DECISION
from procurement.refusals import NotFound
from procurement.texts import Text
from procurement.vault import Reading
from tenders.models import Tender
from tenders.queries import notice_of, pack_of

REASON = "Decision on an award / 定标决定"


def handle(message: OutboxMessage, *, now: datetime) -> None:
    """Make the paper of a decision; a second time changes nothing."""
    if message.verb != Verb.AWARD_DECIDED:
        return
    digest = str(message.payload[OBJECT])
    if best_copy(paper_name(digest)):
        return
    tender = Tender.objects.select_related("agency").get(pk=message.subject)
    decided = _decided(tender, digest)
    pdf = decision_pdf(
        decided,
        notice_of(tender),
        agency=_name(tender.agency),
        rules=pack_of(tender).title,
        names=_names(decided),
    )
    paper = Paper(tender.pk, DECISION, digest, paper_name(digest))
    publish(pdf, paper, reason=REASON, now=now)


def paper_name(decision: str) -> str:
    """Name the paper in the vault's bucket ``documents``."""
    return f"decisions/{decision}"


def read_decision_paper(*, tender_id: UUID, decision: str, by: Actor) -> Reading:
    """Open the sealed paper of a decision for reading; ``decision`` is its digest.

    :raises NotFound: for what was not decided in this tender, and for some seconds after it was.
    """
    tender = visible_tender(tender_id, by)
    decisions = ProtocolObject.objects.filter(tender=tender.pk, kind=AwardDecision.TYPE)
    if not decisions.filter(pk=decision).exists():
        raise NotFound
    return read_public(paper_name(decision))


def _decided(tender: Tender, digest: str) -> Decided:
    """Read a decision and what it rests on.

    :raises NotFound: for what the log does not name.
    """
    event = _event(tender, digest)
    decision = AwardDecision.read(fetch(digest).body)
    proposal = Proposal.read(fetch(decision.proposal).body)
    ranking = Ranking.read(fetch(proposal.ranking).body)
    judgements = tuple(Judgement.read(fetch(one).body) for one in ranking.judgements)
    return Decided(decision, proposal, ranking, judgements, event.at, event.leaf)


def _event(tender: Tender, digest: str) -> Event:
    """Find the first entry about a decision: where words and all are the same, so is the digest."""
    events = Event.objects.filter(tender=tender.pk, kind=Kind.CONTROL, verb=Verb.AWARD_DECIDED)
    for event in events.order_by("chain_position"):
        body = event.to_json()["body"]
        if isinstance(body, dict) and body.get(OBJECT) == digest:
            return event
    raise NotFound


def _names(decided: Decided) -> dict[str, Text]:
    found = Organisation.objects.filter(pk__in=decided.bidders)
    return {str(one.pk): _name(one) for one in found}


def _name(body: Organisation) -> Text:
    return Text(body.name_in("en"), body.name_in("zh"))
