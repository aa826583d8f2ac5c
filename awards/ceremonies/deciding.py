"""Deciding an award: a decision that the debarment list stops is undone, its evidence is kept."""

from datetime import datetime
from uuid import UUID

from awards.actions import deciding
from awards.actions.winner import remember_debarred
from awards.models import LotAward
from awards.statements import Decided
from procurement.actors import Actor
from procurement.journal.record import attempt
from procurement.rules.debarment import WinnerDebarred


def decide(
    *, tender_id: UUID, lot: str, decision: Decided, reason: str, by: Actor, now: datetime
) -> LotAward:
    """Confirm or decline a proposal as ``actions.deciding`` does.

    :raises WinnerDebarred: for a winner on the list; the bid is then to be judged, or anew.
    """
    try:
        return deciding.decide(
            tender_id=tender_id, lot=lot, decision=decision, reason=reason, by=by, now=now
        )
    except WinnerDebarred as refusal:
        award = LotAward.objects.get(lot__tender=tender_id, lot__key=lot)
        assert award.bid_id is not None
        found = remember_debarred(bid_id=award.bid_id, now=now)
        attempt(
            refusal.code,
            by=by,
            at=now,
            tender=tender_id,
            concealed=False,
            facts={"lot": lot, "check": found.digest},
        )
        raise
