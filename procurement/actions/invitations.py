"""Colleagues are invited by e-mail, and come in by the key out of the letter."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import transaction

from procurement.actions.accounts import create_user, faults_of_account, granted
from procurement.actors import ANONYMOUS, Actor, require, system_actor
from procurement.journal.record import record
from procurement.models import Invitation, Membership, Organisation, User
from procurement.outbox import announce
from procurement.queries import INVITED_FOR, open_invitations
from procurement.refusals import AlreadyDone, BadInput, Fault, NotFound, Refusal
from procurement.roles import MACHINES, ORGANISATION_OF, Permission, Role
from procurement.texts import Text
from procurement.verbs import Verb

MOST_OPEN = 100  # invitations of one body at a time: nobody is flooded through us
KEYS = signing.Signer(salt="procurement.invitation")

_NO_ROLE = Text("There is no such role for a person at this body", "该单位没有此类人员角色")
_TWICE = Text("A role is named twice", "角色重复")
_NAME = Text("Give a name and a password for the new account", "请为新账户填写姓名和密码")


class TooManyInvitations(Refusal):
    code, status = "too-many-invitations", 409
    title = Text("Too many invitations are open; withdraw some", "待接受的邀请过多，请先撤回一些")


class SignInToAccept(Refusal):
    code, status = "sign-in-to-accept", 401
    title = Text(
        "This address has an account: sign in to it, and accept then",
        "该邮箱已有账户：请先登录再接受邀请",
    )


class InvitedIsAnother(Refusal):
    code, status = "invited-is-another", 409
    title = Text(
        "This invitation is for another address than that of your account",
        "该邀请发往的邮箱与您账户的邮箱不同",
    )


@transaction.atomic
def invite(
    *,
    organisation_id: UUID,
    email: str,
    roles: Sequence[Role],
    language: str = "en",
    by: Actor,
    now: datetime,
) -> Invitation:
    """Ask somebody by e-mail to take roles at a body.

    :raises NotFound: when there is no such body.
    :raises NotPermitted: unless ``by`` is the supplier's administrator, or an operator.
    :raises BadInput: for what is no address, and for roles that this body does not have.
    :raises TooManyInvitations: while very many are open.
    """
    organisation = Organisation.objects.select_for_update().filter(pk=organisation_id).first()
    require(by, Permission.MANAGE_PEOPLE, of=organisation_id)

    if organisation is None:
        raise NotFound
    address = email.strip().lower()
    if found := [*faults_of_account(address, None), *_faults_of_roles(roles, organisation)]:
        raise BadInput(faults=found)
    if open_invitations(organisation_id, now).count() >= MOST_OPEN:
        raise TooManyInvitations

    made = Invitation.objects.create(
        organisation=organisation,
        email=address,
        roles=[role.value for role in roles],
        language=language,
        invited_by_id=by.recorded_as,
        invited_at=now,
    )
    _record(Verb.INVITATION_MADE, made, by, now)
    announce(Verb.INVITATION_MADE, made.pk)
    return made


@transaction.atomic
def withdraw(*, invitation_id: UUID, by: Actor, now: datetime) -> Invitation:
    """Take an invitation back before it is accepted.

    :raises NotFound: unless ``by`` manages the people of that body.
    :raises AlreadyDone: when it was accepted or withdrawn.
    """
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None or not by.has(Permission.MANAGE_PEOPLE, of=invitation.organisation_id):
        raise NotFound

    if invitation.withdrawn_at or invitation.accepted_at:
        raise AlreadyDone

    invitation.withdrawn_at = now
    invitation.save()
    _record(Verb.INVITATION_WITHDRAWN, invitation, by, now)
    return invitation


@transaction.atomic
def accept(
    *, key: str, name: str = "", language: str = "", password: str = "", by: Actor, now: datetime
) -> list[Membership]:
    """Take the roles that one was invited to; who has no account gets one by the same letter.

    :raises NotFound: for a key that is none, too old, or of an invitation taken back.
    :raises AlreadyDone: when it was accepted.
    :raises SignInToAccept: to a stranger, when the address has an account.
    :raises InvitedIsAnother: for somebody signed in under another address.
    :raises BadInput: without a name, and for a weak password, where an account is to be made.
    :raises RolesConflict: when the person holds a role that excludes one of these.
    """
    invitation = _invitation(key, now)

    if invitation.accepted_at is not None:
        raise AlreadyDone
    user = _invited(invitation, by)
    if user is None:
        user = _newcomer(invitation, name, language, password, now)

    who = Actor.of(user, now).with_request(ip=by.ip, request_id=by.request_id)
    found = [
        granted(
            user_id=user.pk, organisation_id=invitation.organisation_id, role=Role(role), by=who,
            now=now,
        )
        for role in invitation.roles
    ]  # fmt: skip
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save()
    _record(Verb.INVITATION_ACCEPTED, invitation, who, now)
    return found


def _invitation(key: str, now: datetime) -> Invitation:
    try:
        found = Invitation.objects.select_for_update().filter(pk=UUID(KEYS.unsign(key))).first()
    except (signing.BadSignature, ValueError):
        raise NotFound from None
    if found is None or found.withdrawn_at or now - found.invited_at >= INVITED_FOR:
        raise NotFound
    return found


def _invited(invitation: Invitation, by: Actor) -> User | None:
    """Find the account of the invited, which has to be the one that is signed in."""
    user = User.objects.filter(email=invitation.email).first()
    if by == ANONYMOUS:
        if user is not None:
            raise SignInToAccept
    elif user is None or user.pk != by.user_id:
        raise InvitedIsAnother
    return user


def _newcomer(
    invitation: Invitation, name: str, language: str, password: str, now: datetime
) -> User:
    if not (name.strip() and password):
        raise BadInput(faults=[Fault("required", _NAME, pointer="/name")])
    return create_user(
        email=invitation.email,
        name=name,
        language=language or invitation.language,
        password=password,
        by=system_actor(),
        now=now,
    )


def _faults_of_roles(roles: Sequence[Role], organisation: Organisation) -> list[Fault]:
    found = [
        Fault("role-not-here", _NO_ROLE, pointer=f"/roles/{place}")
        for place, role in enumerate(roles)
        if role in MACHINES or organisation.kind not in ORGANISATION_OF[role]
    ]
    if len(set(roles)) != len(roles):
        found.append(Fault("role-twice", _TWICE, pointer="/roles"))
    return found


def _record(verb: Verb, invitation: Invitation, by: Actor, now: datetime) -> None:
    body = {"organisation": str(invitation.organisation_id), "invitation": str(invitation.pk)}
    record(verb, tender=None, by=by, at=now, body={**body, "roles": [*invitation.roles]})
