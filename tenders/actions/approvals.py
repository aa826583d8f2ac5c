"""Submitting a draft for approval, and the two judgements on it, in any order, at the same time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.proof.canonical import JSON
from procurement.refusals import AlreadyDone, BadInput, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.drafting import revise
from tenders.actions.entry import locked, require_impartial, require_state
from tenders.models import Approval, ApprovalKind, Tender, TenderState
from tenders.queries_duties import officers_of
from tenders.readiness import faults
from tenders.rules import remark
from tenders.verbs import Verb

PERMISSIONS = {
    ApprovalKind.LEGAL: Permission.APPROVE_LEGAL,
    ApprovalKind.FINANCE: Permission.APPROVE_FINANCE,
}

_SUBMIT = Text("submit for approval", "提交审批")
_JUDGE = Text("approve", "审批")
_SAY_WHY = Text("Say why it goes back", "请说明退回理由")


class NotReady(Refusal):
    code, status = "not-ready", 409
    title = Text("The draft is not ready", "草案尚不具备条件")


class OwnWork(Refusal):
    code, status = "own-work", 409
    title = Text("Nobody approves what they drafted themselves", "任何人不得审批自己起草的内容")


class TwoPeople(Refusal):
    code, status = "two-people", 409
    title = Text("Two approvals are two people's judgement", "两项审批须由两人分别作出")


@transaction.atomic
def submit_for_approval(*, tender_id: UUID, by: Actor, now: datetime) -> Tender:
    """Give a complete draft to its two approvers.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: unless it is a draft.
    :raises NotReady: with every reason against, each with its rule.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.SUBMIT_FOR_APPROVAL, of=tender.agency_id)
    require_impartial(by, tender)

    require_state(tender, TenderState.DRAFT, action=_SUBMIT)
    if found := faults(tender, acting=by.user_id, now=now):
        raise NotReady(faults=found)

    tender.submit_for_approval(at=now)
    tender.save()
    body = {"revision": tender.revision}
    record(Verb.SUBMITTED_FOR_APPROVAL, tender=tender.pk, by=by, at=now, body={**body})
    outbox.announce(Verb.SUBMITTED_FOR_APPROVAL, tender.pk)
    return tender


@transaction.atomic
def judge(
    *,
    tender_id: UUID,
    kind: ApprovalKind,
    approved: bool,
    comment: str,
    by: Actor,
    now: datetime,
) -> Approval:
    """Approve a draft in one respect, or send it back with a comment, which voids both.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is the approver of this kind at the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: unless it is in approval.
    :raises OwnWork: when ``by`` drafted, edited or submitted it, whatever their role is today.
    :raises TwoPeople: when ``by`` gave the other approval.
    :raises AlreadyDone: when this revision was judged in this respect.
    :raises BadInput: for a refusal without a comment.
    """
    tender = locked(tender_id, by=by)
    require(by, PERMISSIONS[kind], of=tender.agency_id)
    require_impartial(by, tender)

    require_state(tender, TenderState.IN_APPROVAL, action=_JUDGE)
    _judge_person(tender, kind, by)
    needed = None if approved else _SAY_WHY
    if found := list(remark.faults(comment, pointer="/comment", needed=needed)):
        raise BadInput(faults=found)

    approval = Approval.objects.create(
        tender=tender,
        kind=kind,
        revision=tender.revision,
        approved=approved,
        comment=comment,
        by_id=by.user_id,
        at=now,
    )
    if not approved:
        revise(tender)
        tender.save()
    verb = Verb.APPROVED if approved else Verb.SENT_BACK
    body: dict[str, JSON] = {"kind": kind.value, "revision": approval.revision}
    record(verb, tender=tender.pk, by=by, at=now, body=body)
    outbox.announce(verb, tender.pk, kind=kind.value)
    return approval


def _judge_person(tender: Tender, kind: ApprovalKind, by: Actor) -> None:
    if by.user_id in officers_of(tender):
        raise OwnWork
    given = Approval.objects.filter(tender=tender, revision=tender.revision)
    if given.filter(kind=kind).exists():
        raise AlreadyDone
    if given.filter(by=by.user_id).exists():
        raise TwoPeople
