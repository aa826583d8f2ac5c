"""The signed files that this room holds, for whoever judges them again: nothing under seal."""

from collections.abc import Iterator
from uuid import UUID

from bidding.ceremonies.enclosed import stored_name
from bidding.ceremonies.evidence import FILED
from bidding.models import Bid, OpenedDocument, Opening
from procurement.vault import SEALED
from signatures.evidence.places import Place


def signed_files() -> Iterator[Place]:
    """Give forms, withdrawals and enclosed files of every tender whose bids were announced."""
    announced = Opening.objects.exclude(opened="").order_by("pk")
    for tender, opening in announced.values_list("tender", "pk").iterator():
        yield from _forms(tender)
        yield from _enclosed(opening)


def _forms(tender: UUID) -> Iterator[Place]:
    filed = Bid.objects.filter(slot__tender=tender, state__in=FILED).order_by("pk")
    for bid in filed.iterator():
        yield Place(bid.form_sha256, SEALED, bid.form_name, bid.form_version)
        if bid.withdrawal_form_version:
            name, version = bid.withdrawal_form_name, bid.withdrawal_form_version
            yield Place(bid.withdrawal_form_sha256, SEALED, name, version)


def _enclosed(opening: UUID) -> Iterator[Place]:
    judged = OpenedDocument.objects.filter(bid__opening=opening).exclude(verdict="NOT_JUDGED")
    for one in judged.order_by("pk").iterator():
        yield Place(one.sha256, SEALED, stored_name(one.pk), one.object_version)
