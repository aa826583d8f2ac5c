"""How a change of a published tender begins: both rows locked, in time, by who may."""

from datetime import datetime
from uuid import UUID

from django.db import models

from procurement.actors import Actor
from procurement.refusals import NotFound, NotPermitted, WrongState
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.approvals import OwnWork
from tenders.actions.entry import locked, require_impartial, require_state
from tenders.models import Change, ChangeKind, ChangeState, Tender, TenderState
from tenders.queries_duties import officers_of
from tenders.rules.changes import DeadlinePassed

_CHANGE = Text("change a published tender", "变更已发布的招标")


class DatabaseClock(models.Func):
    """The clock that decides deadlines; it goes on inside a transaction."""

    function = "daylight_now"
    output_field = models.DateTimeField()


def locked_change(change_id: UUID, kind: ChangeKind, *, by: Actor) -> tuple[Tender, Change]:
    """Lock a tender's row, then the change of it, until the transaction ends.

    :raises NotFound: when ``by`` sees no such change.
    """
    visible = Change.objects.visible_to(by).filter(pk=change_id, kind=kind)
    if (seen := visible.first()) is None:
        raise NotFound
    tender = locked(seen.tender_id, by=by)
    return tender, Change.objects.select_for_update(of=("self",)).get(pk=change_id)


def require_running(tender: Tender, *, now: datetime) -> None:
    """Let pass a published tender whose deadline has not passed, by the database's clock too.

    A suspended one is changed like any other: it takes bids as well.

    :raises WrongState: unless it is published.
    :raises DeadlinePassed: from the deadline on.
    """
    require_state(tender, TenderState.PUBLISHED, action=_CHANGE)
    ahead = Tender.objects.filter(pk=tender.pk, closes_at__gt=DatabaseClock())
    if now >= tender.closes_at or not ahead.exists():
        raise DeadlinePassed


def require_change_state(change: Change, *states: ChangeState, action: Text) -> None:
    """Let pass a change that is in one of these states.

    :raises WrongState: otherwise; ``action`` says what was asked for.
    """
    if change.state not in states:
        raise WrongState(action=action, state=str(change.state))


def require_second_person(
    tender: Tender, change: Change, *permissions: Permission, by: Actor
) -> None:
    """Let pass an approver who neither proposed the change nor ever acted as its tender's officer.

    :raises NotPermitted: unless ``by`` is one of these approvers at the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises OwnWork: when ``by`` had a part in what is judged, whatever their role is today.
    """
    if not any(by.has(permission, tender.agency_id) for permission in permissions):
        raise NotPermitted(permission=permissions[0].value)
    require_impartial(by, tender)
    if by.user_id in officers_of(tender) | {change.proposed_by_id}:
        raise OwnWork
