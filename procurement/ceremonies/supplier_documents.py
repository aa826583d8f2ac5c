"""Keeping a supplier's document: its bytes go into the vault first, then its row."""

import re
import secrets
from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

from procurement.actions.facts import judge_keeping, keep_document
from procurement.actors import Actor
from procurement.incoming import Incoming
from procurement.models import SupplierDocument
from procurement.proof.paths import path_refusal
from procurement.refusals import BadInput, Fault, Refusal
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import DOCUMENTS

MOST_BYTES = 100 * 1024 * 1024  # of one document
LONGEST_NAME = 200
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,100}")  # RFC 6838
_NAME = Text("This cannot be the name of a document", "该名称不能用作文件名")
_KIND = Text(
    "Say what kind of file this is in Content-Type, such as application/pdf",
    "请在 Content-Type 中说明文件类型，例如 application/pdf",
)


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
    media_type = media_type.partition(";")[0].strip().lower()
    if found := _faults(name, media_type):
        raise BadInput(faults=found)

    at = f"suppliers/{supplier_id}/{secrets.token_hex(16)}"
    stored = vault().put(DOCUMENTS, at, cast("BinaryIO", body), body.length)
    try:
        return keep_document(
            supplier_id=supplier_id,
            name=name,
            media_type=media_type,
            stored=stored,
            valid_until=valid_until,
            by=by,
            now=now,
        )
    except Refusal:
        vault().delete(DOCUMENTS, stored.name, stored.version_id)
        raise


def _faults(name: str, media_type: str) -> list[Fault]:
    found = []
    if "/" in name or len(name) > LONGEST_NAME or path_refusal(name):
        found.append(Fault("unsafe-name", _NAME, pointer="/name"))
    if not _MEDIA_TYPE.fullmatch(media_type):
        found.append(Fault("no-media-type", _KIND, pointer="/media_type"))
    return found
