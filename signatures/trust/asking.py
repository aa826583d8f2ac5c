"""What an authority is asked about revocations, and what of its answers is kept.

Lists are asked for at the addresses approved with an anchor, and at those that a certificate below
it states, if the server is approved. OCSP is asked about every enrolled certificate and the one
that the platform seals with, and about each authority between these and the anchors, once a day,
whether they are used or not: a question never tells who files a bid. Whoever answers is asked
about, too, unless its authority wants nobody to. An answer is kept when it can be read, is about
what was asked, and is not older than the one before it. Whether its signature holds is judged with
every file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from signatures.pdf.responders import brought_by, is_trusted_for_life
from signatures.rules.trust import Address
from signatures.trust.addresses import approved, may_be_asked, stated
from signatures.trust.fetching import Fetcher, NotFetched
from signatures.trust.paths import Step

QUESTION = "application/ocsp-request"


@dataclass(frozen=True)
class Target:
    """One thing to ask: a list, or about one certificate."""

    kind: str  # "crl" or "ocsp"
    url: str
    issuer: bytes  # DER of who issued the certificate, or of the anchor that has the list
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
    steps: Iterable[Step],
) -> list[Target]:
    """List what to ask, by the entries of a version and the steps up from what was enrolled."""
    allowed = approved(entries)
    wanted = [
        Target("crl", url, certificates[name])
        for name, addresses in allowed.items()
        for kind, url in addresses
        if kind == "crl"
    ]
    for step in steps:
        wanted += _of_step(step, allowed, certificates)
    found = {target.source: target for target in wanted}
    return [found[source] for source in sorted(found)]


def responders_in(answers: Iterable[bytes]) -> list[bytes]:
    """Give the certificates of those who answered, but of whom is not to be asked."""
    found: dict[bytes, None] = {}
    for der in answers:
        try:
            brought = brought_by(asn1_ocsp.OCSPResponse.load(der))
            named = [one.dump() for one in brought if not is_trusted_for_life(one)]
        except ValueError:
            continue
        found |= dict.fromkeys(named)
    return list(found)


def ask(target: Target, fetcher: Fetcher) -> Answer:
    """Ask an authority.

    :raises NotFetched: when it does not answer, or something else than was asked.
    """
    if target.kind == "crl":
        return _list(fetcher.get(target.url), target.url)
    return _answer(fetcher.post(target.url, _question(target), QUESTION), target)


def _of_step(
    step: Step, allowed: Mapping[str, Iterable[Address]], certificates: Mapping[str, bytes]
) -> Iterator[Target]:
    """Ask where a certificate states it; by OCSP also where that was approved with its issuer.

    Where a certificate states nothing, who may be asked is whom an anchor above it names.
    """
    known = [one for name in step.anchors for one in allowed[name]]
    own = [one for one in stated(step.certificate) if may_be_asked(one[1], known)]
    named = [name for name in step.anchors if certificates[name] == step.issuer]
    if not any(kind == "ocsp" for kind, _ in stated(step.certificate)):
        named = [*step.anchors]
    own += [(kind, url) for name in named for kind, url in allowed[name] if kind == "ocsp"]
    for kind, url in own:
        yield Target(kind, url, step.issuer, step.certificate if kind == "ocsp" else b"")


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
