"""Reading what came out: who stands where in a lot, which bids people must judge, who gets it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from awards.models import Admissibility, AdmissibilityState, LotAward
from awards.scoring import Priced, Standing, standings
from awards.statements import NotCounted, Place, Ranking
from bidding.models import Bid, OpenedBid, OpenedDocument, Opening
from bidding.queries_consortia import members_at
from bidding.sealed.bid import Bidder
from bidding.sealed.opening import OPENED
from procurement.models import CheckPurpose, DebarmentCheck, Organisation
from procurement.refusals import NotFound
from tenders.models import Lot, Tender

SOUND = ("VALID", "VALID_WITH_REMARKS")  # verdicts on a signature that settle the matter
STANDING = (AdmissibilityState.JUDGED, AdmissibilityState.CONFIRMED)


@dataclass(frozen=True)
class LotResult:
    """One lot after the opening."""

    lot: Lot
    ranking: Ranking
    bids: tuple[OpenedBid, ...]  # every bid of the lot's closed set, with ``bid.slot.supplier``
    judgements: tuple[Admissibility, ...]  # every one, the oldest first
    to_judge: tuple[OpenedBid, ...]  # no confirmed judgement yet, though one is needed
    award: LotAward | None
    sealed: int | None  # bids of a lot with too few bidders, which is not decided; else None

    @property
    def standing(self) -> list[tuple[Place, OpenedBid]]:
        """Every place of the ranking with its bid."""
        bids = {one.bid.digest: one for one in self.bids}
        return [(place, bids[place.bid]) for place in self.ranking.places]

    @property
    def bidders(self) -> list[Organisation]:
        """Everybody who stands in a bid of the lot, leads and members."""
        found = {one.supplier for bid in self.bids for one in bid.bid.members.all()}
        return sorted(found, key=lambda one: one.pk)

    @property
    def out(self) -> list[tuple[NotCounted, OpenedBid]]:
        """Every bid that is not ranked, with why."""
        bids = {one.bid.digest: one for one in self.bids}
        return [(left, bids[left.bid]) for left in self.ranking.not_counted]


def opening_of(tender: UUID) -> Opening | None:
    """Find the opening whose outcome was announced; None before."""
    return Opening.objects.filter(tender=tender).exclude(opened="").first()


def short_lots(opening: Opening) -> dict[str, int]:
    """Give the lots that too few bid for, as they were announced: how many bids stay sealed."""
    return {str(one["lot"]): int(one["bids"]) for one in opening.short}


def unsound() -> QuerySet[OpenedBid]:
    """Give opened bids that are not sound in every point.

    A bidder is debarred: it was, when it filed at its own risk, or that was found before the award.
    The offer departs from the form. Or a signature that holds is missing: on the bid form, which
    is filed so at the supplier's own risk, or on a document inside that has to be signed. A form
    that was UNDECIDED when it came stays a matter for people, whatever was found since: strangers
    go by the receipt, which does not change.
    """
    failed = OpenedDocument.objects.filter(bid=OuterRef("pk"), signature="required")
    debarred = DebarmentCheck.objects.filter(
        bid=OuterRef("bid__digest"), purpose=CheckPurpose.AWARD, found=True
    )
    return OpenedBid.objects.filter(
        Q(bid__debarred=True)
        | Exists(debarred)
        | Exists(failed.exclude(verdict__in=SOUND))
        | ~Q(bid__verdict__in=SOUND)
        | ~Q(why=""),
        cause=OPENED,
    )


def judgement_needed() -> QuerySet[OpenedBid]:
    """Give the bids that people must judge and for which no judgement is confirmed."""
    confirmed = Admissibility.objects.filter(bid=OuterRef("pk"), state=AdmissibilityState.CONFIRMED)
    return unsound().exclude(Exists(confirmed))


def results(tender: Tender) -> list[LotResult]:
    """Give every lot with its ranking, in a number of queries that no lot and no bid adds to.

    :raises NotFound: before the opening.
    """
    opening = opening_of(tender.pk)
    if opening is None:
        raise NotFound
    bids = _bids_by_lot(opening)
    waiting = set(judgement_needed().filter(opening=opening).values_list("pk", flat=True))
    lots = (
        Lot.objects.filter(tender=tender)
        .select_related("award__bid__slot__supplier")
        .prefetch_related(members_at("award__bid__members"))
    )
    return [_result(lot, opening, bids.get(lot.key, []), waiting) for lot in lots]


def ranking(tender: Tender, lot: str) -> Ranking:
    """Rank the bids of one lot that count.

    :raises NotFound: before the opening, and for a lot that the tender does not have.
    """
    return result(tender, lot).ranking


def result(tender: Tender, lot: str) -> LotResult:
    """Give one lot with its ranking.

    :raises NotFound: before the opening, and for a lot that the tender does not have.
    """
    for one in results(tender):
        if one.lot.key == lot:
            return one
    raise NotFound


def bidder_of(bid: Bid) -> Bidder:
    """Name who stands in a bid: the lead, and all members, the lead among them."""
    members = sorted(str(one.supplier_id) for one in bid.members.all())
    return Bidder(str(bid.slot.supplier_id), tuple(members))


def _bids_by_lot(opening: Opening) -> dict[str, list[OpenedBid]]:
    judgements = Admissibility.objects.order_by("judged_at")
    opened = (
        OpenedBid.objects.filter(opening=opening)
        .select_related("bid__slot__supplier")
        .prefetch_related(
            "documents",
            members_at("bid__members"),
            Prefetch("bid__admissibilities", queryset=judgements),
        )
        .order_by("bid__digest")
    )
    lots: dict[str, list[OpenedBid]] = {}
    for one in opened:
        lots.setdefault(one.bid.slot.lot, []).append(one)
    return lots


def _result(lot: Lot, opening: Opening, bids: list[OpenedBid], waiting: set[UUID]) -> LotResult:
    return LotResult(
        lot=lot,
        ranking=_ranking(lot, opening, bids),
        bids=tuple(bids),
        judgements=tuple(one for bid in bids for one in bid.bid.admissibilities.all()),
        to_judge=tuple(bid for bid in bids if bid.pk in waiting),
        award=getattr(lot, "award", None),
        sealed=short_lots(opening).get(lot.key),
    )


def _ranking(lot: Lot, opening: Opening, bids: list[OpenedBid]) -> Ranking:
    confirmed = [found for bid in bids if (found := _confirmed(bid))]
    out = {one.bid_id for one in confirmed if not one.counts}
    counted = {bid.bid.digest: bid for bid in bids if bid.cause == OPENED and bid.pk not in out}
    priced = [Priced(digest, Decimal(bid.total)) for digest, bid in counted.items()]
    return Ranking(
        tender=str(lot.tender_id),
        lot=lot.key,
        opened=opening.opened,
        judgements=tuple(sorted(one.object for one in confirmed)),
        places=tuple(_place(standing, counted[standing.bid]) for standing in standings(priced)),
        not_counted=tuple(_not_counted(bid for bid in bids if bid.bid.digest not in counted)),
    )


def _confirmed(bid: OpenedBid) -> Admissibility | None:
    """Find the confirmed judgement of a bid among those that were read with it."""
    for one in bid.bid.admissibilities.all():
        if one.state == AdmissibilityState.CONFIRMED:
            return one
    return None


def _place(standing: Standing, bid: OpenedBid) -> Place:
    return Place(
        place=standing.place,
        bid=standing.bid,
        bidder=str(bid.bid.slot.supplier_id),
        members=bidder_of(bid.bid).members,
        price=bid.total,
        currency=bid.currency,
        points=str(standing.points),
        tied=standing.tied,
    )


def _not_counted(bids: Iterable[OpenedBid]) -> Iterable[NotCounted]:
    for bid in bids:
        yield NotCounted(
            bid=bid.bid.digest,
            bidder=str(bid.bid.slot.supplier_id),
            members=bidder_of(bid.bid).members,
            cause="judged-out" if bid.cause == OPENED else "not-opened",
        )
