"""The timekeeper's word that it has seen an extension, and refuses earlier gates from now on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require
from procurement.journal.record import Kind, record
from procurement.models import Event
from procurement.objects import store
from procurement.proof.canonical import JSON
from procurement.proof.events import OBJECT
from procurement.refusals import AlreadyDone, BadInput, Fault, NotPermitted
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.entry import locked, require_state
from tenders.models import RUNNING, Seat, Tender
from tenders.notice import Acknowledgement
from tenders.queries import control_events
from tenders.signed import opened
from tenders.verbs import Verb

POINTER = "/note"
TIMEKEEPER = "timekeeper"

_ACKNOWLEDGE = Text("acknowledge an extension", "确认延期")
_NOT_THE_LAST = Text("This is not the last extension of this tender", "这不是本招标最近一次的延期")
_OTHER_HEAD = Text(
    "The head that was signed does not hold this extension", "所签的控制链首端未包含该延期"
)


@transaction.atomic
def acknowledge(*, tender_id: UUID, note: bytes, by: Actor, now: datetime) -> Acknowledgement:
    """Take the timekeeper's acknowledgement of the last extension; a repeat changes nothing.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is the tender's timekeeper, and still has the role.
    :raises WrongState: unless the tender runs.
    :raises BadInput: for what its key did not sign, or what is not about the last extension.
    :raises AlreadyDone: when another note acknowledged it.
    """
    tender = locked(tender_id, by=by)
    seat = Seat.objects.filter(tender=tender, holder=TIMEKEEPER, user=by.user_id).first()
    if seat is None:
        raise NotPermitted
    require(by, Permission.RELEASE, of=seat.organisation_id)

    require_state(tender, *RUNNING, action=_ACKNOWLEDGE)
    said = opened(Acknowledgement, note, [seat.verifier], pointer=POINTER)
    decided = control_events(tender.pk)
    if found := _faults(tender, said, decided):
        raise BadInput(faults=found)
    if earlier := _acknowledged(decided):
        if earlier != said.digest():
            raise AlreadyDone
        return said

    digest = store(said.to_json(), tender=tender.pk, at=now, note=note)
    body: dict[str, JSON] = {"object": digest}
    record(
        Verb.EXTENSION_ACKNOWLEDGED, tender=tender.pk, by=by, at=now, body=body, kind=Kind.CONTROL
    )
    outbox.announce(Verb.EXTENSION_ACKNOWLEDGED, tender.pk)
    return said


def _faults(tender: Tender, said: Acknowledgement, decided: list[Event]) -> list[Fault]:
    since = _since_last_extension(decided)
    if said.tender != str(tender.pk) or not since or _object(since[0]) != said.extension:
        return [Fault("not-the-last-extension", _NOT_THE_LAST, {}, POINTER)]
    if said.control_head not in {event.leaf for event in since}:
        return [Fault("other-control-head", _OTHER_HEAD, {}, POINTER)]
    return []


def _acknowledged(decided: list[Event]) -> str | None:
    """Give the acknowledgement that stands for the last extension."""
    found = [
        _object(event)
        for event in _since_last_extension(decided)
        if event.verb == Verb.EXTENSION_ACKNOWLEDGED
    ]
    return found[0] if found else None


def _since_last_extension(decided: list[Event]) -> list[Event]:
    places = [at for at, event in enumerate(decided) if event.verb == Verb.DEADLINE_EXTENDED]
    return decided[places[-1] :] if places else []


def _object(event: Event) -> str:
    body = event.to_json()["body"]
    return str(body.get(OBJECT)) if isinstance(body, dict) else ""
