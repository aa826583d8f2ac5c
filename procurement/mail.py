"""Mail: written down with its reason, sent a moment later, at least once.

``queue`` writes a letter in the language of whoever it is for; the same reason, person and kind
give the same letter, with the same Message-ID, so that a repeat is recognised everywhere.
``due`` sends. A mail server that is away stops nothing but mail.
"""

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from procurement.letter import Letter
from procurement.models import Mail, OutboxMessage, User
from procurement.refusals import Fact
from procurement.texts import Text, say

LEASE = timedelta(minutes=5)  # a sender that takes longer may be doubled; the Message-ID tells
LONGEST_WAIT = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=3)  # RFC 5321, 4.5.4.1: four to five days; ours is news by then
A_PASS = 200  # letters
LONGEST_ERROR = 2000  # characters kept
LONGEST_SUBJECT = 200  # characters; a title may have 500

OF_ONE_LETTER = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError, ValueError)

_log = logging.getLogger(__name__)


def queue(
    *,
    message: OutboxMessage | None,
    to: User,
    kind: str,
    subject: Text,
    body: Text,
    facts: Mapping[str, Fact],
    tender: UUID | None = None,
    critical: bool = False,
    confidential: bool = False,
    unsubscribe: str = "",
    key: str = "",
    now: datetime,
) -> Mail | None:
    """Write a letter to one person; None for a machine, or somebody whose account has ended.

    Without a ``message``, ``key`` names the reason; without either every call is another letter.
    ``critical`` letters are asked about when nobody was reached; ``confidential`` ones carry a
    secret, and their text is forgotten once they are out.
    """
    source = str(message.pk) if message else key or str(uuid4())
    letter = Letter(kind, (), subject, body, critical)
    about = _About(source, facts, tender, now, confidential, unsubscribe)
    Mail.objects.bulk_create(_rows(letter, [to], about), ignore_conflicts=True)
    return Mail.objects.filter(source=source, to=to, kind=kind).first()


def write_to_each(
    letter: Letter,
    people: Iterable[User],
    *,
    source: str,
    facts: Mapping[str, Fact],
    tender: UUID,
    now: datetime,
) -> None:
    """Write the same letter to each of some people, everybody alone; ``source`` is the reason.

    Who has it already, for the same reason, gets no second one.
    """
    about = _About(source, facts, tender, now)
    Mail.objects.bulk_create(_rows(letter, people, about), ignore_conflicts=True)


@dataclass(frozen=True)
class _About:
    """Why letters are written, and what they are about."""

    source: str
    facts: Mapping[str, Fact]
    tender: UUID | None
    now: datetime
    confidential: bool = False
    unsubscribe: str = ""


def _rows(letter: Letter, people: Iterable[User], about: _About) -> list[Mail]:
    """Set a letter in every reader's language; machines and people who left get none."""
    return [
        Mail(
            source=about.source,
            kind=letter.kind,
            to=to,
            tender=about.tender,
            message_id=message_id(about.source, to.pk, letter.kind),
            subject=_one_line(say(letter.subject, about.facts, to.language)),
            body=say(letter.body, about.facts, to.language),
            critical=letter.critical,
            confidential=about.confidential,
            unsubscribe=about.unsubscribe,
            queued_at=about.now,
            due_at=about.now,
        )
        for to in people
        if to.is_active and not to.machine
    ]


def message_id(source: str, user: UUID, kind: str) -> str:
    """Give the Message-ID of a letter: the same for the same reason, person and kind.

    It is keyed, so that nobody who guesses a reason and a person can tell whether this is theirs.
    """
    found = salted_hmac("procurement.mail", f"{source}\n{user}\n{kind}", algorithm="sha256")
    return f"<{found.hexdigest()[:40]}@{settings.LOG_ORIGIN.partition('/')[0]}>"


def due(*, now: datetime) -> int:
    """Send what waits, the oldest first. Give how many letters went out.

    What is wrong with one letter stops no other; a mail server that is away ends the pass.
    """
    sent, connection = 0, get_connection()
    try:
        for _ in range(A_PASS):
            if (mail := _claimed(now)) is None:
                break
            if (error := _failed(mail, connection, now)) is None:
                sent += 1
            elif not isinstance(error, OF_ONE_LETTER):
                break
    finally:
        with suppress(OSError):
            connection.close()
    return sent


def _claimed(now: datetime) -> Mail | None:
    """Take the oldest due letter for as long as ``LEASE``; two senders never take the same."""
    with transaction.atomic():
        mail = (
            Mail.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("to")
            .filter(due_at__lte=now, sent_at=None, given_up_at=None)
            .order_by("due_at", "pk")
            .first()
        )
        if mail:
            Mail.objects.filter(pk=mail.pk).update(due_at=now + LEASE, attempts=F("attempts") + 1)
            mail.attempts += 1
    return mail


def _failed(mail: Mail, connection: BaseEmailBackend, now: datetime) -> Exception | None:
    """Send a letter and write down that it is out, or why not and when it is tried again."""
    letter = _letter(mail)
    letter.connection = connection
    try:
        connection.open()  # once: later calls find it open
        letter.send()
    except (OSError, ValueError) as error:
        _log.warning("A letter could not be sent: %s", type(error).__name__)
        _put_off(mail, error, now)
        return error
    Mail.objects.filter(pk=mail.pk).update(
        sent_at=now,
        sent_to=mail.to.email,
        sha256=sha256(letter.message().as_bytes()).hexdigest(),
        body="" if mail.confidential else mail.body,
        last_error="",
    )
    return None


def _put_off(mail: Mail, error: Exception, now: datetime) -> None:
    wait = min(timedelta(seconds=2**mail.attempts), LONGEST_WAIT)
    over = now - mail.queued_at > GIVEN_UP_AFTER
    Mail.objects.filter(pk=mail.pk).update(
        due_at=now + wait,
        given_up_at=now if over else None,
        last_error=repr(error)[:LONGEST_ERROR],
    )


def _letter(mail: Mail) -> EmailMessage:
    """Write a letter as it goes out: to one person, plain text, never answered by a machine."""
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}  # RFC 3834
    if mail.unsubscribe:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return EmailMessage(subject=mail.subject, body=mail.body, to=[mail.to.email], headers=headers)


def _one_line(subject: str) -> str:
    found = " ".join(subject.split())
    return found if len(found) <= LONGEST_SUBJECT else found[: LONGEST_SUBJECT - 1] + "…"
