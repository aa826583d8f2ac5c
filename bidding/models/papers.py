"""Papers with the platform's seal, each as it was sealed and as it was stamped later."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from bidding.models.bids import Bid
from procurement.proof.sealed_papers import FORM, RECEIPT
from procurement.vault import DOCUMENTS, SEALED
from tenders.models import Tender

OF_A_BID = (RECEIPT, FORM)  # kinds that tell of a bid; the others are public


class SealedPaper(models.Model):
    """One copy of a sealed paper. A later copy holds the earlier one whole, and proves more."""

    APPEND_ONLY_BUT: ClassVar = ("entry",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="sealed_papers")
    bid = models.ForeignKey(Bid, models.PROTECT, null=True, related_name="papers")
    kind = models.CharField(max_length=10)
    about = models.CharField(max_length=64)  # digest of what it speaks of, or of the form
    name = models.CharField(max_length=200)  # of the first copy, in the vault
    copy = models.PositiveSmallIntegerField(default=1)
    sha256 = models.CharField(max_length=64)
    version = models.CharField(max_length=200)
    level = models.CharField(max_length=5)  # of PAdES: B-B, B-T, B-LT, B-LTA
    made_at = models.DateTimeField()
    entry = models.UUIDField(null=True)  # the event that names this copy in the log

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "copy"], name="paper_has_a_copy_once"),
            models.CheckConstraint(
                condition=Q(bid__isnull=False, kind__in=OF_A_BID)
                | Q(bid__isnull=True) & ~Q(kind__in=OF_A_BID),
                name="paper_of_a_bid_names_the_bid",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tender"], condition=Q(entry=None), name="paper_not_yet_in_the_log"
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
        return bucket_of(self.kind)


def bucket_of(kind: str) -> str:
    """Say in which of the vault's buckets papers of a kind lie."""
    return SEALED if kind in OF_A_BID else DOCUMENTS
