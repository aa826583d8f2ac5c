"""Whether a bid counts whose signatures do not hold: one person judges, another confirms."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from awards.actions.ready import require_another, require_ready, require_reason
from awards.models import Admissibility
from awards.queries import STANDING, unsound
from awards.statements import Decided, Judgement, JudgementDecision
from awards.verbs import Verb
from bidding.models import OpenedBid
from procurement import objects, outbox
from procurement.actors import Actor, require
from procurement.journal.record import Kind, record
from procurement.refusals import AlreadyDone, NotFound, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.entry import locked

JUDGE = Text("judge whether a bid counts", "判断投标是否有效")
DECIDE = Text("decide on a judgement", "对判断作出决定")


class SignaturesHold(Refusal):
    code, status = "signatures-hold", 409
    title = Text(
        "Every signature that was asked for holds; there is nothing to judge",
        "所要求的签名均有效，无需判断",
    )


@transaction.atomic
def judge(
    *, tender_id: UUID, bid: str, counts: bool, reason: str, by: Actor, now: datetime
) -> Admissibility:
    """Say whether a bid with a signature that failed counts, and why; ``bid`` is its digest.

    :raises NotPermitted: unless ``by`` judges for the agency.
    :raises NotFound: for a bid that was not opened in this tender.
    :raises SignaturesHold: when there is nothing to judge.
    :raises AlreadyDone: while a judgement stands.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.JUDGE_ADMISSIBILITY, of=tender.agency_id)

    opening = require_ready(tender, action=JUDGE, by=by, now=now)
    require_reason(reason)
    opened = OpenedBid.objects.filter(opening=opening, bid__digest=bid).first()
    if opened is None:
        raise NotFound
    if not unsound().filter(pk=opened.pk).exists():
        raise SignaturesHold
    if Admissibility.objects.filter(bid=opened.pk, state__in=STANDING).exists():
        raise AlreadyDone

    said = Judgement(str(tender.pk), opening.opened, bid, counts, reason, str(by.user_id))
    judgement = Admissibility.objects.create(
        bid_id=opened.pk,
        counts=counts,
        reason=reason,
        object=objects.store(said.to_json(), tender=tender.pk, at=now),
        judged_by_id=by.user_id,
        judged_at=now,
    )
    _record(Verb.ADMISSIBILITY_JUDGED, tender.pk, judgement.object, by, now)
    return judgement


@transaction.atomic
def decide_judgement(
    *, judgement_id: UUID, decision: Decided, reason: str, by: Actor, now: datetime
) -> Admissibility:
    """Confirm or decline what somebody else judged; declined, it is judged anew.

    :raises NotPermitted: unless ``by`` decides for the agency, and did not judge.
    :raises BadInput: without a reason.
    :raises WrongState: when it has been decided.
    """
    whose = Admissibility.objects.filter(pk=judgement_id).values_list("bid__slot__tender").first()
    if whose is None:
        raise NotFound
    tender = locked(whose[0], by=by)
    judgement = Admissibility.objects.select_for_update().get(pk=judgement_id)
    require(by, Permission.CONFIRM_ADMISSIBILITY, of=tender.agency_id)

    require_ready(tender, action=DECIDE, by=by, now=now)
    require_reason(reason)
    require_another(judgement.judged_by_id, by)

    confirmed = decision == "confirmed"
    move = judgement.confirm if confirmed else judgement.decline
    move(at=now, by=by.user_id, reason=reason)
    judgement.save()
    said = JudgementDecision(str(tender.pk), judgement.object, decision, reason, str(by.user_id))
    verb = Verb.ADMISSIBILITY_CONFIRMED if confirmed else Verb.ADMISSIBILITY_DECLINED
    _record(verb, tender.pk, objects.store(said.to_json(), tender=tender.pk, at=now), by, now)
    return judgement


def _record(verb: Verb, tender: UUID, digest: str, by: Actor, at: datetime) -> None:
    body = {"object": digest}
    record(verb, tender=tender, by=by, at=at, body={**body}, kind=Kind.CONTROL)
    outbox.announce(verb, tender, object=digest)
