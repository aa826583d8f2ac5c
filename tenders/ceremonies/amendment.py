"""An amendment's documents and signed paper: bytes first, outside any transaction, then rows."""

from datetime import datetime
from uuid import UUID

from procurement.actors import Actor
from procurement.documents import put_document, written
from procurement.incoming import Incoming
from tenders.actions import amendment_parts
from tenders.actions.amending import judge_editing
from tenders.actions.amendment_publishing import judge_publication, publish_amendment
from tenders.actions.publishing import Signed
from tenders.ceremonies.publication import judge_paper, kept
from tenders.models import ChangeKind, Tender, TenderDocument
from tenders.queries import documents_of, tender_seen_by
from tenders.queries_changes import change_seen_by


def add_document_to(
    *,
    amendment_id: UUID,
    name: str,
    media_type: str,
    body: Incoming,
    by: Actor,
    now: datetime,
) -> TenderDocument:
    """Add a document to an amendment, or the next version of it.

    :raises NotFound: when ``by`` sees no such amendment.
    :raises Refusal: as ``put_document`` and ``amendment_parts.add_document`` do.
    """
    change = change_seen_by(by, amendment_id, ChangeKind.AMENDMENT)
    judge_editing(change.tender, change, by=by, now=now)
    media_type, stored = put_document(f"tenders/{change.tender_id}", name, media_type, body)
    return written(
        stored,
        lambda: amendment_parts.add_document(
            amendment_id=change.pk, name=name, media_type=media_type, stored=stored, by=by, now=now
        ),
    )


def publish_amended_notice(
    *, amendment_id: UUID, signed: Signed, by: Actor, now: datetime
) -> Tender:
    """Publish an approved amendment by its signed notice and paper, and keyset where it is new.

    :raises NotFound: when ``by`` sees no such amendment.
    :raises PaperNotAccepted: with what is wrong with the signature.
    :raises NoticeChanged: when the paper carries something else than what would be published.
    :raises TemporarilyUnavailable: when this machine could not judge the paper now.
    :raises VaultUnavailable: when it could not be kept.
    :raises Refusal: as ``amendment_publishing.judge_publication`` does.
    """
    change = change_seen_by(by, amendment_id, ChangeKind.AMENDMENT)
    tender = tender_seen_by(by, change.tender_id)
    notice = judge_publication(tender, change, signed, by=by, now=now)
    judged = judge_paper(tender, notice, signed.pdf, now)
    paper = kept(tender, signed.pdf, documents_of(tender, change))
    return publish_amendment(
        amendment_id=change.pk, signed=signed, paper=paper, judged=judged, by=by, now=now
    )
