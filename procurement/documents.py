"""Documents that people hand in: judged by name and kind, stored first, written in a row then.

Bytes that no row refers to are taken out again.
"""

import re
import secrets
from collections.abc import Callable
from typing import BinaryIO, Protocol, TypeVar, cast

from procurement.incoming import Incoming
from procurement.proof.paths import MAX_PATH_BYTES, path_refusal
from procurement.refusals import BadInput, Fault, Refusal
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import DOCUMENTS, Stored

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


class Kept(Protocol):
    """A row that says where a document lies."""

    @property
    def object_version(self) -> str | None:
        """Which version of the object it is."""


Row = TypeVar("Row", bound=Kept)


def put_document(folder: str, name: str, media_type: str, body: Incoming) -> tuple[str, Stored]:
    """Put the bytes of a document into the vault; give its plain media type and where they are.

    :raises BadInput: for a name or a type that cannot be.
    :raises CutShort, OtherDigest: when other bytes arrive than were announced.
    :raises VaultUnavailable: when the bytes could not be kept.
    """
    media_type = media_type.partition(";")[0].strip().lower()
    if found := _faults(name, media_type):
        raise BadInput(faults=found)
    at = f"{folder}/{secrets.token_hex(16)}"
    return media_type, vault().put(DOCUMENTS, at, cast("BinaryIO", body), body.length)


def written(stored: Stored, write: Callable[[], Row]) -> Row:
    """Write the row of a stored document; what is refused, or stood there already, goes again.

    :raises Refusal: as ``write`` does.
    """
    try:
        row = write()
    except Refusal:
        _forget(stored)
        raise
    if row.object_version != stored.version_id:
        _forget(stored)
    return row


def _faults(name: str, media_type: str) -> list[Fault]:
    found = []
    if "/" in name or path_refusal(name):
        found.append(Fault("unsafe-name", _NAME, {"most": MAX_PATH_BYTES}, "/name"))
    if not _MEDIA_TYPE.fullmatch(media_type):
        found.append(Fault("no-media-type", _KIND, {}, "/media_type"))
    return found


def _forget(stored: Stored) -> None:
    vault().delete(DOCUMENTS, stored.name, stored.version_id)
