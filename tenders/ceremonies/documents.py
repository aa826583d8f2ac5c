"""Adding a document: its bytes go into the vault first, outside any transaction, then its row."""

import re
import secrets
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from procurement.actors import Actor
from procurement.proof.paths import MAX_PATH_BYTES, path_refusal
from procurement.refusals import BadInput, Fault, Refusal, TooLarge
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import DOCUMENTS, Stored, WrongLength
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
_EMPTY = Text("The file is empty", "文件为空")
_LENGTH = Text(
    "Fewer or more bytes arrived than announced; nothing was kept",
    "收到的字节数与声明不符，未保存任何内容",
)


def add_document(
    *,
    tender_id: UUID,
    name: str,
    media_type: str,
    stream: BinaryIO,
    length: int,
    by: Actor,
    now: datetime,
) -> TenderDocument:
    """Add a document of ``length`` bytes to a draft, or the next version of it.

    :raises NotFound: when ``by`` sees no such tender.
    :raises BadInput: for a name, a type or a length that cannot be.
    :raises TooLarge: for more than ``MOST_BYTES``.
    :raises VaultUnavailable: when the bytes could not be kept.
    :raises Refusal: as ``judge_adding`` does.
    """
    documents.judge_adding(tender_seen_by(by, tender_id), by)
    media_type = media_type.partition(";")[0].strip().lower()
    if found := _faults(name, media_type, length):
        raise BadInput(faults=found)
    if length > MOST_BYTES:
        raise TooLarge

    stored = _kept(tender_id, stream, length)
    try:
        document = documents.add(
            tender_id=tender_id, name=name, media_type=media_type, stored=stored, by=by, now=now
        )
    except Refusal:
        _forget(stored)
        raise
    if document.object_version != stored.version_id:  # these bytes stood there already
        _forget(stored)
    return document


def _faults(name: str, media_type: str, length: int) -> list[Fault]:
    found = []
    if "/" in name or path_refusal(name):
        found.append(Fault("unsafe-name", _NAME, {"most": MAX_PATH_BYTES}, "/name"))
    if not _MEDIA_TYPE.fullmatch(media_type):
        found.append(Fault("no-media-type", _KIND, {}, "/media_type"))
    if length <= 0:
        found.append(Fault("empty-file", _EMPTY))
    return found


def _kept(tender_id: UUID, stream: BinaryIO, length: int) -> Stored:
    name = f"tenders/{tender_id}/{secrets.token_hex(16)}"
    try:
        return vault().put(DOCUMENTS, name, stream, length)
    except WrongLength:
        raise BadInput(faults=[Fault("wrong-length", _LENGTH)]) from None


def _forget(stored: Stored) -> None:
    vault().delete(DOCUMENTS, stored.name, stored.version_id)
