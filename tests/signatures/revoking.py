"""A file signed by a certificate of its own, and what its authority says of it, when and how."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from signatures.pdf.anchors import Anchors
from signatures.pdf.policy import Policy
from signatures.pdf.signing import Evidence, SigningKey
from signatures.training import Credential
from signatures.training_services import ocsp_answer, revocation_list
from tests.signatures.documents import NOW, RECEIVED, Practice

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """A file signed at NOW by a certificate of its own, and what its authority says when."""

    practice: Practice
    credential: Credential

    @classmethod
    def of(cls, practice: Practice) -> "Case":
        return cls(
            practice,
            practice.authority.issue(common_name="Wang", organisation="Lotus Works", now=NOW),
        )

    def revoke(self, since: datetime) -> None:
        self.practice.authority.revoke(self.credential.certificate, at=since)

    def listed(self, at: datetime) -> bytes:
        return revocation_list(self.practice.authority, "issuing", at=at)

    def answered(self, at: datetime) -> bytes:
        issuer = self.practice.authority.authority("issuing").certificate
        asked = ocsp.OCSPRequestBuilder().add_certificate(
            self.credential.certificate, issuer, hashes.SHA1()
        )
        request = asked.build().public_bytes(Encoding.DER)
        return ocsp_answer(self.practice.authority, "issuing", request, at=at)

    def anchors(self, *lists: bytes, answers: tuple[bytes, ...] = ()) -> Anchors:
        root = revocation_list(self.practice.authority, "root", at=NOW - HOUR)
        return Anchors(
            signers=self.practice.anchors.signers,
            tsa=self.practice.anchors.tsa,
            crls=(root, *lists),
            ocsps=answers,
        )

    def judged(
        self,
        anchors: Anchors,
        at: datetime = RECEIVED,
        evidence: Evidence | None = None,
        **asked: object,
    ) -> tuple[str, ...]:
        policy = Policy(**asked)  # type: ignore[arg-type]
        signed = self.practice.sign(
            self.practice.form,
            SigningKey.from_pem(self.credential.pem()),
            evidence=evidence or replace(self.practice.evidence(), crls=()),
        )
        return self.practice.judged(signed, policy=policy, anchors=anchors, at=at).codes


def entry(
    certificate: x509.Certificate,
    *extensions: x509.ExtensionType,
    since: datetime = NOW - HOUR,
    critical: bool = True,
) -> x509.RevokedCertificate:
    """Write the entry of one certificate."""
    builder = (
        x509.RevokedCertificateBuilder()
        .serial_number(certificate.serial_number)
        .revocation_date(since)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.build()


def listing(
    case: Case,
    *extensions: x509.ExtensionType,
    of: str | Credential = "issuing",
    label: str | Credential | None = None,
    entries: Iterable[x509.RevokedCertificate] = (),
    critical: bool = True,
) -> bytes:
    """Sign a list with extensions, by its issuer's key or in its name by another's (``label``)."""
    issuer, signer = (
        case.practice.authority.authority(one) if isinstance(one, str) else one
        for one in (of, label or of)
    )
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(NOW)
        .next_update(NOW + DAY)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=critical)
    for one in entries:
        builder = builder.add_revoked_certificate(one)
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def partition(url: str | None = None, **only: object) -> x509.IssuingDistributionPoint:
    """Narrow a list to one partition (RFC 5280, 5.2.5)."""
    told = {
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    } | only
    named = None if url is None else [x509.UniformResourceIdentifier(url)]
    return x509.IssuingDistributionPoint(full_name=named, relative_name=None, **told)  # type: ignore[arg-type]


def answering(
    case: Case,
    by: Credential,
    status: str = "GOOD",
    *extensions: x509.ExtensionType,
    about: x509.Certificate | None = None,
    issuer: str | Credential = "issuing",
    at: datetime = NOW,
    since: datetime = NOW - HOUR,
    reason: x509.ReasonFlags | None = None,
) -> bytes:
    """Answer with the key of somebody, about the certificate that the issuer made."""
    revoked = status == "REVOKED"
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about or case.credential.certificate,
        issuer=_authority(case, issuer).certificate,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus[status],
        this_update=at,
        next_update=at + DAY,
        revocation_time=since if revoked else None,
        revocation_reason=reason if revoked else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, by.certificate)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    made = builder.certificates([by.certificate]).sign(by.key, hashes.SHA256())
    return _produced(made.public_bytes(Encoding.DER), by, at)


def _authority(case: Case, which: str | Credential) -> Credential:
    return case.practice.authority.authority(which) if isinstance(which, str) else which


def _produced(answer: bytes, by: Credential, at: datetime) -> bytes:
    """Date an answer: the builder says of each that it is of this very second."""
    found = asn1_ocsp.OCSPResponse.load(answer)
    basic = found.basic_ocsp_response
    told = basic["tbs_response_data"]
    told["produced_at"] = at
    words, sha256 = told.dump(force=True), hashes.SHA256()
    if isinstance(by.key, ec.EllipticCurvePrivateKey):
        basic["signature"] = by.key.sign(words, ec.ECDSA(sha256))
    else:
        assert isinstance(by.key, rsa.RSAPrivateKey)
        basic["signature"] = by.key.sign(words, padding.PKCS1v15(), sha256)
    found["response_bytes"]["response"] = basic
    return bytes(found.dump(force=True))


def issued(
    case: Case,
    name: str,
    by: str | Credential = "root",
    *extensions: x509.ExtensionType,
    like: Credential | None = None,
    critical: bool = False,
    begins: datetime = NOW - 2 * DAY,
    lives: timedelta = 400 * DAY,
) -> Credential:
    """Have an authority issue any certificate; ``like`` is one whose name and key it carries."""
    issuer = _authority(case, by)
    key = like.key if like else ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        issuer.certificate.subject,
        like.certificate.subject if like else own,
        key.public_key(),
        x509.random_serial_number(),
        begins,
        begins + lives,
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Credential(builder.sign(issuer.key, hashes.SHA256()), key, (issuer.certificate,))
