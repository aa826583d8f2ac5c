"""The opening of an envelope: who was there, what each holder said, what came out."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from bidding.models.bids import Bid
from procurement.lifecycle import StateField, edge
from procurement.models import User
from procurement.texts import Text
from tenders.models import Tender

if TYPE_CHECKING:
    from datetime import datetime


class OpeningState(models.TextChoices):
    GATHERING = "gathering", "Openers are gathering"  # openers come and request
    REQUESTED = "requested", "Requested"  # every holder present tries the whole set
    REVEALS_CLOSED = "reveals-closed", "Reveals closed"  # openers disclose their shares
    INTENDED = "intended", "Release intended"  # the timekeeper answers once
    RELEASED = "released", "Released"  # the platform rebuilds, decrypts, compares
    OPENED = "opened", "Opened"  # openers sign the minutes
    MINUTED = "minuted", "Minutes signed"  # the award's proposer moves next


class Opening(models.Model):
    """One envelope of one tender being opened, step by step, each journalled."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="openings")
    envelope = models.CharField(max_length=64)
    state = StateField(default=OpeningState.GATHERING, choices=OpeningState.choices)
    close = models.CharField(max_length=64)  # digest of the closed set
    begun_at = models.DateTimeField()  # when the set was closed
    request = models.CharField(max_length=64, blank=True)
    requested_at = models.DateTimeField(null=True)
    reveals = models.CharField(max_length=64, blank=True)
    reveals_closed_at = models.DateTimeField(null=True)
    intent_event = models.UUIDField(null=True)
    intended_at = models.DateTimeField(null=True)
    release = models.CharField(max_length=64, blank=True)
    released_at = models.DateTimeField(null=True)
    opened = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField(null=True)
    short = models.JSONField(default=list)  # lots with too few bidders, as they are announced
    minutes = models.CharField(max_length=64, blank=True)
    minuted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender", "envelope"], name="envelope_is_opened_once"),
            *(
                models.CheckConstraint(
                    condition=Q(**{what: "", at: None})
                    | ~Q(**{what: ""}) & Q(**{f"{at}__isnull": False}),
                    name=f"opening_{what}_has_an_instant",
                )
                for what, at in (
                    ("request", "requested_at"),
                    ("reveals", "reveals_closed_at"),
                    ("release", "released_at"),
                    ("opened", "opened_at"),
                    ("minutes", "minuted_at"),
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.envelope}: {self.state}"

    @edge(
        state,
        source=OpeningState.GATHERING,
        target=OpeningState.REQUESTED,
        action=Text("request the opening", "申请开标"),
    )
    def ask(self, *, at: datetime, request: str) -> None:
        """A quorum of openers is present and asks; nothing has been decrypted yet."""
        self.requested_at, self.request = at, request

    @edge(
        state,
        source=OpeningState.REQUESTED,
        target=OpeningState.REVEALS_CLOSED,
        action=Text("close the reveals", "截止揭示"),
    )
    def close_reveals(self, *, at: datetime, reveals: str) -> None:
        """Every holder present tried the whole set; what suppliers reveal is fixed."""
        self.reveals_closed_at, self.reveals = at, reveals

    @edge(
        state,
        source=OpeningState.REVEALS_CLOSED,
        target=OpeningState.INTENDED,
        action=Text("intend the release", "准备放行"),
    )
    def intend(self, *, at: datetime, event: uuid.UUID) -> None:
        """All openers present disclosed; the timekeeper is asked for its one answer."""
        self.intended_at, self.intent_event = at, event

    @edge(
        state,
        source=OpeningState.INTENDED,
        target=OpeningState.RELEASED,
        action=Text("release", "放行"),
    )
    def accept_release(self, *, at: datetime, release: str) -> None:
        """The timekeeper answered for the whole set."""
        self.released_at, self.release = at, release

    @edge(
        state,
        source=OpeningState.RELEASED,
        target=OpeningState.OPENED,
        action=Text("announce what was opened", "公布开标结果"),
    )
    def announce(self, *, at: datetime, opened: str) -> None:
        """Every bid is opened or has its cause; prices are announced."""
        self.opened_at, self.opened = at, opened

    @edge(
        state,
        source=OpeningState.OPENED,
        target=OpeningState.MINUTED,
        action=Text("sign the minutes", "签署开标记录"),
    )
    def minute(self, *, at: datetime, minutes: str) -> None:
        """The openers who were present signed what happened."""
        self.minuted_at, self.minutes = at, minutes


class Presence(models.Model):
    """An opener who said: I am here, to open this envelope."""

    opening = models.ForeignKey(Opening, models.PROTECT, related_name="present")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    idx = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["idx"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opening", "idx"], name="opener_is_present_once"),
        ]

    def __str__(self) -> str:
        return f"opener-{self.idx}"


class HolderNote(models.Model):
    """One signed word of one holder: failures, disclosure, release or the minutes."""

    APPEND_ONLY_BUT: ClassVar = ()

    FAILURES, DISCLOSURE, RELEASE, MINUTES = "failures", "disclosure", "release", "minutes"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    opening = models.ForeignKey(Opening, models.PROTECT, related_name="notes")
    holder = models.CharField(max_length=20)
    kind = models.CharField(max_length=12)
    object = models.CharField(max_length=64)  # digest; restricted until the opening
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "holder"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["opening", "holder", "kind"], name="holder_says_a_thing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder}: {self.kind}"


class OpenedBid(models.Model):
    """What came out of one bid: its announced price, or the cause why there is none."""

    APPEND_ONLY_BUT: ClassVar = ("swept_at",)

    bid = models.OneToOneField(Bid, models.PROTECT, primary_key=True, related_name="outcome")
    opening = models.ForeignKey(Opening, models.PROTECT, related_name="bids")
    cause = models.CharField(max_length=20)  # "opened", or whose fault it is that it is not
    why = models.TextField(blank=True)
    total = models.CharField(max_length=24, blank=True)
    total_net = models.CharField(max_length=24, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    offer = models.JSONField(null=True)
    swept_at = models.DateTimeField(null=True)  # of its documents nothing is stored twice

    def __str__(self) -> str:
        return f"{self.cause} {self.total}"


class OpenedDocument(models.Model):
    """A file that was inside a sealed bid, and what its signatures are worth."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bid = models.ForeignKey(OpenedBid, models.PROTECT, related_name="documents")
    name = models.CharField(max_length=64)  # of the response form; empty for what it did not ask
    path = models.CharField(max_length=300)
    length = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    signature = models.CharField(max_length=10)  # asked for: "required" or "none"
    verdict = models.CharField(max_length=20)  # NOT_JUDGED for what is no PDF
    codes = models.JSONField(default=list)
    object_version = models.CharField(max_length=200)  # sealed/opened/<id>

    class Meta:
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bid", "path"], name="opened_document_stands_once"),
        ]

    def __str__(self) -> str:
        return self.path
