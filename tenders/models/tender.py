"""The tender: what is asked for, until when, and whose move it is."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from procurement.lifecycle import StateField, edge
from procurement.models import Organisation, User
from procurement.texts import Text
from tenders.models.plan import PlanLine

if TYPE_CHECKING:
    from procurement.actors import Actor


class TenderState(models.TextChoices):
    DRAFT = "draft", "Draft"  # an officer of the agency moves next
    IN_APPROVAL = "in-approval", "In approval"  # the two approvers, then an officer
    PUBLISHED = "published", "Published"  # suppliers file bids until the deadline
    CLOSED = "closed", "Closed to bids"  # openers, then the award's proposer and decider
    CONCLUDED = "concluded", "Concluded"  # every lot is decided
    UNSUCCESSFUL = "unsuccessful", "Unsuccessful"  # too few bids, or none that counts
    CANCELLED = "cancelled", "Cancelled"  # the agency gave it up, with a reason


BEFORE_PUBLICATION = (TenderState.DRAFT, TenderState.IN_APPROVAL)
RUNNING = (TenderState.PUBLISHED, TenderState.CLOSED)


class TenderQuerySet(models.QuerySet["Tender"]):
    def visible_to(self, by: Actor) -> TenderQuerySet:
        """Give what was published to all; the rest to the agency, its supervisor and its panel."""
        from tenders.models.panel import Seat

        own = Seat.objects.filter(tender=OuterRef("pk"), user=by.user_id)
        return self.filter(
            Q(published_at__isnull=False)
            | Q(agency__in=by.organisations() | by.jurisdiction)
            | Exists(own)
        )


class Tender(models.Model):
    """One tender of one agency, in lots. What a reader may rely on is its notice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Organisation, models.PROTECT, related_name="tenders")
    plan_line = models.ForeignKey(PlanLine, models.PROTECT, related_name="tenders")
    state = StateField(default=TenderState.DRAFT, choices=TenderState.choices)
    procedure = models.CharField(max_length=20, default="open")
    pack_name = models.CharField(max_length=64)
    pack_version = models.IntegerField()
    title_en = models.CharField(max_length=500)
    title_zh = models.CharField(max_length=500, blank=True)
    description_en = models.TextField(blank=True)
    description_zh = models.TextField(blank=True)
    currency = models.CharField(max_length=3)
    validity_days = models.IntegerField()  # bids hold so long after the deadline
    closes_at = models.DateTimeField()  # bids are in time strictly before
    opens_at = models.DateTimeField()  # nothing is opened before
    questions = models.JSONField(default=list)  # as in the response form
    required_documents = models.JSONField(default=list)  # as in the response form
    signatures = models.JSONField(default=dict)  # what is asked of them, where it is not usual
    reductions = models.JSONField(default=list)  # of the bid period, as the pack names them
    justification = models.TextField(blank=True)  # of the reductions that need one
    timetable = models.JSONField(default=list)  # as published: every date with its trace
    revision = models.IntegerField(default=1)  # every edit makes the next; approvals name one
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)  # for approval
    notice = models.CharField(max_length=64, blank=True)  # digest of the notice in force
    version = models.IntegerField(default=1)  # of the notice; a draft becomes the first
    questions_until = models.DateTimeField(null=True)  # as published; null: to the deadline
    answers_until = models.DateTimeField(null=True)  # as published; null: no rule
    question_extensions = models.IntegerField(default=0)  # by rule, for want of an answer
    notice_pdf_sha256 = models.CharField(max_length=64, blank=True)
    notice_pdf_version = models.CharField(max_length=200, blank=True)  # in the vault
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    published_at = models.DateTimeField(null=True)
    grace_seconds = models.IntegerField(null=True)  # of the pack: between ticket and commit
    closed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(blank=True)

    objects = TenderQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-published_at"], name="tenders_by_publication"),
            models.Index(
                fields=["closes_at"], condition=Q(state="published"), name="tenders_still_open"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opens_at__gte=F("closes_at")),
                name="tender_opens_no_earlier_than_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None, notice="")
                | Q(published_at__isnull=False, published_by__isnull=False) & ~Q(notice=""),
                name="tender_is_published_by_someone_with_a_notice",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, grace_seconds=None)
                | Q(published_at__isnull=False, grace_seconds__gte=0),
                name="published_tender_has_a_grace",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(closes_at__gt=F("published_at")),
                name="tender_closes_after_it_was_published",
            ),
            models.CheckConstraint(condition=Q(procedure="open"), name="tender_procedure_is_open"),
        ]

    def __str__(self) -> str:
        return self.title_en

    @property
    def title(self) -> Text:
        """The title in both languages, or twice in the one there is."""
        return Text(self.title_en or self.title_zh, self.title_zh or self.title_en)

    @edge(
        state,
        source=TenderState.DRAFT,
        target=TenderState.IN_APPROVAL,
        action=Text("submit for approval", "提交审批"),
    )
    def submit_for_approval(self, *, at: datetime) -> None:
        """The draft is complete and keeps the law; two people judge it now."""
        self.submitted_at = at

    @edge(
        state,
        source=TenderState.IN_APPROVAL,
        target=TenderState.DRAFT,
        action=Text("return to the draft", "退回草案"),
    )
    def return_to_draft(self) -> None:
        """It was edited or sent back; every approval of it is void."""
        self.submitted_at = None

    @edge(
        state,
        source=TenderState.IN_APPROVAL,
        target=TenderState.PUBLISHED,
        action=Text("publish", "发布"),
    )
    def publish(self, *, at: datetime, by: uuid.UUID, notice: str, grace_seconds: int) -> None:
        """The notice is out and cannot be changed; suppliers may file from now on."""
        self.published_at, self.published_by_id, self.notice = at, by, notice
        self.grace_seconds = grace_seconds

    @edge(
        state,
        source=TenderState.PUBLISHED,
        target=TenderState.CLOSED,
        action=Text("close", "截止"),
    )
    def close(self, *, at: datetime) -> None:
        """The deadline and its grace have passed; the set of bids is fixed."""
        self.closed_at = at

    @edge(
        state,
        source=TenderState.CLOSED,
        target=TenderState.CONCLUDED,
        action=Text("conclude", "完成"),
    )
    def conclude(self, *, at: datetime) -> None:
        """Every lot has been decided, and one at least was awarded."""
        self.ended_at = at

    @edge(
        state,
        source=TenderState.CLOSED,
        target=TenderState.UNSUCCESSFUL,
        action=Text("end without an award", "流标"),
    )
    def fail(self, *, at: datetime, because: str) -> None:
        """Too few bids came, or none of them counts; nothing is bought."""
        self.ended_at, self.ended_because = at, because

    @edge(
        state,
        source=(
            TenderState.DRAFT,
            TenderState.IN_APPROVAL,
            TenderState.PUBLISHED,
            TenderState.CLOSED,
        ),
        target=TenderState.CANCELLED,
        action=Text("cancel", "终止"),
    )
    def cancel(self, *, at: datetime, because: str) -> None:
        """The agency gives the tender up; bids that were filed stay sealed."""
        self.ended_at, self.ended_because = at, because


