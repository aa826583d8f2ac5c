"""What everyone may read of a tender, gathered for one page each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from awards.queries import LotResult, results, short_lots
from bidding.models import OpenedBid, Opening, OpeningState
from bidding.queries_consortia import members_at
from bidding.queries_opening import ANNOUNCED
from bidding.sealed.opening import Request
from oversight.queries_decided import Decision, Version, decisions, versions_among
from procurement.actors import ANONYMOUS
from procurement.objects import fetch
from procurement.refusals import NotFound
from procurement.texts import Text
from signatures.queries_trust import names_of
from tenders.answers import Answer
from tenders.models import Approval, Lot, Suspension, Tender, TenderDocument, TenderState
from tenders.models.changes import DocumentComparison
from tenders.models.tender import TenderQuerySet
from tenders.notice import Extension, Notice, Order
from tenders.queries import documents_of, notice_of, suspended, tender_seen_by
from tenders.queries_changes import zone_of
from tenders.queries_comparisons import comparisons_by_version
from tenders.queries_duties import approvals_of
from tenders.queries_search import found
from tenders.search import Search

EVERYTHING = Search()


@dataclass(frozen=True)
class PublicTender:
    """A published tender as its page shows it."""

    tender: Tender
    notice: Notice
    lots: Sequence[Lot]
    documents: Sequence[TenderDocument]
    approvals: Sequence[Approval]
    decisions: Sequence[Decision]
    dates: Sequence[Mapping[str, Any]]
    comparisons: Mapping[int, Sequence[DocumentComparison]]  # by version of the notice
    suspension: Suspension | None
    authorities: Sequence[tuple[str, str | None]] = ()  # digest and name, of those that alone count

    @property
    def versions(self) -> Sequence[Version]:
        """The versions of the notice, the newest first, each with what it changed."""
        return versions_among(self.decisions, zone_of(self.tender), self.comparisons)[::-1]

    @property
    def extensions(self) -> Sequence[Decision]:
        """What moved the deadline, in its order."""
        return self._those(Extension)

    @property
    def answers(self) -> Sequence[Decision]:
        """What was asked and answered, in its order."""
        return self._those(Answer)

    @property
    def orders(self) -> Sequence[Decision]:
        """The orders of supervisors and the agency, in their order."""
        return self._those(Order)

    def _those(self, kind: type) -> Sequence[Decision]:
        return [one for one in self.decisions if isinstance(one.said, kind)]

    @property
    def description(self) -> Text:
        """What is bought, in both languages, or twice in the one there is."""
        en, zh = self.tender.description_en, self.tender.description_zh
        return Text(en or zh, zh or en)


@dataclass(frozen=True)
class PublicOpening:
    """An opening as it happens. Of bids there is nothing in it before they are announced."""

    tender: Tender
    suspension: Suspension | None
    opening: Opening | None = None
    present: Sequence[int] = ()
    attended: Sequence[int] = ()
    lots: Mapping[Lot, Sequence[OpenedBid]] = field(default_factory=dict)
    short: Mapping[str, int] = field(default_factory=dict)  # lots with too few bidders: their bids

    @property
    def announced(self) -> bool:
        """Whether the bids have been opened and read out."""
        return self.opening is not None and self.opening.state in ANNOUNCED

    @property
    def runs(self) -> bool:
        """Whether something is still going to happen here, so that a reader waits for it."""
        under_way = self.opening is not None and self.opening.state != OpeningState.MINUTED
        return under_way and self.tender.ended_at is None


@dataclass(frozen=True)
class PublicResult:
    """Who stands where and who gets what; no lots before the opening."""

    tender: Tender
    suspension: Suspension | None
    lots: Sequence[LotResult] = ()


def published_tenders(search: Search = EVERYTHING) -> TenderQuerySet:
    """List what was published and is looked for, the newest first unless asked otherwise."""
    return found(ANONYMOUS, search)


def open_tenders(now: datetime) -> TenderQuerySet:
    """List what takes bids, the one that closes next first."""
    taking = published_tenders().filter(state=TenderState.PUBLISHED, closes_at__gt=now)
    return taking.order_by("closes_at", "pk")


def public_tender(tender_id: UUID, now: datetime) -> PublicTender:
    """Gather a tender's page.

    :raises NotFound: for what was never published.
    """
    tender = tender_seen_by(ANONYMOUS, tender_id)
    notice = notice_of(tender)
    alone = notice.signatures.authorities
    names = names_of(alone) if alone else {}
    return PublicTender(
        tender=tender,
        notice=notice,
        lots=list(Lot.objects.filter(tender=tender).prefetch_related("items")),
        documents=documents_of(tender),
        approvals=approvals_of(tender),
        decisions=decisions(tender.pk),
        dates=tender.timetable,
        comparisons=comparisons_by_version(tender),
        suspension=suspended(tender, now),
        authorities=[(digest, names.get(digest)) for digest in alone],
    )


def public_opening(tender_id: UUID, now: datetime) -> PublicOpening:
    """Gather a tender's opening page.

    :raises NotFound: for what was never published.
    """
    tender = tender_seen_by(ANONYMOUS, tender_id)
    held_up = suspended(tender, now)
    opening = Opening.objects.filter(tender=tender).prefetch_related("present").first()
    if opening is None:
        return PublicOpening(tender, held_up)
    return PublicOpening(
        tender=tender,
        suspension=held_up,
        opening=opening,
        present=[one.idx for one in opening.present.all()],
        attended=_attended(opening),
        lots=_announced(opening) if opening.state in ANNOUNCED else {},
        short=short_lots(opening),
    )


def public_result(tender_id: UUID, now: datetime) -> PublicResult:
    """Gather a tender's result page.

    :raises NotFound: for what was never published.
    """
    tender = tender_seen_by(ANONYMOUS, tender_id)
    held_up = suspended(tender, now)
    try:
        return PublicResult(tender, held_up, results(tender))
    except NotFound:
        return PublicResult(tender, held_up)


def _attended(opening: Opening) -> Sequence[int]:
    return Request.read(fetch(opening.request).body).openers if opening.request else ()


def _announced(opening: Opening) -> dict[Lot, list[OpenedBid]]:
    lots: dict[Lot, list[OpenedBid]] = {
        lot: [] for lot in Lot.objects.filter(tender=opening.tender_id)
    }
    by_key = {lot.key: found for lot, found in lots.items()}
    bids = OpenedBid.objects.filter(opening=opening).select_related("bid__slot__supplier")
    for bid in bids.prefetch_related(members_at("bid__members")).order_by("bid__digest"):
        by_key[bid.bid.slot.lot].append(bid)
    return lots
