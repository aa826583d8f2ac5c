"""Certificates that expire soon: their body hears of it at 30, 7 and 1 days, once each."""

from datetime import datetime, timedelta

from django.db import transaction

from procurement.actors import system_actor
from procurement.journal.record import record
from procurement.models import EnrolledCertificate, ExpiryWarning
from procurement.outbox import announce
from procurement.verbs import Verb

WARNED_AT = (1, 7, 30)  # days before the end, the most urgent first


def due(*, now: datetime) -> int:
    """Warn of what expires; a warning that came too late is skipped. Give how many were told."""
    return sum(_warned(certificate, days, now) for days in WARNED_AT for certificate in
               _expiring(days, now))  # fmt: skip


def _expiring(days: int, now: datetime) -> list[EnrolledCertificate]:
    soon = EnrolledCertificate.objects.filter(
        not_after__gt=now, not_after__lte=now + timedelta(days=days)
    )
    return list(soon.exclude(warnings__days__lte=days))


@transaction.atomic
def _warned(certificate: EnrolledCertificate, days: int, now: datetime) -> int:
    _, new = ExpiryWarning.objects.get_or_create(
        certificate=certificate, days=days, defaults={"at": now}
    )
    if new:
        body = {"organisation": str(certificate.organisation_id), "sha256": certificate.sha256}
        record(
            Verb.CERTIFICATE_EXPIRES, tender=None, by=system_actor(), at=now,
            body={**body, "days": days},
        )  # fmt: skip
        announce(Verb.CERTIFICATE_EXPIRES, certificate.pk, days=days)
    return int(new)
