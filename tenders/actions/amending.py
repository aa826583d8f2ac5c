"""Drafting an amendment of a published tender, until a second person has approved it.

Suppliers see nothing of it before it is in force. Every edit voids the approval.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.proof.canonical import JSON
from procurement.refusals import AlreadyDone, BadInput, Conflict, Fault
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.approvals import NotReady
from tenders.actions.changing import (
    locked_change,
    require_change_state,
    require_running,
    require_second_person,
)
from tenders.actions.entry import locked, require_impartial
from tenders.models import Change, ChangeKind, ChangeState, Tender
from tenders.models.changes import OPEN
from tenders.queries import notice_of
from tenders.queries_panel import panel_of
from tenders.readiness_changes import amendment_faults, content_faults
from tenders.rules import remark
from tenders.rules.changes import body_json
from tenders.verbs import Verb

_EDIT = Text("edit an amendment", "修改拟发布的变更")
_SUBMIT = Text("submit for approval", "提交审批")
_JUDGE = Text("approve", "审批")
_DROP = Text("give an amendment up", "放弃变更")
_SAY_WHY = Text("Say why the notice is amended", "请说明修改公告的理由")
_SAY_WHY_NOT = Text("Say why it goes back", "请说明退回理由")
_ONE_AT_A_TIME = Text("An amendment is being drafted already", "已有修改正在起草")


@transaction.atomic
def draft_amendment(
    *, tender_id: UUID, reason: str, body: Mapping[str, Any], by: Actor, now: datetime
) -> Change:
    """Draft another version of a published notice; ``body`` says what changes.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: unless the tender is published.
    :raises DeadlinePassed: from the deadline on.
    :raises Conflict: while another amendment is open.
    :raises BadInput: with what can stand in no amendment.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.DRAFT_TENDER, of=tender.agency_id)
    require_impartial(by, tender)

    require_running(tender, now=now)
    open_ones = Change.objects.filter(tender=tender, kind=ChangeKind.AMENDMENT, state__in=OPEN)
    if open_ones.exists():
        raise Conflict(_ONE_AT_A_TIME)
    change = Change(
        tender=tender,
        kind=ChangeKind.AMENDMENT,
        version=notice_of(tender).version + 1,
        reason=reason,
        body=body_json(body),
        proposed_by_id=by.user_id,
        proposed_at=now,
    )
    if found := _faults(tender, change):
        raise BadInput(faults=found)

    change.save()
    _record(Verb.AMENDMENT_DRAFTED, change, by, now)
    return change


