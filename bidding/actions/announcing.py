"""The announcement: what came out of every bid of the set, at once (protocol, message 9c)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bidding.actions.opening import held_up, relocked
from bidding.models import HolderNote, OpenedBid, OpenedDocument, Opening, OpeningState
from bidding.queries_again import incidents_of
from bidding.queries_set import claims_of, short_lots_of
from bidding.rules.outcomes import Result, both, listed
from bidding.sealed.opening import Minutes, Opened, Request, ShortLot
from bidding.verbs import Verb
from procurement.actors import system_actor
from procurement.journal.record import record
from procurement.models import Kind
from procurement.objects import fetch, store
from procurement.outbox import announce
from procurement.texts import Text

ABSENT = Text("Opener {idx} was present and did not disclose", "开标人 {idx} 到场但未提交份额")
CLAIMED = Text(
    "{holder} said that {count} envelopes would not decrypt", "{holder} 称有 {count} 个信封无法解密"
)
WHEN_SHORT = {
    "at-the-close": Text(
        "Lot {lot} has too few bidders: its {count} bids stay sealed",
        "标段 {lot} 的投标人不足：其 {count} 份投标保持密封",
    ),
    "after-the-failures": Text(
        "Too few of the {count} bids for lot {lot} can be opened: all of them stay sealed",
        "标段 {lot} 的 {count} 份投标中可开启者不足：全部保持密封",
    ),
}


@transaction.atomic
def announce_opened(*, opening_id: UUID, results: Sequence[Result], now: datetime) -> bool:
    """Announce the outcome of the whole set, and write the minutes that the openers will sign.

    False: somebody has announced it, or an order stands in the way.
    """
    opening = relocked(opening_id)
    if opening.state != OpeningState.RELEASED or held_up(opening.tender, now):
        return False

    opened = Opened(
        tender=str(opening.tender_id),
        envelope=opening.envelope,
        close=opening.close,
        request=opening.request,
        release=opening.release,
        bids=tuple(one.outcome() for one in sorted(results, key=lambda one: one.bid)),
        short=short_lots_of(opening),
    )
    digest = store(opened.to_json(), tender=opening.tender_id, at=now)
    minutes = _minutes(opening, opened, results, now)
    _keep(opening, results)
    opening.announce(at=now, opened=digest)
    opening.short = opened.to_json()["short"]
    opening.save()
    record(
        Verb.OPENING_OPENED,
        tender=opening.tender_id,
        by=system_actor(),
        at=now,
        body={
            "object": digest,
            "minutes": store(minutes.to_json(), tender=opening.tender_id, at=now),
        },
        kind=Kind.CONTROL,
    )
    announce(Verb.OPENING_OPENED, opening.pk)
    return True


def _minutes(opening: Opening, opened: Opened, results: Sequence[Result], now: datetime) -> Minutes:
    present = Request.read(fetch(opening.request).body).openers
    return Minutes(
        tender=opened.tender,
        envelope=opened.envelope,
        notice=opening.tender.notice,
        opened=opened.digest(),
        began_at=opening.requested_at or now,
        ended_at=now,
        attended=present,
        announced=opened.bids,
        incidents=listed(
            [
                *_of_the_lots(opened.short),
                *_of_the_holders(opening, present),
                *_of_the_bids(results),
                *incidents_of(opening),
            ]
        ),
    )


def _of_the_lots(short: Sequence[ShortLot]) -> list[str]:
    return [both(WHEN_SHORT[one.seen], lot=one.lot, count=one.bids) for one in short]


def _of_the_holders(opening: Opening, present: Sequence[int]) -> list[str]:
    notes = opening.notes.filter(kind=HolderNote.DISCLOSURE)
    disclosed = set(notes.values_list("holder", flat=True))
    found = [both(ABSENT, idx=idx) for idx in present if f"opener-{idx}" not in disclosed]
    for holder, failed in sorted(claims_of(opening).items()):
        if failed:
            found.append(both(CLAIMED, holder=holder, count=len(failed)))
    return found


def _of_the_bids(results: Sequence[Result]) -> list[str]:
    return [incident for one in results for incident in one.incidents]


def _keep(opening: Opening, results: Sequence[Result]) -> None:
    """Write the rows that the award goes by."""
    kept = [(one, one.row) for one in results if one.row is not None]
    OpenedBid.objects.bulk_create(
        OpenedBid(
            bid_id=row,
            opening=opening,
            cause=one.cause,
            why=one.why,
            total=one.announced.total if one.announced else "",
            total_net=one.announced.total_net if one.announced else "",
            currency=one.announced.currency if one.announced else "",
            offer=one.offer,
        )
        for one, row in kept
    )
    OpenedDocument.objects.bulk_create(
        OpenedDocument(
            id=file.id,
            bid_id=row,
            name=file.name,
            path=file.path,
            length=file.length,
            sha256=file.sha256,
            signature=file.signature,
            verdict=file.verdict,
            codes=[*file.codes],
            object_version=file.object_version,
        )
        for one, row in kept
        for file in one.files
    )
