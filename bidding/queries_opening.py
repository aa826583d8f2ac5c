"""Reading openings: where one stands, the closed set, and who may see what is kept in."""

import json
from dataclasses import replace
from uuid import UUID

from bidding.models import Envelope, Opening, OpeningState
from bidding.queries_set import envelope_in_set, intent_event, tried_set
from bidding.sealed.answers import TIMEKEEPER, file_name
from bidding.sealed.opening import Minutes, Opened, Release, Request, Reveal
from procurement.actors import Actor
from procurement.journal.record import control_head
from procurement.models import ProtocolObject
from procurement.objects import fetch
from procurement.proof.canonical import JSON
from procurement.proof.evidence import StoredNote, TenderHistory
from procurement.proof.instants import format_instant
from procurement.refusals import NotFound
from tenders.models import Seat, Tender
from tenders.queries import tender_history

AFTER_REQUEST = [state for state in OpeningState if state != OpeningState.GATHERING]
ANNOUNCED = (OpeningState.OPENED, OpeningState.MINUTED)
# They hold pads and seeds: whoever has them and the sealed files has the bid.
NEVER_IN_A_HISTORY = (Release.TYPE, Reveal.TYPE)


def opening_of(tender: UUID) -> Opening:
    """Find the tender's opening.

    :raises NotFound: before the close.
    """
    found = Opening.objects.filter(tender=tender).order_by("begun_at", "envelope").first()
    if found is None:
        raise NotFound
    return found


def visible_tender(tender: UUID, by: Actor) -> Tender:
    """Find a published tender that ``by`` may see.

    :raises NotFound: when there is none.
    """
    seen = Tender.objects.visible_to(by).filter(pk=tender, published_at__isnull=False).first()
    if seen is None:
        raise NotFound
    return seen


def sees_withheld(by: Actor, tender: UUID) -> bool:
    """Tell whether the bodies that are kept in are shown: to all once opened, else to holders."""
    opening = Opening.objects.filter(tender=tender)
    if opening.filter(state__in=ANNOUNCED).exists():
        return True
    holds = Seat.objects.filter(tender=tender, user=by.user_id).exists()
    return holds and opening.filter(state__in=AFTER_REQUEST).exists()


def history_for(tender: UUID, by: Actor) -> TenderHistory:
    """Give a tender's history as ``by`` may see it. Pads and seeds stand in nobody's.

    :raises NotFound: for a tender that ``by`` may not see, or that is not in the log yet.
    """
    visible_tender(tender, by)
    told = tender_history(tender, withheld=sees_withheld(by, tender))
    return replace(told, objects=tuple(one for one in told.objects if not _secret(one)))


def opened_of(opening: Opening) -> Opened:
    """Read what came out of the whole set.

    :raises NotFound: before it was announced.
    """
    if opening.state not in ANNOUNCED:
        raise NotFound
    return Opened.read(fetch(opening.opened).body)


def minutes_of(opening: Opening) -> Minutes:
    """Read the minutes, which are written with the announcement and signed after it.

    :raises NotFound: before that.
    """
    rows = ProtocolObject.objects.filter(tender=opening.tender_id, kind=Minutes.TYPE)
    found = [Minutes.read(row.body) for row in rows]
    for minutes in found:
        if opening.opened and minutes.opened == opening.opened:
            return minutes
    raise NotFound


def status(tender: UUID, by: Actor) -> dict[str, JSON]:
    """Tell where the opening stands; how many bids there are is told with the announcement."""
    seen = visible_tender(tender, by)
    told: dict[str, JSON] = {"tender": str(tender), "opens_at": format_instant(seen.opens_at)}
    opening = Opening.objects.filter(tender=tender).order_by("begun_at", "envelope").first()
    if opening is None:
        return told | {"state": "not-closed"}
    told |= {
        "state": str(opening.state),
        "envelope": opening.envelope,
        "present": list(opening.present.values_list("idx", flat=True)),
        "attended": _attended(opening),
        "minutes": None,
        "bids": None,
        "short": None,
    }
    if opening.state in ANNOUNCED:
        told["minutes"] = minutes_of(opening).digest()
        told |= {key: opened_of(opening).to_json()[key] for key in ("bids", "short")}
    return told


def set_for(tender: UUID, by: Actor) -> dict[str, JSON]:
    """Give a seat's holder the whole set to try: bids and manifests, and what is asked.

    Of which lots too few can be opened, each holder computes from it.

    :raises NotFound: to others, and before the request.
    """
    opening = _requested(tender, by)
    counted = tried_set(opening)
    return {
        "request": fetch(opening.request).value,
        "close": fetch(opening.close).value,
        "control_head": control_head(tender),
        "bids": [one.bid.to_json() for one in counted if one.bid],
        "manifests": [one.manifest.to_json() for one in counted if one.manifest],
    }


def sealed_part(tender: UUID, manifest: str, name: str, by: Actor) -> tuple[Envelope, str]:
    """Find the one small file of an envelope that ``by`` holds the key of.

    :raises NotFound: for every other file, to every other person, and before the request.
    """
    opening = _requested(tender, by)
    seat = Seat.objects.get(tender=tender, user=by.user_id)
    present = seat.idx in Request.read(fetch(opening.request).body).openers
    if not (present or seat.holder == TIMEKEEPER) or name != file_name(seat.holder):
        raise NotFound
    envelope = envelope_in_set(opening, manifest)
    if envelope is None:
        raise NotFound
    return envelope, name


def minutes_seen(tender: UUID, by: Actor) -> Minutes:
    """Read the minutes of a tender that ``by`` may see.

    :raises NotFound: before the announcement.
    """
    visible_tender(tender, by)
    return minutes_of(opening_of(tender))


def minutes_note(tender: UUID, by: Actor) -> str:
    """Give the minutes as openers and platform signed them.

    :raises NotFound: before they did.
    """
    note = fetch(minutes_seen(tender, by).digest()).note
    if note is None:
        raise NotFound
    return note.decode()


def intent_of(tender: UUID, by: Actor) -> dict[str, JSON]:
    """Give the journalled release intent's leaf, and the control head.

    :raises NotFound: before there is one.
    """
    visible_tender(tender, by)
    opening = opening_of(tender)
    event = intent_event(opening)
    if event is None:
        raise NotFound
    return {"leaf": event.leaf, "control_head": control_head(tender)}


def _requested(tender: UUID, by: Actor) -> Opening:
    """Find an opening that was requested, for the holder of a seat."""
    opening = opening_of(tender)
    holds = Seat.objects.filter(tender=tender, user=by.user_id).exists()
    if not holds or opening.state not in AFTER_REQUEST:
        raise NotFound
    return opening


def _attended(opening: Opening) -> list[JSON]:
    if not opening.request:
        return []
    return [*Request.read(fetch(opening.request).body).openers]


def _secret(one: StoredNote) -> bool:
    return json.loads(one.body).get("type") in NEVER_IN_A_HISTORY
