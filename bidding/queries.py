"""Reading bids: a supplier's own, and nobody else's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import QuerySet

from bidding.models import Bid, BidState, Consortium, Envelope, Part, Receipt, SealedPaper, Slot
from bidding.rules.fit import expected_parts, is_payload
from bidding.sealed.bid import Bid as BidObject
from bidding.sealed.bid import Withdrawal
from bidding.sealed.manifest import Manifest
from procurement.actors import Actor
from procurement.journal import proofs
from procurement.models import Event, ProtocolObject
from procurement.objects import fetch
from procurement.proof.evidence import LogEvent
from procurement.refusals import NotFound
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import SEALED, Reading
from signatures.models import SignatureReport
from signatures.pdf.report import Finding
from tenders.models import TenderState
from tenders.queries import log_event

SECONDS_TO_A_TICK = 10
NO_EVENT = UUID(int=0)
LIVE = (BidState.FILED, BidState.COUNTED)


@dataclass(frozen=True)
class OwnBid:
    """A bid as its bidder sees it: its row, the object it names, and what is still missing."""

    row: Bid
    bid: BidObject
    missing: str  # "submission"; "preparation", overtaken; "confirmation"; empty: nothing
    receipt: Receipt | None


@dataclass(frozen=True)
class Included:
    """A filed bid's event, and the checkpoint that holds it."""

    event: LogEvent
    checkpoint: str


def own_envelope(envelope_id: UUID, by: Actor) -> Envelope:
    """Find an envelope of a supplier of ours, with its tender.

    :raises NotFound: for anybody else's, as for none.
    """
    found = Envelope.objects.visible_to(by).select_related("tender").filter(pk=envelope_id).first()
    if found is None:
        raise NotFound
    return found


def own_bid(bid_id: UUID, by: Actor) -> Bid:
    """Find a bid of a supplier of ours, with its slot, tender, supplier and receipt.

    :raises NotFound: for anybody else's, as for none.
    """
    if (found := _whole(by).filter(pk=bid_id).first()) is None:
        raise NotFound
    return found


def own_bids(tender_id: UUID, by: Actor) -> list[OwnBid]:
    """List the bids of our suppliers in a tender, lot by lot, the newest of each first."""
    bids = list(_whole(by).filter(slot__tender=tender_id).order_by("slot__lot", "-version", "pk"))
    return list(_told(bids))


def told(bid: Bid) -> OwnBid:
    """Say what a bidder may know of one bid."""
    return next(iter(_told([bid])))


def live_bid(slot: Slot) -> Bid | None:
    """Give the bid that counts in a slot, None where there is none."""
    return Bid.objects.filter(slot=slot, state__in=LIVE).first()


def object_of(bid: Bid) -> BidObject:
    """Read the object that a bid's digest names."""
    return BidObject.read(fetch(bid.digest).body)


def withdrawal_of(bid: Bid) -> Withdrawal:
    """Write the object by which this bid is taken back: the same each time."""
    read = object_of(bid)
    return Withdrawal(read.tender, read.lot, bid.digest, read.bidder)


def manifest_of(envelope: Envelope) -> Manifest:
    """Read the manifest of an envelope."""
    return Manifest.read(fetch(envelope.manifest).body)


def missing_parts(envelope: Envelope) -> list[str]:
    """Name the parts that are not stored yet: small files first, as they are refused soonest."""
    stored = set(envelope.parts.values_list("name", flat=True))
    wanted = [name for name in expected_parts(manifest_of(envelope)) if name not in stored]
    return sorted(wanted, key=lambda name: (is_payload(name), name))


def sealed_objects(bid: Bid) -> list[tuple[str, str]]:
    """Name everything of a bid that lies in the vault's bucket ``sealed``: name and version."""
    parts = Part.objects.filter(envelope__in=bid.envelopes.values("envelope"))
    found = [(part.object_name, part.object_version) for part in parts.select_related("envelope")]
    found += [(bid.form_name, bid.form_version)] if bid.form_version else []
    if bid.withdrawal_form_version:
        found.append((bid.withdrawal_form_name, bid.withdrawal_form_version))
    receipt = Receipt.objects.filter(bid=bid).first()
    if receipt and receipt.paper_version:
        found.append((receipt.paper_name, receipt.paper_version))
    return found + [one for one in copies_of(bid) if one not in found]


def copies_of(bid: Bid) -> list[tuple[str, str]]:
    """Name every sealed paper of a bid, copy by copy: name and version."""
    papers = SealedPaper.objects.filter(bid=bid).order_by("name", "copy")
    return [(paper.object_name, paper.version) for paper in papers]


def best_copy(name: str) -> SealedPaper | None:
    """Find the copy of a sealed paper that proves most; None before there is one."""
    return SealedPaper.objects.filter(name=name).order_by("-copy").first()


