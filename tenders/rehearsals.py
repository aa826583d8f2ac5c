"""What the passing of time asks of a panel: to rehearse again, and to be missed when it has not."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import IntegrityError

from procurement.actors import Actor
from procurement.mail import write_to_each
from procurement.models import Mail
from procurement.refusals import Fact, Refusal
from procurement.roles import Role
from procurement.texts import Text
from procurement.waiting import Waiting
from tenders.actions.rehearsing import ask_again
from tenders.letters import facts_of, tell
from tenders.models import RepeatedRehearsal, Seat, Tender, TenderState
from tenders.queries_rehearsals import last_repeats, not_repeated, to_be_asked
from tenders.rules.letters_panel import NOT_REPEATED, STILL_TO_REPEAT
from tenders.waiting import REHEARSE

_MISSED = Text(
    "“{title}”: holders of keys have not rehearsed again: {holders}",
    "“{title}”：尚有密钥保管人未再次演练：{holders}",
)

_log = logging.getLogger(__name__)


def due(*, now: datetime) -> None:
    """Ask the panels whose deadline is near, and tell in time who has not answered; repeatable."""
    for tender in to_be_asked(now):
        try:
            ask_again(tender.pk, now=now)
        except (Refusal, IntegrityError, ValueError):  # one keeps no other waiting
            _log.warning("the panel of %s was not asked again", tender.pk, exc_info=True)
    missed = {_reason(repeats): (tender, repeats) for tender, repeats in not_repeated(now).items()}
    told = Mail.objects.filter(source__in=missed).values_list("source", flat=True)
    for reason in missed.keys() - set(told):
        _tell(*missed[reason], reason, now)


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:
    """List the rehearsals to repeat for holders, and for officers those that were not in time."""
    return [*_as_holder(actor), *_as_officer(actor, now)]


def _as_holder(actor: Actor) -> Iterator[Waiting]:
    running = {"tender__state": TenderState.PUBLISHED, "repeats__isnull": False}
    seats = Seat.objects.filter(user=actor.user_id, **running).select_related("tender").distinct()
    repeats = last_repeats(seats)
    for seat in seats:
        if repeats[seat.pk].answered_at is None:
            asked_at = repeats[seat.pk].asked_at
            yield _entry("answer-rehearsal", seat.tender, asked_at, REHEARSE, "panel/answers")


def _as_officer(actor: Actor, now: datetime) -> Iterator[Waiting]:
    agencies = actor.organisations(Role.OFFICER)
    if not agencies:
        return
    for tender, repeats in not_repeated(now).items():
        if tender.agency_id in agencies:
            since = repeats[0].asked_at
            yield _entry("ask-holders", tender, since, _MISSED, "panel", holders=_named(repeats))


def _tell(tender: Tender, repeats: Sequence[RepeatedRehearsal], reason: str, now: datetime) -> None:
    people = [one.seat.user for one in repeats]
    write_to_each(
        STILL_TO_REPEAT, people, source=reason, facts=facts_of(tender), tender=tender.pk, now=now
    )
    tell(NOT_REPEATED, tender, source=reason, facts={"holders": _named(repeats)}, now=now)


def _reason(repeats: Sequence[RepeatedRehearsal]) -> str:
    """Name why letters go out: once for a tender and a deadline, whoever has answered since."""
    one = repeats[0]
    return f"not repeated {one.seat.tender_id} {one.closes_at.isoformat()}"


def _named(repeats: Sequence[RepeatedRehearsal]) -> str:
    return ", ".join(sorted(f"{one.seat.user.name} ({one.seat.holder})" for one in repeats))


def _entry(
    what: str, tender: Tender, since: datetime, text: Text, address: str, **facts: str
) -> Waiting:
    said: dict[str, Fact] = {"title": tender.title, **facts}
    return Waiting(what, tender.pk, since, text, said, f"/api/v1/tenders/{tender.pk}/{address}")
