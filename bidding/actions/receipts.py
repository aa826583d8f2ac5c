"""Keeping the paper of a receipt, which follows the signed note within seconds."""

from django.db import transaction

from bidding.models import Receipt


@transaction.atomic
def keep_paper(*, number: str, sha256: str, version_id: str) -> bool:
    """Write down the sealed PDF of a receipt, once. Tell whether this one is it."""
    receipt = Receipt.objects.select_for_update().get(pk=number)

    if receipt.paper_version is not None:
        return False

    receipt.paper_sha256, receipt.paper_version = sha256, version_id
    receipt.save(update_fields=["paper_sha256", "paper_version"])
    return True
