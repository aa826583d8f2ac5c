"""Accounts: bodies, people, machines and roles. An operator makes them; each act is journalled."""

from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from knox.models import AuthToken

from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.models import Jurisdiction, Membership, Organisation, User
from procurement.queries import OperatorNeverBids, kinds_of_kin, kinds_with
from procurement.refusals import AlreadyDone, BadInput, Conflict, Fault, NotFound, Refusal
from procurement.roles import (
    MACHINES,
    ORGANISATION_OF,
    OrganisationKind,
    Permission,
    Role,
    conflict_between,
)
from procurement.texts import Text
from procurement.verbs import Verb

MACHINE_MAIL = "machines.invalid"  # RFC 2606: never delivered


class RolesConflict(Refusal):
    code, status = "roles-conflict", 409
    title = Text(
        "This person is already {held}, and nobody is both that and {role}: {why}",
        "此人已担任 {held}，不得同时担任 {role}：{why}",
    )


class RoleNotHere(Refusal):
    code, status = "role-not-here", 409
    title = Text("There is no {role} at a {kind}", "{kind} 不设 {role}")


_NOT_A_PERSON = Text("This role is for machines only", "该角色仅限机器账户")
_NOT_A_MACHINE = Text("This role is for people only", "该角色仅限自然人")
_NO_ADDRESS = Text("“{email}” is not an e-mail address", "“{email}”不是电子邮箱地址")
_WEAK = Text(
    "The password is too short or too common; take at least 12 characters",
    "密码过短或过于常见，请至少使用 12 个字符",
)
_TAKEN = Text("This e-mail address has an account", "该电子邮箱已有账户")
_REGISTERED = Text("An organisation with this identifier is registered", "该标识的单位已登记")


@transaction.atomic
def create_organisation(
    *,
    kind: OrganisationKind,
    name_en: str,
    name_zh: str = "",
    identifier_scheme: str,
    identifier: str,
    parent_id: UUID | None = None,
    country: str = "",
    verified: bool = True,
    by: Actor,
    now: datetime,
) -> Organisation:
    """Register a body by its identifier; one that an operator makes is verified by that.

    :raises NotPermitted: unless ``by`` is an operator.
    :raises NotFound: when there is no such parent.
    :raises OperatorNeverBids: for a supplier that is the operator, or the other way round.
    :raises Conflict: when it is registered already.
    """
    require(by, Permission.MANAGE_ACCOUNTS, of=parent_id or UUID(int=0))
    parent = _organisation(parent_id) if parent_id else None

    same = kinds_with(identifier_scheme, identifier)
    if kind in same:
        raise Conflict(_REGISTERED)
    above = kinds_of_kin(parent) if parent else set()
    if {kind, *same, *above} >= {OrganisationKind.OPERATOR, OrganisationKind.SUPPLIER}:
        raise OperatorNeverBids

    organisation = Organisation.objects.create(
        kind=kind,
        name_en=name_en,
        name_zh=name_zh,
        identifier_scheme=identifier_scheme,
        identifier=identifier,
        parent=parent,
        country=country,
        created_at=now,
        verified_at=now if verified else None,
    )
    body = {"organisation": str(organisation.pk), "kind": kind.value, "identifier": identifier}
    record(Verb.ORGANISATION_CREATED, tender=None, by=by, at=now, body={**body})
    return organisation


@transaction.atomic
def give_jurisdiction(
    *, supervisor_id: UUID, agency_id: UUID, by: Actor, now: datetime
) -> Jurisdiction:
    """Put an agency, and those below it, under a supervisor.

    :raises NotPermitted: unless ``by`` is an operator.
    :raises NotFound: when one of them is not what it should be.
    :raises AlreadyDone: when it is so already.
    """
    require(by, Permission.MANAGE_ACCOUNTS, of=supervisor_id)
    supervisor = _organisation(supervisor_id, OrganisationKind.SUPERVISOR)
    agency = _organisation(agency_id, OrganisationKind.AGENCY)

    if Jurisdiction.objects.filter(supervisor=supervisor, agency=agency).exists():
        raise AlreadyDone

    jurisdiction = Jurisdiction.objects.create(supervisor=supervisor, agency=agency, since=now)
    body = {"supervisor": str(supervisor_id), "agency": str(agency_id)}
    record(Verb.JURISDICTION_GIVEN, tender=None, by=by, at=now, body={**body})
    return jurisdiction