class Lot(models.Model):
    """A part of the tender that is bid for and awarded by itself, by price alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.CASCADE, related_name="lots")
    key = models.CharField(max_length=64)  # "lot-1", as bids name it
    position = models.IntegerField()
    title_en = models.CharField(max_length=500)
    title_zh = models.CharField(max_length=500, blank=True)
    criterion = models.CharField(max_length=20, default="price")

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender", "key"], name="lot_stands_in_a_tender_once"),
            models.CheckConstraint(
                condition=Q(criterion="price"), name="lot_is_judged_by_price_alone"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def title(self) -> Text:
        """The title in both languages, or twice in the one there is."""
        return Text(self.title_en or self.title_zh, self.title_zh or self.title_en)


class Item(models.Model):
    """A line of what is bought, with the code by which anybody finds it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lot = models.ForeignKey(Lot, models.CASCADE, related_name="items")
    key = models.CharField(max_length=64)
    position = models.IntegerField()
    description = models.CharField(max_length=500)
    quantity = models.CharField(max_length=20)  # a decimal numeral, as the price table has it
    unit = models.CharField(max_length=50)
    classification_scheme = models.CharField(max_length=20)  # CPV, UNSPSC, GB …
    classification_code = models.CharField(max_length=40)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lot", "key"], name="item_stands_in_a_lot_once"),
        ]

    def __str__(self) -> str:
        return self.description


class TenderDocument(models.Model):
    """One version of a document; the newest of each name stands in the notice.

    Those of an amendment are seen with it, and what an amendment leaves out is kept.
    """

    APPEND_ONLY_BUT: ClassVar = ("removed_by",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="documents")
    name = models.CharField(max_length=200)
    version = models.IntegerField()
    media_type = models.CharField(max_length=127)
    length = models.BigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    object_name = models.CharField(max_length=200)  # in the vault's bucket "documents"
    object_version = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    amendment = models.ForeignKey(  # null: in the first version
        "tenders.Change", models.PROTECT, related_name="documents", null=True
    )
    removed_by = models.ForeignKey("tenders.Change", models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender", "name", "version"], name="document_version_stands_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"
