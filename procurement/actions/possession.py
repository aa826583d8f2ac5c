"""A body shows that it has the key to a certificate: it signs a paper that nobody has seen before.

A certificate alone is public: whoever had one could enrol it, and another's signature would then
count as theirs.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from procurement.actions.enrolment import enrolled
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.models import CertificateChallenge, EnrolledCertificate, Organisation
from procurement.proof.canonical import canonical
from procurement.proof.instants import format_instant
from procurement.refusals import NotFound, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from procurement.verbs import Verb

OPEN_FOR = timedelta(days=2)
NONCE_BYTES = 16
KIND = "daylight/certificate-challenge/v1"


class NoSuchChallenge(Refusal):
    code, status = "no-such-challenge", 409
    title = Text(
        "This is no challenge that waits for this body; ask for a new one",
        "这不是该单位待签的证书验证文件，请重新申请",
    )


@transaction.atomic
def challenge(*, organisation_id: UUID, by: Actor, now: datetime) -> CertificateChallenge:
    """Make what a body has to sign with the certificate that it wants to enrol.

    :raises NotFound: when there is no such body.
    :raises NotPermitted: unless ``by`` is an administrator of the supplier.
    """
    require(by, Permission.ENROL_CERTIFICATE, of=organisation_id)

    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound

    made = CertificateChallenge.objects.create(
        organisation=organisation,
        nonce=secrets.token_hex(NONCE_BYTES),
        asked_by_id=by.user_id,
        asked_at=now,
    )
    body = {"organisation": str(organisation_id), "challenge": str(made.pk)}
    record(Verb.CERTIFICATE_CHALLENGED, tender=None, by=by, at=now, body={**body})
    return made


@transaction.atomic
def enrol_proven(
    *, organisation_id: UUID, said: bytes, der: bytes, proof: str, by: Actor, now: datetime
) -> EnrolledCertificate:
    """Enrol the certificate with which a challenge was signed; ``proof`` is that file's digest.

    :raises NotPermitted: unless ``by`` is an administrator of the supplier.
    :raises NoSuchChallenge: unless ``said`` is a challenge of this body that is still open.
    :raises BadInput: for an expired certificate.
    :raises AlreadyDone: when it is enrolled.
    """
    require(by, Permission.ENROL_CERTIFICATE, of=organisation_id)
    open_ones = (
        CertificateChallenge.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(organisation=organisation_id, met_at=None, asked_at__gt=now - OPEN_FOR)
    )

    met = next((one for one in open_ones if words_of(one) == said), None)
    if met is None:
        raise NoSuchChallenge

    met.met_at = now
    met.save()
    return enrolled(
        organisation_id=organisation_id, der=der, pointer="/signed_challenge", proof=proof,
        by=by, now=now,
    )  # fmt: skip


def words_of(made: CertificateChallenge) -> bytes:
    """Write what a challenge says, the same bytes each time."""
    body = made.organisation
    return canonical(
        {
            "type": KIND,
            "organisation": str(body.pk),
            "identifier": f"{body.identifier_scheme}-{body.identifier}",
            "nonce": made.nonce,
            "asked_at": format_instant(made.asked_at),
        }
    )
