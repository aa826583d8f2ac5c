"""Bidders that bid together: a lead, its members, their mandates, and who stands in which bid.

Nothing of it is anybody's business but the members' before the opening.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from procurement.models import Organisation, User
from tenders.models import Tender

if TYPE_CHECKING:
    from procurement.actors import Actor


class ConsortiumQuerySet(models.QuerySet["Consortium"]):
    def visible_to(self, by: Actor) -> ConsortiumQuerySet:
        """Give the members' own, and nobody else any."""
        own = ConsortiumMember.objects.filter(
            consortium=models.OuterRef("pk"), supplier__in=by.organisations()
        )
        return self.filter(models.Exists(own))


class Consortium(models.Model):
    """Suppliers that bid together for one tender; who they are is fixed when it is formed."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="+")
    lead = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    object = models.CharField(max_length=64)  # digest of the restricted object
    formed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    formed_at = models.DateTimeField()

    objects = ConsortiumQuerySet.as_manager()

    def __str__(self) -> str:
        return f"led by {self.lead_id}"


class ConsortiumMember(models.Model):
    """One member of a consortium, the lead among them."""

    APPEND_ONLY_BUT: ClassVar = ()

    consortium = models.ForeignKey(Consortium, models.PROTECT, related_name="members")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["consortium", "supplier"], name="supplier_is_a_member_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.supplier_id)


class Mandate(models.Model):
    """A member lets the lead sign and file in its name; it may take that back before the filing."""

    APPEND_ONLY_BUT: ClassVar = ("revoked_by", "revoked_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(ConsortiumMember, models.PROTECT, related_name="mandates")
    object = models.CharField(max_length=64)  # digest of the restricted object
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    revoked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(revoked_at=None), name="mandate_stands_once"
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None, revoked_at=None)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False),
                name="revoked_mandate_has_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {'revoked' if self.revoked_at else 'stands'}"


class BidMember(models.Model):
    """One who stands in a bid: the bidder alone, or each member of the consortium.

    ``live`` follows the bid's state by a trigger, so that the constraint is the last word, over
    bidders alone and all consortia.
    """

    bid = models.ForeignKey("bidding.Bid", models.PROTECT, related_name="members")
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="+")
    lot = models.CharField(max_length=64)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    live = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bid", "supplier"], name="member_stands_in_a_bid_once"),
            models.UniqueConstraint(
                fields=["tender", "lot", "supplier"],
                condition=Q(live=True),
                name="member_has_one_live_bid_in_a_lot",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} in {self.bid_id}"
