"""Bids: prepared, filed with a receipt, replaced, withdrawn, counted at the close."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from bidding.models.consortia import Consortium
from bidding.models.uploads import Envelope
from procurement.lifecycle import StateField, edge
from procurement.models import Organisation, User
from procurement.texts import Text
from tenders.models import Tender

if TYPE_CHECKING:
    from procurement.actors import Actor


class BidState(models.TextChoices):
    PREPARED = "prepared", "Not submitted"  # the supplier signs and submits
    FILED = "filed", "Submitted"  # sealed until the opening
    DISCARDED = "discarded", "Discarded"  # never submitted
    SUPERSEDED = "superseded", "Replaced"  # a later bid of the same bidder counts
    WITHDRAWN = "withdrawn", "Withdrawn"  # by the bidder, in time
    COUNTED = "counted", "In the closed set"  # the openers move next
    LAPSED = "lapsed", "Not confirmed"  # it was for an earlier notice than the one in force


class Slot(models.Model):
    """The one place that a bidder has in a lot; its row is locked while a bid is filed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="+")
    lot = models.CharField(max_length=64)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender", "lot", "supplier"], name="bidder_has_one_slot_in_a_lot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot}: {self.supplier_id}"


class Arrival(models.Model):
    """When a filing arrived, committed before it is judged; a retry keeps its first ticket."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    request_sha256 = models.CharField(max_length=64)  # over what was asked and the signed form
    at = models.DateTimeField()  # the database's daylight_now() at request entry

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["supplier", "request_sha256"], name="request_has_one_ticket"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at}"


class BidQuerySet(models.QuerySet["Bid"]):
    def visible_to(self, by: Actor) -> BidQuerySet:
        """Give a supplier its own. What others may read of it, the opening says, not this row."""
        return self.filter(slot__supplier__in=by.organisations())


class Bid(models.Model):
    """One version of one bid for one lot, as the object that its digest names."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="bids")
    state = StateField(default=BidState.PREPARED, choices=BidState.choices)
    version = models.IntegerField()
    digest = models.CharField(max_length=64, unique=True)  # of the restricted bid object
    notice = models.CharField(max_length=64)  # digest of the notice that it is for
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="superseded_by")
    consortium = models.ForeignKey(Consortium, models.PROTECT, related_name="bids", null=True)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    # From filing on
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    arrival = models.ForeignKey(Arrival, models.PROTECT, related_name="+", null=True)
    form_sha256 = models.CharField(max_length=64, blank=True)  # the signed bid form
    form_version = models.CharField(max_length=200, blank=True)
    verdict = models.CharField(max_length=20, blank=True)  # of the form's signatures, at intake
    codes = models.JSONField(default=list)
    at_own_risk = models.BooleanField(default=False)  # filed although INVALID
    debarred = models.BooleanField(default=False)  # filed although the list named a member
    # From withdrawal on
    withdrawal_arrival = models.ForeignKey(Arrival, models.PROTECT, related_name="+", null=True)
    withdrawal_digest = models.CharField(max_length=64, blank=True)
    withdrawal_form_sha256 = models.CharField(max_length=64, blank=True)
    withdrawal_form_version = models.CharField(max_length=200, blank=True)
    # After the close
    swept_at = models.DateTimeField(null=True)  # no paper beside those it names is stored

    objects = BidQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(state__in=["filed", "counted"]),
                name="bidder_has_one_live_bid_in_a_lot",
            ),
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(state="prepared"),
                name="bidder_prepares_one_bid_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "discarded"], arrival=None, form_sha256="")
                | Q(arrival__isnull=False) & ~Q(form_sha256=""),
                name="filed_bid_has_a_ticket_and_a_signed_form",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn")
                | Q(withdrawal_arrival__isnull=False) & ~Q(withdrawal_form_sha256=""),
                name="withdrawn_bid_has_a_ticket_and_a_signed_form",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]}, version {self.version}"

    @property
    def form_name(self) -> str:
        """Where the signed bid form lies in the vault's bucket ``sealed``."""
        return f"forms/{self.pk}"

    @property
    def countersigned_name(self) -> str:
        """Where that form with the platform's seal over it lies in the same bucket."""
        return f"countersigned/{self.pk}"

    @property
    def withdrawal_form_name(self) -> str:
        """Where the signed withdrawal lies in the vault's bucket ``sealed``."""
        return f"withdrawals/{self.pk}"

    @edge(
        state,
        source=BidState.PREPARED,
        target=BidState.FILED,
        action=Text("submit this bid", "递交此投标"),
    )
    def file(self) -> None:
        """The signed form arrived in time and the receipt is signed; the bid lives."""

    @edge(
        state,
        source=BidState.PREPARED,
        target=BidState.DISCARDED,
        action=Text("discard this bid", "放弃此投标"),
    )
    def discard(self) -> None:
        """It was never submitted, and another one is prepared instead."""

    @edge(
        state,
        source=BidState.FILED,
        target=BidState.SUPERSEDED,
        action=Text("replace this bid", "替换此投标"),
    )
    def supersede(self) -> None:
        """A later bid of the same bidder has its receipt; this one never lives again."""

    @edge(
        state,
        source=BidState.FILED,
        target=BidState.WITHDRAWN,
        action=Text("withdraw this bid", "撤回此投标"),
    )
    def withdraw(self) -> None:
        """The bidder took it back in time; it never lives again and is never opened."""

    @edge(
        state,
        source=BidState.FILED,
        target=BidState.COUNTED,
        action=Text("count this bid", "计入此投标"),
    )
    def count(self) -> None:
        """It lived at the deadline: it stands in the closed set."""

    @edge(
        state,
        source=BidState.FILED,
        target=BidState.LAPSED,
        action=Text("let this bid lapse", "使此投标失效"),
    )
    def lapse(self) -> None:
        """The notice changed and its bidder did not confirm it: it is not counted or opened."""


class BidEnvelope(models.Model):
    """Which envelope a bid binds under which name."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="envelopes")
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bid", "envelope"], name="bid_binds_an_envelope_once"),
        ]

    def __str__(self) -> str:
        return str(self.envelope_id)


class Receipt(models.Model):
    """The platform's signed word; the note is what was answered, byte for byte."""

    APPEND_ONLY_BUT: ClassVar = ("paper_version", "paper_sha256", "event")

    number = models.CharField(max_length=19, primary_key=True)
    bid = models.OneToOneField(Bid, models.PROTECT, related_name="receipt")
    digest = models.CharField(max_length=64, unique=True)
    note = models.TextField()
    received_at = models.DateTimeField()  # the arrival ticket's instant
    issued_at = models.DateTimeField()
    event = models.UUIDField(null=True)  # the concealed event that carries the digest
    paper_sha256 = models.CharField(max_length=64, null=True)  # the sealed PDF, seconds later
    paper_version = models.CharField(max_length=200, null=True)

    def __str__(self) -> str:
        return self.number

    @property
    def paper_name(self) -> str:
        """Where the sealed PDF lies in the vault's bucket ``sealed``."""
        return f"receipts/{self.number}"
