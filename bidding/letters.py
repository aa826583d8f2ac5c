"""Letters about bids and openings, out of the outbox and by the clock.

Until the opening a letter about a bid goes to whoever filed it, and to nobody else. Who files
follows the tender from then on, so that rooms below write to them without knowing bids.
"""

from datetime import datetime, timedelta

from django.conf import settings

from bidding.models import Bid, BidState, Opening, Receipt
from bidding.queries import name_of
from bidding.rules.letters import COME, CONFIRM_AGAIN, OF_THE_OPENING, RECEIPT, WITHDRAWN
from bidding.verbs import Verb
from procurement.letter import Letter
from procurement.mail import write_to_each
from procurement.models import Mail, OutboxMessage
from procurement.refusals import Fact
from tenders.actions.following import follow_for
from tenders.letters import facts_of, tell
from tenders.models import Tender, TenderState

REMIND_BEFORE = timedelta(hours=1)  # of the opening, who opens
AMENDED = "notice.amended"
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
            to_the_filer(WITHDRAWN, bid, message, {}, now)
    elif message.verb == AMENDED:
        for bid in _to_be_confirmed(message):
            to_the_filer(CONFIRM_AGAIN, bid, message, {}, now)


def due(*, now: datetime) -> None:
    """Remind the holders of keys, once, that an opening is near."""
    near = Tender.objects.select_related("agency").filter(
        state__in=[TenderState.PUBLISHED, TenderState.CLOSED],
        opens_at__gt=now,
        opens_at__lte=now + REMIND_BEFORE,
    )
    reasons = {f"opening {tender.pk} {tender.opens_at:%s}": tender for tender in near}
    told = Mail.objects.filter(source__in=reasons).values_list("source", flat=True)
    for reason in reasons.keys() - set(told):
        tell(COME, reasons[reason], source=reason, facts={}, now=now)


def to_the_filer(
    letter: Letter, bid: Bid, message: OutboxMessage, facts: dict[str, Fact], now: datetime
) -> None:
    """Write to whoever filed a bid about it."""
    assert bid.filed_by is not None
    tender = bid.slot.tender
    said = {**facts, **facts_of(tender), "bidder": name_of(bid)}
    source = f"{message.pk} {bid.pk}"
    write_to_each(letter, [bid.filed_by], source=source, facts=said, tender=tender.pk, now=now)


def _filed(message: OutboxMessage, now: datetime) -> None:
    receipt = Receipt.objects.get(bid=message.subject)
    bid = Bid.objects.select_related(*_BIDS).get(pk=message.subject)
    assert bid.filed_by is not None
    follow_for(tender_id=bid.slot.tender_id, user_id=bid.filed_by.pk, now=now)
    where = f"{settings.SITE}/api/v1/bids/{bid.pk}/receipt.pdf"
    to_the_filer(RECEIPT, bid, message, {"number": receipt.number, "receipt": where}, now)


def _to_be_confirmed(message: OutboxMessage) -> list[Bid]:
    return list(
        Bid.objects.filter(slot__tender=message.subject, state=BidState.FILED)
        .select_related(*_BIDS)
        .order_by("pk")
    )
