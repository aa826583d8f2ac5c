"""The holders of keys at work: what the keeper does for people who do not exist.

Every step asks what is there, so it may be called again and again, and after a crash.
"""

from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

from bidding.ceremonies import opening as ceremony
from bidding.ceremonies.reading import read_sealed
from bidding.models import HolderNote, Opening, OpeningState
from bidding.queries_opening import intent_of, minutes_of, set_for
from bidding.sealed.answers import TIMEKEEPER, file_name, opener_number
from bidding.sealed.manifest import Manifest
from bidding.sealed.opening import (
    DisclosedShare,
    Disclosure,
    Failures,
    Release,
    ReleasedPad,
    Request,
)
from bidding.sealed.unsealing import NotOpened, take_pad, take_share
from procurement.actors import Actor
from procurement.models import Event, Kind, User
from procurement.objects import fetch
from procurement.proof.shapes import Statement
from procurement.tryout.sample.tendering import kept_key
from tenders.models import Seat

PRESENT = ("opener-1", "opener-3")
Taken: TypeAlias = DisclosedShare | ReleasedPad


def attend(home: Path, tender: UUID, now: datetime) -> bool:
    """Do the next thing that an opening waits for; tell whether there was one."""
    opening = Opening.objects.filter(tender=tender).first()
    step = _STEPS.get(opening.state) if opening else None
    return bool(opening and step and step(home, opening, now))


def _gather(home: Path, opening: Opening, now: datetime) -> bool:  # noqa: ARG001 - as the others
    """Be present, and ask for the opening."""
    seats = [_seat(opening, holder) for holder in PRESENT]
    there = {one.idx for one in opening.present.all()}
    for seat in seats:
        if seat.idx not in there:
            ceremony.attend(tender_id=opening.tender_id, by=_as(seat.user, now), now=now)
    ceremony.request(tender_id=opening.tender_id, by=_as(seats[0].user, now), now=now)
    return True


def _try(home: Path, opening: Opening, now: datetime) -> bool:
    """Try the whole set, and say what does not decrypt."""
    return _each(home, opening, now, (*PRESENT, TIMEKEEPER), HolderNote.FAILURES)


def _disclose(home: Path, opening: Opening, now: datetime) -> bool:
    return _each(home, opening, now, PRESENT, HolderNote.DISCLOSURE)


def _release(home: Path, opening: Opening, now: datetime) -> bool:
    return _each(home, opening, now, (TIMEKEEPER,), HolderNote.RELEASE)


def _sign(home: Path, opening: Opening, now: datetime) -> bool:
    return _each(home, opening, now, PRESENT, HolderNote.MINUTES)


_STEPS = {
    OpeningState.GATHERING: _gather,
    OpeningState.REQUESTED: _try,
    OpeningState.REVEALS_CLOSED: _disclose,
    OpeningState.INTENDED: _release,
    OpeningState.OPENED: _sign,
}
_ACTS = {
    HolderNote.FAILURES: ceremony.say_failures,
    HolderNote.DISCLOSURE: ceremony.disclose,
    HolderNote.RELEASE: ceremony.release,
    HolderNote.MINUTES: ceremony.sign_minutes,
}


def _each(home: Path, opening: Opening, now: datetime, holders: tuple[str, ...], kind: str) -> bool:
    """Let every holder who has not yet say what they say at this step."""
    said = set(opening.notes.filter(kind=kind).values_list("holder", flat=True))
    missing = [holder for holder in holders if holder not in said]
    for holder in missing:
        seat = _seat(opening, holder)
        by = _as(seat.user, now)
        key = kept_key(home, opening.tender_id, holder)
        words = _words(home, opening, seat, by, kind)
        note = words.sign(key.note_signer())
        _ACTS[kind](tender_id=opening.tender_id, note=note, by=by, now=now)
    return bool(missing)


def _words(home: Path, opening: Opening, seat: Seat, by: Actor, kind: str) -> Statement:
    """Write what a holder says; each names the newest decision that the log holds."""
    tender, asked = str(opening.tender_id), Request.read(fetch(opening.request).body).digest()
    if kind == HolderNote.MINUTES:
        return minutes_of(opening)
    taken = _taken(home, opening, seat, by)
    if kind == HolderNote.FAILURES:
        failed = tuple(digest for digest, found in taken.items() if found is None)
        head = _proved_head(opening)
        return Failures(tender, opening.envelope, asked, seat.holder, len(taken), failed, head)
    good = [found for found in taken.values() if found is not None]
    if kind == HolderNote.DISCLOSURE:
        shares = tuple(one for one in good if isinstance(one, DisclosedShare))
        idx = opener_number(seat.holder)
        return Disclosure(tender, opening.envelope, asked, idx, shares, _proved_head(opening))
    pads = tuple(one for one in good if isinstance(one, ReleasedPad))
    intent = str(intent_of(opening.tender_id, by)["leaf"])
    return Release(tender, opening.envelope, asked, intent, pads, ())


def _taken(home: Path, opening: Opening, seat: Seat, by: Actor) -> dict[str, Taken | None]:
    """Take a holder's part out of every envelope of the set, by the manifest's digest."""
    identity = kept_key(home, opening.tender_id, seat.holder).age_identity()
    found: dict[str, Taken | None] = {}
    for told in set_for(opening.tender_id, by)["manifests"]:  # type: ignore[union-attr]
        manifest = Manifest.of(told)
        digest, name = manifest.digest(), file_name(seat.holder)
        file = read_sealed(tender_id=opening.tender_id, manifest=digest, name=name, by=by)
        try:
            if seat.holder == TIMEKEEPER:
                found[digest] = take_pad(file, manifest, identity)
            else:
                found[digest] = take_share(file, opener_number(seat.holder), manifest, identity)
        except NotOpened:
            found[digest] = None
    return found


def _proved_head(opening: Opening) -> str:
    chain = Event.objects.filter(
        tender=opening.tender_id, kind=Kind.CONTROL, leaf_index__isnull=False
    )
    return chain.order_by("-chain_position")[0].leaf


def _seat(opening: Opening, holder: str) -> Seat:
    seat: Seat = Seat.objects.select_related("user").get(tender=opening.tender_id, holder=holder)
    return seat


def _as(user: User, now: datetime) -> Actor:
    return Actor.of(user, now)
