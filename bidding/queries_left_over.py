"""What is left over in the vault when a tender takes no bids any more, by the rows that name it."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from bidding.models import Bid, BidEnvelope, BidState, Envelope, OpenedBid, Part, SealedPaper
from bidding.queries import copies_of, manifest_of
from bidding.rules.fit import expected_parts
from tenders.models import TenderState

LEFT_OVER_AFTER = timedelta(days=1)  # a request that began before has long been answered
COPIES = (1, 2)  # of a sealed paper: as it was sealed, as it was stamped later
NO_MORE_BIDS = (
    TenderState.CLOSED,
    TenderState.CONCLUDED,
    TenderState.UNSUCCESSFUL,
    TenderState.CANCELLED,
)
EVER_FILED = (
    *(BidState.FILED, BidState.SUPERSEDED, BidState.WITHDRAWN),
    *(BidState.COUNTED, BidState.LAPSED),
)


def envelopes_to_sweep(now: datetime) -> QuerySet[Envelope]:
    """Give uploads, finished or not, of tenders whose deadline is long over."""
    over = Q(tender__state__in=NO_MORE_BIDS, tender__closes_at__lte=now - LEFT_OVER_AFTER)
    return Envelope.objects.filter(over, swept_at=None).order_by("pk")


def bids_to_sweep(now: datetime) -> QuerySet[Bid]:
    """Give bids of such tenders; one whose receipt is still being set as a paper waits for it."""
    over = Q(
        slot__tender__state__in=NO_MORE_BIDS,
        slot__tender__closes_at__lte=now - LEFT_OVER_AFTER,
    )
    expected = Q(receipt__isnull=False, receipt__paper_version=None)
    found = Bid.objects.filter(over, swept_at=None).exclude(expected)
    return found.select_related("receipt").order_by("pk")


def opened_to_sweep(now: datetime) -> QuerySet[OpenedBid]:
    """Give opened bids that were announced long ago."""
    found = OpenedBid.objects.filter(swept_at=None, opening__opened_at__lte=now - LEFT_OVER_AFTER)
    return found.prefetch_related("documents").order_by("pk")


def was_filed(envelope: Envelope) -> bool:
    """Tell whether a bid with a receipt binds an envelope, also one replaced or withdrawn since."""
    bound = BidEnvelope.objects.filter(envelope=envelope, bid__state__in=EVER_FILED)
    return bound.exists()


def stored_as(envelope: Envelope) -> dict[str, str]:
    """Name every object that an upload can have made, each with the version that a row names."""
    names = expected_parts(manifest_of(envelope))
    versions = dict(envelope.parts.values_list("name", "object_version"))
    return {
        Part(envelope=envelope, name=name).object_name: versions.get(name, "") for name in names
    }


def papers_of(bid: Bid) -> dict[str, str]:
    """Name every paper that a bid can have made, each with the version that a row names."""
    found = {
        bid.form_name: bid.form_version,
        bid.withdrawal_form_name: bid.withdrawal_form_version,
    }
    papers = [bid.countersigned_name]
    if receipt := getattr(bid, "receipt", None):
        found[receipt.paper_name] = receipt.paper_version or ""
        papers.append(receipt.paper_name)
    for name in papers:  # a copy that no row names, too
        for copy in COPIES:
            found.setdefault(SealedPaper(name=name, copy=copy).object_name, "")
    return found | dict(copies_of(bid))
