"""Which filed bids are looked at again, and everything that is kept of one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from bidding.models import Bid, BidState, Opening, Part, Receipt, SealedPaper
from bidding.queries import LIVE
from bidding.rules.outcomes import both
from procurement.texts import Text
from signatures.pdf.report import Verdict
from tenders.models import TenderState

# Authorities publish new revocation lists by the hour or rarer, and those are noticed at once. This
# is for what is noticed by nothing else, such as a certificate enrolled since. A question that was
# answered is not judged twice, so it costs two look-ups.
RECHECK_EVERY = timedelta(minutes=10)
RETRY_AFTER = timedelta(minutes=1)  # where this machine gave up: it may have less to do by then

# Disks lose bytes over years. Weekly, a loss is found while there are copies, and reading all
# that is kept takes a small part of what the disks can do.
READ_BACK_EVERY = timedelta(days=7)
FIRST_READ_BACK = timedelta(hours=1)  # after the filing: its parts were read back just before

NOT_AS_FILED = Text(
    "Of bid {bid}, what is stored was found not as it was filed, or not locked: {found}",
    "投标 {bid} 的存储内容经核查与递交时不符或未锁定：{found}",
)
_ANNOUNCED = Opening.objects.filter(tender=OuterRef("slot__tender")).exclude(opened="")
_READ_WITH = ("slot__tender", "read_back", "receipt", "withdrawal_arrival")


@dataclass(frozen=True)
class Kept:
    """One object of a filed bid as it has to lie in the vault's bucket ``sealed``."""

    name: str  # "payload-00000", "form" …
    object_name: str
    version: str
    sha256: str


def undecided() -> QuerySet[Bid]:
    """Give live bids whose form was UNDECIDED at its arrival and in every answer since."""
    still = Q(recheck=None) | Q(recheck__report=None)
    return Bid.objects.filter(
        still | Q(recheck__report__verdict=Verdict.UNDECIDED),
        verdict=Verdict.UNDECIDED,
        state__in=LIVE,
        slot__tender__state__in=(TenderState.PUBLISHED, TenderState.CLOSED),
    )


def to_recheck(anchors: str, now: datetime) -> QuerySet[Bid]:
    """Give the undecided bids whose form is to be judged now, those that waited longest first."""
    due = (
        Q(recheck=None)
        | ~Q(recheck__anchors_digest=anchors)
        | Q(recheck__at__lte=now - RECHECK_EVERY)
        | Q(recheck__answered=False, recheck__at__lte=now - RETRY_AFTER)
    )
    related = ("arrival", "slot__supplier", "recheck")
    longest_first = F("recheck__at").asc(nulls_first=True)
    arrived = undecided().filter(due, arrival__at__lte=now)
    return arrived.select_related(*related).order_by(longest_first, "pk")


def everything_filed() -> QuerySet[Bid]:
    """Give every bid that has a receipt, replaced and withdrawn ones too."""
    return Bid.objects.filter(receipt__isnull=False)


def before_their_opening() -> QuerySet[Bid]:
    """Give the bids of closed sets that are not opened and were not read back since the close."""
    unread = Q(read_back=None) | Q(read_back__at__lt=F("slot__tender__closed_at"))
    return everything_filed().filter(
        unread, ~Exists(_ANNOUNCED), state=BidState.COUNTED, slot__tender__state=TenderState.CLOSED
    )


def to_read_back(now: datetime) -> list[QuerySet[Bid]]:
    """Give the bids to be read back now, in two lists: before an opening first, then by age."""
    long_ago = Q(read_back__at__lte=now - READ_BACK_EVERY)
    never = Q(read_back=None, receipt__issued_at__lte=now - FIRST_READ_BACK)
    oldest_first = F("read_back__at").asc(nulls_first=True)
    return [
        found.select_related(*_READ_WITH).order_by(oldest_first, "pk")
        for found in (before_their_opening(), everything_filed().filter(long_ago | never))
    ]


def filed_and_opened() -> Iterator[tuple[Bid, bool]]:
    """Give every bid that has a receipt, and whether its tender's opening was announced."""
    found = everything_filed().select_related(*_READ_WITH).annotate(opened=Exists(_ANNOUNCED))
    for bid in found.order_by("pk").iterator():
        yield bid, bid.opened


def incidents_of(opening: Opening) -> list[str]:
    """Say of the bids of a closed set what was found amiss when they were read back last.

    For the minutes, and for nobody before the announcement.
    """
    counted = Bid.objects.filter(slot__tender=opening.tender_id, state=BidState.COUNTED)
    amiss = counted.exclude(read_back=None).exclude(read_back__found=[])
    return [
        both(NOT_AS_FILED, bid=bid.digest, found=", ".join(bid.read_back.found))
        for bid in amiss.select_related("read_back").order_by("digest")
    ]


def kept_of(bid: Bid) -> list[Kept]:
    """List everything of a filed bid with the digest that it had when it was stored."""
    parts = Part.objects.filter(envelope__in=bid.envelopes.values("envelope"))
    found = [
        Kept(part.name, part.object_name, part.object_version, part.sha256)
        for part in parts.select_related("envelope")
    ]
    found.append(Kept("form", bid.form_name, bid.form_version, bid.form_sha256))
    if version := bid.withdrawal_form_version:
        name = bid.withdrawal_form_name
        found.append(Kept("withdrawal", name, version, bid.withdrawal_form_sha256))
    receipt = Receipt.objects.get(bid=bid)
    if receipt.paper_version and receipt.paper_sha256:
        paper = receipt.paper_name, receipt.paper_version, receipt.paper_sha256
        found.append(Kept("receipt", *paper))
    others = SealedPaper.objects.filter(bid=bid).exclude(name=receipt.paper_name, copy=1)
    return found + [
        Kept(one.object_name, one.object_name, one.version, one.sha256) for one in others
    ]
