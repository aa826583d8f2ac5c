"""Preparing a bid: the object that binds its envelopes to each other, the lot and the notice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from bidding.actions.uploads import require_open
from bidding.models import (
    Bid,
    BidEnvelope,
    BidMember,
    BidState,
    Consortium,
    Envelope,
    Slot,
    UploadState,
)
from bidding.queries import live_bid, missing_parts, object_of
from bidding.rules.confirmation import SealAgain, still_fits
from bidding.rules.fit import ENVELOPE
from bidding.sealed.bid import Bid as BidObject
from bidding.sealed.bid import Bidder
from procurement import objects
from procurement.actors import Actor, require
from procurement.refusals import BadInput, Fault, NotFound, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from tenders.models import Lot, Tender
from tenders.notice import Notice
from tenders.queries import notice_of, tender_seen_by

_ENVELOPES = Text("This lot asks for exactly one envelope, “offer”", "该标段只要求一个信封“offer”")
_UNKNOWN = Text(
    "You have not uploaded an envelope of this digest for this lot", "您未为该标段上传此摘要的信封"
)
_UNKNOWN_LOT = Text("This tender has no lot “{lot}”", "本招标没有标段“{lot}”")
_MISSING = Text("The part {name} has not been uploaded", "尚未上传部分 {name}")
_NOT_CHECKED = Text("The upload was not completed", "上传尚未完成")
MOST_NAMED = 20  # missing parts in one answer


class EnvelopeIncomplete(Refusal):
    code, status = "envelope-incomplete", 409
    title = Text("This envelope is not complete yet", "该信封尚未完整")


@transaction.atomic
def prepare(
    *,
    tender_id: UUID,
    supplier_id: UUID,
    lot: str,
    envelopes: Mapping[str, str],
    consortium_id: UUID | None = None,
    by: Actor,
    now: datetime,
) -> tuple[Bid, bool]:
    """Compose the bid to be signed; give it, and whether it is new.

    With a consortium, the supplier leads it, and the bid names its members. It names the bid that
    it will replace, where one lives. One that was prepared before and not submitted is discarded.
    Asked for the same again, prepared or filed, that one stands.

    :raises NotPermitted: unless ``by`` prepares bids for the supplier.
    :raises NotFound: for a consortium of others, or of another tender or lead.
    :raises BadInput: for a lot or an envelope that there is not.
    :raises EnvelopeIncomplete: while parts of it are missing.
    :raises SealAgain: when form or keys have changed since it was sealed.
    """
    tender = tender_seen_by(by, tender_id)
    require(by, Permission.PREPARE_BID, of=supplier_id)
    slot = _locked_slot(tender, supplier_id, lot)

    require_open(tender, now)
    bound = _complete(slot, envelopes)
    _require_still_fitting(bound, tender)
    consortium = _led(slot, consortium_id, by) if consortium_id else None
    live = live_bid(slot)
    prepared = Bid.objects.filter(slot=slot, state=BidState.PREPARED).first()
    version = (slot.bids.aggregate(Max("version"))["version__max"] or 0) + 1
    composed = _composed(slot, tender, consortium, envelopes, live, version)
    same = replace(composed, bid_version=prepared.version).digest() if prepared else None
    if prepared and (prepared.digest, prepared.consortium_id) == (same, consortium_id):
        return prepared, False
    if live and live.consortium_id == consortium_id and _says_the_same(object_of(live), composed):
        return live, False

    if prepared:
        prepared.discard()
        prepared.save()
    bid = Bid.objects.create(
        slot=slot,
        version=version,
        digest=objects.store(composed.to_json(), tender=tender.pk, at=now, restricted=True),
        notice=tender.notice,
        supersedes=live,
        consortium=consortium,
        prepared_by_id=by.user_id,
        prepared_at=now,
    )
    BidEnvelope.objects.create(bid=bid, envelope=bound)
    BidMember.objects.bulk_create(
        BidMember(bid=bid, tender=tender, lot=lot, supplier_id=UUID(one))
        for one in composed.bidder.members
    )
    return bid, True


@transaction.atomic
def discard(*, bid_id: UUID, by: Actor) -> Bid:
    """Give up a bid that was prepared and not submitted; twice is once.

    :raises NotPermitted: unless ``by`` prepares bids for the supplier.
    :raises WrongState: for a bid that was submitted.
    """
    bid = locked_bid(bid_id, by)
    require(by, Permission.PREPARE_BID, of=bid.slot.supplier_id)

    if bid.state == BidState.DISCARDED:
        return bid

    bid.discard()
    bid.save()
    return bid


def locked_bid(bid_id: UUID, by: Actor) -> Bid:
    """Lock the slot of a bid, and read the bid as it stands then.

    Never the tender: its row is for the trigger, which is the decision on time.

    :raises NotFound: for anybody else's.
    """
    seen = Bid.objects.visible_to(by).filter(pk=bid_id).first()
    if seen is None:
        raise NotFound
    Slot.objects.select_for_update().get(pk=seen.slot_id)
    related = ("slot__tender", "slot__supplier", "arrival", "withdrawal_arrival")
    return Bid.objects.select_related(*related).get(pk=bid_id)


def _locked_slot(tender: Tender, supplier_id: UUID, lot: str) -> Slot:
    if not Lot.objects.filter(tender=tender, key=lot).exists():
        raise BadInput(faults=[Fault("unknown-lot", _UNKNOWN_LOT, {"lot": lot}, "/lot")])
    Slot.objects.bulk_create(
        [Slot(tender=tender, lot=lot, supplier_id=supplier_id)], ignore_conflicts=True
    )
    return Slot.objects.select_for_update().get(tender=tender, lot=lot, supplier=supplier_id)


def _complete(slot: Slot, envelopes: Mapping[str, str]) -> Envelope:
    if set(envelopes) != {ENVELOPE}:
        raise BadInput(faults=[Fault("wrong-envelopes", _ENVELOPES, pointer="/envelopes")])
    found = Envelope.objects.filter(
        tender=slot.tender_id, lot=slot.lot, supplier=slot.supplier_id, manifest=envelopes[ENVELOPE]
    ).first()
    if found is None:
        fault = Fault("unknown-envelope", _UNKNOWN, pointer=f"/envelopes/{ENVELOPE}")
        raise BadInput(faults=[fault])
    if found.state != UploadState.COMPLETE:
        missing = missing_parts(found)[:MOST_NAMED]
        faults = [Fault("part-missing", _MISSING, {"name": name}) for name in missing]
        raise EnvelopeIncomplete(faults=faults or [Fault("not-completed", _NOT_CHECKED)])
    return found


def _require_still_fitting(envelope: Envelope, tender: Tender) -> None:
    """Let pass what was begun under the notice in force, or under one that asked for the same."""
    if envelope.notice == tender.notice:
        return
    sealed_for = Notice.read(objects.fetch(envelope.notice).body)
    if not still_fits(sealed_for, notice_of(tender)):
        raise SealAgain


def _led(slot: Slot, consortium_id: UUID, by: Actor) -> Consortium:
    led = Consortium.objects.filter(tender=slot.tender_id, lead=slot.supplier_id)
    if (found := led.visible_to(by).filter(pk=consortium_id).first()) is None:
        raise NotFound
    return found


def _composed(
    slot: Slot,
    tender: Tender,
    consortium: Consortium | None,
    envelopes: Mapping[str, str],
    live: Bid | None,
    version: int,
) -> BidObject:
    lead = slot.supplier_id
    members = consortium.members.values_list("supplier", flat=True) if consortium else [lead]
    return BidObject(
        tender=str(tender.pk),
        lot=slot.lot,
        bid_version=version,
        supersedes=live.digest if live else None,
        notice=tender.notice,
        bidder=Bidder(str(lead), tuple(sorted(map(str, members)))),
        envelopes={**envelopes},
    )


def _says_the_same(one: BidObject, other: BidObject) -> bool:
    return (one.notice, one.envelopes) == (other.notice, other.envelopes)
