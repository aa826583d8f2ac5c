"""The panel: who must act together to open, their keys, and the proof that these work."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from procurement.models import Organisation, User
from procurement.models.fields import BytesField
from tenders.models.changes import Change, ChangeState
from tenders.models.tender import Tender


class InForce(models.Manager[Any]):
    """What is in force: of the first panel or of a published amendment, and not replaced."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Leave out what an amendment only proposes, and what one has replaced."""
        published = Change.objects.filter(state=ChangeState.IN_FORCE)
        seen = Q(amendment=None) | Q(amendment__in=published)
        return super().get_queryset().filter(seen, replaced_at=None)


class Everything(models.Manager[Any]):
    """Also what is proposed and what was replaced."""


class Panel(models.Model):
    """k of n openers, a timekeeper, two escrow holders; and the keyset, when it is drawn up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="panels")
    amendment = models.ForeignKey(  # null: the first
        Change, models.PROTECT, related_name="panels", null=True
    )
    replaced_at = models.DateTimeField(null=True)  # by the panel of a later amendment
    k = models.IntegerField()
    n = models.IntegerField()
    keyset = models.CharField(max_length=64, blank=True)  # digest of the object
    drawn_up_at = models.DateTimeField(null=True)
    appointed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Panel]] = InForce()
    everything: ClassVar[models.Manager[Panel]] = Everything()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender", "amendment"],
                nulls_distinct=False,
                name="panel_is_appointed_once",
            ),
            models.CheckConstraint(
                condition=Q(k__gte=2, n__gte=3, n__lte=15) & Q(k__lt=models.F("n")),
                name="panel_has_a_quorum_and_a_spare",
            ),
            models.CheckConstraint(
                condition=Q(keyset="", drawn_up_at=None)
                | ~Q(keyset="") & Q(drawn_up_at__isnull=False),
                name="panel_keyset_has_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.k} of {self.n}"


class Seat(models.Model):
    """One holder of one part: ``opener-1`` …, ``timekeeper``, ``escrow-a``, ``escrow-b``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="seats")
    amendment = models.ForeignKey(  # null: of the first panel
        Change, models.PROTECT, related_name="seats", null=True
    )
    replaced_at = models.DateTimeField(null=True)  # with its panel
    holder = models.CharField(max_length=20)
    user = models.ForeignKey(User, models.PROTECT, related_name="seats")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=100, blank=True)  # age
    verifier = models.CharField(max_length=300, blank=True)  # signed-note key
    keys_at = models.DateTimeField(null=True)
    challenge = models.CharField(max_length=64, blank=True)  # digest of the rehearsal
    sealed_challenge = BytesField(null=True)  # age file, for this holder alone
    answer = models.TextField(blank=True)  # the signed note
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Seat]] = InForce()
    everything: ClassVar[models.Manager[Seat]] = Everything()

    class Meta:
        ordering: ClassVar = ["holder"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender", "amendment", "holder"],
                nulls_distinct=False,
                name="seat_is_taken_once",
            ),
            models.UniqueConstraint(
                fields=["tender", "amendment", "user"],
                nulls_distinct=False,
                name="holder_has_one_seat",
            ),
            models.CheckConstraint(
                condition=Q(keys_at=None, recipient="", verifier="")
                | Q(keys_at__isnull=False) & ~Q(recipient="") & ~Q(verifier=""),
                name="seat_has_both_keys_or_none",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="")
                | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="seat_answer_has_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return self.holder

    @property
    def idx(self) -> int | None:
        """The opener's number, None for the machines."""
        return int(self.holder.removeprefix("opener-")) if self.is_opener else None

    @property
    def is_opener(self) -> bool:
        """Whether this is one of the n openers."""
        return self.holder.startswith("opener-")


class RepeatedRehearsal(models.Model):
    """A rehearsal once more before a deadline: for the same keys, with another challenge."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="repeats")
    closes_at = models.DateTimeField()  # the deadline before which it is asked for
    asked_at = models.DateTimeField()
    challenge = models.CharField(max_length=64)  # digest of the rehearsal
    sealed_challenge = BytesField()  # age file, for this holder alone
    answer = models.TextField(blank=True)  # the signed note
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["seat", "closes_at"], name="rehearsal_is_repeated_once_for_a_deadline"
            ),
            models.CheckConstraint(
                condition=Q(asked_at__lt=models.F("closes_at")),
                name="rehearsal_is_repeated_before_the_deadline",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="")
                | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="repeated_rehearsal_answer_has_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id}: {self.closes_at:%Y-%m-%d %H:%M}"


class Interests(models.Model):
    """What an officer or opener declared about their own interests in one tender."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="interests")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    conflict = models.BooleanField()  # who declares one takes no further part
    statement = models.TextField(blank=True)
    declared_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender", "user"], name="interests_are_declared_once_per_tender"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {'a conflict' if self.conflict else 'none'}"
