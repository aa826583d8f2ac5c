"""Certificates and mandates that end soon: who has them hears of it at 30, 7 and 1 days."""

from datetime import datetime, timedelta

from django.db import transaction

from procurement.actors import system_actor
from procurement.journal.record import record
from procurement.models import (
    EnrolledCertificate,
    ExpiryWarning,
    SigningMandate,
    SigningMandateWarning,
)
from procurement.outbox import announce
from procurement.queries_mandates import standing
from procurement.verbs import Verb

WARNED_AT = (1, 7, 30)  # days before the end, the most urgent first


def due(*, now: datetime) -> int:
    """Warn of what expires; a warning that came too late is skipped. Give how many were told."""
    told = [_warned(one, days, now) for days in WARNED_AT for one in _expiring(days, now)]
    told += [_mandate_warned(one, days, now) for days in WARNED_AT for one in _ending(days, now)]
    return sum(told)


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


def _ending(days: int, now: datetime) -> list[SigningMandate]:
    soon = standing(now).filter(valid_until__lte=now + timedelta(days=days))
    return list(soon.exclude(warnings__days__lte=days))


@transaction.atomic
def _mandate_warned(mandate: SigningMandate, days: int, now: datetime) -> int:
    _, new = SigningMandateWarning.objects.get_or_create(
        mandate=mandate, days=days, defaults={"at": now}
    )
    if new:
        verb = Verb.SIGNING_MANDATE_EXPIRES
        body = {"organisation": str(mandate.organisation_id), "number": mandate.number}
        record(verb, tender=None, by=system_actor(), at=now, body={**body, "days": days})
        announce(verb, mandate.pk, days=days)
    return int(new)
