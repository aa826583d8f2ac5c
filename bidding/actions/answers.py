"""What holders say at an opening: failures, disclosures, the one release (protocol, message 9).

The small files that an answer is checked against are read before, outside of the transaction;
their digests stand in the manifests, so it does not matter when.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bidding.actions.places import locked, opener, seat_of
from bidding.models import HolderNote, Opening, OpeningState
from bidding.queries_set import asked_of, failed_of, intent_event, the_set
from bidding.sealed.answers import TIMEKEEPER, read_disclosure, read_failures, read_release
from bidding.sealed.opening import Disclosure, Failures, Release, Request
from bidding.verbs import Verb
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.models import Kind
from procurement.objects import fetch, store
from procurement.outbox import announce
from procurement.refusals import AlreadyDone, NotPermitted, Refusal, WrongState
from procurement.roles import Permission
from procurement.texts import Text
from tenders.models import Seat

SAY_FAILURES = Text("say what does not decrypt", "报告无法解密的信封")
DISCLOSE = Text("disclose shares", "提交密钥份额")
RELEASE = Text("release", "放行")


class IntentNotInTheLog(Refusal):
    code, status = "intent-not-in-the-log", 409
    title = Text(
        "The release intent is not in the log yet; wait for the next checkpoint",
        "放行意向尚未写入日志，请等待下一检查点",
    )


@transaction.atomic
def say_failures(*, tender_id: UUID, note: bytes, by: Actor, now: datetime) -> HolderNote:
    """Take the list of what a holder could not decrypt; an empty one says that all did.

    :raises NotPermitted: unless ``by`` is an opener whom the request names, or the timekeeper.
    :raises WrongState: unless the opening has just been requested.
    :raises AlreadyDone: when the holder has said so.
    :raises NotAccepted: with every reason against the note.
    """
    tender, opening = locked(tender_id, by)
    seat = seat_of(tender, by)
    require(by, Permission.HOLD_KEY, of=seat.organisation_id)

    _require_first(opening, seat, HolderNote.FAILURES)
    _require(opening, OpeningState.REQUESTED, SAY_FAILURES)
    if seat.holder != TIMEKEEPER:
        _require_asked(opening, seat)
    asked = asked_of(opening, the_set(opening), since=Verb.OPENING_REQUESTED)
    said = read_failures(note, asked, seat.holder)

    return _kept(Verb.OPENING_FAILURES, HolderNote.FAILURES, opening, seat, said, note, by, now)


@transaction.atomic
def disclose(
    *, tender_id: UUID, note: bytes, files: Mapping[str, bytes], by: Actor, now: datetime
) -> HolderNote:
    """Take one opener's shares of the whole set; ``files`` are the sealed ones by manifest.

    :raises NotPermitted: unless ``by`` is an opener whom the request names.
    :raises WrongState: unless the reveals are closed.
    :raises AlreadyDone: when the opener has disclosed.
    :raises NotAccepted: with every reason against the note.
    """
    tender, opening = locked(tender_id, by)
    seat, _ = opener(tender, by)
    require(by, Permission.DISCLOSE, of=tender.agency_id)

    _require_first(opening, seat, HolderNote.DISCLOSURE)
    _require(opening, OpeningState.REVEALS_CLOSED, DISCLOSE)
    _require_asked(opening, seat)
    asked = asked_of(opening, the_set(opening), since=Verb.REVEALS_CLOSED)
    failed = failed_of(opening, seat.holder)
    said = read_disclosure(note, asked, seat.holder, failed=failed, files=files)

    return _kept(Verb.OPENING_DISCLOSED, HolderNote.DISCLOSURE, opening, seat, said, note, by, now)


@transaction.atomic
def release(
    *, tender_id: UUID, note: bytes, files: Mapping[str, bytes], by: Actor, now: datetime
) -> HolderNote:
    """Take the timekeeper's one answer to the journalled intent, for the whole set.

    The same note again changes nothing; another one is refused for good.

    :raises NotPermitted: unless ``by`` is the timekeeper.
    :raises WrongState: before the intent.
    :raises IntentNotInTheLog: before a checkpoint holds the intent.
    :raises AlreadyDone: when another answer was given.
    :raises NotAccepted: with every reason against the note.
    """
    tender, opening = locked(tender_id, by)
    seat = seat_of(tender, by)
    if seat.holder != TIMEKEEPER:
        raise NotPermitted
    require(by, Permission.RELEASE, of=seat.organisation_id)

    if given := opening.notes.filter(kind=HolderNote.RELEASE).first():
        if given.note.encode() == note:
            return given
        raise AlreadyDone
    _require(opening, OpeningState.INTENDED, RELEASE)
    intent = intent_event(opening)
    if intent is None or intent.leaf_index is None:
        raise IntentNotInTheLog
    asked = asked_of(opening, the_set(opening), since=Verb.RELEASE_INTENT)
    failed = failed_of(opening, seat.holder)
    said = read_release(note, asked, intent=intent.leaf, failed=failed, files=files)

    opening.accept_release(at=now, release=said.digest())
    opening.save()
    return _kept(Verb.OPENING_RELEASED, HolderNote.RELEASE, opening, seat, said, note, by, now)


def _require(opening: Opening, state: OpeningState, action: Text) -> None:
    if opening.state != state:
        raise WrongState(action=action, state=str(opening.state))


def _require_asked(opening: Opening, seat: Seat) -> None:
    """Only the openers whom the request names take part; who comes later does not."""
    if seat.idx not in Request.read(fetch(opening.request).body).openers:
        raise NotPermitted


def _require_first(opening: Opening, seat: Seat, kind: str) -> None:
    """Nobody says a thing twice; asked first, so that a repeat is told so in any state."""
    if opening.notes.filter(holder=seat.holder, kind=kind).exists():
        raise AlreadyDone


def _kept(
    verb: Verb,
    kind: str,
    opening: Opening,
    seat: Seat,
    said: Failures | Disclosure | Release,
    note: bytes,
    by: Actor,
    now: datetime,
) -> HolderNote:
    """Keep what was said as it was signed; its body stays in until the opening."""
    tender = opening.tender_id
    digest = store(said.to_json(), tender=tender, at=now, note=note, restricted=True)
    row = HolderNote.objects.create(
        opening=opening, holder=seat.holder, kind=kind, object=digest, note=note.decode(), at=now
    )
    record(
        verb,
        tender=tender,
        by=by,
        at=now,
        body={"object": digest},
        kind=Kind.CONTROL,
        withheld=True,
    )
    announce(verb, opening.pk)
    return row
