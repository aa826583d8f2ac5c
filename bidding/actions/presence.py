"""Openers come to an opening. Who is present is fixed by the request."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bidding.actions.places import NothingToOpen, locked, opener
from bidding.models import OpeningState, Presence
from bidding.verbs import Verb
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.refusals import Refusal, WrongState
from procurement.roles import Permission
from procurement.texts import Text
from tenders.models import TenderState

COME = Text("be present", "到场")


class TooEarlyToCome(Refusal):
    code, status = "too-early", 409
    title = Text("Openers come when the time of the opening has come", "开标时间到后方可到场")


@transaction.atomic
def attend(*, tender_id: UUID, by: Actor, now: datetime) -> Presence:
    """Note that an opener is here; said again, it is the same.

    :raises NotPermitted: unless ``by`` is an opener of this tender without a conflict.
    :raises WrongState: once the opening is requested.
    :raises NothingToOpen: once the tender was cancelled, or has ended otherwise.
    :raises TooEarlyToCome: before the time of the opening.
    """
    tender, opening = locked(tender_id, by)
    seat, idx = opener(tender, by)
    require(by, Permission.REQUEST_OPENING, of=tender.agency_id)

    if present := opening.present.filter(idx=idx).first():
        return present
    if opening.state != OpeningState.GATHERING:
        raise WrongState(action=COME, state=str(opening.state))
    if tender.state != TenderState.CLOSED:
        raise NothingToOpen
    if now < tender.opens_at:
        raise TooEarlyToCome

    present = Presence.objects.create(opening=opening, user=seat.user, idx=idx, at=now)
    record(Verb.OPENER_PRESENT, tender=tender_id, by=by, at=now, body={"idx": idx})
    return present
