"""Letters about bids and openings, out of the outbox and by the clock.

Until the opening a letter about a bid goes to whoever filed it, and to nobody else. Who files
follows the tender from then on, so that rooms below write to them without knowing bids.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet

from bidding.models import Bid, BidState, Opening, Receipt
from bidding.queries import name_of
from bidding.rules.letters import (
    COME,
    CONFIRM_AGAIN,
    LAPSED,
    OF_THE_OPENING,
    RECEIPT,
    WITHDRAWN,
)
from bidding.verbs import Verb
from procurement.letter import Letter
from procurement.mail import write_to_each
from procurement.models import Mail, OutboxMessage
from procurement.refusals import Fact
from tenders.actions.following import follow_for
from tenders.letters import facts_of, tell
from tenders.models import Tender, TenderState
from tenders.verbs import Verb as TenderVerb

REMIND_BEFORE = timedelta(hours=1)  # of the opening, who opens
LAST_CALL = timedelta(days=1)  # before the deadline, who has to confirm a bid again
_BIDS = ("slot__tender__agency", "slot__supplier", "filed_by")


def handle(message: OutboxMessage, *, now: datetime) -> None:
    """Write the letters that something asks for; a second time changes nothing."""
    if message.verb in OF_THE_OPENING:
        opening = Opening.objects.select_related("tender__agency").get(pk=message.subject)
        for letter in OF_THE_OPENING[message.verb]:
            tell(letter, opening.tender, source=str(message.pk), facts={}, now=now)
    elif message.verb == Verb.RECEIPT_PAPER_DUE:
        _filed(message, now)
    elif message.verb == Verb.RETENTION_DUE:
        bid = Bid.objects.select_related(*_BIDS).get(pk=message.subject)
        if bid.state == BidState.WITHDRAWN:
            to_the_filer(WITHDRAWN, bid, str(message.pk), {}, now)
    elif message.verb == Verb.BID_LAPSED:
        bid = Bid.objects.select_related(*_BIDS).get(pk=message.subject)
        to_the_filer(LAPSED, bid, str(message.pk), {}, now)
    elif message.verb == TenderVerb.NOTICE_AMENDED:
        for bid in _not_confirmed().filter(slot__tender=message.subject):
            to_the_filer(CONFIRM_AGAIN, bid, f"{message.pk} {bid.pk}", {}, now)


def due(*, now: datetime) -> None:
    """Remind, once each: holders of keys of an opening, and bidders of a bid to be confirmed."""
    near = Tender.objects.select_related("agency").filter(
        state__in=[TenderState.PUBLISHED, TenderState.CLOSED],
        opens_at__gt=now,
        opens_at__lte=now + REMIND_BEFORE,
    )
    openings = {f"opening {tender.pk} {tender.opens_at.isoformat()}": tender for tender in near}
    for reason in _new(openings):
        tell(COME, openings[reason], source=reason, facts={}, now=now)
    closing = {"slot__tender__closes_at__gt": now, "slot__tender__closes_at__lte": now + LAST_CALL}
    bids = {f"confirm {bid.pk} {bid.slot.tender.notice}": bid for bid in _not_confirmed(**closing)}
    for reason in _new(bids):
        to_the_filer(CONFIRM_AGAIN, bids[reason], reason, {}, now)


def _new(reasons: Iterable[str]) -> set[str]:
    """Give the reasons for which nobody was written to yet."""
    asked = set(reasons)
    told = Mail.objects.filter(source__in=asked).values_list("source", flat=True)
    return asked - set(told)


def to_the_filer(
    letter: Letter, bid: Bid, reason: str, facts: dict[str, Fact], now: datetime
) -> None:
    """Write to whoever filed a bid about it."""
    assert bid.filed_by is not None
    tender = bid.slot.tender
    said = {**facts, **facts_of(tender), "bidder": name_of(bid)}
    write_to_each(letter, [bid.filed_by], source=reason, facts=said, tender=tender.pk, now=now)


def _filed(message: OutboxMessage, now: datetime) -> None:
    receipt = Receipt.objects.get(bid=message.subject)
    bid = Bid.objects.select_related(*_BIDS).get(pk=message.subject)
    assert bid.filed_by is not None
    follow_for(tender_id=bid.slot.tender_id, user_id=bid.filed_by.pk, now=now)
    where = f"{settings.SITE}/api/v1/bids/{bid.pk}"
    facts: dict[str, Fact] = {"number": receipt.number, "receipt": f"{where}/receipt.pdf"}
    facts["countersigned"] = f"{where}/countersigned.pdf"
    to_the_filer(RECEIPT, bid, str(message.pk), facts, now)


def _not_confirmed(**which: datetime) -> QuerySet[Bid]:
    """Find the filed bids that are for an earlier notice than the one in force."""
    filed = Bid.objects.filter(state=BidState.FILED, slot__tender__state=TenderState.PUBLISHED)
    return (
        filed.filter(**which)
        .exclude(notice=F("slot__tender__notice"))
        .select_related(*_BIDS)
        .order_by("pk")
    )
