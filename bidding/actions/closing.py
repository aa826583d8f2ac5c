"""The close: the set of bids that live at the deadline is fixed, once (protocol, message 8)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from bidding.actions.arrivals import DatabaseClock
from bidding.models import Bid, BidState, Opening
from bidding.sealed.minimum import openable
from bidding.sealed.opening import Close, ClosedBid
from bidding.verbs import Verb
from procurement.actors import Actor, system_actor
from procurement.journal.record import concealed_head, record
from procurement.models import Event, Kind
from procurement.objects import store
from procurement.outbox import announce
from procurement.refusals import NotFound, Refusal
from procurement.texts import Text
from tenders.actions import closing, ending
from tenders.models import Tender, TenderState
from tenders.queries import notice_of

FILED = (Verb.BID_FILED, Verb.BID_WITHDRAWN)
TOO_FEW = Text("Too few bidders took part in every lot", "所有标段的投标人均不足")


class NotCloseable(Refusal):
    code, status = "not-closeable", 409
    title = Text(
        "Bids are closed after the deadline and its grace", "截止时间及宽限期过后方可封存投标"
    )


class LastBidNotInTheLog(Refusal):
    code, status = "last-bid-not-in-the-log", 409
    title = Text(
        "The close stands in a later tick of the log than the last bid",
        "封存记录须晚于最后一份投标写入日志",
    )


@transaction.atomic
def close(*, tender_id: UUID, now: datetime) -> Close:
    """Close a published tender to bids and fix the set of those that live.

    The row lock comes after every bid that is being committed, and before every later one.

    :raises NotFound: unless the tender is published.
    :raises NotCloseable: before the deadline and its grace have passed, by either clock.
    :raises LastBidNotInTheLog: until the sequencer has placed the last bid.
    """
    tender = (
        Tender.objects.select_for_update(of=("self",))
        .filter(pk=tender_id, state=TenderState.PUBLISHED)
        .first()
    )
    if tender is None:
        raise NotFound
    by, notice = system_actor(), notice_of(tender)

    ends = tender.closes_at + timedelta(seconds=tender.grace_seconds or 0)
    clocks = Tender.objects.annotate(clock=DatabaseClock()).values_list("clock", flat=True)
    if min(now, clocks.get(pk=tender_id)) < ends:
        raise NotCloseable
    if Event.everything.filter(
        tender=tender_id, kind=Kind.CONCEALED, verb__in=FILED, leaf_index=None
    ).exists():
        raise LastBidNotInTheLog

    closed = _count(tender)
    _let_lapse(tender, by, now)
    said = Close(
        tender=str(tender_id),
        notice=tender.notice,
        closes_at=tender.closes_at,
        count=len(closed),
        bids=tuple(closed),
        last_concealed=concealed_head(tender_id),
    )
    digest = store(said.to_json(), tender=tender_id, at=now, restricted=True)
    closing.close(tender_id, now=now)
    for envelope in sorted({gate.envelope for gate in notice.gates}):
        Opening.objects.create(tender=tender, envelope=envelope, close=digest, begun_at=now)
    record(
        Verb.BIDS_CLOSED,
        tender=tender_id,
        by=by,
        at=now,
        body={"object": digest},
        kind=Kind.CONTROL,
        withheld=True,
    )
    if not openable(said, notice):
        ending.fail(tender_id, by=by, now=now, because=TOO_FEW.en)
    announce(Verb.BIDS_CLOSED, tender_id)
    return said


def _count(tender: Tender) -> list[ClosedBid]:
    """Move every bid that lives, and is for the notice in force, into the set, sorted by digest."""
    found = []
    for bid in _filed(tender).filter(notice=tender.notice):
        bid.count()
        bid.save(update_fields=["state"])
        found.append(ClosedBid(bid.digest, bid.slot.lot))
    return found


def _let_lapse(tender: Tender, by: Actor, now: datetime) -> None:
    """Say of every bid for an earlier notice that it was not confirmed: nobody opens it.

    That follows from the notice, which the agency signed; the event only writes it down.
    """
    for bid in _filed(tender).exclude(notice=tender.notice):
        bid.lapse()
        bid.save(update_fields=["state"])
        record(
            Verb.BID_LAPSED,
            tender=tender.pk,
            by=by,
            at=now,
            body={"bid": bid.digest, "notice": tender.notice},
            kind=Kind.CONCEALED,
        )
        announce(Verb.BID_LAPSED, bid.pk)


def _filed(tender: Tender) -> QuerySet[Bid]:
    """Lock what lives, by digest.

    A row that a late filing holds is not waited for: that filing waits for us, and is refused.
    """
    filed = Bid.objects.filter(slot__tender=tender, state=BidState.FILED).order_by("digest")
    return filed.select_related("slot").select_for_update(of=("self",), nowait=True)
