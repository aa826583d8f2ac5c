"""What a supervisor asks an agency for, by a signed order, and what the agency replies."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from procurement.models import Organisation, User
from tenders.models.tender import Tender

if TYPE_CHECKING:
    from procurement.actors import Actor


class DemandQuerySet(models.QuerySet["Demand"]):
    def visible_to(self, by: Actor) -> DemandQuerySet:
        """Give demands to the agency, and to those who oversee it."""
        return self.filter(tender__agency__in=by.organisations() | by.jurisdiction)


class Demand(models.Model):
    """A supervisor's order to produce something until an instant."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="demands")
    order = models.CharField(max_length=64, unique=True)  # digest of the signed order
    supervisor = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    cause = models.TextField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()

    objects = DemandQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(due_at__gt=F("made_at")), name="demand_leaves_time_to_reply"
            ),
        ]

    def __str__(self) -> str:
        return self.cause


class Reply(models.Model):
    """What the agency replies to a demand, once."""

    APPEND_ONLY_BUT: ClassVar = ()

    demand = models.OneToOneField(Demand, models.PROTECT, primary_key=True, related_name="reply")
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="reply_says_something"),
        ]

    def __str__(self) -> str:
        return self.text[:80]
