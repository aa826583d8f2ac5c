"""Adding a document: its bytes go into the vault first, outside any transaction, then its row."""

import re
import secrets
from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

from procurement.actors import Actor
from procurement.incoming import Incoming
from procurement.proof.paths import MAX_PATH_BYTES, path_refusal
from procurement.refusals import BadInput, Fault, Refusal
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import DOCUMENTS, Stored
from tenders.actions import documents
from tenders.models import TenderDocument
from tenders.queries import tender_seen_by

MOST_BYTES = 200 * 1024 * 1024  # of one document
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,100}")  # RFC 6838

_NAME = Text(
    "Name the document by a plain file name of at most {most} bytes, without slash, colon or "
    "control character, and in Unicode normal form C",
    "请使用不超过 {most} 字节的文件名，不含斜杠、冒号或控制字符，并采用 Unicode 规范形式 C",
)
_KIND = Text(
    "Say what kind of file this is in Content-Type, such as application/pdf",
    "请在 Content-Type 中说明文件类型，例如 application/pdf",
)


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
    :raises BadInput: for a name or a type that cannot be.
    :raises CutShort: when fewer bytes arrive than were announced.
    :raises OtherDigest: when other bytes arrive than were announced.
    :raises VaultUnavailable: when the bytes could not be kept.
    :raises Refusal: as ``judge_adding`` does.
    """
    documents.judge_adding(tender_seen_by(by, tender_id), by)
    media_type, stored = put_document(tender_id, name, media_type, body)
    try:
        document = documents.add(
            tender_id=tender_id, name=name, media_type=media_type, stored=stored, by=by, now=now
        )
    except Refusal:
        forget(stored)
        raise
    if document.object_version != stored.version_id:  # these bytes stood there already
        forget(stored)
    return document


def put_document(tender_id: UUID, name: str, media_type: str, body: Incoming) -> tuple[str, Stored]:
    """Put the bytes of a document into the vault; give its plain media type and where they are.

    :raises BadInput: for a name or a type that cannot be.
    """
    media_type = media_type.partition(";")[0].strip().lower()
    if found := _faults(name, media_type):
        raise BadInput(faults=found)
    at = f"tenders/{tender_id}/{secrets.token_hex(16)}"
    return media_type, vault().put(DOCUMENTS, at, cast("BinaryIO", body), body.length)


def _faults(name: str, media_type: str) -> list[Fault]:
    found = []
    if "/" in name or path_refusal(name):
        found.append(Fault("unsafe-name", _NAME, {"most": MAX_PATH_BYTES}, "/name"))
    if not _MEDIA_TYPE.fullmatch(media_type):
        found.append(Fault("no-media-type", _KIND, {}, "/media_type"))
    return found


def forget(stored: Stored) -> None:
    """Delete bytes that no row refers to."""
    vault().delete(DOCUMENTS, stored.name, stored.version_id)
