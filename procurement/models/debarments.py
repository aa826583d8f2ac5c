"""Who may not win public contracts, since when and until when, by whose decision.

An operator puts an entry forward, a supervisor confirms it. Every confirmed change gives the list
its next version, so whoever was looked up can be looked up again in the list as it stood then.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from procurement.lifecycle import StateField, edge
from procurement.models.people import Organisation, User
from procurement.roles import Permission
from procurement.texts import Text

if TYPE_CHECKING:
    from datetime import datetime

    from procurement.actors import Actor


class DebarmentState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"  # a supervisor moves next
    LISTED = "listed", "On the list"
    DECLINED = "declined", "Declined"  # it never came on the list
    LIFTING = "lifting", "Lifting proposed"  # on the list; a supervisor moves next
    LIFTED = "lifted", "Lifted"  # off the list, before its date


class DebarmentQuerySet(models.QuerySet["Debarment"]):
    def visible_to(self, by: Actor) -> DebarmentQuerySet:
        """Give what was ever on the list; what is only proposed, to those who keep it."""
        keeps = (Permission.KEEP_DEBARMENTS, Permission.CONFIRM_DEBARMENT)
        if any(by.has(permission, of=None) for permission in keeps):
            return self.all()
        return self.exclude(listed_version=None)


class Debarment(models.Model):
    """One body that is debarred, named by its identifier whether it is registered here or not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = StateField(default=DebarmentState.PROPOSED, choices=DebarmentState.choices)
    identifier_scheme = models.CharField(max_length=20)
    identifier = models.CharField(max_length=100)
    key = models.CharField(max_length=121, db_index=True)  # both, as they are compared
    name = models.CharField(max_length=300)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)  # null: until it is lifted
    source = models.CharField(max_length=1000)  # whose decision it is, and where it stands
    reason = models.TextField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    listed_version = models.IntegerField(null=True)  # of the list, from which on it stands there
    # From a proposal to lift it on
    lift_reason = models.TextField(blank=True)
    lift_proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    lift_proposed_at = models.DateTimeField(null=True)
    lift_decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    lift_decided_at = models.DateTimeField(null=True)
    lifted_version = models.IntegerField(null=True)

    objects = DebarmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="debarment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(reason=""), name="debarment_has_a_source_and_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("proposed_by")),
                name="debarment_is_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(lift_proposed_by=None, lift_proposed_at=None, lift_reason="")
                | Q(lift_proposed_by__isnull=False, lift_proposed_at__isnull=False)
                & ~Q(lift_reason=""),
                name="lifting_is_proposed_by_someone_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(lift_decided_by=None, lift_decided_at=None)
                | Q(lift_decided_by__isnull=False, lift_decided_at__isnull=False)
                & ~Q(lift_decided_by=F("lift_proposed_by")),
                name="lifting_is_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "declined"], listed_version=None)
                | Q(state__in=["listed", "lifting", "lifted"], listed_version__isnull=False),
                name="listed_debarment_has_a_version",
            ),
            models.CheckConstraint(
                condition=Q(state="lifted", lifted_version__gt=F("listed_version"))
                | ~Q(state="lifted") & Q(lifted_version=None),
                name="lifted_debarment_has_a_later_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"

    @edge(
        state,
        source=DebarmentState.PROPOSED,
        target=DebarmentState.LISTED,
        action=Text("confirm this debarment", "确认此项禁入"),
    )
    def enlist(self, *, at: datetime, by: uuid.UUID, version: int) -> None:
        """A supervisor confirms: from this version of the list on, it stands there."""
        self.decided_at, self.decided_by_id, self.listed_version = at, by, version

    @edge(
        state,
        source=DebarmentState.PROPOSED,
        target=DebarmentState.DECLINED,
        action=Text("decline this debarment", "否决此项禁入"),
    )
    def decline(self, *, at: datetime, by: uuid.UUID) -> None:
        """A supervisor does not agree; it never comes on the list."""
        self.decided_at, self.decided_by_id = at, by

    @edge(
        state,
        source=DebarmentState.LISTED,
        target=DebarmentState.LIFTING,
        action=Text("propose to lift this debarment", "提议解除此项禁入"),
    )
    def propose_lifting(self, *, at: datetime, by: uuid.UUID, reason: str) -> None:
        """An operator says why it should end before its date; until then it holds."""
        self.lift_proposed_at, self.lift_proposed_by_id, self.lift_reason = at, by, reason
        self.lift_decided_at = self.lift_decided_by = None

    @edge(
        state,
        source=DebarmentState.LIFTING,
        target=DebarmentState.LISTED,
        action=Text("keep this debarment", "维持此项禁入"),
    )
    def keep(self, *, at: datetime, by: uuid.UUID) -> None:
        """A supervisor does not agree; it stays on the list."""
        self.lift_decided_at, self.lift_decided_by_id = at, by

    @edge(
        state,
        source=DebarmentState.LIFTING,
        target=DebarmentState.LIFTED,
        action=Text("lift this debarment", "解除此项禁入"),
    )
    def lift(self, *, at: datetime, by: uuid.UUID, version: int) -> None:
        """A supervisor confirms: from this version of the list on, it does not stand there."""
        self.lift_decided_at, self.lift_decided_by_id, self.lifted_version = at, by, version


class DebarmentListVersion(models.Model):
    """One change of the list: an entry came on it, or went off it."""

    APPEND_ONLY_BUT: ClassVar = ()
    LISTED, LIFTED = "listed", "lifted"

    number = models.IntegerField(primary_key=True)  # 1, 2, 3 …; 0 is the empty list
    debarment = models.ForeignKey(Debarment, models.PROTECT, related_name="changes")
    change = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(change__in=["listed", "lifted"]), name="list_changes_in_two_ways"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.change}"


class CheckPurpose(models.TextChoices):
    SUBMISSION = "submission", "At the submission"
    AWARD = "award", "Before the award"


class DebarmentCheck(models.Model):
    """One body was looked up in the list: when, in which version, and what stood there."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    tender = models.UUIDField()
    bid = models.CharField(max_length=64, db_index=True)  # the digest of what it is about
    purpose = models.CharField(max_length=12, choices=CheckPurpose.choices)
    at = models.DateTimeField()
    list_version = models.IntegerField()
    found = models.BooleanField()
    object = models.CharField(max_length=64)  # digest of the restricted evidence, entries and all

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["tender", "at"], name="debarment_checks_of_tender")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in version {self.list_version}: {self.found}"
