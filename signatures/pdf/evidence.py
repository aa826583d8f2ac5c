"""Certificates and revocation data that travel in the file: the document security store (DSS)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from asn1crypto import crl, ocsp, x509
from cryptography.x509 import InvalidVersion, load_der_x509_crl
from cryptography.x509.ocsp import load_der_ocsp_response

from signatures.pdf import compared  # noqa: F401 - takes the place of asn1crypto's own
from signatures.pdf.anchors import Anchors
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.names import name_of
from signatures.pdf.parsers import Document
from signatures.pdf.policy import Limits
from signatures.pdf.report import Finding
from signatures.pdf.responders import DEEPEST, brought_by
from signatures.pdf.stores import PURPOSES, Brought, brought, stores_of

_Dated = tuple[bytes, datetime]  # whom it is about, and since when it says so


@dataclass(frozen=True)
class Own:
    """Lists and answers that a file's last store lists, and the offset behind which each stands."""

    crls: Mapping[crl.CertificateList, int]
    ocsps: Mapping[ocsp.OCSPResponse, int]


@dataclass(frozen=True)
class Store:
    """What is known about certificates: from the file and from the operator's directory."""

    certificates: tuple[x509.Certificate, ...]
    crls: tuple[crl.CertificateList, ...]
    ocsps: tuple[ocsp.OCSPResponse, ...]
    own: "Own | None" = None  # revocation data of the file's last store
    polled: Anchors = field(default_factory=Anchors)  # the operator's, of which few are about it
    left_out: tuple[int, int, int] = (0, 0, 0)  # certificates, lists, answers that it listed once

    def own_by(self, end: int | None = None) -> "Store":
        """Leave what the file's last store lists, and stood in the file before an offset."""
        own = self.own or Own({}, {})
        crls, ocsps = (
            tuple(one for one, since in held.items() if end is None or since < end)
            for held in (own.crls, own.ocsps)
        )
        return replace(self, crls=crls, ocsps=ocsps, polled=Anchors())

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
    stores = stores_of(document)
    certificates, crls, ocsps = (brought(document, stores, name, limits) for name in PURPOSES)
    return Store(
        certificates_of((*certificates.now, *certificates.once)),
        _loaded((*crls.now, *crls.once), _crl),
        _loaded((*ocsps.now, *ocsps.once), _ocsp),
        Own(_since(crls.now, _crl), _since(ocsps.now, _ocsp)),
        polled=anchors,
        left_out=_left_out(certificates, crls, ocsps),
    )


def _since(held: Mapping[bytes, int], load: Callable[[bytes], Any]) -> dict[Any, int]:
    return {one: since for der, since in held.items() for one in _loaded([der], load)}


def left_out(store: Store) -> list[Finding]:
    """Say what a later revision of the file's store does not list any more."""
    if not any(store.left_out):
        return []
    names = ("certificates", "lists", "answers")
    return [Finding.of("evidence-left-out", **dict(zip(names, store.left_out, strict=True)))]


def _left_out(certificates: Brought, crls: Brought, ocsps: Brought) -> tuple[int, int, int]:
    """Count what a later store lacks, but for lists and answers that it has newer."""
    lists = [[_of_list(one) for one in _loaded(ders, _crl)] for ders in (crls.now, crls.once)]
    answers = [[*_of_answers(ders)] for ders in (ocsps.now, ocsps.once)]
    return len(certificates.once), _older(*lists), _older(*answers)


def _older(now: list[_Dated], once: list[_Dated]) -> int:
    """Count what there was once and is not there as it was, or newer."""
    return sum(all(new[0] != old[0] or new[1] < old[1] for new in now) for old in once)


def _of_list(one: crl.CertificateList) -> _Dated:
    return one.issuer.dump(), one["tbs_cert_list"]["this_update"].native


def _of_answers(ders: Iterable[bytes]) -> Iterator[_Dated]:
    for one in _loaded(ders, _ocsp):
        if one["response_status"].native == "successful":
            for said in one.response_data["responses"]:
                yield said["cert_id"].dump(), said["this_update"].native


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
