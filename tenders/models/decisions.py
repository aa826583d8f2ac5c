"""What people decided about a tender: approvals, and orders that hold it up."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from procurement.models import User
from tenders.models.tender import Tender


class ApprovalKind(models.TextChoices):
    LEGAL = "legal", "Legal"
    FINANCE = "finance", "Finance"


class Approval(models.Model):
    """One judgement on one revision of a draft; an edit makes another revision."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="approvals")
    kind = models.CharField(max_length=10, choices=ApprovalKind.choices)
    revision = models.IntegerField()
    approved = models.BooleanField()  # False: sent back, with a comment
    comment = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender", "kind", "revision"], name="revision_is_judged_once_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(approved=True) | ~Q(comment=""),
                name="draft_is_sent_back_with_a_comment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, revision {self.revision}"


class Suspension(models.Model):
    """A supervisor's order that holds the tender up until it ends or is lifted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="suspensions")
    order = models.CharField(max_length=64, unique=True)  # digest of the signed order
    cause = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    lifted_by_order = models.CharField(max_length=64, blank=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender"],
                condition=Q(lifted_at=None),
                name="tender_is_suspended_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by_order="")
                | Q(lifted_at__isnull=False) & ~Q(lifted_by_order=""),
                name="suspension_is_lifted_by_an_order",
            ),
        ]

    def __str__(self) -> str:
        return self.cause
