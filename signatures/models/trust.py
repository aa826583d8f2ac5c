"""Whom the platform trusts: proposed by one operator, approved by another, in numbered versions.

A version is never changed. The next one is made by the next approval, so a verdict that names a
version can be judged again by what counted then.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from procurement.models import User
from procurement.models.fields import BytesField
from signatures.models.reports import DIGEST
from signatures.pdf.anchors import PURPOSES

SOURCES = ("upload", "eu-list", "national-root")


class AnchorCertificate(models.Model):
    """A certificate that was ever proposed, once, whatever it was proposed for."""

    APPEND_ONLY_BUT: ClassVar = ()

    sha256 = models.CharField(max_length=64, primary_key=True)  # of the DER, in hex
    der = BytesField()
    subject = models.CharField(max_length=1000)  # RFC 4514
    issuer = models.CharField(max_length=1000)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sha256__regex=DIGEST), name="anchor_certificate_is_named_by_digest"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class TrustProposal(models.Model):
    """What one operator wants changed, and what became of it.

    What a trusted list tells otherwise than the version in force is drawn up by the platform. It
    waits for an operator to take it up, and then for another to decide it: two people as always.
    """

    APPEND_ONLY_BUT: ClassVar = ("proposed_by", "decision", "decided_by", "decided_at", "remark")
    APPROVED, REJECTED, WITHDRAWN = "approved", "rejected", "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reason = models.TextField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    found_in = models.JSONField(default=dict)  # {territory: SHA-256 of a list}; empty: an operator
    proposed_at = models.DateTimeField()
    decision = models.CharField(max_length=10, null=True)  # null: another operator moves next
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    remark = models.TextField(null=True)  # why it was rejected

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="trust_proposal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(decision=None, decided_by=None, decided_at=None)
                | Q(
                    decision__in=["approved", "rejected", "withdrawn"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="trust_proposal_is_decided_by_someone_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(decision=None)
                | Q(proposed_by__isnull=False)
                & (
                    Q(decision="withdrawn", decided_by=F("proposed_by"))
                    | ~Q(decision="withdrawn") & ~Q(decided_by=F("proposed_by"))
                ),
                name="trust_proposal_is_decided_by_another_operator",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=False) | ~Q(found_in={}),
                name="trust_proposal_is_an_operators_or_of_a_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason[:40]}: {self.decision or 'proposed'}"


class TrustChange(models.Model):
    """One anchor that a proposal adds, changes or removes, for one purpose."""

    APPEND_ONLY_BUT: ClassVar = ()
    ADD, REMOVE = "add", "remove"  # adding what is there gives it the new dates

    proposal = models.ForeignKey(TrustProposal, models.PROTECT, related_name="changes")
    change = models.CharField(max_length=6)
    certificate = models.ForeignKey(AnchorCertificate, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=6)
    source = models.CharField(max_length=13)
    valid_from = models.DateTimeField(null=True)  # valid_from <= t < valid_until; null: open
    valid_until = models.DateTimeField(null=True)
    addresses = models.JSONField(default=list)  # [{"kind": "crl" or "ocsp", "url": …}]
    services = models.JSONField(default=list)  # periods of trusted lists, signatures.pdf.services

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["proposal", "certificate", "purpose"],
                name="trust_proposal_says_one_thing_of_an_anchor",
            ),
            models.CheckConstraint(
                condition=Q(change__in=["add", "remove"])
                & Q(purpose__in=[*PURPOSES])
                & Q(source__in=[*SOURCES]),
                name="trust_change_uses_known_words",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_until__gt=F("valid_from")),
                name="anchor_counts_from_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change} {self.certificate_id[:12]} for {self.purpose}"


class TrustVersion(models.Model):
    """The whole set as it stands since one approval."""

    APPEND_ONLY_BUT: ClassVar = ()

    number = models.IntegerField(primary_key=True)  # 1, 2, 3 …; before 1 the directory counts
    proposal = models.OneToOneField(TrustProposal, models.PROTECT, related_name="version")
    entries = models.JSONField()  # as ``signatures.rules.trust`` writes them, in one order only
    digest = models.CharField(max_length=64)  # of the entries' canonical JSON
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(number__gte=1) & Q(digest__regex=DIGEST),
                name="trust_version_has_a_number_and_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class ListRound(models.Model):
    """Trusted lists were fetched or brought: which ones, and which did not come or hold."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    lists = models.JSONField()  # {territory: SHA-256}
    failed = models.JSONField(default=dict)  # {territory: why, for the operator}

    def __str__(self) -> str:
        return f"{len(self.lists)} lists at {self.at:%Y-%m-%d %H:%M}"


class TrustedList(models.Model):
    """A trusted list as it was fetched or brought, signature and all (ETSI TS 119 612)."""

    APPEND_ONLY_BUT: ClassVar = ()

    sha256 = models.CharField(max_length=64, primary_key=True)
    territory = models.CharField(max_length=8)  # EU for the list of the lists
    address = models.CharField(max_length=1000, blank=True)  # empty: brought as a file
    sequence = models.BigIntegerField(null=True)  # TSLSequenceNumber; null: kept before it was read
    issued_at = models.DateTimeField(null=True)
    next_update = models.DateTimeField(null=True)  # a newer one is due by then
    xml = BytesField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sha256__regex=DIGEST), name="trusted_list_is_named_by_digest"
            ),
            models.UniqueConstraint(
                fields=["territory", "sequence"], name="trusted_list_has_its_number_alone"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["territory", "-kept_at"], name="lists_of_one_territory"),
        ]

    def __str__(self) -> str:
        return f"{self.territory} {self.sha256[:12]}"
