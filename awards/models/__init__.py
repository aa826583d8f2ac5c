"""The nouns of awarding: whether a bid counts, and who gets the lot."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from bidding.models import Bid
from procurement.lifecycle import StateField, edge
from procurement.models import User
from procurement.texts import Text
from tenders.models import Lot

if TYPE_CHECKING:
    from datetime import datetime


class AdmissibilityState(models.TextChoices):
    JUDGED = "judged", "Judged"  # the decider moves next
    CONFIRMED = "confirmed", "Confirmed"  # it stands
    DECLINED = "declined", "Declined"  # the proposer judges anew


class Admissibility(models.Model):
    """Whether a bid with a document that failed counts: proposed by one person, with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="admissibilities")
    state = StateField(default=AdmissibilityState.JUDGED, choices=AdmissibilityState.choices)
    counts = models.BooleanField()
    reason = models.TextField()
    object = models.CharField(max_length=64)  # digest of the judgement
    judged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bid"],
                condition=Q(state__in=["judged", "confirmed"]),
                name="bid_has_one_standing_judgement",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="judgement_has_a_reason"),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=models.F("judged_by")),
                name="judgement_is_decided_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{'counts' if self.counts else 'does not count'} ({self.state})"

    @edge(
        state,
        source=AdmissibilityState.JUDGED,
        target=AdmissibilityState.CONFIRMED,
        action=Text("confirm this judgement", "确认此判断"),
    )
    def confirm(self, *, at: datetime, by: uuid.UUID, reason: str) -> None:
        """A second person agrees: the bid counts, or does not, from now on."""
        self.decided_at, self.decided_by_id, self.decision_reason = at, by, reason

    @edge(
        state,
        source=AdmissibilityState.JUDGED,
        target=AdmissibilityState.DECLINED,
        action=Text("decline this judgement", "否决此判断"),
    )
    def decline(self, *, at: datetime, by: uuid.UUID, reason: str) -> None:
        """A second person disagrees; the proposer judges anew."""
        self.decided_at, self.decided_by_id, self.decision_reason = at, by, reason

    @edge(
        state,
        source=AdmissibilityState.CONFIRMED,
        target=AdmissibilityState.DECLINED,
        action=Text("judge anew", "重新判断"),
    )
    def reopen(self) -> None:
        """Something was found about the bidder that nobody knew then; the proposer judges anew."""


class AwardState(models.TextChoices):
    PENDING = "pending", "Pending"  # the proposer moves next
    PROPOSED = "proposed", "Proposed"  # the decider moves next
    AWARDED = "awarded", "Awarded"  # decided
    UNSUCCESSFUL = "unsuccessful", "Unsuccessful"  # no bid for this lot counts


class LotAward(models.Model):
    """Who gets one lot: proposed by one person, decided by another."""

    lot = models.OneToOneField(Lot, models.PROTECT, primary_key=True, related_name="award")
    state = StateField(default=AwardState.PENDING, choices=AwardState.choices)
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="awards", null=True)
    reason = models.TextField(blank=True)
    ranking = models.CharField(max_length=64, blank=True)  # digest of the ranking it rests on
    proposal = models.CharField(max_length=64, blank=True)  # digest
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    proposed_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=64, blank=True)  # digest, of a declining one too
    decision_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
                name="award_is_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None, proposed_at=None, proposal="", reason="")
                | Q(proposed_by__isnull=False, proposed_at__isnull=False)
                & ~Q(proposal="")
                & ~Q(reason=""),
                name="award_is_proposed_by_someone_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="award_decision_has_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state="awarded") | Q(bid__isnull=False),
                name="awarded_lot_names_a_bid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.state}"

    @edge(
        state,
        source=AwardState.PENDING,
        target=AwardState.PROPOSED,
        action=Text("propose an award", "提议定标"),
    )
    def propose(self, *, at: datetime, by: uuid.UUID, proposal: str) -> None:
        """One person names the winner, or says that no bid counts, with a reason."""
        self.proposed_at, self.proposed_by_id, self.proposal = at, by, proposal

    @edge(
        state,
        source=AwardState.PROPOSED,
        target=AwardState.PENDING,
        action=Text("decline the proposal", "否决提议"),
    )
    def decline(self) -> None:
        """Another person disagrees; the proposer proposes anew."""
        self.bid, self.reason, self.ranking = None, "", ""
        self.proposal, self.proposed_by, self.proposed_at = "", None, None

    @edge(
        state,
        source=AwardState.PROPOSED,
        target=AwardState.AWARDED,
        action=Text("decide the award", "决定中标"),
    )
    def award(self, *, at: datetime, by: uuid.UUID) -> None:
        """Another person agrees: the lot is awarded."""
        self.decided_at, self.decided_by_id = at, by

    @edge(
        state,
        source=AwardState.PROPOSED,
        target=AwardState.UNSUCCESSFUL,
        action=Text("end this lot without an award", "本标段流标"),
    )
    def fail(self, *, at: datetime, by: uuid.UUID) -> None:
        """Another person agrees that no bid for this lot counts."""
        self.decided_at, self.decided_by_id = at, by
