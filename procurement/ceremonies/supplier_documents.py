"""Keeping a supplier's document: its bytes go into the vault first, then its row."""

from datetime import datetime
from uuid import UUID

from procurement.actions.facts import judge_keeping, keep_document
from procurement.actors import Actor
from procurement.documents import put_document, written
from procurement.incoming import Incoming
from procurement.models import SupplierDocument

MOST_BYTES = 100 * 1024 * 1024  # of one document


def give_document(
    *,
    supplier_id: UUID,
    name: str,
    media_type: str,
    body: Incoming,
    valid_until: datetime | None,
    by: Actor,
    now: datetime,
) -> SupplierDocument:
    """Give a document once, to be used in every bid; the one of this name before is replaced.

    :raises NotPermitted: unless ``by`` keeps the supplier's profile.
    :raises BadInput: for a name or a type that cannot be, and for one that has expired.
    :raises CutShort, OtherDigest: when other bytes arrive than were announced.
    :raises VaultUnavailable: when the bytes could not be kept.
    """
    judge_keeping(supplier_id, by, valid_until=valid_until, at=now)
    media_type, stored = put_document(f"suppliers/{supplier_id}", name, media_type, body)
    return written(
        stored,
        lambda: keep_document(
            supplier_id=supplier_id,
            name=name,
            media_type=media_type,
            stored=stored,
            valid_until=valid_until,
            by=by,
            now=now,
        ),
    )
