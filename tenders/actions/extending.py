"""Later deadlines: signed by the agency and agreed to by a second person, or made by a rule.

The deadline in the tender's row decides which bids are in time. It moves under that row's lock,
before it has passed by the database's own clock, and only later.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require, system_actor
from procurement.journal.record import Kind, record
from procurement.keys import receipt_signer
from procurement.objects import store
from procurement.proof.canonical import JSON
from procurement.proof.instants import format_instant
from procurement.refusals import AlreadyDone, BadInput, Conflict, Fault
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.changing import (
    locked_change,
    require_change_state,
    require_running,
    require_second_person,
)
from tenders.actions.entry import locked, require_impartial
from tenders.changing import extension_to_sign, times_of
from tenders.models import Change, ChangeKind, ChangeState, Tender
from tenders.models.changes import OPEN
from tenders.notice import Extension
from tenders.queries import notice_of, pack_of
from tenders.queries_timetable import calendar_of, dated
from tenders.rules import remark
from tenders.rules.changes import (
    NOT_LATER,
    NOTE,
    DeadlinePassed,
    TooLate,
    faults_of_move,
    moved_by,
)
from tenders.rules.dates import Dated
from tenders.rules.timetable import shown_at
from tenders.signed import opened
from tenders.verbs import Verb

APPROVERS = (Permission.APPROVE_LEGAL, Permission.APPROVE_FINANCE)
UNANSWERED = "Questions of suppliers were not answered in time / 供应商的提问未按时答复"

_DECIDE = Text("decide on a later deadline", "决定延长截止时间")
_REPLACE = Text("replace a proposed later deadline", "替换拟议的延期")
_DROP = Text("give a change up", "放弃变更")
_SAY_WHY = Text("Say why the deadline stays", "请说明不予延期的理由")
_OTHER = Text(
    "Something else was signed than what would be in force: fetch the extension and sign it again",
    "所签内容与拟生效的内容不一致，请重新获取延期文本并签署",
)
_REPLACED = Text(
    "Another extension was put in the place of the one that you read: read it, then decide on its "
    "revision",
    "您所阅读的延期已被另一份替换：请阅读后按其修订号作出决定",
)
_ONE_AT_A_TIME = Text("A later deadline waits for its decision already", "已有延期待决定")


@transaction.atomic
def propose(*, tender_id: UUID, extension_note: bytes, by: Actor, now: datetime) -> Change:
    """Put a signed extension before a second person; nothing moves yet.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: unless the tender is published.
    :raises DeadlinePassed: from the deadline on.
    :raises Conflict: while another extension waits.
    :raises BadInput: for what the key of the notice did not sign, or what is not a later deadline.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.PUBLISH_TENDER, of=tender.agency_id)
    require_impartial(by, tender)

    require_running(tender, now=now)
    open_ones = Change.objects.filter(tender=tender, kind=ChangeKind.EXTENSION, state__in=OPEN)
    if open_ones.exists():
        raise Conflict(_ONE_AT_A_TIME)
    extension = _judged(tender, extension_note)

    change = Change.objects.create(
        tender=tender,
        kind=ChangeKind.EXTENSION,
        reason=extension.cause,
        object=extension.digest(),
        note=extension_note.decode(),
        proposed_by_id=by.user_id,
        proposed_at=now,
    )
    change.submit_for_approval()
    change.save()
    _tell(Verb.EXTENSION_PROPOSED, change, extension, by, now)
    return change


@transaction.atomic
def replace(*, change_id: UUID, extension_note: bytes, by: Actor, now: datetime) -> Change:
    """Put another signed extension in the place of one that nobody has decided on.

    It is the next revision of the same proposal, and a proposal of whoever signed it last.

    :raises NotFound: when ``by`` sees no such extension.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: when it was decided or taken back, or the tender is not published any more.
    :raises DeadlinePassed: from the deadline on.
    :raises AlreadyDone: when this very extension stands there.
    :raises BadInput: for what the key of the notice did not sign, or what is not a later deadline.
    """
    tender, change = locked_change(change_id, ChangeKind.EXTENSION, by=by)
    require(by, Permission.PUBLISH_TENDER, of=tender.agency_id)
    require_impartial(by, tender)

    require_change_state(change, ChangeState.IN_APPROVAL, action=_REPLACE)
    require_running(tender, now=now)
    extension = _judged(tender, extension_note)
    if extension.digest() == change.object:
        raise AlreadyDone

    change.reason, change.object = extension.cause, extension.digest()
    change.note = extension_note.decode()
    change.proposed_by_id, change.proposed_at = by.user_id, now
    change.revision += 1
    change.save()
    _tell(Verb.EXTENSION_REPLACED, change, extension, by, now)
    return change


