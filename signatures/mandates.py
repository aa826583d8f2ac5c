"""Mandates for certificates that do not name the body for which they sign.

To draw one up, the certificate is taken from a file, from an enrolment, or from a signed PDF. The
signed paper comes back then:

1. it is judged, as of now, by what the body itself is known by; a mandate gives none
2. it carries the mandate, to the byte as it was drawn up, and nothing else
3. it is kept in the vault
4. one transaction records it; from then on the mandate counts
"""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from secrets import token_hex
from uuid import UUID

from procurement.actions.mandates import NoSuchMandate, draw_up, record_mandate
from procurement.actors import Actor, require
from procurement.documents import written
from procurement.models import EnrolledCertificate, Organisation, SigningMandate
from procurement.refusals import BadInput, Fault, NotFound, Refusal
from procurement.roles import Permission
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import DOCUMENTS
from signatures.between import keep_between
from signatures.faults import fault_of
from signatures.pdf.certificates import brought_along
from signatures.pdf.policy import Policy
from signatures.pdf.report import ACCEPTED
from signatures.possession import WHOEVER, only_file_in, only_signer
from signatures.queries import signers_of
from signatures.service import check, look

POINTER = "/signed_mandate"
_NOT_ENROLLED = Text(
    "No enrolled certificate has this digest. Send the certificate itself",
    "没有具有该摘要的已登记证书，请直接提交证书",
)


class MandateRefused(Refusal):
    """Raise with one fault for each finding of the catalogue."""

    code, status = "mandate-refused", 409
    title = Text(
        "The mandate is not validly signed by the organisation itself; nothing was recorded",
        "授权书未由该单位自身有效签署，未作任何记录",
    )


class NotSigned(Refusal):
    """Raise with one fault for each finding of the catalogue."""

    code, status = "no-certificate-found", 409
    title = Text(
        "This file shows no certificate with which it was validly signed",
        "该文件未显示有效签署所用的证书",
    )


@dataclass(frozen=True)
class Source:
    """Where a certificate is taken from: one of its DER, an enrolled one's digest, a signed PDF."""

    certificate: bytes | None = None
    enrolled: str | None = None
    signed_pdf: bytes | None = None


def ask(
    *,
    organisation_id: UUID,
    source: Source,
    valid_from: datetime | None,
    valid_until: datetime,
    by: Actor,
    now: datetime,
) -> SigningMandate:
    """Draw up a mandate for the certificate that a source shows.

    :raises NotPermitted: unless ``by`` is an administrator of the supplier, or an operator.
    :raises NotSigned: for a PDF that nobody has signed validly.
    :raises OneSignatureNeeded: for a PDF that several have signed.
    :raises Refusal: as ``draw_up`` does.
    """
    require(by, Permission.KEEP_MANDATES, of=organisation_id)
    pointer, der = _certificate(source, now)
    return draw_up(
        organisation_id=organisation_id,
        der=der,
        pointer=pointer,
        valid_from=valid_from,
        valid_until=valid_until,
        by=by,
        now=now,
    )


def give(*, organisation_id: UUID, pdf: bytes, by: Actor, now: datetime) -> SigningMandate:
    """Judge a signed mandate and record it.

    :raises NotPermitted: unless ``by`` is an administrator of the supplier, or an operator.
    :raises NotFound: when there is no such body.
    :raises MandateRefused: for a file that the body has not signed validly with its own.
    :raises NoSuchMandate: for another paper, and one of others, too old or recorded before.
    :raises VaultUnavailable: when it could not be kept.
    """
    require(by, Permission.KEEP_MANDATES, of=organisation_id)
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound
    _require_signed(organisation, pdf, now)
    if (said := only_file_in(pdf)) is None:
        raise NoSuchMandate
    stored = vault().put(
        DOCUMENTS, f"mandates/{organisation_id}/{token_hex(16)}", BytesIO(pdf), len(pdf)
    )
    made = written(
        stored,
        lambda: record_mandate(
            organisation_id=organisation_id, said=said, paper=stored, by=by, now=now
        ),
    )
    vault().hold(DOCUMENTS, stored.name, stored.version_id)
    return made


def _require_signed(organisation: Organisation, pdf: bytes, now: datetime) -> None:
    """Let pass what is signed with the body's own certificate: of its identifier, or enrolled."""
    (own,) = signers_of([organisation], None)
    policy = Policy(supplier=own, limits=WHOEVER.limits)
    report, _ = check(pdf, policy=policy, at=now, now=now)
    if report.verdict not in ACCEPTED:
        raise MandateRefused(faults=[fault_of(one, POINTER) for one in report.findings])


def _certificate(source: Source, now: datetime) -> tuple[str, bytes]:
    """Give a certificate (DER) and the field that showed it."""
    if source.signed_pdf is not None:
        return "/signed_pdf", _of_signer(source.signed_pdf, now)
    if source.certificate is not None:
        return "/certificate", source.certificate
    found = EnrolledCertificate.objects.filter(sha256=source.enrolled).first()
    if found is None:
        fault = Fault("not-enrolled", _NOT_ENROLLED, pointer="/enrolled")
        raise BadInput(faults=[fault])
    return "/enrolled", bytes(found.der)


def _of_signer(pdf: bytes, now: datetime) -> bytes:
    report = look(pdf, policy=WHOEVER, at=now)
    if report.verdict not in ACCEPTED:
        raise NotSigned(faults=[fault_of(one, "/signed_pdf") for one in report.findings])
    brought = brought_along(pdf, only_signer(report).certificate_sha256, WHOEVER.limits)
    keep_between(brought, now=now)
    return brought.signer
