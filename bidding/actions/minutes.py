"""The minutes: written with the announcement, signed by the openers who were present."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bidding.actions.opening import answered, relocked
from bidding.actions.places import locked, opener
from bidding.models import HolderNote, Opening, OpeningState
from bidding.queries_opening import minutes_of
from bidding.sealed.answers import NOT_READ, NotAccepted
from bidding.sealed.opening import Minutes
from bidding.verbs import Verb
from procurement.actors import Actor, require, system_actor
from procurement.journal.record import record
from procurement.keys import receipt_signer
from procurement.models import Kind
from procurement.objects import store
from procurement.outbox import announce
from procurement.proof.canonical import NotCanonical
from procurement.proof.notes import BadNote, Verifier
from procurement.proof.shapes import Malformed
from procurement.refusals import AlreadyDone, Fault, NotPermitted, WrongState
from procurement.roles import Permission
from procurement.texts import Text
from tenders.queries import keyset_of

SIGN = Text("sign the minutes", "签署开标记录")
OTHER_MINUTES = Text("These are other minutes than the ones that stand", "所签记录与现行记录不符")

ONE_SIGNATURE = Text("Send your own signature, and no other", "请仅提交您本人的签名")


@transaction.atomic
def sign_minutes(*, tender_id: UUID, note: bytes, by: Actor, now: datetime) -> HolderNote:
    """Take the signature of an opener who was present.

    :raises NotPermitted: to others.
    :raises WrongState: before the announcement, and once the minutes are closed.
    :raises AlreadyDone: when the opener has signed.
    :raises NotAccepted: for a note that is not theirs, or says something else.
    """
    tender, opening = locked(tender_id, by)
    seat, idx = opener(tender, by)
    require(by, Permission.DISCLOSE, of=tender.agency_id)

    if opening.notes.filter(holder=seat.holder, kind=HolderNote.MINUTES).exists():
        raise AlreadyDone
    if opening.state != OpeningState.OPENED:
        raise WrongState(action=SIGN, state=str(opening.state))
    minutes = minutes_of(opening)
    if idx not in minutes.attended:
        raise NotPermitted
    key = Verifier.parse(keyset_of(tender).holders()[seat.holder].verifier)
    _require_signed(note, minutes, key)

    row = HolderNote.objects.create(
        opening=opening,
        holder=seat.holder,
        kind=HolderNote.MINUTES,
        object=minutes.digest(),
        note=note.decode(),
        at=now,
    )
    _close_if_signed(opening, minutes, now)
    return row


@transaction.atomic
def close_minutes(*, opening_id: UUID, now: datetime) -> bool:
    """Close the minutes without an opener who was present and does not sign. False: not yet."""
    opening = relocked(opening_id)
    if opening.state != OpeningState.OPENED:
        return False
    return _close_if_signed(opening, minutes_of(opening), now)


def _require_signed(note: bytes, minutes: Minutes, key: Verifier) -> None:
    try:
        said = Minutes.open(note, key)
    except (BadNote, NotCanonical, Malformed) as error:
        raise NotAccepted(faults=[Fault(error.code, NOT_READ, {"why": str(error)})]) from error
    if said != minutes:
        raise NotAccepted(faults=[Fault("other-minutes", OTHER_MINUTES)])
    if len(_lines(note)) != 1:
        raise NotAccepted(faults=[Fault("other-signatures", ONE_SIGNATURE)])


def _close_if_signed(opening: Opening, minutes: Minutes, now: datetime) -> bool:
    """Join all signatures and the platform's in one note, when everyone signed or time is up."""
    signed = {note.holder: note for note in opening.notes.filter(kind=HolderNote.MINUTES)}
    if not answered(opening, signed, opening.opened_at, now):
        return False

    digest = store(
        minutes.to_json(),
        tender=opening.tender_id,
        at=now,
        note=_joined(minutes, [note.note.encode() for note in signed.values()]),
    )
    opening.minute(at=now, minutes=digest)
    opening.save()
    record(
        Verb.MINUTES_SIGNED,
        tender=opening.tender_id,
        by=system_actor(),
        at=now,
        body={"object": digest},
        kind=Kind.CONTROL,
    )
    announce(Verb.MINUTES_SIGNED, opening.pk)
    return True


def _joined(minutes: Minutes, notes: list[bytes]) -> bytes:
    """Put the platform's signature and every opener's under one text."""
    whole = minutes.sign(receipt_signer())
    return whole + b"".join(line for note in notes for line in _lines(note))


def _lines(note: bytes) -> list[bytes]:
    """Give the signature lines of a note."""
    return note.rpartition(b"\n\n")[2].splitlines(keepends=True)
