"""Mandates: a body lets a certificate that does not name it sign in its name, and takes it back.

It is drawn up first, as a paper; it counts once the body has signed that paper.
"""

import secrets
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from cryptography import x509
from django.db import transaction

from procurement.actions.enrolment import parsed
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.models import Organisation, SigningMandate
from procurement.proof.canonical import JSON, sha256_hex
from procurement.proof.suppliers import Scope
from procurement.proof.suppliers import SigningMandate as MandateObject
from procurement.refusals import AlreadyDone, BadInput, Fault, NotFound, Refusal
from procurement.roles import OrganisationKind, Permission
from procurement.texts import Text
from procurement.vault import Stored
from procurement.verbs import Verb

OPEN_FOR = timedelta(days=30)  # while the paper goes round to be signed
LONGEST_HOLDER = 500  # characters
SCOPES: dict[str, Scope] = {OrganisationKind.SUPPLIER: "bids", OrganisationKind.AGENCY: "notices"}

_BACKDATED = Text(
    "A mandate begins now or later: it covers nothing that was signed before",
    "授权自现在或以后开始，不追溯此前的签署",
)
_ENDS_EARLY = Text("A mandate ends after it begins", "授权的结束时间须晚于开始时间")
_OUTLIVES = Text(
    "The certificate is valid until {not_after} only; let the mandate end by then",
    "证书的有效期仅至 {not_after}，授权须在此前结束",
)
_NO_REASON = Text("Say why it is revoked", "请说明撤销原因")


class NoSuchMandate(Refusal):
    code, status = "no-such-mandate", 409
    title = Text(
        "This is no mandate that waits for this body's signature; nothing was recorded. Ask for "
        "a new paper",
        "这不是该单位待签的授权书，未作任何记录，请重新申请",
    )


@transaction.atomic
def draw_up(
    *,
    organisation_id: UUID,
    der: bytes,
    pointer: str,
    valid_from: datetime | None,
    valid_until: datetime,
    by: Actor,
    now: datetime,
) -> SigningMandate:
    """Draw up a mandate for a certificate; ``pointer`` names the field that gave it.

    Without ``valid_from`` it begins at once.

    :raises NotPermitted: unless ``by`` is an administrator of the supplier, or an operator.
    :raises NotFound: when there is no such body, or one that signs neither bids nor notices.
    :raises BadInput: for what is no certificate, and for dates that cannot be.
    """
    require(by, Permission.KEEP_MANDATES, of=organisation_id)
    organisation = Organisation.objects.filter(pk=organisation_id, kind__in=SCOPES).first()
    if organisation is None:
        raise NotFound
    certificate, begins = parsed(der, pointer), valid_from or now
    if found := [*_faults(begins, valid_until, certificate.not_valid_after_utc, now)]:
        raise BadInput(faults=found)

    made = SigningMandate.objects.create(
        organisation=organisation,
        number=f"M-{now:%Y%m%d}-{secrets.token_hex(6)}",
        certificate_sha256=sha256_hex(der),
        der=der,
        holder=_holder(certificate),
        scope=SCOPES[organisation.kind],
        valid_from=begins,
        valid_until=valid_until,
        asked_by_id=by.user_id,
        asked_at=now,
    )
    _record(Verb.SIGNING_MANDATE_ASKED, made, by, now)
    return made


@transaction.atomic
def record_mandate(
    *, organisation_id: UUID, said: bytes, paper: Stored, by: Actor, now: datetime
) -> SigningMandate:
    """Record a mandate, whose signed paper was judged and lies in the vault; from now on it counts.

    :raises NotPermitted: unless ``by`` is an administrator of the supplier, or an operator.
    :raises NoSuchMandate: unless ``said`` is, to the byte, a mandate that this body may yet sign.
    """
    require(by, Permission.KEEP_MANDATES, of=organisation_id)
    found = _waiting(organisation_id, said, now)

    found.recorded_at, found.recorded_by_id = now, by.user_id
    found.paper_sha256, found.object_version = paper.sha256, paper.version_id
    found.object_name = paper.name
    found.save()
    _record(Verb.SIGNING_MANDATE_RECORDED, found, by, now, paper=paper.sha256)
    return found


@transaction.atomic
def revoke_mandate(
    *, organisation_id: UUID, mandate_id: UUID, reason: str, by: Actor, now: datetime
) -> SigningMandate:
    """Revoke a mandate at once; what was filed before stays as it is.

    :raises NotPermitted: unless ``by`` is an administrator of the supplier, or an operator.
    :raises NotFound: when this body has given no such mandate.
    :raises BadInput: without a reason.
    :raises AlreadyDone: when it is revoked.
    """
    require(by, Permission.KEEP_MANDATES, of=organisation_id)
    given = SigningMandate.objects.select_for_update().exclude(recorded_at=None)
    found = given.filter(organisation=organisation_id, pk=mandate_id).first()
    if found is None:
        raise NotFound
    if not reason.strip():
        raise BadInput(faults=[Fault("no-reason", _NO_REASON, pointer="/reason")])
    if found.revoked_at is not None:
        raise AlreadyDone

    found.revoked_at, found.revoked_by_id, found.revoked_for = now, by.user_id, reason
    found.save()
    _record(Verb.SIGNING_MANDATE_REVOKED, found, by, now, reason=reason)
    return found


def words_of(made: SigningMandate) -> MandateObject:
    """Write what a mandate says, the same each time."""
    body = made.organisation
    return MandateObject(
        organisation=str(body.pk),
        identifier=f"{body.identifier_scheme}-{body.identifier}",
        number=made.number,
        certificate=made.certificate_sha256,
        holder=made.holder,
        valid_from=made.valid_from,
        valid_until=made.valid_until,
        scope=cast("Scope", made.scope),
    )


def _waiting(organisation_id: UUID, said: bytes, now: datetime) -> SigningMandate:
    open_ones = SigningMandate.objects.select_for_update(of=("self",)).filter(
        organisation=organisation_id,
        recorded_at=None,
        asked_at__gt=now - OPEN_FOR,
        valid_until__gt=now,
    )
    for one in open_ones.select_related("organisation"):
        if words_of(one).canonical() == said:
            return one
    raise NoSuchMandate


def _faults(
    begins: datetime, ends: datetime, not_after: datetime, now: datetime
) -> Iterator[Fault]:
    if begins < now:
        yield Fault("backdated", _BACKDATED, pointer="/valid_from")
    if ends <= begins:
        yield Fault("ends-too-early", _ENDS_EARLY, pointer="/valid_until")
    if ends > not_after:
        facts = {"not_after": f"{not_after:%Y-%m-%d %H:%M:%S} UTC"}
        yield Fault("outlives-certificate", _OUTLIVES, facts, "/valid_until")


def _holder(certificate: x509.Certificate) -> str:
    """Name the holder as a format can: in Unicode normal form C, and with at least a dash."""
    subject = certificate.subject.rfc4514_string()
    return unicodedata.normalize("NFC", subject)[:LONGEST_HOLDER] or "–"


def _record(verb: Verb, made: SigningMandate, by: Actor, now: datetime, **more: JSON) -> None:
    body: dict[str, JSON] = {
        "organisation": str(made.organisation_id),
        "number": made.number,
        "mandate": words_of(made).digest(),
        **more,
    }
    record(verb, tender=None, by=by, at=now, body=body)
