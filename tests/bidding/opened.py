"""An opening by the real actions: close, gather, try the set, disclose, release, open, minute.

    tender = closed_tender(world, "12.50", "11.00")
    opened = opened_tender(world, tender)

Every step that the protocol wants witnessed is followed by a tick of the log.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bidding.ceremonies import closing, opening
from bidding.ceremonies.reading import read_sealed
from bidding.models import HolderNote, Opening
from bidding.queries_opening import intent_of, minutes_of, opening_of, set_for
from bidding.sealed.answers import TIMEKEEPER, file_name, opener_number
from bidding.sealed.manifest import Manifest
from bidding.sealed.opening import Disclosure, Failures, Release, ReleasedPad, Request
from bidding.sealed.unsealing import NotOpened, take_pad, take_share
from procurement.journal.sequencer import tick
from procurement.models import Event, Kind
from procurement.objects import fetch
from procurement.proof.evidence import TenderHistory
from tenders.models import Tender
from tenders.panel.holders import HolderKey
from tests.bidding.filing import FiledBid, filed_bid
from tests.world import World, published_tender

SECOND = timedelta(seconds=1)
PRESENT = ("opener-1", "opener-3")


def file_all(world: World, tender: Tender, *prices: str) -> list[FiledBid]:
    """File one bid a supplier, in the order of the suppliers."""
    return [
        filed_bid(world, tender, supplier, price)
        for supplier, price in zip(world.suppliers, prices, strict=False)
    ]


def close(world: World, tender: Tender) -> Tender:
    """Let the deadline and its grace pass, and the close be witnessed."""
    tick(world.now)
    tender = Tender.objects.get(pk=tender.pk)
    world.wind_to(tender.closes_at + timedelta(seconds=tender.grace_seconds or 0) + SECOND)
    closing.due(now=world.now)
    witnessed(world)
    return Tender.objects.get(pk=tender.pk)


def closed_tender(world: World, *prices: str, **overrides: Any) -> Tender:
    """Bring a tender with so many bids past its deadline."""
    world.wind_to(world.now)
    tender = published_tender(world, **overrides)
    file_all(world, tender, *prices)
    return close(world, tender)


def witnessed(world: World) -> None:
    """Let a second pass, and the log tick."""
    world.wind_to(world.now + SECOND)
    tick(world.now)


def come(world: World, tender: Tender, *openers: str) -> None:
    """Let openers be present."""
    for holder in openers or PRESENT:
        opening.attend(tender_id=tender.pk, by=world.by(holder), now=world.now)


def ask(world: World, tender: Tender, who: str = PRESENT[0]) -> Opening:
    """Ask for the opening."""
    opening.request(tender_id=tender.pk, by=world.by(who), now=world.now)
    witnessed(world)
    return opening_of(tender.pk)


def requested(world: World, tender: Tender, *openers: str) -> Opening:
    """Let openers come and ask."""
    come(world, tender, *openers)
    return ask(world, tender, (openers or PRESENT)[0])


def proved_head(tender: Tender) -> str:
    """Give the newest decision that the log holds: what a holder proves, signs."""
    chain = Event.objects.filter(tender=tender.pk, kind=Kind.CONTROL, leaf_index__isnull=False)
    return chain.order_by("-chain_position")[0].leaf


def key_of(world: World, tender: Tender, holder: str) -> HolderKey:
    """Give a holder's keys."""
    return world.holders[tender.pk][holder]


def files(world: World, tender: Tender, holder: str) -> list[tuple[Manifest, bytes]]:
    """Fetch the whole set as a holder does: each manifest and the holder's own sealed file."""
    by = world.by(holder)
    found = [Manifest.of(one) for one in set_for(tender.pk, by)["manifests"]]  # type: ignore[union-attr]
    name = file_name(holder)
    return [
        (one, read_sealed(tender_id=tender.pk, manifest=one.digest(), name=name, by=by))
        for one in found
    ]


def request_of(tender: Tender) -> Request:
    """Read the request that stands."""
    return Request.read(fetch(opening_of(tender.pk).request).body)


def failures(
    world: World, tender: Tender, holder: str, *, failed: tuple[str, ...] | None = None, **said: Any
) -> Failures:
    """Try the whole set, and list what does not decrypt; ``failed`` says something else."""
    whole = files(world, tender, holder)
    asked = request_of(tender)
    honest = tuple(m.digest() for m, file in whole if not _taken(world, tender, holder, m, file))
    plain = Failures(
        tender=str(tender.pk),
        envelope="offer",
        request=asked.digest(),
        holder=holder,
        tried=len(whole),
        failed=honest if failed is None else failed,
        control_head=proved_head(tender),
    )
    return replace(plain, **said)


