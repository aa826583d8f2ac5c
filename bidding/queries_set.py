"""The closed set of an opening, and what its holders are asked about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from bidding.models import Bid as BidRow
from bidding.models import Envelope, HolderNote, Opening
from bidding.sealed.answers import Asked
from bidding.sealed.bid import Bid
from bidding.sealed.combining import require_fit
from bidding.sealed.history import BadHistory, read_history
from bidding.sealed.manifest import Manifest
from bidding.sealed.may_open import may_open
from bidding.sealed.minimum import Trial, openable, short_lots, stopped
from bidding.sealed.opening import Close, Request, ShortLot
from bidding.sealed.unsealing import NotOpened
from procurement.anchors import current_anchors
from procurement.journal.record import control_head
from procurement.models import Event, Kind, ProtocolObject
from procurement.objects import fetch
from procurement.proof.canonical import NotCanonical, sha256_hex
from procurement.proof.shapes import Malformed, Statement
from procurement.refusals import Fault, NotFound
from procurement.texts import Text
from tenders.models import Tender, TenderState
from tenders.notice import Notice
from tenders.panel.keyset import Keyset
from tenders.queries import keyset_of, tender_history

Read = TypeVar("Read", bound=Statement)

NOT_IN_THE_LOG = Text(
    "This tender's history is not in the log yet; try again in a moment",
    "该招标的记录尚未写入日志，请稍后重试",
)
NOT_RELIED_ON = Text(
    "This tender's history cannot be relied on: {why}", "该招标的记录不可信：{why}"
)
NOT_WITNESSED = Text(
    "The newest decision has not been witnessed yet; try again in a moment",
    "最新决定尚未经见证，请稍后重试",
)
TENDER_ENDED = Text("The tender is not closed to bids, or has ended", "招标尚未截止或已经结束")


@dataclass(frozen=True)
class Counted:
    """A bid of the closed set with the one envelope that is opened.

    The set is the object that the journal fixed; rows are looked up by it. What is missing is None.
    """

    digest: str
    lot: str
    row: BidRow | None
    bid: Bid | None
    envelope: Envelope | None
    manifest: Manifest | None


def reasons_against(tender: Tender, envelope: str, now: datetime) -> list[Fault]:
    """Give every reason against opening, on the history that everybody else can check, too."""
    if tender.state != TenderState.CLOSED:
        return [Fault("tender-not-closed", TENDER_ENDED)]
    try:
        told = read_history(tender_history(tender.pk, withheld=True), current_anchors())
    except NotFound:
        return [Fault("not-in-the-log", NOT_IN_THE_LOG)]
    except BadHistory as error:
        return [Fault(error.code, NOT_RELIED_ON, {"why": str(error)})]
    faults = may_open(told.history, now, envelope)
    if told.history.seen.control_head != control_head(tender.pk):
        faults.append(Fault("not-witnessed-yet", NOT_WITNESSED))
    return faults


def the_set(opening: Opening) -> list[Counted]:
    """Give what is opened of the closed set, sorted by digest, as the journalled close fixed it.

    Bids of lots with too few bidders are not in it; after the reveals were closed, neither are
    those of lots in which too few can be opened.
    """
    tried = tried_set(opening)
    few = _few(opening, tried)
    return [one for one in tried if one.lot not in few]


def tried_set(opening: Opening) -> list[Counted]:
    """Give what every holder tries: the bids of all lots that had enough bidders at the close."""
    closed = openable(close_of(opening), notice_closed(opening))
    bids = _objects(Bid, [one.bid for one in closed])
    named = {digest: bid.envelopes.get(opening.envelope, "") for digest, bid in bids.items()}
    manifests = _objects(Manifest, named.values())
    rows = {
        row.digest: row
        for row in BidRow.objects.filter(slot__tender=opening.tender_id, digest__in=named)
        .select_related("slot__supplier", "receipt")
        .order_by("digest")
    }
    envelopes = {
        (str(one.supplier_id), one.manifest): one
        for one in Envelope.objects.filter(tender=opening.tender_id, manifest__in=manifests)
    }
    return [
        Counted(
            digest=one.bid,
            lot=one.lot,
            row=rows.get(one.bid),
            bid=(bid := bids.get(one.bid)),
            envelope=envelopes.get((bid.bidder.lead, named[one.bid])) if bid else None,
            manifest=manifests.get(named.get(one.bid, "")),
        )
        for one in closed
    ]


def envelope_in_set(opening: Opening, manifest: str) -> Envelope | None:
    """Find one envelope of ``the_set`` by its manifest, and read no other bidder's bid for it.

    Holders fetch a thousand of them one by one.
    """
    lots = {one.bid: one.lot for one in openable(close_of(opening), notice_closed(opening))}
    found = Envelope.objects.filter(tender=opening.tender_id, manifest=manifest)
    by_supplier = {one.supplier_id: one for one in found}
    rows = BidRow.objects.filter(slot__tender=opening.tender_id, slot__supplier__in=[*by_supplier])
    digests = set(rows.values_list("digest", flat=True)) & lots.keys()
    if not digests or manifest not in _objects(Manifest, [manifest]):
        return None
    few = _few(opening)
    for digest, bid in _objects(Bid, digests).items():
        if bid.envelopes.get(opening.envelope) == manifest and lots[digest] not in few:
            return by_supplier.get(UUID(bid.bidder.lead))
    return None


def after_failures(opening: Opening, tried: Sequence[Counted]) -> frozenset[str]:
    """Name the lots in which too few bids can be opened, as the holders tried them."""
    keyset = keyset_of(opening.tender)
    trial = Trial(
        bids=[(one.lot, _fitting(one, keyset, opening.envelope)) for one in tried],
        openers=Request.read(fetch(opening.request).body).openers,
        k=keyset.k,
        claims=claims_of(opening),
    )
    return stopped(trial, notice_closed(opening).pack.minimum_bidders)


def short_lots_of(opening: Opening) -> tuple[ShortLot, ...]:
    """Say which lots are not opened, as far as that is settled."""
    return short_lots(close_of(opening), notice_closed(opening), _few(opening))


def close_of(opening: Opening) -> Close:
    """Read the journalled close."""
    return _close(fetch(opening.close).body)


@lru_cache(maxsize=4)
def _close(body: bytes) -> Close:
    return Close.read(body)


def _few(opening: Opening, tried: Sequence[Counted] | None = None) -> frozenset[str]:
    """Name the lots in which too few bids can be opened: none before the reveals were closed."""
    if not opening.reveals or notice_closed(opening).pack.minimum_bidders == 1:
        return frozenset()
    return after_failures(opening, tried_set(opening) if tried is None else tried)


def notice_closed(opening: Opening) -> Notice:
    """Read the notice under which the bids were closed."""
    return Notice.read(fetch(close_of(opening).notice).body)


def asked_of(opening: Opening, counted: Sequence[Counted], since: str) -> Asked:
    """Say what holders are asked: the whole set that was sealed for this opening.

    ``since`` is a verb: answers name a control head of that event, or a later one, which the log
    holds. So every step is witnessed before the next, as a stranger will ask.
    """
    keyset = keyset_of(opening.tender)
    fit = [one.manifest for one in counted if _fitting(one, keyset, opening.envelope)]
    return Asked(
        request=Request.read(fetch(opening.request).body),
        keyset=keyset,
        manifests={manifest.digest(): manifest for manifest in fit if manifest},
        heads=_heads_since(opening, since),
    )


def failed_of(opening: Opening, holder: str) -> frozenset[str]:
    """Name the envelopes that a holder said would not decrypt."""
    return claims_of(opening).get(holder, frozenset())


def intent_event(opening: Opening) -> Event | None:
    """Find the journalled release intent, None before there is one."""
    if opening.intent_event is None:
        return None
    return Event.objects.filter(pk=opening.intent_event).first()


def claims_of(opening: Opening) -> dict[str, frozenset[str]]:
    """Give what each holder said would not decrypt, by holder."""
    notes = HolderNote.objects.filter(opening=opening, kind=HolderNote.FAILURES)
    return {
        note.holder: frozenset(map(str, fetch(note.object).value["failed"]))  # type: ignore[arg-type]
        for note in notes
    }


def _heads_since(opening: Opening, verb: str) -> frozenset[str]:
    chain = Event.objects.filter(tender=opening.tender_id, kind=Kind.CONTROL)
    first = chain.filter(verb=verb).order_by("-chain_position").first()
    if first is None:
        return frozenset()
    later = chain.filter(chain_position__gte=first.chain_position, leaf_index__isnull=False)
    return frozenset(event.leaf for event in later)


def _fitting(one: Counted, keyset: Keyset, envelope: str) -> str:
    """Name the envelope of a bid by its manifest; empty where it was not sealed for this."""
    if one.manifest is None:
        return ""
    try:
        require_fit(one.manifest, keyset, envelope)
    except NotOpened:
        return ""
    return one.manifest.digest()


def _objects(kind: type[Read], digests: Iterable[str]) -> dict[str, Read]:
    """Read objects by their digests; one whose stored bytes were changed is not there."""
    found = {}
    for row in ProtocolObject.objects.filter(pk__in=set(digests)):
        try:
            if sha256_hex(row.body) == row.digest:
                found[row.digest] = kind.read(row.body)
        except (NotCanonical, Malformed):
            continue
    return found
