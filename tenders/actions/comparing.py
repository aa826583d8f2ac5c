"""Keeping what a comparison found."""

from datetime import datetime

from django.db import transaction

from tenders.models import TenderDocument
from tenders.models.changes import DocumentComparison
from tenders.rules.wording import Compared


@transaction.atomic
def keep_comparison(
    *, earlier: TenderDocument, later: TenderDocument, found: Compared, now: datetime
) -> DocumentComparison:
    """Keep a comparison, once; where another runner was faster, its own stays."""
    kept = {"earlier": earlier, "result": found.to_json(), "compared_at": now}
    row, _ = DocumentComparison.objects.get_or_create(later=later, defaults=kept)
    return row
