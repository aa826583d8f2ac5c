"""What changes after the publication: amendments with a new notice, and later deadlines."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from procurement.lifecycle import StateField, edge
from procurement.models import User
from procurement.texts import Text
from tenders.models.tender import Tender, TenderDocument

if TYPE_CHECKING:
    from procurement.actors import Actor


class ChangeKind(models.TextChoices):
    AMENDMENT = "amendment", "Amendment"  # another version of the notice
    EXTENSION = "extension", "Extension"  # a later deadline and nothing else


class ChangeState(models.TextChoices):
    DRAFT = "draft", "Draft"  # an officer of the agency moves next
    IN_APPROVAL = "in-approval", "In approval"  # a second person of the agency judges
    APPROVED = "approved", "Approved"  # an officer signs and publishes
    IN_FORCE = "in-force", "In force"  # nobody moves any more
    DECLINED = "declined", "Declined"  # the second person said no
    DROPPED = "dropped", "Dropped"  # the officer gave it up


OPEN = (ChangeState.DRAFT, ChangeState.IN_APPROVAL, ChangeState.APPROVED)


class ChangeQuerySet(models.QuerySet["Change"]):
    def visible_to(self, by: Actor) -> ChangeQuerySet:
        """Give changes to the agency, to its supervisor and to the holders whom one seats."""
        from tenders.models.panel import Seat

        seated = Seat.everything.filter(user=by.user_id, amendment__isnull=False)
        return self.filter(
            Q(tender__agency__in=by.organisations() | by.jurisdiction)
            | Q(pk__in=seated.values("amendment"))
        )


class Change(models.Model):
    """A change of a published tender, from its proposal until all read it, or until it is given up.

    ``body`` of an amendment has what changes, as ``tenders.rules.changes`` reads it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    state = StateField(default=ChangeState.DRAFT, choices=ChangeState.choices)
    version = models.IntegerField(null=True)  # of the notice that an amendment makes
    revision = models.IntegerField(default=1)  # every edit makes the next
    reason = models.TextField()
    body = models.JSONField(default=dict)
    object = models.CharField(max_length=64, blank=True)  # digest of the extension or notice
    note = models.TextField(blank=True)  # of an extension, by the agency's key
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)
    in_force_at = models.DateTimeField(null=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender", "kind"],
                condition=Q(state__in=OPEN),
                name="tender_has_one_open_change_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="change_is_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(in_force_at=None) & ~Q(state="in-force")
                | Q(in_force_at__isnull=False, state="in-force", decided_at__isnull=False),
                name="change_is_in_force_once_a_second_person_agreed",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
                name="change_is_decided_by_another_than_who_proposed_it",
            ),
            models.CheckConstraint(
                condition=Q(kind="extension", version=None)
                | Q(kind="amendment", version__isnull=False),
                name="amendment_makes_a_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"

    @edge(
        state,
        source=ChangeState.DRAFT,
        target=ChangeState.IN_APPROVAL,
        action=Text("submit for approval", "提交审批"),
    )
    def submit_for_approval(self) -> None:
        """The change is complete; a second person judges it now."""
        self.decided_by, self.decided_at, self.comment = None, None, ""

    @edge(
        state,
        source=ChangeState.IN_APPROVAL,
        target=ChangeState.APPROVED,
        action=Text("approve", "审批"),
    )
    def approve(self, *, by: uuid.UUID, at: datetime, comment: str) -> None:
        """A second person agrees to an amendment; an officer signs it now."""
        self.decided_by_id, self.decided_at, self.comment = by, at, comment

    @edge(
        state,
        source=(ChangeState.IN_APPROVAL, ChangeState.APPROVED),
        target=ChangeState.DRAFT,
        action=Text("return to the draft", "退回草案"),
    )
    def return_to_draft(self) -> None:
        """It was edited or sent back; no approval of it stands."""

    @edge(
        state,
        source=ChangeState.IN_APPROVAL,
        target=ChangeState.DECLINED,
        action=Text("decline", "否决"),
    )
    def decline(self, *, by: uuid.UUID, at: datetime, comment: str) -> None:
        """A second person does not agree that the deadline moves."""
        self.decided_by_id, self.decided_at, self.comment = by, at, comment

    @edge(
        state,
        source=ChangeState.IN_APPROVAL,
        target=ChangeState.IN_FORCE,
        action=Text("extend", "延期"),
    )
    def extend(self, *, by: uuid.UUID, at: datetime, comment: str) -> None:
        """A second person agrees to a signed extension, and the deadline moves with that."""
        self.decided_by_id, self.decided_at, self.comment = by, at, comment
        self.in_force_at = at

    @edge(
        state,
        source=ChangeState.APPROVED,
        target=ChangeState.IN_FORCE,
        action=Text("publish", "发布"),
    )
    def publish(self, *, at: datetime, notice: str) -> None:
        """The amended notice is out, and what it says is in force for all."""
        self.in_force_at, self.object = at, notice

    @edge(
        state,
        source=OPEN,
        target=ChangeState.DROPPED,
        action=Text("drop", "放弃"),
    )
    def drop(self) -> None:
        """The officer gives the change up; nothing of it was ever in force."""


class NoticeVersion(models.Model):
    """A version of a tender's notice as it was published, with its signed paper; kept for ever."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="notices")
    version = models.IntegerField()
    digest = models.CharField(max_length=64)
    reason = models.TextField(blank=True)  # none for the first
    pdf_sha256 = models.CharField(max_length=64)
    pdf_version = models.CharField(max_length=200)  # in the vault
    published_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender", "version"], name="notice_version_stands_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender_id} ({self.version})"


class DocumentComparison(models.Model):
    """What differs between a published version of a document and the one that it replaced."""

    APPEND_ONLY_BUT: ClassVar = ()

    later = models.OneToOneField(
        TenderDocument, models.PROTECT, primary_key=True, related_name="comparison"
    )
    earlier = models.ForeignKey(TenderDocument, models.PROTECT, related_name="+")
    result = models.JSONField()  # as ``tenders.rules.wording`` writes it
    compared_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(earlier=models.F("later")),
                name="document_is_compared_with_another_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.earlier} → {self.later}"
