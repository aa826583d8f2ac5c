"""Deciding who gets a lot: another person; and with the last lot, the end of the tender."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from awards.actions.ready import (
    TooFewBidders,
    require_another,
    require_ready,
    require_reason,
)
from awards.actions.winner import require_eligible
from awards.models import AwardState, LotAward
from awards.queries import bidder_of, short_lots
from awards.statements import AwardDecision, Decided
from awards.verbs import Verb
from bidding.models import Opening
from procurement import objects, outbox
from procurement.actors import Actor, require
from procurement.journal.record import Kind, record
from procurement.refusals import NotFound
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions import ending
from tenders.actions.entry import locked
from tenders.models import Lot, Tender

DECIDE = Text("decide the award", "决定中标")
NOTHING_AWARDED = "No lot was awarded · 没有标段中标"
ENDS = (AwardState.AWARDED, AwardState.UNSUCCESSFUL)


@transaction.atomic
def decide(
    *, tender_id: UUID, lot: str, decision: Decided, reason: str, by: Actor, now: datetime
) -> LotAward:
    """Confirm or decline what somebody else proposed; with the last lot, end the tender.

    :raises NotPermitted: unless ``by`` decides for the agency, and did not propose.
    :raises NotFound: for a lot that is not there.
    :raises BadInput: without a reason.
    :raises TooFewBidders: for a lot that was not opened.
    :raises WrongState: when nothing is proposed.
    :raises DoesNotCount, WinnerDebarred: when the proposed bid must not win, or not yet.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.DECIDE_AWARD, of=tender.agency_id)

    opening = require_ready(tender, action=DECIDE, by=by, now=now)
    require_reason(reason)
    if lot in short_lots(opening):
        raise TooFewBidders
    award = _award_of(tender, lot)
    require_another(award.proposed_by_id, by)
    winner = award.bid if decision == "confirmed" else None
    looked_up = require_eligible(winner, now=now) if winner else None

    proposal = award.proposal
    if decision == "declined":
        award.decline()
    elif award.bid_id is None:
        award.fail(at=now, by=by.user_id)
    else:
        award.award(at=now, by=by.user_id)
    won = bidder_of(winner) if winner else None
    said = AwardDecision(str(tender.pk), lot, proposal, decision, won, reason, str(by.user_id))
    award.decision = objects.store(said.to_json(), tender=tender.pk, at=now)
    award.decision_reason = reason
    award.save()
    body = {"object": award.decision} | ({"check": looked_up.digest} if looked_up else {})
    record(Verb.AWARD_DECIDED, tender=tender.pk, by=by, at=now, body={**body}, kind=Kind.CONTROL)
    about = {"lot": lot, "decision": decision, "object": award.decision}
    outbox.announce(Verb.AWARD_DECIDED, tender.pk, **about)
    _end_with_the_last_lot(tender, opening, by, now)
    return award


def _award_of(tender: Tender, lot: str) -> LotAward:
    found = Lot.objects.filter(tender=tender, key=lot).first()
    if found is None:
        raise NotFound
    award, _ = LotAward.objects.select_for_update().get_or_create(lot=found)
    return award


def _end_with_the_last_lot(tender: Tender, opening: Opening, by: Actor, now: datetime) -> None:
    """A tender with an awarded lot is concluded, one without is unsuccessful.

    A lot with too few bidders is not waited for: nothing of it was opened.
    """
    awards = LotAward.objects.filter(lot__tender=tender)
    lots = Lot.objects.filter(tender=tender).exclude(key__in=short_lots(opening))
    if awards.filter(state__in=ENDS).count() < lots.count():
        return
    if awards.filter(state=AwardState.AWARDED).exists():
        ending.conclude(tender.pk, by=by, now=now)
    else:
        ending.fail(tender.pk, by=by, now=now, because=NOTHING_AWARDED)
