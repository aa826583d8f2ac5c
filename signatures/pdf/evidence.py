"""Certificates and revocation data that travel in the file: the document security store (DSS)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from asn1crypto import crl, ocsp, x509
from cryptography.x509 import InvalidVersion, load_der_x509_crl
from cryptography.x509.ocsp import load_der_ocsp_response
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf import compared  # noqa: F401 - takes the place of asn1crypto's own
from signatures.pdf.anchors import Anchors
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.names import name_of
from signatures.pdf.parsers import Document
from signatures.pdf.policy import Limits
from signatures.pdf.responders import DEEPEST, brought_by


@dataclass(frozen=True)
class Store:
    """What is known about certificates: from the file and from the operator's directory."""

    certificates: tuple[x509.Certificate, ...]
    crls: tuple[crl.CertificateList, ...]
    ocsps: tuple[ocsp.OCSPResponse, ...]
    travelled: bool  # the file itself brought revocation data
    polled: Anchors = field(default_factory=Anchors)  # the operator's, of which few are about it

    def about(self, certificates: Iterable[x509.Certificate]) -> "Store":
        """Add what the operator holds about some certificates; all of it may be hundreds."""
        at_hand = (*certificates, *self.certificates)
        names = {name_of(name): None for one in at_hand for name in (one.issuer, one.subject)}
        serials = [one.serial_number for one in at_hand]
        told = answers_about(serials, self.polled, self.ocsps)
        return replace(
            self,
            crls=(*self.crls, *_loaded(self.polled.lists_of(names), _crl)),
            ocsps=(*self.ocsps, *_loaded(told, _ocsp)),
            polled=Anchors(),
        )


def answers_about(
    numbers: Iterable[int], polled: Anchors, beside: Iterable[ocsp.OCSPResponse] = ()
) -> tuple[bytes, ...]:
    """Give the answers that are held about certificates, and about the responders who tell it.

    ``beside`` are other answers, about whose responders something may be held, too.
    """
    found: dict[bytes, None] = {}
    serials, told = set(numbers), tuple(beside)
    for _ in range(DEEPEST + 1):
        serials |= {one.serial_number for answer in told for one in brought_by(answer)}
        fresh = [der for der in polled.answers_about(sorted(serials)) if der not in found]
        found |= dict.fromkeys(fresh)
        told = _loaded(fresh, _ocsp)
    return tuple(found)


def known(document: Document, anchors: Anchors, limits: Limits) -> Store:
    """Collect the evidence; what cannot be read is as good as not there."""
    certificates = _listed(document, "/Certs", DecodePurpose.CERTIFICATE, limits)
    crls = _listed(document, "/CRLs", DecodePurpose.CRL, limits)
    ocsps = _listed(document, "/OCSPs", DecodePurpose.OCSP_RESPONSE, limits)
    return Store(
        certificates_of(certificates),
        _loaded(crls, _crl),
        _loaded(ocsps, _ocsp),
        travelled=bool(crls or ocsps),
        polled=anchors,
    )


def _listed(document: Document, name: str, purpose: DecodePurpose, limits: Limits) -> list[bytes]:
    try:
        members = document.reader.root["/DSS"][name]
    except (PdfError, *MALFORMED):
        return []
    if not isinstance(members, generic.ArrayObject):
        return []
    found = []
    for index in range(min(len(members), limits.certificates)):
        try:
            data: bytes = members[index].read_data(purpose)
        except (PdfError, *MALFORMED):
            continue
        if len(data) <= limits.crl_bytes:
            found.append(data)
    return found


@lru_cache(maxsize=256)
def certificate_of(der: bytes) -> x509.Certificate:
    """Read a certificate, once for all files that it is met in."""
    certificate = x509.Certificate.load(der, strict=True)
    _ = certificate.native, certificate.critical_extensions  # asn1crypto would complain too late
    return certificate


def certificates_of(encoded: Iterable[bytes]) -> tuple[x509.Certificate, ...]:
    """Read certificates and leave out those that are none."""
    return _loaded(encoded, certificate_of)


@lru_cache(maxsize=256)
def _crl(der: bytes) -> crl.CertificateList:
    load_der_x509_crl(der)  # asn1crypto reads lazily and would complain too late
    found = crl.CertificateList.load(der, strict=True)
    for name in ("signature", "issuer", "this_update", "next_update", "crl_extensions"):
        _ = found["tbs_cert_list"][name].native
    return found


@lru_cache(maxsize=256)
def _ocsp(der: bytes) -> ocsp.OCSPResponse:
    load_der_ocsp_response(der)
    found = ocsp.OCSPResponse.load(der, strict=True)
    _ = found.native
    return found


def _loaded(encoded: Iterable[bytes], load: Callable[[bytes], Any]) -> tuple[Any, ...]:
    found = []
    for der in encoded:
        try:
            found.append(load(der))
        except (InvalidVersion, *MALFORMED):
            continue
    return tuple(found)
