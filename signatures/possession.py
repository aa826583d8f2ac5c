"""Enrolling a certificate by a paper that was signed with it.

1. the file is judged, as of now, whoever has signed it
2. it carries one challenge, and nothing else
3. one certificate has signed it; where that names an organisation, it is this one
4. one transaction: the challenge is met, the certificate enrolled from the signature itself
5. the authorities above it are kept, to be asked about
"""

import hashlib
from datetime import datetime
from uuid import UUID

from procurement.actions.possession import NoSuchChallenge, enrol_proven
from procurement.actors import Actor, require
from procurement.models import EnrolledCertificate, Organisation
from procurement.refusals import Refusal
from procurement.roles import Permission
from procurement.texts import Text
from signatures.between import keep_between
from signatures.faults import fault_of
from signatures.pdf.attachments import AttachmentsUnreadable, embedded_files
from signatures.pdf.binding import binding_rule, wrong_certificate
from signatures.pdf.certificates import brought_along
from signatures.pdf.policy import MIB, Limits, Policy, Supplier
from signatures.pdf.report import ACCEPTED, Report, Signer
from signatures.service import check

POINTER = "/signed_challenge"
WHOEVER = Policy(limits=Limits(file_bytes=MIB, signatures=4, attachments=4, attachment_bytes=MIB))


class ChallengeRefused(Refusal):
    """Raise with one fault for each finding of the catalogue."""

    code, status = "challenge-refused", 409
    title = Text("The signed paper does not prove the certificate", "签署的文件不能证明持有该证书")


class OneSignatureNeeded(Refusal):
    code, status = "one-signature-needed", 409
    title = Text(
        "Sign the paper with one certificate: the one that is meant",
        "请仅以所指的一份证书签署该文件",
    )


def prove(*, organisation_id: UUID, pdf: bytes, by: Actor, now: datetime) -> EnrolledCertificate:
    """Judge a signed challenge and enrol the certificate that signed it.

    :raises NotPermitted: unless ``by`` is an administrator of the supplier.
    :raises ChallengeRefused: for a file that is not signed validly, or by another organisation.
    :raises OneSignatureNeeded: for a file that two have signed.
    :raises NoSuchChallenge: for another paper, and one of others, too old or used before.
    :raises AlreadyDone: when the certificate is enrolled.
    """
    require(by, Permission.ENROL_CERTIFICATE, of=organisation_id)
    report, _ = check(pdf, policy=WHOEVER, at=now, now=now)
    if report.verdict not in ACCEPTED:
        raise ChallengeRefused(faults=[fault_of(one, POINTER) for one in report.findings])
    said = only_file_in(pdf)
    if said is None:
        raise NoSuchChallenge
    signer = only_signer(report)
    _require_own(signer, Organisation.objects.get(pk=organisation_id))
    brought = brought_along(pdf, signer.certificate_sha256, WHOEVER.limits)
    enrolled = enrol_proven(
        organisation_id=organisation_id,
        said=said,
        der=brought.signer,
        proof=hashlib.sha256(pdf).hexdigest(),
        by=by,
        now=now,
    )
    keep_between(brought, now=now)
    return enrolled


def only_file_in(pdf: bytes) -> bytes | None:
    """Take out the one file that a PDF embeds; None where there is none, or another number."""
    try:
        found = embedded_files(pdf, limits=WHOEVER.limits)
    except AttachmentsUnreadable:
        return None
    return found[0][1] if len(found) == 1 else None


def only_signer(report: Report) -> Signer:
    """Name who signed. :raises OneSignatureNeeded: where several did."""
    signers = {one.signer for one in report.signatures if one.signer is not None}
    if len(signers) != 1:
        raise OneSignatureNeeded
    return signers.pop()


def _require_own(signer: Signer, body: Organisation) -> None:
    """Refuse a certificate that names another organisation; one that names none is a person's."""
    own = Supplier(identifiers=frozenset({f"{body.identifier_scheme}-{body.identifier}"}))
    named = signer.identifiers or signer.credit_codes
    if named and binding_rule(signer, own) is None:
        raise ChallengeRefused(faults=[fault_of(wrong_certificate(signer), POINTER)])
