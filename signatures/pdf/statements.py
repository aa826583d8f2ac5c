"""What the issuer of a certificate has said of it: in its revocation lists and OCSP answers.

Only what the issuer signed, or a responder that it delegated (RFC 6960, 4.2.2.2), is a statement.
A list counts as "not revoked" only if it is about certificates such as this one: not a delta, not
for some reasons only, not for another partition (RFC 5280, 5.2.4 and 5.2.5).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import new
from typing import Any

from asn1crypto import crl, ocsp, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509 import load_der_x509_crl

from signatures.pdf.chinese import VALIDATOR
from signatures.pdf.evidence import Store

_UNVERIFIED = (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError)
_NARROWING = ("indirect_crl", "only_contains_attribute_certs")


@dataclass(frozen=True)
class Statement:
    """One word of an issuer about one certificate, and since when it is revoked, if it is."""

    said_at: datetime  # thisUpdate
    revoked_since: datetime | None
    source: object  # the list or answer, as the store holds it
    verified: Callable[[], bool]


def statements(
    certificate: x509.Certificate, issuer: x509.Certificate, store: Store, *, good: bool
) -> list[Statement]:
    """Collect what an issuer has said of a certificate, the oldest first.

    Without ``good`` only the revocations: then no list has to be verified that holds none.
    """
    listed = [one for one in store.crls if one.issuer == issuer.subject]
    found = [*_listed(certificate, issuer, listed), *_answered(certificate, issuer, store.ocsps)]
    wanted = (one for one in found if good or one.revoked_since is not None)
    return sorted((one for one in wanted if one.verified()), key=lambda one: one.said_at)


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
        revoked_list = load_der_x509_crl(held.dump())
        entry = revoked_list.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is None and not _is_about(held, certificate):
            continue
        since = None if entry is None else entry.revocation_date_utc
        verified = partial(is_signed_by, held, "tbs_cert_list", issuer)
        yield Statement(revoked_list.last_update_utc.replace(tzinfo=UTC), since, held, verified)


def _is_about(held: crl.CertificateList, certificate: x509.Certificate) -> bool:
    """Say whether a list would hold this certificate, if it were revoked."""
    if held.delta_crl_indicator_value is not None:
        return False
    scope = held.issuing_distribution_point_value
    if scope is None:
        return True
    if any(scope[name].native for name in _NARROWING) or scope["only_some_reasons"].native:
        return False
    if scope["only_contains_user_certs" if certificate.ca else "only_contains_ca_certs"].native:
        return False
    return _same_partition(scope["distribution_point"].native, certificate)


def _same_partition(named: object, certificate: x509.Certificate) -> bool:
    """Compare the name of a partition with those that the certificate points to."""
    if named is None:
        return True
    points = certificate.crl_distribution_points_value or ()
    wanted = [point["distribution_point"].native for point in points]
    return any(
        isinstance(one, list) and isinstance(named, list) and set(one) & set(named)
        for one in wanted
    )


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
            verified = partial(_answers_for, held, issuer)
            yield Statement(one["this_update"].native, since, held, verified)


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
