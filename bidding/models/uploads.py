"""A sealed envelope on its way into the vault, part by part."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from procurement.lifecycle import StateField, edge
from procurement.models import Organisation, User
from procurement.texts import Text
from tenders.models import Tender

if TYPE_CHECKING:
    from datetime import datetime

    from procurement.actors import Actor


class UploadState(models.TextChoices):
    UPLOADING = "uploading", "Uploading"  # the supplier moves next
    COMPLETE = "complete", "Uploaded, not submitted"  # the supplier signs and submits


class EnvelopeQuerySet(models.QuerySet["Envelope"]):
    def visible_to(self, by: Actor) -> EnvelopeQuerySet:
        """Give a supplier its own, and nobody else any."""
        return self.filter(supplier__in=by.organisations())


class Envelope(models.Model):
    """One sealed envelope of one supplier; uploaded is not submitted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="+")
    lot = models.CharField(max_length=64)
    name = models.CharField(max_length=64)  # "offer"
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    state = StateField(default=UploadState.UPLOADING, choices=UploadState.choices)
    manifest = models.CharField(max_length=64)  # digest of the restricted object
    notice = models.CharField(max_length=64)  # digest of the one in force when it was begun
    length = models.BigIntegerField()  # of the payload, bytes
    prefix = models.CharField(max_length=32, unique=True)  # sealed/<prefix>/<part>, 128 random bits
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)  # after the close: what no bid needs is gone

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["supplier", "manifest"], name="envelope_is_uploaded_once"
            ),
            models.CheckConstraint(
                condition=Q(state="uploading", completed_at=None)
                | Q(state="complete", completed_at__isnull=False),
                name="complete_envelope_has_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot} {self.name}"

    @edge(
        state,
        source=UploadState.UPLOADING,
        target=UploadState.COMPLETE,
        action=Text("complete the upload", "完成上传"),
    )
    def complete(self, *, at: datetime) -> None:
        """Every part was read back, is as the manifest says, and is held."""
        self.completed_at = at


class Part(models.Model):
    """One stored part: ``payload-00000`` …, ``share-1.age`` …, ``p.age``, ``e.age``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="parts")
    name = models.CharField(max_length=40)
    length = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    object_version = models.CharField(max_length=200)
    stored_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["envelope", "name"], name="part_is_stored_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def object_name(self) -> str:
        """Where it lies in the vault's bucket ``sealed``; the vault's names have no dots."""
        return f"{self.envelope.prefix}/{self.name.replace('.', '-')}"