@transaction.atomic
def create_user(
    *,
    email: str,
    name: str,
    language: str = "en",
    password: str | None = None,
    by: Actor,
    now: datetime,
) -> User:
    """Make an account for a person. The operator vouches for the address.

    :raises NotPermitted: unless ``by`` is an operator.
    :raises BadInput: for what is no address, and for a weak password.
    :raises Conflict: when the address has an account.
    """
    require(by, Permission.MANAGE_ACCOUNTS, of=UUID(int=0))

    address = email.strip().lower()
    if found := faults_of_account(address, password):
        raise BadInput(faults=found)
    if User.objects.filter(email=address).exists():
        raise Conflict(_TAKEN)

    user = User.objects.create_user(address, password, name=name, language=language)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    record(Verb.USER_CREATED, tender=None, by=by, at=now, body={"user": str(user.pk)})
    return user


@transaction.atomic
def create_machine(
    *, name: str, organisation_id: UUID, role: Role, by: Actor, now: datetime
) -> tuple[User, str]:
    """Make an account for a machine; give it and its token, which is shown this once.

    :raises NotPermitted: unless ``by`` is an operator.
    :raises RoleNotHere: when such a body has no such machine.
    """
    require(by, Permission.MANAGE_ACCOUNTS, of=organisation_id)

    user = User(name=name, machine=True)
    user.email = f"{user.pk}@{MACHINE_MAIL}"
    user.set_unusable_password()
    user.save()
    _, token = AuthToken.objects.create(user, expiry=None)
    record(Verb.MACHINE_CREATED, tender=None, by=by, at=now, body={"user": str(user.pk)})
    grant_role(user_id=user.pk, organisation_id=organisation_id, role=role, by=by, now=now)
    return user, token


@transaction.atomic
def grant_role(
    *, user_id: UUID, organisation_id: UUID, role: Role, by: Actor, now: datetime
) -> Membership:
    """Give a person or machine a role at a body.

    :raises NotPermitted: unless ``by`` is an operator.

    and what ``granted`` raises.
    """
    require(by, Permission.MANAGE_ACCOUNTS, of=organisation_id)

    return granted(user_id=user_id, organisation_id=organisation_id, role=role, by=by, now=now)


@transaction.atomic
def granted(
    *, user_id: UUID, organisation_id: UUID, role: Role, by: Actor, now: datetime
) -> Membership:
    """Judge whether somebody may hold a role, give it, and record it; the caller has permitted it.

    :raises NotFound: when there is no such person or body.
    :raises RoleNotHere: when a body of this kind has no such role.
    :raises RolesConflict: when the person holds a role that excludes it.
    :raises BadInput: for a machine's role to a person, or a person's to a machine.
    :raises AlreadyDone: when they hold it.
    """
    # The person's row: two grants at once must see each other.
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    organisation = _organisation(organisation_id)
    if organisation.kind not in ORGANISATION_OF[role]:
        raise RoleNotHere(role=role.value, kind=organisation.kind)
    if user.machine != (role in MACHINES):
        text = _NOT_A_MACHINE if user.machine else _NOT_A_PERSON
        raise BadInput(faults=[Fault("role-not-for-this-account", text, pointer="/role")])
    _judge_conflicts(user, organisation, role, now)

    membership = Membership.objects.create(
        user=user, organisation=organisation, role=role, since=now
    )
    body = {"user": str(user_id), "organisation": str(organisation_id), "role": role.value}
    record(Verb.ROLE_GRANTED, tender=None, by=by, at=now, body={**body})
    return membership


def _judge_conflicts(user: User, organisation: Organisation, role: Role, now: datetime) -> None:
    held = user.memberships.filter(Q(until=None) | Q(until__gt=now))
    for membership in held:
        here = membership.organisation_id == organisation.pk
        if here and membership.role == role:
            raise AlreadyDone
        if found := conflict_between(role, Role(membership.role), same_organisation=here):
            raise RolesConflict(role=role.value, held=membership.role, why=found.why)


def _organisation(organisation_id: UUID, kind: OrganisationKind | None = None) -> Organisation:
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None or (kind and organisation.kind != kind):
        raise NotFound
    return organisation


def faults_of_account(address: str, password: str | None) -> list[Fault]:
    """Tell what keeps an address and a password from being those of an account."""
    return [*_faults_of_address(address), *_faults_of_password(password)]


def _faults_of_address(address: str) -> list[Fault]:
    try:
        validate_email(address)
    except ValidationError:
        return [Fault("not-an-address", _NO_ADDRESS, {"email": address[:100]}, "/email")]
    return []


def _faults_of_password(password: str | None) -> list[Fault]:
    try:
        if password is not None:
            validate_password(password)
    except ValidationError:
        return [Fault("weak-password", _WEAK, pointer="/password")]
    return []
