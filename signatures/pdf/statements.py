"""What the issuer of a certificate has said of it: in its revocation lists and OCSP answers.

Only what the issuer signed, or a responder that it delegated, is a statement; whether a responder
can be relied on says ``confirming``. A list counts as "not revoked" only if it would hold the
certificate, as ``scope`` says. What it holds is a revocation in any case, but for an entry of
another issuer in an indirect list, and for one by which a delta list takes a hold back (RFC 5280,
5.3.1 and 5.3.3).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from hashlib import new

from asn1crypto import crl, ocsp, x509
from cryptography.x509 import (
    CRLReason,
    ExtensionNotFound,
    ReasonFlags,
    RevokedCertificate,
    load_der_x509_crl,
)
from pyhanko_certvalidator.policy_decl import FRESHNESS_FALLBACK_VALIDITY_DEFAULT

from signatures.pdf.evidence import Store
from signatures.pdf.responders import is_signed_by, made_at, maker_of
from signatures.pdf.scope import is_about, is_indirect
from signatures.pdf.searching import find_cert_in_list

_UNDERSTOOD = {"nonce"}  # what may be critical in an answer (RFC 6960, 4.4)


@dataclass(frozen=True)
class Statement:
    """One word of an issuer about one certificate, and since when it is revoked, if it is."""

    said_at: datetime  # thisUpdate
    until: datetime  # nextUpdate, or a while after thisUpdate where it does not say
    revoked_since: datetime | None
    reason: str | None  # of the revocation, where one is told
    made_at: datetime  # when it was signed, as it says
    source: object  # the list or answer, as the store holds it
    find_maker: Callable[[], x509.Certificate | None]

    @cached_property
    def maker(self) -> x509.Certificate | None:
        """Return who has signed it, as signatures are checked; None: nobody who may."""
        return self.find_maker()


def words_about(
    certificate: x509.Certificate, issuer: x509.Certificate, store: Store
) -> list[Statement]:
    """Find what is said of a certificate in an issuer's name, verified or not."""
    listed = [one for one in store.crls if one.issuer == issuer.subject]
    return [*_listed(certificate, issuer, listed), *answers_about(certificate, issuer, store.ocsps)]


def _listed(
    certificate: x509.Certificate, issuer: x509.Certificate, lists: Iterable[crl.CertificateList]
) -> Iterator[Statement]:
    for held in lists:
        read = load_der_x509_crl(held.dump())
        entry = read.get_revoked_certificate_by_serial_number(certificate.serial_number)
        find_maker = partial(_who_listed, held, issuer)
        if entry is None:
            counts = is_about(held, certificate, issuer)
        elif is_indirect(held):
            counts = bool(find_maker()) and _is_entry_of(held, certificate, issuer)
        else:
            counts = not _takes_back(entry)
        if not counts:
            continue
        since = None if entry is None else entry.revocation_date_utc
        said_at, until = read.last_update_utc, read.next_update_utc
        yield Statement(
            said_at,
            _until(said_at, until),
            since,
            None if entry is None else _reason(entry),
            said_at,
            held,
            find_maker,
        )


def _who_listed(held: crl.CertificateList, issuer: x509.Certificate) -> x509.Certificate | None:
    return issuer if is_signed_by(held, "tbs_cert_list", issuer) else None


def _takes_back(entry: RevokedCertificate) -> bool:
    """Say whether a delta list says by an entry that the certificate is not held any more."""
    return _reason(entry) == ReasonFlags.remove_from_crl.name


def _reason(entry: RevokedCertificate) -> str | None:
    """Read why a certificate was revoked; None where that is not told (RFC 5280, 5.3.1)."""
    try:
        return entry.extensions.get_extension_for_class(CRLReason).value.reason.name
    except (ExtensionNotFound, ValueError):
        return None


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


def answers_about(
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
            said_at, until = one["this_update"].native, one["next_update"].native
            yield Statement(
                said_at,
                _until(said_at, until),
                since,
                _told_reason(status),
                made_at(held),
                held,
                partial(maker_of, held, issuer),
            )


def _told_reason(status: ocsp.CertStatus) -> str | None:
    told = status.chosen["revocation_reason"].native if status.name == "revoked" else None
    return None if told is None else str(told)


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
