"""What authorities said of revocations, raw, and what was known when.

Answers are rows and not objects of the vault: a round has to name all of them or none, in one
transaction, and they are backed up with the reports that rest on them.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from procurement.models.fields import BytesField
from signatures.models.reports import DIGEST
from signatures.models.trust import TrustVersion


class RevocationAnswer(models.Model):
    """One revocation list or OCSP answer, as an authority's own address gave it."""

    APPEND_ONLY_BUT: ClassVar = ()
    CRL, OCSP = "crl", "ocsp"

    sha256 = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=4)
    source = models.CharField(max_length=1200)  # the address, and for OCSP whom it is about
    der = BytesField()
    this_update = models.DateTimeField()
    next_update = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sha256__regex=DIGEST) & Q(kind__in=["crl", "ocsp"]),
                name="revocation_answer_is_of_a_known_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.this_update:%Y-%m-%d %H:%M}"


class AuthorityBetween(models.Model):
    """The certificate of an authority between a signer and an anchor, as an enrolment brought it.

    It is no anchor. It is kept so that authorities can be asked about it, and by which ways.
    """

    APPEND_ONLY_BUT: ClassVar = ()

    sha256 = models.CharField(max_length=64, primary_key=True)  # of the DER, in hex
    der = BytesField()
    subject = models.CharField(max_length=1000)  # RFC 4514
    not_after = models.DateTimeField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sha256__regex=DIGEST), name="authority_between_is_named_by_digest"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class RevocationRound(models.Model):
    """All authorities were asked: the newest answer of each, and who did not answer.

    The last round before an instant is what was known then.
    """

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    answers = models.JSONField()  # {source: SHA-256}
    digest = models.CharField(max_length=64)  # of the answers, whatever address gave them
    failed = models.JSONField(default=dict)  # {source: why, for the operator}

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(digest__regex=DIGEST), name="revocation_round_has_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{len(self.answers)} answers at {self.at:%Y-%m-%d %H:%M}"


class AnchorSet(models.Model):
    """What the ``anchors_digest`` of a report stands for: a version, and the answers beside it."""

    APPEND_ONLY_BUT: ClassVar = ()

    digest = models.CharField(max_length=64, primary_key=True)
    version = models.ForeignKey(TrustVersion, models.PROTECT, related_name="+")
    answers = models.JSONField()  # SHA-256 of each RevocationAnswer, sorted
    at = models.DateTimeField()  # when it was first judged by

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(digest__regex=DIGEST), name="anchor_set_is_named_by_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version_id} with {len(self.answers)} answers"
