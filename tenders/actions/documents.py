"""Documents of a draft. The bytes are in the vault before anything here happens."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.proof.canonical import JSON
from procurement.roles import Permission
from procurement.texts import Text
from procurement.vault import Stored
from tenders.actions.drafting import revise
from tenders.actions.entry import locked, require_impartial, require_state
from tenders.models import BEFORE_PUBLICATION, Change, Tender, TenderDocument
from tenders.queries import documents_of
from tenders.verbs import Verb

_ADD = Text("add a document", "添加文件")


def judge_adding(tender: Tender, by: Actor) -> None:
    """Let pass who may add a document to a tender as it stands.

    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: once it is published or cancelled.
    """
    require(by, Permission.DRAFT_TENDER, of=tender.agency_id)
    require_impartial(by, tender)
    require_state(tender, *BEFORE_PUBLICATION, action=_ADD)


@transaction.atomic
def add(
    *, tender_id: UUID, name: str, media_type: str, stored: Stored, by: Actor, now: datetime
) -> TenderDocument:
    """Add a document that is in the vault, or the next version of it.

    The same bytes again are the version that stands; nothing changes then. Otherwise it is an
    edit like any other: approvals are void.

    :raises NotFound: when ``by`` sees no such tender.
    :raises Refusal: as ``judge_adding`` does.
    """
    tender = locked(tender_id, by=by)

    judge_adding(tender, by)
    document, made = added(tender, name, media_type, stored, by=by, now=now)
    if not made:
        return document

    revise(tender)
    tender.save()
    body = {**told_of(document), "revision": tender.revision}
    record(Verb.DOCUMENT_ADDED, tender=tender.pk, by=by, at=now, body=body)
    return document


def told_of(document: TenderDocument) -> dict[str, JSON]:
    """Say of a document in the journal what identifies it."""
    return {
        "name": document.name,
        "version": document.version,
        "length": document.length,
        "sha256": document.sha256,
    }


def added(
    tender: Tender,
    name: str,
    media_type: str,
    stored: Stored,
    *,
    amendment: Change | None = None,
    by: Actor,
    now: datetime,
) -> tuple[TenderDocument, bool]:
    """Make the next version of a document; the same bytes again are the version that stands."""
    there = {one.name: one for one in documents_of(tender, amendment)}.get(name)
    if there and (there.sha256, there.media_type) == (stored.sha256, media_type):
        return there, False
    every = TenderDocument.objects.filter(tender=tender, name=name)
    highest = every.aggregate(highest=Max("version"))["highest"] or 0
    document = TenderDocument.objects.create(
        tender=tender,
        name=name,
        version=highest + 1,
        media_type=media_type,
        length=stored.length,
        sha256=stored.sha256,
        object_name=stored.name,
        object_version=stored.version_id,
        added_by_id=by.user_id,
        added_at=now,
        amendment=amendment,
    )
    return document, True
