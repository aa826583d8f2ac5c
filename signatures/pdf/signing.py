"""Putting PAdES signatures on PDFs: B-B, with a timestamp B-T, with revocation data B-LT.

A signature is one incremental update: every byte of the input stays where it was, so embedded
files and PDF/A survive. Nothing is signed that ``judge`` would refuse.
"""

import asyncio
import io
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import crl, keys, ocsp, tsp, x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import load_pem_x509_certificates
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signatures.pdf.appearance import Appearance, words
from signatures.pdf.catalogue import message
from signatures.pdf.inspection import faults_before_signing
from signatures.pdf.report import Finding
from signatures.pdf.room import placed

# An RFC 3161 request in DER goes in, the response in DER comes out.
TimestampSource = Callable[[bytes], bytes]


class SigningRefused(ValueError):  # noqa: N818 - reads as the sentence it is
    """The PDF is one that the verifier would refuse, signed or not; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        text = message(finding)
        super().__init__(f"{text.title}. {text.text} {text.action}")
        self.finding = finding


class KeyUnreadable(ValueError):  # noqa: N818 - reads as the sentence it is
    """The key file is not one, or the passphrase does not open it; likewise a token and its PIN."""


class KeyAway(Exception):  # noqa: N818 - reads as the sentence it is
    """The token or the service that holds the key does not answer; later it may."""


@dataclass(frozen=True)
class Evidence:
    """Revocation data and certificates that travel with a B-LT signature, as DER bytes."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class SigningKey:
    """A private key, wherever it is, with its certificate and the certificates above it.

    ``opened`` gives pyHanko's signer for as long as its block lasts, in a loop of its own.
    """

    certificate_der: bytes
    chain_der: tuple[bytes, ...]
    opened: Callable[[], AbstractAsyncContextManager[signers.Signer]]

    @classmethod
    def from_pkcs12(cls, data: bytes, passphrase: str | None) -> "SigningKey":
        """Open a PKCS#12 file.

        :raises KeyUnreadable: when the passphrase is wrong or the file is something else.
        """
        secret = None if passphrase is None else passphrase.encode()
        try:
            return cls._in_memory(
                signers.SimpleSigner.load_pkcs12_data(data, (), passphrase=secret)
            )
        except (ValueError, TypeError, AttributeError) as error:
            raise KeyUnreadable("Not a PKCS#12 file, or not its passphrase") from error

    @classmethod
    def from_pem(cls, text: bytes, passphrase: str | None = None) -> "SigningKey":
        """Open a PEM text with a private key, its certificate and the issuers', in that order.

        :raises KeyUnreadable: when there is no key, no certificate or not the passphrase.
        """
        secret = None if passphrase is None else passphrase.encode()
        try:
            key = serialization.load_pem_private_key(text, secret)
            first, *chain = load_pem_x509_certificates(text)
        except (ValueError, TypeError) as error:
            raise KeyUnreadable("Not a PEM key with a certificate") from error
        der = serialization.Encoding.DER
        plain_key = key.private_bytes(
            der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls._in_memory(
            signers.SimpleSigner(
                signing_cert=x509.Certificate.load(first.public_bytes(der)),
                signing_key=keys.PrivateKeyInfo.load(plain_key),
                cert_registry=store_of(tuple(one.public_bytes(der) for one in chain)),
            )
        )

    @classmethod
    def _in_memory(cls, signer: signers.SimpleSigner) -> "SigningKey":
        @asynccontextmanager
        async def opened() -> AsyncIterator[signers.Signer]:
            yield signer

        certificate: Any = signer.signing_cert
        chain = tuple(bytes(one.dump()) for one in signer.cert_registry)
        return cls(bytes(certificate.dump()), chain, opened)


def store_of(certificates: tuple[bytes, ...]) -> SimpleCertificateStore:
    """Give DER certificates as pyHanko wants them."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([x509.Certificate.load(der) for der in certificates])
    return store


def sign_pdf(
    pdf: bytes,
    key: SigningKey,
    *,
    at: datetime,
    field: str | None = None,
    reason: str | None = None,
    tsa: TimestampSource | None = None,
    evidence: Evidence | None = None,
    archive: bool = False,
    appearance: Appearance | None = None,
) -> bytes:
    """Sign a PDF and return it with the signature appended.

    ``at`` is the claimed time of signing. With ``tsa`` the signature is timestamped (B-T), with
    ``evidence`` too it carries its revocation data (B-LT), with ``archive`` a timestamp over all of
    it follows (B-LTA). It is seen on a page only where ``appearance`` says so, or where there is
    room, if that names no box. Field names must be new; without one, a second signer gets the next.

    :raises SigningRefused: for a PDF that would be refused after signing, too.
    :raises OSError: when the time-stamping authority does not answer.
    :raises KeyAway: when the token or the service with the key does not.
    :raises KeyUnreadable: when that refuses the PIN, or answers what is no signature.
    """
    if found := faults_before_signing(pdf):
        raise SigningRefused(found[0])

    stamper = None if tsa is None else _Stamper(tsa)
    name = field or _next_field(pdf)
    if appearance is not None:
        appearance = placed(pdf, appearance)
    signing = _sign(
        pdf, key, at=at, field=name, reason=reason, stamper=stamper, appearance=appearance
    )
    try:
        signed, contents = asyncio.run(signing)
    except SigningError as error:  # a field that is taken, a file certified against signatures
        raise SigningRefused(
            Finding.of("changed-after-signing", field=name, what=str(error))
        ) from error
    if evidence is not None:
        signed = _with_evidence(signed, contents, evidence)
    if archive and stamper is not None:
        signed = asyncio.run(_with_document_timestamp(signed, stamper))
    return signed


def stamp_pdf(pdf: bytes, *, tsa: TimestampSource, evidence: Evidence | None = None) -> bytes:
    """Append revocation data, where there is any, and a timestamp over all of a signed PDF.

    :raises OSError: when the time-stamping authority does not answer.
    """
    if evidence is not None:
        pdf = _with_evidence(pdf, None, evidence)
    return asyncio.run(_with_document_timestamp(pdf, _Stamper(tsa)))


def _next_field(pdf: bytes) -> str:
    """Name a signature field that no earlier signer has used."""
    names = (f"Signature{number}" for number in itertools.count(1))
    return next(name for name in names if name.encode() not in pdf)


async def _sign(
    pdf: bytes,
    key: SigningKey,
    *,
    at: datetime,
    field: str,
    reason: str | None,
    stamper: TimeStamper | None,
    appearance: Appearance | None = None,
) -> tuple[bytes, bytes]:
    """Run pyHanko's steps one by one, because its short way reads the clock of the machine."""
    metadata = signers.PdfSignatureMetadata(
        field_name=field, reason=reason, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    style = None
    if appearance is not None:
        style = appearance.style(words(key.certificate_der, at=at, reason=reason))
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    async with key.opened() as signer:
        signing = signers.PdfSigner(
            metadata,
            signer,
            timestamper=stamper,
            stamp_style=style,
            new_field_spec=None if appearance is None else appearance.field(field),
        )
        session = signing.init_signing_session(writer)
        session.system_time = at
        room = await session.estimate_signature_container_size(None)
        document = session.prepare_tbs_document(None, room)
        digest, output = document.digest_tbs_document()
        done = await document.perform_signature(
            digest.document_digest, PdfCMSSignedAttributes(signing_time=None)
        )
    output.seek(0)
    return output.read(), done.sig_contents


def _with_evidence(signed: bytes, contents: bytes | None, evidence: Evidence) -> bytes:
    """Append a document security store (ETSI EN 319 142-1, 5.4.2)."""
    buffer = io.BytesIO(signed)
    DocumentSecurityStore.add_dss(
        buffer,
        contents,
        certs=[x509.Certificate.load(der) for der in evidence.certificates],
        crls=[crl.CertificateList.load(der) for der in evidence.crls],
        ocsps=[ocsp.OCSPResponse.load(der) for der in evidence.ocsps],
        strict=False,
    )
    return buffer.getvalue()


async def _with_document_timestamp(signed: bytes, stamper: TimeStamper) -> bytes:
    """Append a document timestamp (ETSI EN 319 142-1, 5.4.3)."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed), strict=False)
    output = await signers.PdfTimeStamper(stamper).async_timestamp_pdf(writer, "sha256")
    made: bytes = output.getvalue()
    return made


class _Stamper(TimeStamper):
    """Asks a ``TimestampSource`` in pyHanko's words."""

    def __init__(self, source: TimestampSource) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._source = source

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._source(req.dump()))
