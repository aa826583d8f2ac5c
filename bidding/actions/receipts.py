"""Keeping the paper of a receipt, which follows the signed note within seconds."""

from datetime import datetime

from django.db import transaction

from bidding.actions.papers import Paper, keep_copy
from bidding.models import Receipt


@transaction.atomic
def keep_paper(
    *, number: str, sha256: str, version_id: str, level: str, stamp_owed: bool, now: datetime
) -> bool:
    """Write down the sealed PDF of a receipt, once. Tell whether this one is it."""
    receipt = Receipt.objects.select_for_update().get(pk=number)

    if receipt.paper_version is not None:
        return False

    receipt.paper_sha256, receipt.paper_version = sha256, version_id
    receipt.save(update_fields=["paper_sha256", "paper_version"])
    keep_copy(
        Paper.receipt_of(receipt.bid),
        sha256=sha256,
        version=version_id,
        level=level,
        stamp_owed=stamp_owed,
        now=now,
    )
    return True
