"""What suppliers ask about a tender, and what the agency answers to everybody.

Whose a question is stands here and nowhere else. Nobody reads it but the asker's own supplier,
until the tender has ended.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from procurement.models import Organisation, User
from procurement.models.fields import BytesField
from tenders.models.tender import Tender

if TYPE_CHECKING:
    from procurement.actors import Actor


class PublishedAnswer(models.Model):
    """One answer of the agency, to one question or to several that ask the same."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="answers")
    number = models.IntegerField()
    object = models.CharField(max_length=64)  # digest of the signed answer
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tender", "number"], name="answer_has_its_own_number"),
        ]

    def __str__(self) -> str:
        return f"Answer {self.number}"


class QuestionQuerySet(models.QuerySet["Question"]):
    def of_own(self, by: Actor) -> QuestionQuerySet:
        """Give those that an actor's own suppliers asked."""
        return self.filter(supplier__in=by.organisations())

    def unanswered(self) -> QuestionQuerySet:
        """Give those without an answer."""
        return self.filter(answer=None)


class Question(models.Model):
    """A question. Its salt opens what the log holds of it: a commitment to whoever asked."""

    APPEND_ONLY_BUT: ClassVar = ("answer",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="asked")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField()
    asked_at = models.DateTimeField()
    salt = BytesField()
    answer = models.ForeignKey(PublishedAnswer, models.PROTECT, related_name="questions", null=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["tender"], condition=Q(answer=None), name="questions_without_an_answer"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="question_asks_something"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class MissedCutOff(models.Model):
    """An instant by which questions were to be answered, and were not."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="missed_cut_offs")
    answers_until = models.DateTimeField()
    object = models.CharField(max_length=64)  # digest of what names the questions
    extended = models.BooleanField()  # False: no rule moves the deadline any more
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tender", "answers_until"], name="answer_cut_off_is_missed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Unanswered at {self.answers_until}"
