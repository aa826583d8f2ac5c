"""Papers with the platform's seal, each as it was sealed and as it was stamped later."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from bidding.models.bids import Bid
from bidding.models.openings import Opening
from procurement.vault import DOCUMENTS, SEALED


class SealedPaper(models.Model):
    """One copy of a sealed paper. A later copy holds the earlier one whole, and proves more."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bid = models.ForeignKey(Bid, models.PROTECT, null=True, related_name="papers")
    opening = models.ForeignKey(Opening, models.PROTECT, null=True, related_name="papers")
    name = models.CharField(max_length=200)  # of the first copy, in the vault
    copy = models.PositiveSmallIntegerField(default=1)
    sha256 = models.CharField(max_length=64)
    version = models.CharField(max_length=200)
    level = models.CharField(max_length=5)  # of PAdES: B-B, B-T, B-LT, B-LTA
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "copy"], name="paper_has_a_copy_once"),
            models.CheckConstraint(
                condition=Q(bid__isnull=True) ^ Q(opening__isnull=True),
                name="paper_is_of_a_bid_or_of_an_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_name}, {self.level}"

    @property
    def object_name(self) -> str:
        """Where this copy lies in the bucket."""
        return self.name if self.copy == 1 else f"{self.name}-{self.copy}"

    @property
    def bucket(self) -> str:
        """Give the vault's bucket: what tells of a bid stays with the sealed bids."""
        return SEALED if self.bid_id else DOCUMENTS
