"""Who wants to hear of a tender, and what people look for.

Nobody lists these rows but each person their own: who follows a tender may be who bids for it.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from procurement.models import User
from tenders.models.tender import Tender


class Following(models.Model):
    """A person hears of everything that is decided about a tender."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    chosen = models.BooleanField()  # False: only because they filed a bid
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "tender"], name="tender_is_followed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} follows {self.tender}"


class DigestRhythm(models.TextChoices):
    DAILY = "daily", "Daily"
    WEEKLY = "weekly", "Weekly"


class SavedSearch(models.Model):
    """What a person looks for, and how often they hear of what was found."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="saved_searches")
    query = models.JSONField()  # the parameters of the list of tenders
    digest = models.CharField(max_length=6, choices=DigestRhythm.choices)
    created_at = models.DateTimeField()
    told_until = models.DateTimeField()  # what was published before has been told

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["digest", "told_until"], name="saved_search_to_be_told"),
        ]

    def __str__(self) -> str:
        return str(self.query)


class SearchEntry(models.Model):
    """The words by which a tender is found, as ``tenders.search`` cuts them."""

    tender = models.OneToOneField(Tender, models.CASCADE, primary_key=True, related_name="entry")
    words = SearchVectorField()

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["words"], name="tenders_by_words", fastupdate=False),
        ]

    def __str__(self) -> str:
        return str(self.tender_id)