@transaction.atomic
def decide(
    *, change_id: UUID, revision: int = 1, approved: bool, comment: str, by: Actor, now: datetime
) -> Change:
    """Let a proposed extension come into force, or decline it with a comment.

    Whoever decides names the ``revision`` that they read, so that nobody agrees to what was put in
    its place meanwhile.

    :raises NotFound: when ``by`` sees no such extension.
    :raises NotPermitted: unless ``by`` is an approver of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises OwnWork: when ``by`` proposed it, or ever acted as the tender's officer.
    :raises AlreadyDone: when it was decided.
    :raises WrongState: unless the tender is published and the extension waits.
    :raises DeadlinePassed: from the deadline on.
    :raises Conflict: when it was replaced since.
    :raises TooLate: when the deadline was moved further meanwhile.
    :raises BadInput: for a refusal without a comment.
    """
    tender, change = locked_change(change_id, ChangeKind.EXTENSION, by=by)
    require_second_person(tender, change, *APPROVERS, by=by)

    if change.decided_at:
        raise AlreadyDone
    require_change_state(change, ChangeState.IN_APPROVAL, action=_DECIDE)
    if revision != change.revision:
        raise Conflict(_REPLACED)
    needed = None if approved else _SAY_WHY
    if found := list(remark.faults(comment, pointer="/comment", needed=needed)):
        raise BadInput(faults=found)
    extension = _signed(tender, change.note.encode())
    if approved:
        require_running(tender, now=now)
        _require_still_later(tender, extension)

    if not approved:
        change.decline(by=by.user_id, at=now, comment=comment)
        change.save()
        body: dict[str, JSON] = {"change": str(change.pk)}
        record(Verb.EXTENSION_DECLINED, tender=tender.pk, by=by, at=now, body=body)
        outbox.announce(Verb.EXTENSION_DECLINED, tender.pk)
        return change
    change.extend(by=by.user_id, at=now, comment=comment)
    change.save()
    _move(tender, extension, change.note.encode(), by=by, now=now)
    return change


@transaction.atomic
def drop(*, change_id: UUID, by: Actor, now: datetime) -> Change:
    """Take back an extension that nobody has decided on.

    :raises NotFound: when ``by`` sees no such extension.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: when it was decided or taken back.
    """
    tender, change = locked_change(change_id, ChangeKind.EXTENSION, by=by)
    require(by, Permission.PUBLISH_TENDER, of=tender.agency_id)
    require_impartial(by, tender)

    require_change_state(change, ChangeState.IN_APPROVAL, action=_DROP)

    change.drop()
    change.save()
    body: dict[str, JSON] = {"change": str(change.pk)}
    record(Verb.CHANGE_DROPPED, tender=tender.pk, by=by, at=now, body=body)
    return change


@transaction.atomic
def extend_by_rule(tender_id: UUID, questions: Sequence[str], *, now: datetime) -> Extension | None:
    """Move the deadline because questions are overdue, under the platform's own key.

    None, and nothing moves, when the notice's rules extend no further or the deadline has passed
    by the database's clock. Whoever calls has recorded ``questions.overdue`` in the same
    transaction, or before.

    :raises NotFound: when there is no such tender.
    :raises WrongState: unless it is published.
    :raises ValueError: without an overdue question.
    """
    tender = locked(tender_id, by=system_actor())
    if not questions:
        raise ValueError("Only an overdue question moves the deadline by rule")
    try:
        require_running(tender, now=now)
    except DeadlinePassed:
        return None
    if tender.question_extensions >= notice_of(tender).pack.question_extensions:
        return None

    later = pack_of(tender).question_extension(tender.closes_at, calendar_of(tender))
    if later.at <= tender.closes_at:
        return None
    extension = extension_to_sign(tender, later.at, UNANSWERED, "unanswered-question")

    tender.question_extensions += 1
    note = extension.sign(receipt_signer())
    _move(tender, extension, note, by=system_actor(), now=now, counted=later)
    return extension


def _tell(verb: Verb, change: Change, extension: Extension, by: Actor, now: datetime) -> None:
    """Write a proposal into the journal, and call the second person."""
    body: dict[str, JSON] = {
        "change": str(change.pk),
        "revision": change.revision,
        "extension": change.object,
        "closes_at": format_instant(extension.closes_at),
    }
    record(verb, tender=change.tender_id, by=by, at=now, body=body)
    outbox.announce(verb, change.tender_id)


def _judged(tender: Tender, note: bytes) -> Extension:
    """Read an extension that may be put before a second person.

    :raises BadInput: for what the key of the notice did not sign, or what is not a later deadline.
    """
    extension = _signed(tender, note)
    if found := _faults(tender, extension):
        raise BadInput(faults=found)
    return extension


def _signed(tender: Tender, note: bytes) -> Extension:
    return opened(Extension, note, [notice_of(tender).agency], pointer=NOTE)


def _faults(tender: Tender, extension: Extension) -> list[Fault]:
    if extension.closes_at <= tender.closes_at:
        facts = {"closes_at": shown_at(tender.closes_at, calendar_of(tender))}
        return [Fault("not-later", NOT_LATER, facts, NOTE)]
    if extension != extension_to_sign(tender, extension.closes_at, extension.cause):
        return [Fault("not-this-extension", _OTHER, {}, NOTE)]
    return []


def _require_still_later(tender: Tender, extension: Extension) -> None:
    """Refuse what was overtaken: by a rule, or by another version of the notice.

    :raises TooLate: when this would move something back, or is for another notice.
    """
    before, after = times_of(tender), moved_by(extension)
    later = extension.closes_at > tender.closes_at and not faults_of_move(before, after)
    if extension.notice != tender.notice or not later:
        raise TooLate


def _move(
    tender: Tender,
    extension: Extension,
    note: bytes,
    *,
    by: Actor,
    now: datetime,
    counted: Dated | None = None,
) -> None:
    """Write a later deadline into the row and the history, and tell everybody."""
    moved = moved_by(extension)
    tender.closes_at, tender.opens_at = moved.closes_at, moved.opens_at
    tender.questions_until, tender.answers_until = moved.questions_until, moved.answers_until
    assert tender.published_at is not None
    traced = {"question_extension": counted} if counted else {}
    tender.timetable = dated(tender, tender.published_at, traced)
    tender.save()
    digest = store(extension.to_json(), tender=tender.pk, at=now, note=note)
    body: dict[str, JSON] = {"object": digest}
    record(Verb.DEADLINE_EXTENDED, tender=tender.pk, by=by, at=now, body=body, kind=Kind.CONTROL)
    outbox.announce(Verb.DEADLINE_EXTENDED, tender.pk)
