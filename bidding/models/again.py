"""Filed bids looked at again: the signed form, while it is undecided, and every byte that is kept.

What was said at the filing stays as it was said; these rows stand beside it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bidding.models.bids import Bid
from signatures.models import SignatureReport


class Recheck(models.Model):
    """The last time that a form which was UNDECIDED at its arrival was judged again."""

    bid = models.OneToOneField(Bid, models.PROTECT, primary_key=True, related_name="recheck")
    at = models.DateTimeField()
    anchors_digest = models.CharField(max_length=64)  # whom and what the operator trusted then
    answered = models.BooleanField()  # False: a limit of this machine, to be tried sooner
    report = models.ForeignKey(  # the newest answer; None while this machine had none
        SignatureReport, models.PROTECT, related_name="+", null=True
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(answered=False) | models.Q(report__isnull=False),
                name="answered_recheck_has_a_report",
            ),
        ]

    def __str__(self) -> str:
        return self.report.verdict if self.report else "not judged"


class ReadBack(models.Model):
    """The last time that everything of a filed bid was read back, and what was wrong with it."""

    bid = models.OneToOneField(Bid, models.PROTECT, primary_key=True, related_name="read_back")
    at = models.DateTimeField()
    found = models.JSONField(default=list)  # "p.age: changed" …; empty: all is as it was filed

    def __str__(self) -> str:
        return ", ".join(self.found) or "as filed"
