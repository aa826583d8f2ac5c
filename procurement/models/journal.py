"""The journal's tables: events, the heads of their chains, leaves, checkpoints."""

from __future__ import annotations

import json
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from procurement.models.fields import BytesField
from procurement.proof.canonical import JSON
from procurement.proof.merkle import leaf_hash


class ClockTimestamp(models.Func):
    """The database's clock, which goes on inside a transaction; for order only, not for law."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Kind(models.TextChoices):
    """What an event is to the world outside."""

    CONTROL = "control"  # what the procedure decides; chained per tender, public
    CONCEALED = "concealed"  # what suppliers do before the opening; nobody may count it
    FACT = "fact"  # drafts, approvals, accounts, reads
    ATTEMPT = "attempt"  # what was refused


class EventManager(models.Manager["Event"]):
    """Reads of events, which leave concealed ones out unless they are asked for by name."""

    def get_queryset(self) -> models.QuerySet[Event]:
        """Give what may be shown before an opening."""
        return super().get_queryset().filter(concealed=False)

    def of_tender(
        self, tender: uuid.UUID, *, including_concealed: bool = False
    ) -> models.QuerySet[Event]:
        """Give a tender's events, oldest first. Concealed ones are for after its opening."""
        manager = Event.everything if including_concealed else self
        return manager.filter(tender=tender).order_by("at", "recorded_at")


class Event(models.Model):
    """Something that happened: its canonical bytes, its salt, and the leaf that fixes both."""

    APPEND_ONLY_BUT: ClassVar = ("leaf_index",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    tender = models.UUIDField(null=True)
    verb = models.CharField(max_length=60)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())  # tells apart what is as old
    by = models.UUIDField(null=True)
    event = BytesField()
    salt = BytesField()
    link_salt = BytesField(null=True)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=100, blank=True)
    leaf_hash = BytesField(unique=True)
    leaf_index = models.BigIntegerField(null=True, unique=True)
    chain_position = models.IntegerField(null=True)  # of control events: 1, 2, 3 … per tender
    concealed = models.BooleanField(default=False)
    withheld = models.BooleanField(default=False)  # the body stays in until the opening

    objects = EventManager()
    everything = models.Manager["Event"]()  # for the journal itself, and evidence after an opening

    class Meta:
        default_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["tender", "at"], name="event_by_tender"),
            models.Index(
                fields=["id"], condition=Q(leaf_index=None), name="event_not_yet_in_the_log"
            ),
            models.Index(
                fields=["tender", "-chain_position"],
                condition=Q(kind="control"),
                name="event_control_chain",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender", "chain_position"],
                condition=Q(kind="control"),
                name="control_chain_does_not_fork",
            ),
            models.CheckConstraint(
                condition=Q(kind="control", tender__isnull=False, chain_position__isnull=False)
                | ~Q(kind="control") & Q(chain_position=None),
                name="control_events_have_a_place_in_a_chain",
            ),
            models.CheckConstraint(
                condition=~Q(kind="concealed") | Q(concealed=True, tender__isnull=False),
                name="concealed_events_are_concealed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} at {self.at}"

    @property
    def leaf(self) -> str:
        """The leaf hash in hex."""
        return self.leaf_hash.hex()

    def to_json(self) -> dict[str, JSON]:
        """Read the event object back."""
        value: dict[str, JSON] = json.loads(self.event)
        return value


class ControlChain(models.Model):
    """The newest control event of a tender. Its row is locked while the next one is written."""

    tender = models.UUIDField(primary_key=True)
    head = BytesField(null=True)
    length = models.IntegerField(default=0)

    def __str__(self) -> str:
        return str(self.tender)


class ConcealedChain(models.Model):
    """The newest concealed event of a tender; it has no length, so that nothing counts."""

    tender = models.UUIDField(primary_key=True)
    head = BytesField(null=True)

    def __str__(self) -> str:
        return str(self.tender)


class Leaf(models.Model):
    """One entry of the log: event, heads or filling, which look alike."""

    APPEND_ONLY_BUT: ClassVar = ()

    index = models.BigIntegerField(primary_key=True)
    entry = BytesField()

    def __str__(self) -> str:
        return str(self.index)

    @property
    def hash(self) -> bytes:
        """The leaf hash."""
        return leaf_hash(self.entry)


class Subtree(models.Model):
    """The hash of a complete subtree of 2^level leaves, for levels 8, 16, 24 …: a tile's edge."""

    APPEND_ONLY_BUT: ClassVar = ()

    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = BytesField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["level", "index"], name="subtree_has_one_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(models.Model):
    """What the log said of itself after a tick, who witnessed it, and when."""

    APPEND_ONLY_BUT: ClassVar = ("token",)

    size = models.BigIntegerField(primary_key=True)
    since = models.BigIntegerField()  # size before the tick; the leaf there is its heads
    root = BytesField()
    heads_root = BytesField()
    note = models.TextField()
    cosigned = models.JSONField()  # witness's name → POSIX seconds
    frontier = models.JSONField()  # the tree's right edge, from which the next tick goes on
    at = models.DateTimeField()
    token = BytesField(null=True)  # RFC 3161, over the SHA-256 of the checkpoint's text

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["since"], name="log_does_not_fork"),
        ]

    def __str__(self) -> str:
        return f"{self.size} leaves"