def findings_at_intake(bid: Bid) -> tuple[Finding, ...]:
    """Give what was found about the signed form when it arrived, with its facts."""
    report = None
    if bid.arrival is not None:
        stored = SignatureReport.objects.filter(file_sha256=bid.form_sha256, at=bid.arrival.at)
        said = stored.filter(verdict=bid.verdict, codes=bid.codes)  # not what a recheck found
        report = said.order_by("created_at").first()
    if report is None:
        return tuple(Finding(code) for code in bid.codes)
    return tuple(Finding.of(one["code"], **one["facts"]) for one in report.report["findings"])


def included(bid: Bid) -> Included:
    """Prove that the log holds the filing of a bid, as soon as a checkpoint does.

    The salt of the link to the previous concealed event stays here: with it, anyone could look
    through the log for the bid that was filed before.

    :raises NotFound: before, with the seconds after which to ask again.
    """
    receipt = Receipt.objects.filter(bid=bid).first()
    event = Event.everything.filter(pk=receipt.event or NO_EVENT).first() if receipt else None
    if event is None or event.leaf_index is None:
        raise NotFound(retry_after=SECONDS_TO_A_TICK)
    checkpoint = proofs.checkpoint_at_least(event.leaf_index + 1)
    if checkpoint is None:
        raise NotFound(retry_after=SECONDS_TO_A_TICK)
    return Included(replace(log_event(event, checkpoint), link_salt=None), checkpoint.note)


def own_receipt(bid_id: UUID, by: Actor) -> Receipt:
    """Find the receipt for a bid of ours.

    :raises NotFound: for anybody else's bid, and for one that has none.
    """
    receipt: Receipt | None = getattr(own_bid(bid_id, by), "receipt", None)
    if receipt is None:
        raise NotFound
    return receipt


def receipt_paper(bid_id: UUID, by: Actor) -> Reading:
    """Open the paper of a receipt of ours.

    :raises NotFound: before it is there, with the seconds after which to ask again.
    """
    receipt = own_receipt(bid_id, by)
    if receipt.paper_version is None:
        raise NotFound(retry_after=SECONDS_TO_A_TICK)
    best = best_copy(receipt.paper_name)
    if best is not None:
        return vault().get(SEALED, best.object_name, best.version)
    return vault().get(SEALED, receipt.paper_name, receipt.paper_version)


def countersigned_form(bid_id: UUID, by: Actor) -> Reading:
    """Open our signed form with the platform's seal over it.

    :raises NotFound: before it is there, with the seconds after which to ask again; for a form
        that was filed at its supplier's own risk there is none.
    """
    bid = own_receipt(bid_id, by).bid
    best = best_copy(bid.countersigned_name)
    if best is None:
        raise NotFound(retry_after=None if bid.at_own_risk else SECONDS_TO_A_TICK)
    return vault().get(SEALED, best.object_name, best.version)


def tender_of(
    *,
    tender: UUID | None = None,
    bid: UUID | None = None,
    envelope: UUID | None = None,
    consortium: UUID | None = None,
    **_: object,
) -> UUID | None:
    """Name the tender that an address is about, where there is one."""
    if consortium is not None:
        return Consortium.objects.filter(pk=consortium).values_list("tender", flat=True).first()
    if envelope is not None:
        return Envelope.objects.filter(pk=envelope).values_list("tender", flat=True).first()
    if bid is not None:
        return Bid.objects.filter(pk=bid).values_list("slot__tender", flat=True).first()
    return tender


def name_of(bid: Bid) -> Text:
    """Give the bidder's name in both languages."""
    supplier = bid.slot.supplier
    return Text(supplier.name_in("en"), supplier.name_in("zh"))


def names_of_members(bid: Bid) -> dict[str, Text]:
    """Give the names of those who bid together, by their ids."""
    members = bid.members.select_related("supplier").order_by("supplier")
    found = [one.supplier for one in members]
    return {str(one.pk): Text(one.name_in("en"), one.name_in("zh")) for one in found}


def _whole(by: Actor) -> QuerySet[Bid]:
    related = ("slot__tender", "slot__supplier", "arrival", "withdrawal_arrival", "receipt")
    return Bid.objects.visible_to(by).select_related(*related, "recheck__report")


def _told(bids: Sequence[Bid]) -> Iterator[OwnBid]:
    stored = ProtocolObject.objects.in_bulk([bid.digest for bid in bids])
    live = Bid.objects.filter(slot__in={bid.slot_id for bid in bids}, state__in=LIVE)
    live_in = dict(live.values_list("slot", "digest"))
    for bid in bids:
        read = BidObject.read(stored[bid.digest].body)
        missing = _missing(bid, read, live_in.get(bid.slot_id))
        yield OwnBid(bid, read, missing, getattr(bid, "receipt", None))


def _missing(bid: Bid, read: BidObject, live: str | None) -> str:
    """A filed bid is to be confirmed when the notice changed, while there is time."""
    tender = bid.slot.tender
    if bid.state == BidState.FILED and tender.state == TenderState.PUBLISHED:
        return "" if bid.notice == tender.notice else "confirmation"
    if bid.state != BidState.PREPARED:
        return ""
    stands = (read.notice, read.supersedes) == (bid.slot.tender.notice, live)
    return "submission" if stands else "preparation"
