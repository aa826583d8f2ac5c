"""Enrolling what machines and signature checks rely on: note keys and certificates."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from cryptography import x509
from django.db import transaction

from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.models import EnrolledCertificate, NoteKey, Organisation
from procurement.proof.note_keys import BadNote, Verifier
from procurement.refusals import AlreadyDone, BadInput, Conflict, Fault, NotFound
from procurement.roles import Permission
from procurement.texts import Text
from procurement.verbs import Verb

MAX_CERTIFICATE_BYTES = 20_000  # more than any real one; a longer text is cut and so is none

_NO_KEY = Text("This is not the text of an Ed25519 note key", "这不是 Ed25519 签名公钥的文本")
_NO_PURPOSE = Text("A note key is standing or timekeeper", "密钥用途须为 standing 或 timekeeper")
_KEY_TAKEN = Text("This key is another organisation's, or retired", "该密钥属于其他单位或已停用")
_NO_CERTIFICATE = Text("This is not an X.509 certificate (DER)", "这不是 X.509 证书（DER）")
_NO_EVIDENCE = Text("Say what you saw that shows whose it is", "请说明您所见的归属凭据")
_EXPIRED = Text(
    "The certificate was valid until {not_after} only", "该证书的有效期仅至 {not_after}"
)


@transaction.atomic
def enrol_note_key(
    *,
    organisation_id: UUID,
    vkey: str,
    purpose: str = NoteKey.STANDING,
    by: Actor,
    now: datetime,
) -> NoteKey:
    """Make a key the body's standing one, or its timekeeper's; the one before is retired.

    :raises NotPermitted: unless ``by`` is an operator.
    :raises BadInput: when the text is no key, or the purpose none.
    :raises AlreadyDone: when it is the standing key.
    :raises Conflict: when the key was somebody's before.
    """
    # The body's row: of two enrolments at once, one must see the other.
    organisation = Organisation.objects.select_for_update().filter(pk=organisation_id).first()
    require(by, Permission.MANAGE_ACCOUNTS, of=organisation_id)

    if organisation is None:
        raise NotFound
    if purpose not in NoteKey.PURPOSES:
        raise BadInput(faults=[Fault("not-a-purpose", _NO_PURPOSE, pointer="/purpose")])
    try:
        Verifier.parse(vkey)
    except BadNote:
        raise BadInput(faults=[Fault("not-a-note-key", _NO_KEY, pointer="/vkey")]) from None
    standing = NoteKey.objects.filter(organisation=organisation, purpose=purpose, retired_at=None)
    if standing.filter(vkey=vkey).exists():
        raise AlreadyDone
    if NoteKey.objects.filter(vkey=vkey).exists():
        raise Conflict(_KEY_TAKEN)

    standing.update(retired_at=now)
    key = NoteKey.objects.create(
        organisation=organisation, purpose=purpose, vkey=vkey, enrolled_at=now
    )
    body = {"organisation": str(organisation_id), "purpose": purpose, "vkey": vkey}
    record(Verb.NOTE_KEY_ENROLLED, tender=None, by=by, at=now, body={**body})
    return key


@transaction.atomic
def enrol_certificate(
    *, organisation_id: UUID, der: bytes, evidence: str, by: Actor, now: datetime
) -> EnrolledCertificate:
    """Enrol a certificate for which an operator vouches, with what they saw.

    :raises NotPermitted: unless ``by`` is an operator.
    :raises NotFound: when there is no such body.
    :raises BadInput: without evidence, for what is no certificate, or an expired one.
    :raises AlreadyDone: when it is enrolled.
    """
    require(by, Permission.MANAGE_ACCOUNTS, of=organisation_id)

    if not Organisation.objects.filter(pk=organisation_id).exists():
        raise NotFound
    if not evidence.strip():
        raise BadInput(faults=[Fault("no-evidence", _NO_EVIDENCE, pointer="/evidence")])

    return enrolled(
        organisation_id=organisation_id, der=der, pointer="/certificate", evidence=evidence,
        by=by, now=now,
    )  # fmt: skip


def enrolled(
    *,
    organisation_id: UUID,
    der: bytes,
    pointer: str,
    by: Actor,
    now: datetime,
    proof: str = "",
    evidence: str = "",
) -> EnrolledCertificate:
    """Judge a certificate, keep it with the ground on which it counts, and record that.

    :raises BadInput: for what is no certificate, or an expired one; ``pointer`` names the field.
    :raises AlreadyDone: when it is enrolled.
    """
    certificate = parsed(der, pointer)
    not_after = certificate.not_valid_after_utc
    if not_after <= now:
        facts = {"not_after": f"{not_after:%Y-%m-%d %H:%M} UTC"}
        raise BadInput(faults=[Fault("expired", _EXPIRED, facts, pointer)])
    digest = sha256(der).hexdigest()
    if EnrolledCertificate.objects.filter(organisation=organisation_id, sha256=digest).exists():
        raise AlreadyDone

    kept = EnrolledCertificate.objects.create(
        organisation_id=organisation_id,
        sha256=digest,
        der=der,
        subject=certificate.subject.rfc4514_string()[:1000],
        not_after=not_after,
        enrolled_by_id=by.recorded_as,
        enrolled_at=now,
        proof=proof,
        evidence=evidence,
    )
    body = {"organisation": str(organisation_id), "sha256": digest, "proof": proof}
    record(Verb.CERTIFICATE_ENROLLED, tender=None, by=by, at=now, body={**body})
    return kept


def parsed(der: bytes, pointer: str) -> x509.Certificate:
    """Read a certificate. :raises BadInput: for what is none; ``pointer`` names the field."""
    try:
        certificate = x509.load_der_x509_certificate(der[:MAX_CERTIFICATE_BYTES])
        certificate.subject.rfc4514_string()  # read now what is read lazily
    except ValueError:
        fault = Fault("not-a-certificate", _NO_CERTIFICATE, pointer=pointer)
        raise BadInput(faults=[fault]) from None
    return certificate
