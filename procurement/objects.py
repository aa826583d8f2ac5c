"""Storing and fetching the protocol's small objects by their hash."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from procurement.models import ProtocolObject
from procurement.proof.canonical import JSON, canonical, sha256_hex
from procurement.refusals import Conflict, NotFound
from procurement.texts import Text

_KIND = re.compile(r"daylight/[a-z0-9.-]{1,60}/v[1-9][0-9]?")
_OTHER_NOTE = Text(
    "This object is stored already, with other signatures",
    "该对象已存储，但附有不同的签名",
)


@dataclass(frozen=True)
class StoredObject:
    """An object as it was stored: ``body`` are the bytes that ``digest`` is the SHA-256 of."""

    digest: str
    kind: str
    tender: UUID | None
    value: dict[str, JSON]
    body: bytes
    note: bytes | None
    restricted: bool
    stored_at: datetime


def store(
    obj: Mapping[str, JSON],
    *,
    tender: UUID | None,
    at: datetime,
    note: bytes | None = None,
    restricted: bool = False,
) -> str:
    """Store an object, once however often it is asked, and return its digest in hex.

    A note may join later, but never replace another.

    :raises Conflict: when the object is stored with another note.
    :raises ValueError: for an object without a ``type`` of ours.
    :raises NotCanonical: for what has no canonical form.
    """
    kind = obj.get("type")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise ValueError(f"{kind!r} is not the type of an object of the protocol")
    body = canonical(dict(obj))
    digest = sha256_hex(body)
    row = ProtocolObject(
        digest=digest,
        kind=kind,
        tender=tender,
        body=body,
        note=None if note is None else note.decode(),
        restricted=restricted,
        stored_at=at,
    )
    ProtocolObject.objects.bulk_create([row], ignore_conflicts=True)
    if note is not None:
        _join(digest, note.decode())
    return digest


def fetch(digest: str) -> StoredObject:
    """Fetch an object by its digest.

    :raises NotFound: when there is none.
    """
    row = ProtocolObject.objects.filter(pk=digest).first()
    if row is None:
        raise NotFound
    body = row.body
    return StoredObject(
        digest=row.digest,
        kind=row.kind,
        tender=row.tender,
        value=json.loads(body),
        body=body,
        note=None if row.note is None else row.note.encode(),
        restricted=row.restricted,
        stored_at=row.stored_at,
    )


def _join(digest: str, note: str) -> None:
    ProtocolObject.objects.filter(pk=digest, note=None).update(note=note)
    if not ProtocolObject.objects.filter(pk=digest, note=note).exists():
        raise Conflict(_OTHER_NOTE)
