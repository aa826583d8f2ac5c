"""Mandates: an organisation lets a certificate that does not name it sign in its name."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from procurement.models.fields import BytesField
from procurement.models.people import Organisation, User


class SigningMandate(models.Model):
    """A mandate as it was asked for; it counts from when its signed paper was recorded.

    Half-open: ``valid_from <= t < valid_until``, and ``recorded_at <= t < revoked_at``.
    """

    APPEND_ONLY_BUT: ClassVar = (
        "recorded_at",
        "recorded_by",
        "paper_sha256",
        "object_name",
        "object_version",
        "revoked_at",
        "revoked_by",
        "revoked_for",
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="signing_mandates")
    number = models.CharField(max_length=40, unique=True)
    certificate_sha256 = models.CharField(max_length=64)
    der = BytesField()
    holder = models.CharField(max_length=500)  # the subject, RFC 4514
    scope = models.CharField(max_length=10)  # as ``proof.suppliers.Scope`` names it
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    paper_sha256 = models.CharField(max_length=64, null=True)
    object_name = models.CharField(max_length=200, null=True)  # in the bucket ``documents``
    object_version = models.CharField(max_length=200, null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_for = models.TextField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_from__gte=F("asked_at"), valid_until__gt=F("valid_from")),
                name="signing_mandate_is_not_backdated",
            ),
            models.CheckConstraint(
                condition=Q(
                    recorded_at=None,
                    recorded_by=None,
                    paper_sha256=None,
                    object_name=None,
                    object_version=None,
                )
                | Q(
                    recorded_at__isnull=False,
                    recorded_by__isnull=False,
                    paper_sha256__isnull=False,
                    object_name__isnull=False,
                    object_version__isnull=False,
                ),
                name="recorded_signing_mandate_has_its_paper",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None, revoked_for=None)
                | Q(
                    recorded_at__isnull=False,
                    revoked_at__isnull=False,
                    revoked_by__isnull=False,
                    revoked_for__isnull=False,
                ),
                name="revoked_signing_mandate_was_recorded",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SigningMandateWarning(models.Model):
    """A body was told so many days ahead that a mandate ends."""

    APPEND_ONLY_BUT: ClassVar = ()

    mandate = models.ForeignKey(SigningMandate, models.PROTECT, related_name="warnings")
    days = models.IntegerField()  # before the mandate's end
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mandate", "days"], name="mandate_end_is_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.mandate}: {self.days} days"
