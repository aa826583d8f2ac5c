"""Uploading an envelope: begun by its manifest, filled part by part, completed after a check.

Nothing here is journalled: that somebody uploads is nobody's business before the opening.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from django.db import transaction

from bidding.models import Envelope, Part, UploadState
from bidding.rules.deadline import NotOpenForBids, late, spoken
from bidding.rules.fit import ManifestDoesNotFit, faults_of_manifest
from bidding.sealed.manifest import Manifest
from procurement import objects
from procurement.actors import Actor, require
from procurement.proof.canonical import NotCanonical
from procurement.proof.shapes import Malformed
from procurement.queries import require_still_in
from procurement.refusals import BadInput, Conflict, Fault, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from procurement.vault import Stored
from tenders.models import Tender, TenderState
from tenders.queries import keyset_of, notice_of, tender_seen_by

PREFIX_BYTES = 16  # of randomness: the names of objects say nothing
MOST_UNFINISHED = 20  # uploads of a bidder in a tender: many lots at once, and no full disk
COUNTED_FOR = timedelta(hours=1)  # then whoever lost what they had sealed may begin anew

NOT_A_MANIFEST = Text("This is not a manifest: {what}", "这不是信封清单：{what}")
_HELD = Text(
    "This envelope is complete; its parts stay as they are", "该信封已完整上传，各部分不再更改"
)
_GO_ON = Text(
    "{count} that you began within the last hour are not complete. Go on with one of them, or "
    "begin another after {at}",
    "您在过去一小时内开始的 {count} 个上传尚未完成。请继续其中之一，或于 {at} 之后重新开始",
)


class TooManyUploads(Refusal):
    code, status = "too-many-uploads", 409
    title = Text(
        "Too many of your uploads for this tender are unfinished", "您在本招标中未完成的上传过多"
    )


@transaction.atomic
def begin_envelope(
    *, tender_id: UUID, supplier_id: UUID, manifest: Mapping[str, Any], by: Actor, now: datetime
) -> tuple[Envelope, bool]:
    """Begin the upload of an envelope; give it, and whether it is new. The same one goes on.

    :raises NotPermitted: unless ``by`` prepares bids for the supplier.
    :raises BadInput: for what is no manifest.
    :raises ManifestDoesNotFit: naming whatever belongs to another tender, lot, bidder or panel.
    :raises TooManyUploads: for another one, while many are not finished.
    """
    tender = tender_seen_by(by, tender_id)
    require(by, Permission.PREPARE_BID, of=supplier_id)

    require_open(tender, now)
    read = _manifest(manifest)
    found = faults_of_manifest(
        read, notice=notice_of(tender), keyset=keyset_of(tender), supplier=str(supplier_id)
    )
    if found:
        raise ManifestDoesNotFit(faults=found)
    _require_few(tender, supplier_id, read.digest(), now)

    digest = objects.store(read.to_json(), tender=tender.pk, at=now, restricted=True)
    return Envelope.objects.get_or_create(
        supplier_id=supplier_id,
        manifest=digest,
        defaults={
            "tender": tender,
            "lot": read.lot,
            "name": read.envelope,
            "notice": tender.notice,
            "length": read.payload.length,
            "prefix": secrets.token_hex(PREFIX_BYTES),
            "begun_by_id": by.user_id,
            "begun_at": now,
        },
    )


@transaction.atomic
def keep_part(
    *, envelope_id: UUID, name: str, stored: Stored, by: Actor, now: datetime
) -> tuple[Part, str | None]:
    """Write down a stored part; give it, and the version in the vault that nothing refers to now.

    The same bytes again change nothing: the version that was stored first stays.

    :raises Conflict: for other bytes, once the envelope is complete.
    :raises SignedOut: when whoever sent it was shut out meanwhile.
    """
    envelope = _locked(envelope_id, by)
    require(by, Permission.PREPARE_BID, of=envelope.supplier_id)
    require_still_in(by)

    part = Part.objects.filter(envelope=envelope, name=name).first()
    if part and part.sha256 == stored.sha256:
        return part, stored.version_id
    if envelope.state == UploadState.COMPLETE:
        refuse_change()

    before = part.object_version if part else None
    part = part or Part(envelope=envelope, name=name)
    part.length, part.sha256 = stored.length, stored.sha256
    part.object_version, part.stored_at = stored.version_id, now
    part.save()
    return part, before


@transaction.atomic
def forget_parts(*, envelope_id: UUID, names: list[str], by: Actor) -> None:
    """Take parts that did not read back as they were stored off the list: they are missing."""
    envelope = _locked(envelope_id, by)
    require(by, Permission.PREPARE_BID, of=envelope.supplier_id)

    if envelope.state == UploadState.UPLOADING:
        Part.objects.filter(envelope=envelope, name__in=names).delete()


@transaction.atomic
def complete_envelope(
    *, envelope_id: UUID, versions: Mapping[str, str], by: Actor, now: datetime
) -> Envelope:
    """Complete an envelope whose parts were read back, in exactly these versions.

    :raises Conflict: when a part was replaced meanwhile.
    """
    envelope = _locked(envelope_id, by)
    require(by, Permission.PREPARE_BID, of=envelope.supplier_id)

    if envelope.state == UploadState.COMPLETE:
        return envelope
    if dict(envelope.parts.values_list("name", "object_version")) != versions:
        raise Conflict

    envelope.complete(at=now)
    envelope.save()
    return envelope


def require_open(tender: Tender, now: datetime) -> None:
    """Let pass what is of use only before the deadline.

    :raises SubmissionClosed: after its deadline, whatever has happened since.
    :raises NotOpenForBids: for a tender that is not published.
    """
    if refusal := late(now, tender.closes_at):
        raise refusal
    if tender.state != TenderState.PUBLISHED:
        raise NotOpenForBids


def refuse_change() -> NoReturn:
    """Say that a complete envelope stays as it is.

    :raises Conflict: always.
    """
    raise Conflict(_HELD)


def _require_few(tender: Tender, supplier_id: UUID, manifest: str, now: datetime) -> None:
    """Let pass an upload that was begun before, and another while few are unfinished."""
    own = Envelope.objects.filter(tender=tender, supplier=supplier_id)
    begun = own.filter(state=UploadState.UPLOADING, begun_at__gt=now - COUNTED_FOR)
    newest = list(begun.order_by("-begun_at").values_list("begun_at", flat=True)[:MOST_UNFINISHED])
    if len(newest) == MOST_UNFINISHED and not own.filter(manifest=manifest).exists():
        at = newest[-1] + COUNTED_FOR
        wait = int((at - now).total_seconds()) + 1
        raise TooManyUploads(_GO_ON, retry_after=wait, count=MOST_UNFINISHED, at=spoken(at))


def _locked(envelope_id: UUID, by: Actor) -> Envelope:
    visible = Envelope.objects.visible_to(by).select_for_update(of=("self",))
    return visible.get(pk=envelope_id)


def _manifest(value: Mapping[str, Any]) -> Manifest:
    try:
        return Manifest.of(dict(value))
    except (Malformed, NotCanonical) as error:
        where = f"/manifest{error.where}" if isinstance(error.where, str) else "/manifest"
        fault = Fault("not-a-manifest", NOT_A_MANIFEST, {"what": str(error)}, where)
        raise BadInput(faults=[fault]) from None
