"""Adding a document: its bytes go into the vault first, outside any transaction, then its row."""

from datetime import datetime
from uuid import UUID

from procurement.actors import Actor
from procurement.documents import put_document, written
from procurement.incoming import Incoming
from tenders.actions import documents
from tenders.models import TenderDocument
from tenders.queries import tender_seen_by

MOST_BYTES = 200 * 1024 * 1024  # of one document


def add_document(
    *,
    tender_id: UUID,
    name: str,
    media_type: str,
    body: Incoming,
    by: Actor,
    now: datetime,
) -> TenderDocument:
    """Add a document to a draft, or the next version of it.

    :raises NotFound: when ``by`` sees no such tender.
    :raises Refusal: as ``judge_adding`` and ``put_document`` do.
    """
    documents.judge_adding(tender_seen_by(by, tender_id), by)
    media_type, stored = put_document(f"tenders/{tender_id}", name, media_type, body)
    return written(
        stored,
        lambda: documents.add(
            tender_id=tender_id, name=name, media_type=media_type, stored=stored, by=by, now=now
        ),
    )
