"""What organisations have enrolled: note keys for machines to check, certificates for PDFs."""

import uuid
from typing import ClassVar

from django.db import models

from procurement.models.fields import BytesField
from procurement.models.people import Organisation, User


class NoteKey(models.Model):
    """A body's standing key: what the body decides, it signs with this (signed-note, Ed25519)."""

    STANDING = "standing"
    TIMEKEEPER = "timekeeper"  # of the machine that the body runs, not of the body
    PURPOSES = (STANDING, TIMEKEEPER)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="note_keys")
    purpose = models.CharField(max_length=20, default=STANDING)
    vkey = models.CharField(max_length=300, unique=True)
    enrolled_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "purpose"],
                condition=models.Q(retired_at=None),
                name="organisation_has_one_standing_key",
            ),
        ]

    def __str__(self) -> str:
        return self.vkey


class EnrolledCertificate(models.Model):
    """A certificate that is its organisation's: it has signed with it, or an operator vouches."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="certificates")
    sha256 = models.CharField(max_length=64)
    der = BytesField()
    subject = models.CharField(max_length=1000)  # RFC 4514
    not_after = models.DateTimeField()
    enrolled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    enrolled_at = models.DateTimeField()
    proof = models.CharField(max_length=64, blank=True)  # SHA-256 of the challenge it has signed
    evidence = models.TextField(blank=True)  # what an operator saw instead

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(proof="") ^ models.Q(evidence=""),
                name="certificate_is_proven_or_vouched_for",
            ),
            models.UniqueConstraint(
                fields=["organisation", "sha256"], name="certificate_is_enrolled_once"
            ),
        ]

    def __str__(self) -> str:
        return self.subject
