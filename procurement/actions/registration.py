"""A supplier registers itself, confirms the address, and is verified by an operator.

There is no account and no body before the address is confirmed. allauth's own sign-up makes the
account first: the next sign-in would tell whether an address was taken, and a stranger could set
the password of an account that somebody else confirms. So the key out of the letter counts
together with the password that was given, and only from then on there is an account.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.db import transaction

from procurement.actions.accounts import (
    create_organisation,
    create_user,
    faults_of_account,
    granted,
)
from procurement.actors import Actor, require, system_actor
from procurement.journal.record import record
from procurement.models import Organisation, Registration, User, Verification
from procurement.outbox import announce
from procurement.queries import OperatorNeverBids, kinds_with
from procurement.refusals import AlreadyDone, BadInput, Conflict, Fault, NotFound, Refusal
from procurement.roles import OrganisationKind, Permission, Role
from procurement.texts import Text
from procurement.verbs import Verb

OPEN_FOR = timedelta(days=3)
MOST_LETTERS = 3  # to one address while its registrations are open: nobody is flooded through us
KEYS = signing.Signer(salt="procurement.registration")
FIRST_ROLES = (Role.SUPPLIER_ADMINISTRATOR, Role.SUPPLIER_SIGNER)

_REGISTERED = Text(
    "A supplier with this identifier is registered: ask its administrator to invite you",
    "该标识的供应商已登记，请联系其管理员邀请您加入",
)
_NO_EVIDENCE = Text("Say what was found, and where", "请说明核验所见及其来源")


class NotConfirmed(Refusal):
    code, status = "registration-not-confirmed", 409
    title = Text(
        "Key and password do not belong to an open registration",
        "密钥与密码不属于任何待确认的登记",
    )


@dataclass(frozen=True)
class NewSupplier:
    """What a supplier says of itself."""

    name_en: str
    name_zh: str
    identifier_scheme: str
    identifier: str
    country: str


@transaction.atomic
def register(
    *, supplier: NewSupplier, email: str, name: str, language: str, password: str, now: datetime
) -> None:
    """Take down what a stranger asks for, and write to the address; never say if it is known.

    :raises BadInput: for what is no address, and for a weak password.
    :raises Conflict: when a supplier with this identifier is registered, which is public.
    :raises OperatorNeverBids: for the body that runs the platform.
    """
    address = email.strip().lower()
    if found := faults_of_account(address, password):
        raise BadInput(faults=found)
    kinds = kinds_with(supplier.identifier_scheme, supplier.identifier)
    if OrganisationKind.SUPPLIER in kinds:
        raise Conflict(_REGISTERED)
    if OrganisationKind.OPERATOR in kinds:
        raise OperatorNeverBids

    hashed = make_password(password)  # before the question that must not be answered by the clock
    if user := User.objects.filter(email=address).first():
        announce(Verb.REGISTRATION_REPEATED, user.pk)
        return
    open_ones = Registration.objects.filter(
        email=address, confirmed_at=None, asked_at__gt=now - OPEN_FOR
    )
    if open_ones.count() < MOST_LETTERS:
        made = Registration.objects.create(
            **asdict(supplier), email=address, name=name, language=language, password=hashed,
            asked_at=now,
        )  # fmt: skip
        announce(Verb.REGISTRATION_ASKED, made.pk)


@transaction.atomic
def confirm(*, key: str, password: str, now: datetime) -> Organisation:
    """Make the account and the supplier, by the key out of the letter and the password given.

    :raises NotConfirmed: for a key that is none or too old, and for another password.
    :raises AlreadyDone: when it was confirmed.
    :raises Conflict: when the address or the identifier was taken meanwhile.
    """
    registration = _registration(key)

    if registration.confirmed_at is not None:
        raise AlreadyDone
    too_old = now - registration.asked_at >= OPEN_FOR
    if too_old or not check_password(password, registration.password):
        raise NotConfirmed

    platform = system_actor()  # confirming is what the stranger does; the platform makes the rest
    user = create_user(
        email=registration.email,
        name=registration.name,
        language=registration.language,
        password=password,
        by=platform,
        now=now,
    )
    body = create_organisation(
        kind=OrganisationKind.SUPPLIER,
        name_en=registration.name_en,
        name_zh=registration.name_zh,
        identifier_scheme=registration.identifier_scheme,
        identifier=registration.identifier,
        country=registration.country,
        verified=False,
        by=platform,
        now=now,
    )
    for role in FIRST_ROLES:
        granted(user_id=user.pk, organisation_id=body.pk, role=role, by=platform, now=now)
    registration.confirmed_at, registration.user, registration.password = now, user, ""
    registration.save()
    return body


@transaction.atomic
def verify(
    *, organisation_id: UUID, verified: bool, evidence: str, source: str, by: Actor, now: datetime
) -> Verification:
    """Say whether a body is what it says, keeping what was seen and where (Order 20, art. 14).

    :raises NotFound: when there is no such body.
    :raises NotPermitted: unless ``by`` is an operator.
    :raises BadInput: without evidence and its source.
    """
    organisation = Organisation.objects.select_for_update().filter(pk=organisation_id).first()
    require(by, Permission.MANAGE_ACCOUNTS, of=organisation_id)

    if organisation is None:
        raise NotFound
    if not (evidence.strip() and source.strip()):
        raise BadInput(faults=[Fault("no-evidence", _NO_EVIDENCE, pointer="/evidence")])

    organisation.verified_at = now if verified else None
    organisation.save()
    made = Verification.objects.create(
        organisation=organisation,
        verified=verified,
        evidence=evidence,
        source=source,
        by_id=by.recorded_as,
        at=now,
    )
    verb = Verb.ORGANISATION_VERIFIED if verified else Verb.VERIFICATION_TAKEN_BACK
    body = {"organisation": str(organisation_id), "verification": str(made.pk)}
    record(verb, tender=None, by=by, at=now, body={**body})
    return made


def due(*, now: datetime) -> int:
    """Forget what was never confirmed: nobody has business with it. Give how many."""
    old = Registration.objects.filter(confirmed_at=None, asked_at__lte=now - OPEN_FOR)
    forgotten, _ = old.delete()
    return forgotten


def _registration(key: str) -> Registration:
    try:
        found = Registration.objects.select_for_update().filter(pk=UUID(KEYS.unsign(key))).first()
    except (signing.BadSignature, ValueError):
        raise NotConfirmed from None
    if found is None:
        raise NotConfirmed
    return found
