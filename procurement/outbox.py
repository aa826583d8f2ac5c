"""The outbox: announced inside a transaction, told after it, at least once.

Every handler in ``settings.OUTBOX_HANDLERS`` gets every message and passes over those that are
not for it. A handler may see a message again after a crash, and recognises it by ``message.id``.
One that fails is asked again later; those that have finished are not.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from procurement.dotted import found
from procurement.models.outbox import OutboxMessage

LEASE = timedelta(minutes=5)  # a handler that takes longer may be asked a second time
LONGEST_WAIT = timedelta(hours=1)
LONGEST_ERROR = 2000  # characters kept

Primitive = str | int | bool | None
Handler = Callable[..., None]  # (message: OutboxMessage, *, now: datetime)

_log = logging.getLogger(__name__)


def announce(verb: StrEnum, subject_id: UUID, **primitives: Primitive) -> None:
    """Put a message in the outbox; it leaves when the transaction commits."""
    OutboxMessage.objects.create(verb=verb.value, subject=subject_id, payload=primitives)


def deliver(now: datetime) -> int:
    """Tell handlers whatever is due, oldest first. Give how many messages are through."""
    through, asked = 0, set[UUID]()
    while message := _claimed(now, asked):
        asked.add(message.pk)
        through += _told(message, now)
    return through


def _claimed(now: datetime, asked: set[UUID]) -> OutboxMessage | None:
    """Take the oldest due message for as long as ``LEASE``; two runners never take the same."""
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(Q(due_at=None) | Q(due_at__lte=now), delivered_at=None)
            .exclude(pk__in=asked)
            .order_by("announced_at", "pk")
            .first()
        )
        if message:
            OutboxMessage.objects.filter(pk=message.pk).update(
                due_at=now + LEASE, attempts=F("attempts") + 1
            )
            message.attempts += 1
    return message


def _told(message: OutboxMessage, now: datetime) -> bool:
    """Ask every handler that has not finished yet; tell whether all have now."""
    errors = []
    for name in settings.OUTBOX_HANDLERS:
        if name not in message.done_by:
            handler: Handler = found([name])[0]
            try:
                handler(message, now=now)
            except Exception as error:  # noqa: BLE001 - whatever one does, the others are told
                _log.warning("%s has failed with %s", name, message.verb, exc_info=True)
                errors.append(f"{name}: {error!r}")
            else:
                message.done_by.append(name)
    wait = min(timedelta(seconds=2**message.attempts), LONGEST_WAIT)
    OutboxMessage.objects.filter(pk=message.pk).update(
        done_by=message.done_by,
        last_error="\n".join(errors)[:LONGEST_ERROR],
        due_at=now + wait,
        delivered_at=None if errors else now,
    )
    return not errors
