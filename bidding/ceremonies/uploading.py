"""Uploading (protocol, message 4): parts into the vault, and the check that they are there.

A part is stored first and written down then; killed between the two, the sender sends it again.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

from bidding.actions import uploads
from bidding.models import Envelope, Part, UploadState
from bidding.queries import manifest_of, missing_parts, own_envelope
from bidding.rules.fit import ExpectedPart, expected_parts, is_payload
from bidding.sealed.manifest import Manifest
from bidding.sealed.parts import payload_root
from procurement.actors import Actor, require
from procurement.incoming import Incoming, OtherDigest
from procurement.refusals import Fault, NotFound, Refusal
from procurement.roles import Permission
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import SEALED, NotStored, VaultFault

MOST_NAMED = 20  # parts in one answer

_MISSING = Text("The part {name} has not been uploaded", "尚未上传部分 {name}")
_UNREADABLE = Text(
    "The part {name} did not read back as it was stored; send it again",
    "部分 {name} 回读后与存入内容不符，请重新上传",
)
_OTHER_PAYLOAD = Text(
    "The parts of the payload are not those that the manifest names; send them again",
    "内容各部分与清单不符，请重新上传",
)


class OtherPart(Refusal):
    code, status = "other-part", 409
    title = Text(
        "These bytes are not the part {name} that the manifest names",
        "这些字节不是清单所列的部分 {name}",
    )


class UploadNotComplete(Refusal):
    code, status = "upload-not-complete", 409
    title = Text("The upload cannot be completed yet", "上传尚不能完成")


def store_part(*, envelope_id: UUID, name: str, body: Incoming, by: Actor, now: datetime) -> Part:
    """Keep one part of an envelope; the same one again is no other part.

    :raises NotFound: for somebody else's envelope, or a name that the manifest does not have.
    :raises OtherPart: for bytes that cannot be this part, by length or digest.
    :raises CutShort, OtherDigest: for what was damaged on the way; nothing is kept.
    :raises VaultUnavailable: when it could not be kept.
    """
    envelope = own_envelope(envelope_id, by)
    require(by, Permission.PREPARE_BID, of=envelope.supplier_id)
    uploads.require_open(envelope.tender, now)
    expected = expected_parts(manifest_of(envelope)).get(name)
    if expected is None or body.announced is None:
        raise NotFound if expected is None else OtherDigest
    if not expected.allows(body.length, body.announced):
        raise OtherPart(name=name)

    known = Part.objects.filter(envelope=envelope, name=name, sha256=body.announced).first()
    if known or envelope.state == UploadState.COMPLETE:
        return known or uploads.refuse_change()
    place = Part(envelope=envelope, name=name).object_name
    stored = vault().put(SEALED, place, cast("BinaryIO", body), body.length)
    part, unused = uploads.keep_part(
        envelope_id=envelope.pk, name=name, stored=stored, by=by, now=now
    )
    if unused:
        with suppress(VaultFault):  # it is in nobody's way
            vault().delete(SEALED, place, unused)
    return part


def complete(*, envelope_id: UUID, by: Actor, now: datetime) -> Envelope:
    """Read back every part, compare all with the manifest, hold them, and call it complete.

    A part that does not read back is missing afterwards, so that it can be sent again.

    :raises UploadNotComplete: naming what is missing or is not what the manifest says.
    :raises VaultUnavailable: when the parts could not be read; nothing is lost.
    """
    envelope = own_envelope(envelope_id, by)
    require(by, Permission.PREPARE_BID, of=envelope.supplier_id)
    if envelope.state == UploadState.COMPLETE:
        return envelope
    _require_all(envelope)
    parts = list(envelope.parts.all())
    digests = {part.name: _read_back(part) for part in parts}
    if damaged := [part.name for part in parts if digests[part.name] != part.sha256]:
        uploads.forget_parts(envelope_id=envelope.pk, names=damaged, by=by)
        raise UploadNotComplete(faults=_each("unreadable", _UNREADABLE, damaged))
    if faults := list(_differences(manifest_of(envelope), digests)):
        raise UploadNotComplete(faults=faults)

    for part in parts:
        vault().hold(SEALED, part.object_name, part.object_version)
    versions = {part.name: part.object_version for part in parts}
    return uploads.complete_envelope(envelope_id=envelope.pk, versions=versions, by=by, now=now)


def _require_all(envelope: Envelope) -> None:
    if missing := missing_parts(envelope):
        raise UploadNotComplete(faults=_each("part-missing", _MISSING, missing))


def _read_back(part: Part) -> str | None:
    """Hash what the vault gives for a part; None where it gives nothing."""
    digest = hashlib.sha256()
    try:
        with vault().get(SEALED, part.object_name, part.object_version) as reading:
            for chunk in reading:
                digest.update(chunk)
    except NotStored:
        return None
    return digest.hexdigest()


def _differences(manifest: Manifest, digests: dict[str, str | None]) -> Iterator[Fault]:
    expected = expected_parts(manifest)
    other = [name for name, one in expected.items() if not _is(one, digests[name])]
    yield from _each("unreadable", _UNREADABLE, other)
    payload = [bytes.fromhex(digests[name] or "") for name in expected if is_payload(name)]
    if payload_root(payload) != manifest.payload.root:
        yield Fault("other-payload", _OTHER_PAYLOAD)


def _is(expected: ExpectedPart, sha256: str | None) -> bool:
    return expected.sha256 in (None, sha256)


def _each(code: str, text: Text, names: list[str]) -> list[Fault]:
    return [Fault(code, text, {"name": name}) for name in names[:MOST_NAMED]]
