"""Proposing and deciding: what the debarment list stops is undone, and its evidence is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from awards.actions import deciding, proposing
from awards.actions.winner import debarred, remember_debarred
from awards.models import LotAward
from awards.statements import Decided
from bidding.models import Bid
from procurement.actors import Actor
from procurement.journal.record import attempt
from procurement.rules.debarment import WinnerDebarred


def propose(
    *, tender_id: UUID, lot: str, bid: str | None, reason: str, by: Actor, now: datetime
) -> LotAward:
    """Propose a bid as ``actions.proposing`` does.

    :raises WinnerDebarred: for a bid of who is on the list; it is then to be judged, or anew.
    """
    with _evidence_kept(Bid.objects.filter(digest=bid), tender_id, lot, by, now):
        return proposing.propose(
            tender_id=tender_id, lot=lot, bid=bid, reason=reason, by=by, now=now
        )


def decide(
    *, tender_id: UUID, lot: str, decision: Decided, reason: str, by: Actor, now: datetime
) -> LotAward:
    """Confirm or decline a proposal as ``actions.deciding`` does.

    :raises WinnerDebarred: for a winner on the list; the bid is then to be judged, or anew.
    """
    award = LotAward.objects.filter(lot__tender=tender_id, lot__key=lot)
    proposed = Bid.objects.filter(pk__in=award.values("bid"))
    with _evidence_kept(proposed, tender_id, lot, by, now):
        return deciding.decide(
            tender_id=tender_id, lot=lot, decision=decision, reason=reason, by=by, now=now
        )


@contextmanager
def _evidence_kept(
    bid: QuerySet[Bid], tender: UUID, lot: str, by: Actor, now: datetime
) -> Iterator[None]:
    """Keep the look-up for which somebody is refused, and refuse with it."""
    try:
        yield
    except WinnerDebarred as refusal:
        found = remember_debarred(bid_id=bid.get().pk, now=now)
        facts = {"lot": lot, "check": found.digest}
        attempt(refusal.code, by=by, at=now, tender=tender, concealed=False, facts={**facts})
        raise (debarred(found) if found.faults else refusal) from refusal
