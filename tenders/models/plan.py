"""What an agency means to buy, and for how much."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from procurement.lifecycle import StateField, edge
from procurement.models import Organisation, User
from procurement.money import Money
from procurement.texts import Text

if TYPE_CHECKING:
    from procurement.actors import Actor


class PlanState(models.TextChoices):
    PLANNED = "planned", "Planned"  # an officer of the agency moves next
    TENDERED = "tendered", "Tendered"  # its tender moves
    WITHDRAWN = "withdrawn", "Withdrawn"  # nobody moves any more


class PlanLineQuerySet(models.QuerySet["PlanLine"]):
    def visible_to(self, by: Actor) -> PlanLineQuerySet:
        """Give an agency's own people its lines, and a supervisor those of the jurisdiction."""
        return self.filter(agency__in=by.organisations() | by.jurisdiction)


class PlanLine(models.Model):
    """An intended purchase with its budget. A tender begins from one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Organisation, models.PROTECT, related_name="plan_lines")
    state = StateField(default=PlanState.PLANNED, choices=PlanState.choices)
    title_en = models.CharField(max_length=500)
    title_zh = models.CharField(max_length=500, blank=True)
    budget_amount = models.DecimalField(max_digits=24, decimal_places=4)
    budget_currency = models.CharField(max_length=3)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)  # to all, as a prior notice

    objects = PlanLineQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(budget_amount__gt=0), name="plan_line_has_a_budget_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return self.title_en

    @property
    def budget(self) -> Money:
        """The money set aside."""
        return Money(self.budget_amount, self.budget_currency)

    @edge(
        state,
        source=PlanState.PLANNED,
        target=PlanState.TENDERED,
        action=Text("draft a tender from this plan line", "据此计划起草招标"),
    )
    def tender(self) -> None:
        """A tender is drafted for this purchase; one line has one tender at a time."""

    @edge(
        state,
        source=PlanState.TENDERED,
        target=PlanState.PLANNED,
        action=Text("free this plan line", "释放此计划"),
    )
    def free(self) -> None:
        """The tender was cancelled or failed; the need may still be there."""

    @edge(
        state,
        source=PlanState.PLANNED,
        target=PlanState.WITHDRAWN,
        action=Text("withdraw this plan line", "撤回此计划"),
    )
    def withdraw(self) -> None:
        """The agency no longer means to buy this."""