def try_the_set(world: World, tender: Tender, *holders: str, **said: Any) -> None:
    """Let holders hand in their lists, and the reveals be closed."""
    for holder in holders or (*PRESENT, TIMEKEEPER):
        note = failures(world, tender, holder, **said).sign(
            key_of(world, tender, holder).note_signer()
        )
        opening.say_failures(tender_id=tender.pk, note=note, by=world.by(holder), now=world.now)
    proceed(world)


def disclosure(world: World, tender: Tender, holder: str, **said: Any) -> Disclosure:
    """Take an opener's shares of everything that decrypts."""
    taken = [
        share
        for manifest, file in files(world, tender, holder)
        if (share := _taken(world, tender, holder, manifest, file))
    ]
    plain = Disclosure(
        tender=str(tender.pk),
        envelope="offer",
        request=request_of(tender).digest(),
        idx=opener_number(holder),
        shares=tuple(taken),
        control_head=proved_head(tender),
    )
    return replace(plain, **said)


def hand_in(
    world: World, tender: Tender, holder: str, said: Disclosure | Release | Failures
) -> HolderNote:
    """Sign what a holder says, and hand it in."""
    note = said.sign(key_of(world, tender, holder).note_signer())
    act = {
        Disclosure: opening.disclose,
        Release: opening.release,
        Failures: opening.say_failures,
    }[type(said)]
    return act(tender_id=tender.pk, note=note, by=world.by(holder), now=world.now)


def disclose(world: World, tender: Tender, *openers: str) -> None:
    """Let openers disclose, and the intent be journalled and witnessed."""
    for holder in openers or PRESENT:
        hand_in(world, tender, holder, disclosure(world, tender, holder))
    witnessed(world)
    proceed(world)


def readable(told: TenderHistory) -> str:
    """Give all that a reader of a history gets to read: base64 hides nothing."""
    inside = [*(one.event for one in told.events), *(one.body for one in told.objects)]
    notes = [one.note or "" for one in told.objects]
    return "\n".join([str(told.to_json()), *(one.decode() for one in inside), *notes])


def release_pads(world: World, tender: Tender) -> tuple[ReleasedPad, ...]:
    """Take the timekeeper's pads of everything that decrypts."""
    return tuple(
        pad
        for manifest, file in files(world, tender, TIMEKEEPER)
        if (pad := _taken(world, tender, TIMEKEEPER, manifest, file))
    )


def plain_release(tender: Tender, pads: tuple[ReleasedPad, ...], intent: str) -> Release:
    """Answer an intent with pads."""
    return Release(
        tender=str(tender.pk),
        envelope="offer",
        request=request_of(tender).digest(),
        intent=intent,
        pads=pads,
        reveals=(),
    )


def release_of(world: World, tender: Tender) -> Release:
    """Answer the intent that stands, as an honest timekeeper does."""
    intent = str(intent_of(tender.pk, world.by(TIMEKEEPER))["leaf"])
    return plain_release(tender, release_pads(world, tender), intent)


def proceed(world: World) -> None:
    """Let the platform do what is due, and the log tick."""
    opening.due(now=world.now)
    witnessed(world)


def intended(world: World, tender: Tender, *openers: str) -> Opening:
    """Bring an opening up to the release intent."""
    present = openers or PRESENT
    requested(world, tender, *present)
    try_the_set(world, tender, *present, TIMEKEEPER)
    disclose(world, tender, *present)
    return opening_of(tender.pk)


def released(world: World, tender: Tender, *openers: str) -> Opening:
    """Bring an opening up to the release."""
    intended(world, tender, *openers)
    hand_in(world, tender, TIMEKEEPER, release_of(world, tender))
    witnessed(world)
    return opening_of(tender.pk)


def opened_tender(world: World, tender: Tender, *openers: str) -> Opening:
    """Open everything."""
    released(world, tender, *openers)
    proceed(world)
    return opening_of(tender.pk)


def sign_minutes(world: World, tender: Tender, *openers: str) -> Opening:
    """Let openers sign the minutes."""
    for holder in openers or PRESENT:
        note = minutes_of(opening_of(tender.pk)).sign(key_of(world, tender, holder).note_signer())
        opening.sign_minutes(tender_id=tender.pk, note=note, by=world.by(holder), now=world.now)
    witnessed(world)
    return opening_of(tender.pk)


def minuted_tender(world: World, *prices: str, **overrides: Any) -> Tender:
    """Bring a tender with so many bids up to signed minutes."""
    tender = closed_tender(world, *prices, **overrides)
    opened_tender(world, tender)
    sign_minutes(world, tender)
    return Tender.objects.get(pk=tender.pk)


def _taken(world: World, tender: Tender, holder: str, manifest: Manifest, file: bytes) -> Any:
    identity = key_of(world, tender, holder).age_identity()
    try:
        if holder == TIMEKEEPER:
            return take_pad(file, manifest, identity)
        return take_share(file, opener_number(holder), manifest, identity)
    except NotOpened:
        return None
