"""Letters about people's own affairs: registration, invitations, passwords, certificates.

A key that lets somebody in stands in the letter alone: it is made when the letter is written, and
the outbox and the journal never know it. Who has no account yet is written to by address.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage

from procurement.actions import invitations, registration
from procurement.mail import message_id, queue
from procurement.models import (
    EnrolledCertificate,
    Invitation,
    OutboxMessage,
    Registration,
    SigningMandate,
    User,
)
from procurement.recipients import holding
from procurement.refusals import Fact
from procurement.roles import Role
from procurement.rules.letters_to_people import (
    ADDRESS,
    EXPIRES,
    FORGOTTEN,
    INVITED,
    MANDATE_ENDS,
    REGISTERED,
    REPEATED,
    Words,
)
from procurement.texts import Text, say
from procurement.verbs import Verb


def handle(message: OutboxMessage, *, now: datetime) -> None:
    """Write the letter that something asks for; a second time it is the same letter."""
    if write := LETTERS.get(message.verb):
        write(message, now)


def _registered(message: OutboxMessage, now: datetime) -> None:  # noqa: ARG001 - as all here
    asked = Registration.objects.filter(pk=message.subject, confirmed_at=None).first()
    if asked is not None:
        facts = {"body": asked.name_en, "key": registration.KEYS.sign(str(asked.pk))}
        _to_address(message, asked.email, asked.language, REGISTERED, facts)


def _repeated(message: OutboxMessage, now: datetime) -> None:
    user = User.objects.get(pk=message.subject)
    _to_user(None, user, REPEATED, {}, now, key=f"{REPEATED.kind}/{now:%Y-%m-%d}")


def _invited(message: OutboxMessage, now: datetime) -> None:  # noqa: ARG001 - as all here
    made = Invitation.objects.select_related("organisation").get(pk=message.subject)
    if made.withdrawn_at is None and made.accepted_at is None:
        body = made.organisation
        facts: dict[str, Fact] = {
            "body": Text(body.name_en, body.name_zh or body.name_en),
            "roles": ", ".join(made.roles),
            "key": invitations.KEYS.sign(str(made.pk)),
        }
        _to_address(message, made.email, made.language, INVITED, facts)


def _forgotten(message: OutboxMessage, now: datetime) -> None:
    user = User.objects.get(pk=message.subject)
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    _to_user(message, user, FORGOTTEN, {"key": key}, now)


def _address(message: OutboxMessage, now: datetime) -> None:  # noqa: ARG001 - as all here
    added = EmailAddress.objects.filter(pk=message.payload["address"], verified=False).first()
    if added is not None:
        facts = {"key": EmailConfirmationHMAC(added).key}
        _to_address(message, added.email, added.user.language, ADDRESS, facts)


def _expires(message: OutboxMessage, now: datetime) -> None:
    found = EnrolledCertificate.objects.get(pk=message.subject)
    facts: dict[str, Fact] = {
        "subject": found.subject,
        "days": int(message.payload["days"]),
        "not_after": f"{found.not_after:%Y-%m-%d %H:%M} UTC",
    }
    for user in holding(Role.SUPPLIER_ADMINISTRATOR, [found.organisation_id], now):
        _to_user(message, user, EXPIRES, facts, now)


def _mandate_ends(message: OutboxMessage, now: datetime) -> None:
    found = SigningMandate.objects.get(pk=message.subject)
    facts: dict[str, Fact] = {
        "number": found.number,
        "holder": found.holder,
        "days": int(message.payload["days"]),
        "valid_until": f"{found.valid_until:%Y-%m-%d %H:%M} UTC",
    }
    for user in holding(Role.SUPPLIER_ADMINISTRATOR, [found.organisation_id], now):
        _to_user(message, user, MANDATE_ENDS, facts, now)


def _to_user(
    message: OutboxMessage | None,
    user: User,
    words: Words,
    facts: Mapping[str, Fact],
    now: datetime,
    *,
    key: str = "",
) -> None:
    queue(
        message=message,
        to=user,
        kind=words.kind,
        subject=words.subject,
        body=words.body,
        facts={**facts, "site": settings.SITE},
        confidential="key" in facts,
        key=key,
        now=now,
    )


def _to_address(
    message: OutboxMessage, address: str, language: str, words: Words, facts: Mapping[str, Fact]
) -> None:
    """Send at once, and keep nothing; while the mail server is away, the outbox tries again."""
    said = {**facts, "site": settings.SITE}
    EmailMessage(
        say(words.subject, said, language),
        say(words.body, said, language),
        to=[address],
        headers={"Message-ID": message_id(str(message.pk), UUID(int=0), words.kind)},
    ).send()


LETTERS: dict[str, Callable[[OutboxMessage, datetime], None]] = {
    Verb.REGISTRATION_ASKED.value: _registered,
    Verb.REGISTRATION_REPEATED.value: _repeated,
    Verb.INVITATION_MADE.value: _invited,
    Verb.PASSWORD_FORGOTTEN.value: _forgotten,
    Verb.ADDRESS_ADDED.value: _address,
    Verb.CERTIFICATE_EXPIRES.value: _expires,
    Verb.SIGNING_MANDATE_EXPIRES.value: _mandate_ends,
}
