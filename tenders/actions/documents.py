"""Documents of a draft. The bytes are in the vault before anything here happens."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.proof.canonical import JSON
from procurement.roles import Permission
from procurement.texts import Text
from procurement.vault import Stored
from tenders.actions.drafting import revise
from tenders.actions.entry import locked, require_impartial, require_state
from tenders.models import BEFORE_PUBLICATION, Tender, TenderDocument
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
    newest = TenderDocument.objects.filter(tender=tender, name=name).order_by("-version").first()
    if newest and (newest.sha256, newest.media_type) == (stored.sha256, media_type):
        return newest

    revise(tender)
    tender.save()
    document = TenderDocument.objects.create(
        tender=tender,
        name=name,
        version=newest.version + 1 if newest else 1,
        media_type=media_type,
        length=stored.length,
        sha256=stored.sha256,
        object_name=stored.name,
        object_version=stored.version_id,
        added_by_id=by.user_id,
        added_at=now,
    )
    body: dict[str, JSON] = {
        "name": name,
        "version": document.version,
        "length": stored.length,
        "sha256": stored.sha256,
        "revision": tender.revision,
    }
    record(Verb.DOCUMENT_ADDED, tender=tender.pk, by=by, at=now, body=body)
    return document
