"""The opening as it goes on: what holders hand in, and what the platform does by itself.

Whatever is refused is written down as an attempt, after the refused transaction's rollback. What
the platform does is one short transaction a step, found from the rows, so a crash anywhere is
made good by the next pass.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from bidding.actions import answers, minutes, opening, presence
from bidding.actions.announcing import announce_opened
from bidding.ceremonies.sealed_files import files_of
from bidding.ceremonies.unsealing import unseal
from bidding.models import HolderNote, Opening, OpeningState, Presence
from bidding.queries_opening import opening_of, visible_tender
from bidding.queries_set import the_set
from procurement.actors import Actor
from procurement.journal.record import attempt
from procurement.proof.canonical import JSON
from procurement.refusals import NotFound, NotPermitted, Refusal
from tenders.models import Seat, TenderState

GOING_ON = (
    OpeningState.REQUESTED,
    OpeningState.REVEALS_CLOSED,
    OpeningState.RELEASED,
)
_log = logging.getLogger(__name__)


def attend(*, tender_id: UUID, by: Actor, now: datetime) -> Presence:
    """Note that an opener is here; as ``actions.presence.attend``."""
    with _attempts_written_down("presence", tender_id, by, now):
        return presence.attend(tender_id=tender_id, by=by, now=now)


def request(*, tender_id: UUID, by: Actor, now: datetime) -> Opening:
    """Ask for the opening; as ``actions.opening.request``."""
    with _attempts_written_down("request", tender_id, by, now):
        return opening.request(tender_id=tender_id, by=by, now=now)


def say_failures(*, tender_id: UUID, note: bytes, by: Actor, now: datetime) -> HolderNote:
    """Take a holder's list of failures; as ``actions.answers.say_failures``."""
    with _attempts_written_down("failures", tender_id, by, now):
        return answers.say_failures(tender_id=tender_id, note=note, by=by, now=now)


def disclose(*, tender_id: UUID, note: bytes, by: Actor, now: datetime) -> HolderNote:
    """Read the sealed shares and take an opener's own; as ``actions.answers.disclose``."""
    with _attempts_written_down("disclosure", tender_id, by, now):
        files = _files_for(tender_id, by)
        return answers.disclose(tender_id=tender_id, note=note, files=files, by=by, now=now)


def release(*, tender_id: UUID, note: bytes, by: Actor, now: datetime) -> HolderNote:
    """Read the sealed pads and take the timekeeper's answer; as ``actions.answers.release``."""
    with _attempts_written_down("release", tender_id, by, now):
        files = _files_for(tender_id, by)
        return answers.release(tender_id=tender_id, note=note, files=files, by=by, now=now)


def sign_minutes(*, tender_id: UUID, note: bytes, by: Actor, now: datetime) -> HolderNote:
    """Take an opener's signature on the minutes; as ``actions.minutes.sign_minutes``."""
    with _attempts_written_down("minutes", tender_id, by, now):
        return minutes.sign_minutes(tender_id=tender_id, note=note, by=by, now=now)


def due(*, now: datetime) -> None:
    """Take every opening as far as it goes by itself. One that fails stops no other."""
    going = Opening.objects.filter(
        Q(state__in=GOING_ON, tender__state=TenderState.CLOSED) | Q(state=OpeningState.OPENED)
    )
    for found in going.order_by("begun_at").values_list("pk", flat=True):
        try:
            advance(found, now=now)
        except Exception:  # noqa: BLE001 - one opening never keeps another shut
            _log.exception("opening %s could not go on; it is tried again", found)


def advance(opening_id: UUID, *, now: datetime) -> bool:
    """Take the one step that is due, if any. True: it was taken."""
    found = Opening.objects.select_related("tender").get(pk=opening_id)
    steps: dict[str, Callable[[], bool]] = {
        OpeningState.REQUESTED: lambda: opening.close_reveals(opening_id=opening_id, now=now),
        OpeningState.REVEALS_CLOSED: lambda: opening.intend(opening_id=opening_id, now=now),
        OpeningState.RELEASED: lambda: _unseal(found, now),
        OpeningState.OPENED: lambda: minutes.close_minutes(opening_id=opening_id, now=now),
    }
    step = steps.get(str(found.state))
    return step() if step else False


def _unseal(found: Opening, now: datetime) -> bool:
    """Open the whole set outside of any transaction, and announce it in one."""
    if opening.held_up(found.tender, now):
        return False
    return announce_opened(opening_id=found.pk, results=unseal(found, now=now), now=now)


def _files_for(tender_id: UUID, by: Actor) -> dict[str, bytes]:
    """Read the files of the seat that ``by`` holds; none where there is nothing to check yet."""
    visible_tender(tender_id, by)
    seat = Seat.objects.filter(tender=tender_id, user=by.user_id).first()
    if seat is None:
        raise NotPermitted
    if seat.holder.startswith("escrow"):
        return {}
    try:
        found = opening_of(tender_id)
    except NotFound:
        return {}
    return files_of(the_set(found), seat.holder)


@contextmanager
def _attempts_written_down(what: str, tender_id: UUID, by: Actor, now: datetime) -> Iterator[None]:
    """Write a refused act of an opening into the journal; who may not at all, the edge does."""
    try:
        yield
    except (NotFound, NotPermitted):
        raise
    except Refusal as refused:
        codes: list[JSON] = [fault.code for fault in refused.faults]
        attempt(
            refused.code,
            by=by,
            at=now,
            tender=tender_id,
            concealed=False,
            facts={"act": what, "reasons": codes},
        )
        raise