@transaction.atomic
def edit_amendment(
    *,
    amendment_id: UUID,
    reason: str | None = None,
    body: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> Change:
    """Replace what an amendment says, section by section; an approval of it is void then.

    :raises NotFound: when ``by`` sees no such amendment.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: once it is in force or dropped.
    :raises DeadlinePassed: from the tender's deadline on.
    :raises BadInput: with what can stand in no amendment.
    """
    tender, change = begun_edit(amendment_id, by=by, now=now)

    change.reason = change.reason if reason is None else reason
    change.body = {**change.body, **body_json(body)}
    if found := _faults(tender, change):
        raise BadInput(faults=found)

    revise(change)
    change.save()
    _record(Verb.AMENDMENT_EDITED, change, by, now)
    return change


@transaction.atomic
def drop_amendment(*, amendment_id: UUID, by: Actor, now: datetime) -> Change:
    """Give an amendment up; nothing of it was ever in force.

    :raises NotFound: when ``by`` sees no such amendment.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: once it is in force or dropped.
    """
    tender, change = locked_change(amendment_id, ChangeKind.AMENDMENT, by=by)
    require(by, Permission.DRAFT_TENDER, of=tender.agency_id)
    require_impartial(by, tender)

    require_change_state(change, *OPEN, action=_DROP)

    change.drop()
    change.save()
    _record(Verb.CHANGE_DROPPED, change, by, now)
    if panel_of(tender.pk, change.pk):
        outbox.announce(Verb.PANEL_DROPPED, tender.pk)
    return change


@transaction.atomic
def request_approval(*, amendment_id: UUID, by: Actor, now: datetime) -> Change:
    """Put a complete amendment before a second person.

    :raises NotFound: when ``by`` sees no such amendment.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: unless it is a draft, of a published tender.
    :raises DeadlinePassed: from the tender's deadline on.
    :raises NotReady: with every reason against, each with its rule.
    """
    tender, change = locked_change(amendment_id, ChangeKind.AMENDMENT, by=by)
    require(by, Permission.SUBMIT_FOR_APPROVAL, of=tender.agency_id)
    require_impartial(by, tender)

    require_running(tender, now=now)
    require_change_state(change, ChangeState.DRAFT, action=_SUBMIT)
    if found := amendment_faults(tender, change, acting=by.user_id, now=now):
        raise NotReady(faults=found)

    change.submit_for_approval()
    change.save()
    _record(Verb.AMENDMENT_SUBMITTED, change, by, now)
    outbox.announce(Verb.AMENDMENT_SUBMITTED, tender.pk)
    return change


@transaction.atomic
def judge_amendment(
    *, amendment_id: UUID, approved: bool, comment: str, by: Actor, now: datetime
) -> Change:
    """Approve an amendment, or send it back with a comment.

    :raises NotFound: when ``by`` sees no such amendment.
    :raises NotPermitted: unless ``by`` is the legal approver of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises OwnWork: when ``by`` proposed it, or ever acted as the tender's officer.
    :raises AlreadyDone: when it is approved.
    :raises WrongState: unless it waits for approval, of a published tender.
    :raises DeadlinePassed: from the tender's deadline on.
    :raises BadInput: for a refusal without a comment.
    """
    tender, change = locked_change(amendment_id, ChangeKind.AMENDMENT, by=by)
    require_second_person(tender, change, Permission.APPROVE_LEGAL, by=by)

    if change.state == ChangeState.APPROVED:
        raise AlreadyDone
    require_change_state(change, ChangeState.IN_APPROVAL, action=_JUDGE)
    require_running(tender, now=now)
    needed = None if approved else _SAY_WHY_NOT
    if found := list(remark.faults(comment, pointer="/comment", needed=needed)):
        raise BadInput(faults=found)

    if approved:
        change.approve(by=by.user_id, at=now, comment=comment)
    else:
        change.return_to_draft()
        change.decided_by_id, change.decided_at, change.comment = by.user_id, now, comment
    change.save()
    verb = Verb.AMENDMENT_APPROVED if approved else Verb.AMENDMENT_SENT_BACK
    _record(verb, change, by, now)
    outbox.announce(verb, tender.pk)
    return change


def begun_edit(amendment_id: UUID, *, by: Actor, now: datetime) -> tuple[Tender, Change]:
    """Lock an amendment that an officer may still edit.

    :raises NotFound: when ``by`` sees no such amendment.
    :raises Refusal: as ``judge_editing`` does.
    """
    tender, change = locked_change(amendment_id, ChangeKind.AMENDMENT, by=by)
    judge_editing(tender, change, by=by, now=now)
    return tender, change


def judge_editing(tender: Tender, change: Change, *, by: Actor, now: datetime) -> None:
    """Let pass who may edit an amendment as it stands.

    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: once it is in force or dropped.
    :raises DeadlinePassed: from the tender's deadline on.
    """
    require(by, Permission.DRAFT_TENDER, of=tender.agency_id)
    require_impartial(by, tender)
    require_running(tender, now=now)
    require_change_state(change, *OPEN, action=_EDIT)


def revise(change: Change) -> None:
    """Make another revision of an amendment, which nobody has approved yet. The caller saves it."""
    if change.state != ChangeState.DRAFT:
        change.return_to_draft()
        change.decided_by, change.decided_at, change.comment = None, None, ""
    change.revision += 1


def _faults(tender: Tender, change: Change) -> list[Fault]:
    said = remark.faults(change.reason, pointer="/reason", needed=_SAY_WHY)
    return [*said, *content_faults(tender, change)]


def _record(verb: Verb, change: Change, by: Actor, now: datetime) -> None:
    body: dict[str, JSON] = {"change": str(change.pk), "revision": change.revision}
    record(verb, tender=change.tender_id, by=by, at=now, body=body)
