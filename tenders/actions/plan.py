"""The plan: what an agency means to buy, and for how much."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.models import Organisation
from procurement.money import Money
from procurement.refusals import AlreadyDone, BadInput, NotFound, WrongState
from procurement.roles import OrganisationKind, Permission
from procurement.texts import Text
from tenders.models import PlanLine
from tenders.models.plan import PlanState
from tenders.rules.plan import faults
from tenders.verbs import Verb

_ANNOUNCE = Text("announce", "预告")


@transaction.atomic
def add_plan_line(
    *, agency_id: UUID, title: Text, amount: str, currency: str, by: Actor, now: datetime
) -> PlanLine:
    """Add an intended purchase to an agency's plan.

    :raises NotFound: when there is no such agency.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises BadInput: for a title or a budget that cannot be used.
    """
    if not Organisation.objects.filter(pk=agency_id, kind=OrganisationKind.AGENCY).exists():
        raise NotFound
    require(by, Permission.PLAN, of=agency_id)

    if found := faults(title, amount, currency):
        raise BadInput(faults=found)

    budget = Money.from_json(amount, currency)
    line = PlanLine.objects.create(
        agency_id=agency_id,
        title_en=title.en,
        title_zh=title.zh,
        budget_amount=budget.amount,
        budget_currency=budget.currency,
        added_by_id=by.user_id,
        added_at=now,
    )
    body = {"plan_line": str(line.pk), "agency": str(agency_id), **budget.to_json()}
    record(Verb.PLAN_LINE_ADDED, tender=None, by=by, at=now, body=body)
    return line


@transaction.atomic
def withdraw_plan_line(*, plan_line_id: UUID, by: Actor, now: datetime) -> PlanLine:
    """Give an intended purchase up.

    :raises NotFound: when ``by`` sees no such line.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises WrongState: while a tender is made of it, or when it is withdrawn already.
    """
    line = locked_line(plan_line_id, by=by)
    require(by, Permission.PLAN, of=line.agency_id)

    line.withdraw()
    line.save()
    body = {"plan_line": str(line.pk)}
    record(Verb.PLAN_LINE_WITHDRAWN, tender=None, by=by, at=now, body={**body})
    return line


@transaction.atomic
def announce(*, plan_line_id: UUID, by: Actor, now: datetime) -> PlanLine:
    """Announce an intended purchase to all, as a prior notice; it may shorten the bid period.

    :raises NotFound: when ``by`` sees no such line.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises WrongState: when it is withdrawn.
    :raises AlreadyDone: when it was announced before.
    """
    line = locked_line(plan_line_id, by=by)
    require(by, Permission.PLAN, of=line.agency_id)

    if line.state == PlanState.WITHDRAWN:
        raise WrongState(action=_ANNOUNCE, state=str(line.state))
    if line.announced_at is not None:
        raise AlreadyDone

    line.announced_at = now
    line.save()
    body = {"plan_line": str(line.pk)}
    record(Verb.PLAN_LINE_ANNOUNCED, tender=None, by=by, at=now, body={**body})
    return line


def locked_line(plan_line_id: UUID, *, by: Actor) -> PlanLine:
    """Lock a plan line's row until the transaction ends.

    :raises NotFound: when ``by`` sees no such line.
    """
    visible = PlanLine.objects.visible_to(by).select_for_update(of=("self",))
    if (line := visible.filter(pk=plan_line_id).first()) is None:
        raise NotFound
    return line


def free_line(plan_line_id: UUID) -> None:
    """Let another tender begin from a line whose tender has come to nothing."""
    line = PlanLine.objects.select_for_update().get(pk=plan_line_id)
    line.free()
    line.save()
