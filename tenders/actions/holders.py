"""What a holder does for the panel: hand in public keys, and answer the rehearsal.

A holder is bound to one seat by person or machine, and acts on no other.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.models import NoteKey
from procurement.proof.notes import Verifier, open_object
from procurement.refusals import AlreadyDone, BadInput, Fault, NotPermitted, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.entry import locked, require_impartial, require_state
from tenders.models import BEFORE_PUBLICATION, RUNNING, Interests, Panel, Seat, Tender, TenderState
from tenders.panel.keyset import KeyPair, RehearsalAnswer
from tenders.queries_panel import is_enrolled, own_seat, pending_panel, seats_beside
from tenders.queries_rehearsals import last_repeat
from tenders.rules.panel import faults_of_keys
from tenders.verbs import Verb

_HAND_IN = Text("hand in keys", "提交公钥")
_ANSWER = Text("answer a rehearsal", "应答演练")
_NOT_ENROLLED = Text(
    "This is not the timekeeper key that its body has enrolled", "这不是所属机构登记的计时方密钥"
)
_USED = Text(
    "This key is in use elsewhere: every tender has fresh ones",
    "该密钥已在别处使用：每次招标须使用新密钥",
)


class KeysetStands(Refusal):
    code, status = "keyset-stands", 409
    title = Text(
        "The keyset is drawn up, and its keys are not exchanged", "密钥集已生成，其密钥不再更换"
    )


class InterestsFirst(Refusal):
    code, status = "interests-first", 409
    title = Text(
        "Declare your interests in this tender before you hand in keys",
        "提交公钥前请先申报您在本招标中的利益关系",
    )


class NothingToAnswer(Refusal):
    code, status = "nothing-to-answer", 409
    title = Text(
        "The keyset is not drawn up, so there is no rehearsal yet", "密钥集尚未生成，暂无演练"
    )


class WrongAnswer(Refusal):
    code, status = "wrong-answer", 409
    title = Text(
        "This is not your own signed answer to the challenge of this panel",
        "这不是您本人签名的、针对本小组演练的应答",
    )


@transaction.atomic
def hand_in_keys(
    *, tender_id: UUID, recipient: str, verifier: str, by: Actor, now: datetime
) -> Seat:
    """Take a holder's public keys, in place of earlier ones; a repeat changes nothing.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` has a seat, and still the role for it.
    :raises WrongState: unless the tender is a draft.
    :raises KeysetStands: once the keyset is drawn up.
    :raises InterestsFirst: before an opener has declared interests.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises BadInput: for what are no keys, or somebody's already.
    """
    tender = locked(tender_id, by=by)
    seat = _own_seat(tender, by)
    require_impartial(by, tender)

    if (seat.recipient, seat.verifier) == (recipient, verifier):
        return seat
    panel = _panel_awaiting(tender, seat, TenderState.DRAFT, action=_HAND_IN)
    if panel.keyset:
        raise KeysetStands
    if seat.is_opener and not Interests.objects.filter(tender=tender, user=by.user_id).exists():
        raise InterestsFirst
    others = {other.holder: other for other in seats_beside(seat) if other.pk != seat.pk}
    handed_in = {
        holder: KeyPair(other.recipient, other.verifier)
        for holder, other in others.items()
        if other.keys_at
    }
    if found := faults_of_keys(recipient, verifier, others=handed_in):
        raise BadInput(faults=found)
    seat.recipient, seat.verifier, seat.keys_at = recipient, verifier, now
    _require_own_keys(seat)

    seat.save()
    body = {"holder": seat.holder, "recipient": recipient, "verifier": verifier}
    record(Verb.KEYS_HANDED_IN, tender=tender.pk, by=by, at=now, body={**body})
    outbox.announce(Verb.KEYS_HANDED_IN, tender.pk, holder=seat.holder)
    return seat


@transaction.atomic
def answer(*, tender_id: UUID, note: str, by: Actor, now: datetime) -> Seat:
    """Take a holder's answer to their challenge: a note by their own key that names its digest.

    Where the rehearsal is repeated before the deadline, that one is answered. A note that is sent
    again changes nothing.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` has a seat, and still the role for it.
    :raises WrongState: once it is published, but for what is repeated; and when it has ended.
    :raises NothingToAnswer: before the keyset is drawn up.
    :raises AlreadyDone: when another note answered it.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongAnswer: for any other note; nothing changes by it.
    """
    tender = locked(tender_id, by=by)
    seat = _own_seat(tender, by)
    require_impartial(by, tender)

    repeat = last_repeat(seat)
    asked = repeat or seat
    if note and asked.answer == note:
        return seat
    panel = _panel_repeating(tender) if repeat else _panel_rehearsing(tender, seat)
    if not asked.challenge:
        raise NothingToAnswer
    if asked.answered_at:
        raise AlreadyDone
    expected = RehearsalAnswer(panel.keyset, seat.holder, asked.challenge)
    if _opened(note, Verifier.parse(seat.verifier)) != expected:
        raise WrongAnswer

    asked.answer, asked.answered_at = note, now
    asked.save()
    body = {"holder": seat.holder, "keyset": expected.keyset, "challenge": asked.challenge}
    record(Verb.REHEARSED, tender=tender.pk, by=by, at=now, body={**body})
    outbox.announce(Verb.REHEARSED, tender.pk, holder=seat.holder)
    return seat


def _own_seat(tender: Tender, by: Actor) -> Seat:
    seat = own_seat(by, tender.pk)
    if seat is None:
        raise NotPermitted
    require(by, Permission.HOLD_KEY, of=seat.organisation_id)
    return seat


def _panel_rehearsing(tender: Tender, seat: Seat) -> Panel:
    return _panel_awaiting(tender, seat, *BEFORE_PUBLICATION, action=_ANSWER)


def _panel_repeating(tender: Tender) -> Panel:
    require_state(tender, *RUNNING, action=_ANSWER)
    return Panel.objects.get(tender=tender)


def _panel_awaiting(tender: Tender, seat: Seat, *states: TenderState, action: Text) -> Panel:
    """Give the seat's panel: of a draft in these states, or of an amendment that is open."""
    proposed = pending_panel(tender.pk)
    if proposed is not None and proposed.amendment_id == seat.amendment_id:
        return proposed
    require_state(tender, *states, action=action)
    return Panel.objects.get(tender=tender)


def _require_own_keys(seat: Seat) -> None:
    """Refuse keys of other tenders, and a timekeeper's or body's key that is not this holder's."""
    faults = []
    elsewhere = Seat.everything.exclude(tender=seat.tender_id)
    if seat.holder == "timekeeper":
        if not is_enrolled(seat):
            faults.append(Fault("not-the-enrolled-key", _NOT_ENROLLED, pointer="/verifier"))
    elif (
        NoteKey.objects.filter(vkey=seat.verifier).exists()
        or elsewhere.filter(verifier=seat.verifier).exists()
    ):
        faults.append(Fault("key-in-use", _USED, pointer="/verifier"))
    if elsewhere.filter(recipient=seat.recipient).exists():
        faults.append(Fault("key-in-use", _USED, pointer="/recipient"))
    if faults:
        raise BadInput(faults=faults)


def _opened(note: str, verifier: Verifier) -> RehearsalAnswer | None:
    """Read an answer that this key alone has signed; None for anything else."""
    try:
        value, opened = open_object(note.encode(), [verifier])
        return None if opened.unknown else RehearsalAnswer.of(value)
    except ValueError:
        return None
