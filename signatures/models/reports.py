"""Verdicts on signed documents, kept as the bytes they were judged from are named: by digest."""

import uuid

from django.db import models
from django.db.models import Q

from signatures.pdf.report import Verdict

DIGEST = r"^[0-9a-f]{64}$"


class SignatureReport(models.Model):
    """One report of ``signatures.pdf.judge``: a file, a policy, a set of anchors, an instant.

    Equal questions to the same version of the judge have equal answers, and one row. Another
    version has a row of its own, so what is named by a row is what was answered. A row is written
    once and never changed; a verdict that depended on the wall clock is not stored at all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_sha256 = models.CharField(max_length=64)
    policy_digest = models.CharField(max_length=64)
    anchors_digest = models.CharField(max_length=64)
    at = models.DateTimeField()  # the instant as of which the file was judged
    verdict = models.CharField(max_length=20, choices=[(v.value, v.value) for v in Verdict])
    codes = models.JSONField(default=list)  # of the catalogue, worst first
    report = models.JSONField()  # the whole report
    report_digest = models.CharField(max_length=64)  # of its canonical JSON
    software = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("file_sha256", "policy_digest", "anchors_digest", "at", "report_digest"),
                name="signature_report_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=[v.value for v in Verdict]),
                name="signature_report_has_a_known_verdict",
            ),
            models.CheckConstraint(
                condition=Q(file_sha256__regex=DIGEST)
                & Q(policy_digest__regex=DIGEST)
                & Q(anchors_digest__regex=DIGEST)
                & Q(report_digest__regex=DIGEST),
                name="signature_report_names_digests_in_hex",
            ),
            models.CheckConstraint(
                condition=Q(created_at__gte=models.F("at")),
                name="signature_report_is_not_made_before_its_instant",
            ),
        ]
        indexes = [
            models.Index(fields=("file_sha256", "-created_at"), name="reports_of_one_file"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} for {self.file_sha256[:12]} as of {self.at:%Y-%m-%d %H:%M}"
