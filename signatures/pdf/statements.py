"""What the issuer of a certificate has said of it: in its revocation lists and OCSP answers.

Only what the issuer signed, or a responder that it delegated (RFC 6960, 4.2.2.2), is a statement.
A list counts as "not revoked" only if it would hold the certificate, as ``scope`` says. What it
holds is a revocation in any case, but for an entry of another issuer in an indirect list, and for
one by which a delta list takes a hold back (RFC 5280, 5.3.1 and 5.3.3).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import new
from typing import Any

from asn1crypto import crl, ocsp, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509 import (
    CRLReason,
    ExtensionNotFound,
    ReasonFlags,
    RevokedCertificate,
    load_der_x509_crl,
)
from pyhanko_certvalidator.policy_decl import FRESHNESS_FALLBACK_VALIDITY_DEFAULT

from signatures.pdf.chinese import VALIDATOR
from signatures.pdf.evidence import Store
from signatures.pdf.scope import is_about, is_indirect
from signatures.pdf.searching import find_cert_in_list

_UNVERIFIED = (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError)
_UNDERSTOOD = {"nonce"}  # what may be critical in an answer (RFC 6960, 4.4)


@dataclass(frozen=True)
class Statement:
    """One word of an issuer about one certificate, and since when it is revoked, if it is."""

    said_at: datetime  # thisUpdate
    until: datetime  # nextUpdate, or a while after thisUpdate where it does not say
    revoked_since: datetime | None
    source: object  # the list or answer, as the store holds it
    verified: Callable[[], bool]


def statements(
    certificate: x509.Certificate, issuer: x509.Certificate, store: Store, *, good: bool
) -> list[Statement]:
    """Collect what an issuer has said of a certificate, the oldest first.

    Without ``good`` only the revocations: then no list has to be verified that holds none.
    """
    found = _words(certificate, issuer, store)
    wanted = (one for one in found if good or one.revoked_since is not None)
    return sorted((one for one in wanted if one.verified()), key=lambda one: one.said_at)


def is_vouched_for(
    certificate: x509.Certificate, issuer: x509.Certificate, store: Store, *, at: datetime
) -> bool:
    """Say whether the issuer itself has said that a certificate was not revoked at an instant."""
    return any(
        at <= one.until and (one.revoked_since is None or at < one.revoked_since) and one.verified()
        for one in _words(certificate, issuer, store)
    )


def _words(
    certificate: x509.Certificate, issuer: x509.Certificate, store: Store
) -> list[Statement]:
    """Find what is said of a certificate in an issuer's name, verified or not."""
    listed = [one for one in store.crls if one.issuer == issuer.subject]
    return [*_listed(certificate, issuer, listed), *_answered(certificate, issuer, store.ocsps)]


def is_signed_by(signed: Any, part: str, maker: x509.Certificate) -> bool:
    """Say whether a certificate's key made the signature of an ASN.1 object over one part of it."""
    try:
        VALIDATOR.validate_signature(
            signature=signed["signature"].native,
            signed_data=signed[part].dump(),
            public_key_info=maker.public_key,
            signature_algorithm=signed["signature_algorithm"],
        )
    except _UNVERIFIED:
        return False
    return True


def _listed(
    certificate: x509.Certificate, issuer: x509.Certificate, lists: Iterable[crl.CertificateList]
) -> Iterator[Statement]:
    for held in lists:
        read = load_der_x509_crl(held.dump())
        entry = read.get_revoked_certificate_by_serial_number(certificate.serial_number)
        verified = partial(is_signed_by, held, "tbs_cert_list", issuer)
        if entry is None:
            counts = is_about(held, certificate, issuer)
        elif is_indirect(held):
            counts = verified() and _is_entry_of(held, certificate, issuer)
        else:
            counts = not _takes_back(entry)
        if not counts:
            continue
        since = None if entry is None else entry.revocation_date_utc
        said_at, until = read.last_update_utc, read.next_update_utc
        yield Statement(said_at, _until(said_at, until), since, held, verified)


def _takes_back(entry: RevokedCertificate) -> bool:
    """Say whether a delta list says by an entry that the certificate is not held any more."""
    try:
        reason = entry.extensions.get_extension_for_class(CRLReason).value.reason
    except (ExtensionNotFound, ValueError):
        return False
    return reason is ReasonFlags.remove_from_crl


def _is_entry_of(
    held: crl.CertificateList, certificate: x509.Certificate, issuer: x509.Certificate
) -> bool:
    """Say whether an indirect list means this certificate, not another issuer's of that number."""
    try:
        _, reason = find_cert_in_list(certificate, certificate.issuer, held, issuer.subject)
    except NotImplementedError:  # an extension that nobody knows: revoked it is (X.509, 7.3)
        return True
    return reason is not None and reason.native != "remove_from_crl"


def _until(said_at: datetime, until: datetime | None) -> datetime:
    return said_at + FRESHNESS_FALLBACK_VALIDITY_DEFAULT if until is None else until


def _answered(
    certificate: x509.Certificate, issuer: x509.Certificate, answers: Iterable[ocsp.OCSPResponse]
) -> Iterator[Statement]:
    for held in answers:
        if held["response_status"].native != "successful":
            continue
        for one in held.response_data["responses"]:
            status = one["cert_status"]
            if status.name == "unknown" or not _names(one["cert_id"], certificate, issuer):
                continue
            since = status.chosen["revocation_time"].native if status.name == "revoked" else None
            if since is None and (held.critical_extensions | one.critical_extensions) - _UNDERSTOOD:
                continue
            verified = partial(_answers_for, held, issuer)
            said_at, until = one["this_update"].native, one["next_update"].native
            yield Statement(said_at, _until(said_at, until), since, held, verified)


def _names(named: ocsp.CertId, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Compare the serial number and the hash of the issuer's key (RFC 6960, 4.1.1)."""
    if named["serial_number"].native != certificate.serial_number:
        return False
    try:
        digest = new(named["hash_algorithm"]["algorithm"].native, usedforsecurity=False)
    except ValueError:
        return False
    digest.update(bytes(issuer.public_key["public_key"]))
    return bool(digest.digest() == named["issuer_key_hash"].native)


def _answers_for(held: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """See that the issuer, or whom it delegated by a certificate, has signed an answer."""
    basic = held.basic_ocsp_response
    made_at = basic["tbs_response_data"]["produced_at"].native
    makers = [issuer, *_delegated(basic["certs"] or (), issuer, made_at)]
    return any(is_signed_by(basic, "tbs_response_data", one) for one in makers)


def _delegated(
    certificates: Iterable[x509.Certificate], issuer: x509.Certificate, at: datetime
) -> Iterator[x509.Certificate]:
    for one in certificates:
        purposes = one.extended_key_usage_value
        delegated = purposes is not None and "ocsp_signing" in purposes.native
        lived = one.not_valid_before <= at <= one.not_valid_after
        if delegated and lived and one.issuer == issuer.subject and _issued(one, issuer):
            yield one


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    signed = {
        "signature": certificate["signature_value"],
        "signature_algorithm": certificate["signature_algorithm"],
        "tbs_certificate": certificate["tbs_certificate"],
    }
    return is_signed_by(signed, "tbs_certificate", issuer)
