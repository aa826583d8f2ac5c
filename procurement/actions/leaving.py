"""Who leaves is out at once; a role is handed over in one step, never to nobody."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from knox.models import AuthToken

from procurement.actions.accounts import granted
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.models import Membership, Organisation, User
from procurement.refusals import AlreadyDone, NotFound, Refusal
from procurement.roles import Permission, Role
from procurement.texts import Text
from procurement.verbs import Verb


class LastAdministrator(Refusal):
    code, status = "last-administrator", 409
    title = Text(
        "A supplier is never without an administrator: name another one first",
        "供应商不得没有管理员：请先指定另一位管理员",
    )


@transaction.atomic
def end_membership(*, membership_id: UUID, by: Actor, now: datetime) -> Membership:
    """Take a role away, from now on; every sign-in of that person ends, and every token.

    :raises NotFound: when ``by`` sees no such membership.
    :raises NotPermitted: unless ``by`` is the supplier's administrator, or an operator.
    :raises AlreadyDone: when it has ended.
    :raises LastAdministrator: when the supplier would have none.
    """
    seen = Membership.objects.visible_to(by).filter(pk=membership_id)
    # The body's row: two administrators who end each other's role must see each other.
    Organisation.objects.select_for_update().filter(memberships__in=seen).first()
    membership = seen.select_for_update(of=("self",)).first()
    if membership is None:
        raise NotFound
    require(by, Permission.MANAGE_PEOPLE, of=membership.organisation_id)

    if membership.until is not None:
        raise AlreadyDone
    if membership.role == Role.SUPPLIER_ADMINISTRATOR and not _others(membership, now).exists():
        raise LastAdministrator

    _end(membership, by, now)
    return membership


@transaction.atomic
def hand_over(
    *, organisation_id: UUID, leaver: UUID, successor: UUID, role: Role, by: Actor, now: datetime
) -> Membership:
    """Take a role from one person of a body and give it to another, in one step.

    :raises NotFound: unless the one holds it, and the other belongs to the body.
    :raises NotPermitted: unless ``by`` is the supplier's administrator, or an operator.
    :raises RolesConflict: when the successor holds a role that excludes it.
    :raises AlreadyDone: when the successor holds it.
    """
    Organisation.objects.select_for_update().filter(pk=organisation_id).first()
    require(by, Permission.MANAGE_PEOPLE, of=organisation_id)

    here = Membership.objects.filter(organisation=organisation_id, until=None)
    held = here.select_for_update(of=("self",)).filter(user=leaver, role=role).first()
    if held is None or not here.filter(user=successor).exists():
        raise NotFound

    _end(held, by, now)
    given = granted(user_id=successor, organisation_id=organisation_id, role=role, by=by, now=now)
    body = {"organisation": str(organisation_id), "from": str(held.pk), "to": str(given.pk)}
    record(Verb.ROLE_HANDED_OVER, tender=None, by=by, at=now, body={**body, "role": role.value})
    return given


def shut_out(user_id: UUID) -> None:
    """End every sign-in and every token of a person or machine; nothing they sent counts on."""
    User.objects.filter(pk=user_id).update(sign_ins_ended=F("sign_ins_ended") + 1)
    AuthToken.objects.filter(user=user_id).delete()


def _end(membership: Membership, by: Actor, now: datetime) -> None:
    membership.until = now
    membership.save()
    shut_out(membership.user_id)
    body = {"membership": str(membership.pk), "user": str(membership.user_id)}
    record(Verb.MEMBERSHIP_ENDED, tender=None, by=by, at=now, body={**body})


def _others(membership: Membership, now: datetime) -> QuerySet[Membership]:
    return Membership.objects.filter(
        Q(until=None) | Q(until__gt=now),
        organisation=membership.organisation_id,
        role=membership.role,
        user__is_active=True,
    ).exclude(user=membership.user_id)
