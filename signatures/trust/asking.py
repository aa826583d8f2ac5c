"""What an authority is asked about revocations, and what of its answers is kept.

Lists are asked for at the addresses approved with an anchor. OCSP is asked about every enrolled
certificate whose issuer is an anchor, once a day, whether it is used or not: a question never
tells who files a bid. An answer is kept when it can be read, is about what was asked, and is not
older than the one before it. Whether its signature holds is judged with every file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from signatures.trust.fetching import Fetcher, NotFetched

QUESTION = "application/ocsp-request"


@dataclass(frozen=True)
class Target:
    """One thing to ask: a list, or about one certificate."""

    kind: str  # "crl" or "ocsp"
    url: str
    issuer: bytes  # DER of the anchor with which the address was approved
    certificate: bytes = b""  # DER, for OCSP

    @property
    def source(self) -> str:
        """Name the target as rounds do."""
        about = f" {sha256(self.certificate).hexdigest()}" if self.certificate else ""
        return f"{self.url}{about}"


@dataclass(frozen=True)
class Answer:
    """A readable answer and its dates."""

    der: bytes
    this_update: datetime
    next_update: datetime | None

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of its bytes, in hex."""
        return sha256(self.der).hexdigest()


def targets(
    entries: Iterable[Mapping[str, Any]],
    certificates: Mapping[str, bytes],
    enrolled: Iterable[bytes],
) -> list[Target]:
    """List what to ask, by the entries of a version and what suppliers enrolled."""
    by_issuer: dict[bytes, list[bytes]] = {}
    for der in enrolled:
        by_issuer.setdefault(_issuer_of(der), []).append(der)
    found: dict[str, Target] = {}
    for entry in entries:
        issuer = certificates[entry["certificate"]]
        for target in _of_entry(entry["addresses"], issuer, by_issuer.get(_subject_of(issuer), [])):
            found[target.source] = target
    return [found[source] for source in sorted(found)]


def ask(target: Target, fetcher: Fetcher) -> Answer:
    """Ask an authority.

    :raises NotFetched: when it does not answer, or something else than was asked.
    """
    if target.kind == "crl":
        return _list(fetcher.get(target.url), target.url)
    return _answer(fetcher.post(target.url, _question(target), QUESTION), target)


def _of_entry(
    addresses: Iterable[Mapping[str, str]], issuer: bytes, enrolled: Iterable[bytes]
) -> Iterator[Target]:
    for address in addresses:
        if address["kind"] == "crl":
            yield Target("crl", address["url"], issuer)
        else:
            yield from (Target("ocsp", address["url"], issuer, one) for one in enrolled)


def _list(body: bytes, url: str) -> Answer:
    try:
        load = x509.load_pem_x509_crl if b"-----BEGIN" in body[:100] else x509.load_der_x509_crl
        found = load(body)
        der = found.public_bytes(Encoding.DER)
        return Answer(der, found.last_update_utc, found.next_update_utc)
    except ValueError as error:
        raise NotFetched(f"{url} gives no revocation list") from error


def _question(target: Target) -> bytes:
    certificate = x509.load_der_x509_certificate(target.certificate)
    issuer = x509.load_der_x509_certificate(target.issuer)
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303 - RFC 5019, 2.1.1
    return asked.build().public_bytes(Encoding.DER)


def _answer(body: bytes, target: Target) -> Answer:
    wanted = x509.load_der_x509_certificate(target.certificate).serial_number
    try:
        found = ocsp.load_der_ocsp_response(body)
        successful = found.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
        about = (
            [one for one in found.responses if one.serial_number == wanted] if successful else []
        )
    except ValueError as error:
        raise NotFetched(f"{target.url} gives no OCSP answer") from error
    if not about:
        raise NotFetched(f"{target.url} does not answer about what was asked")
    return Answer(body, about[0].this_update_utc.astimezone(UTC), about[0].next_update_utc)


def _subject_of(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).subject.public_bytes()


def _issuer_of(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).issuer.public_bytes()
