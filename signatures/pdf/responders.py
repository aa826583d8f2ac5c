"""Who has signed an OCSP answer: the issuer itself, or a responder that it delegated (RFC 6960).

A delegated responder has a certificate of that very issuer, for OCSP signing, in force when the
answer was made (4.2.2.2). It is known by its signature, never by what the answer says of it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from asn1crypto import ocsp, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from signatures.pdf.chinese import VALIDATOR

MOST_BROUGHT = 8  # certificates in an answer; one is usual
DEEPEST = 3  # responders, each of whom the next vouches for
_UNVERIFIED = (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError)
_UNDERSTOOD = {  # what may be critical in the certificate of a responder
    "basic_constraints",
    "certificate_policies",
    "extended_key_usage",
    "key_usage",
    "ocsp_no_check",
}
_SIGNING = {"digital_signature", "non_repudiation"}


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


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Say whether a certificate names an issuer and is signed by its key."""
    signed = {
        "signature": certificate["signature_value"],
        "signature_algorithm": certificate["signature_algorithm"],
        "tbs_certificate": certificate["tbs_certificate"],
    }
    return bool(certificate.issuer == issuer.subject) and is_signed_by(
        signed, "tbs_certificate", issuer
    )


def maker_of(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> x509.Certificate | None:
    """Find who signed an answer in an issuer's name; None where nobody did who may."""
    basic = answer.basic_ocsp_response
    makers = (issuer, *_delegated(brought_by(answer), issuer, made_at(answer)))
    return next((one for one in makers if is_signed_by(basic, "tbs_response_data", one)), None)


def brought_by(answer: ocsp.OCSPResponse) -> tuple[x509.Certificate, ...]:
    """Give the first certificates that an answer carries; the signature is not over them."""
    if answer["response_status"].native != "successful":
        return ()
    return tuple(islice(answer.basic_ocsp_response["certs"] or (), MOST_BROUGHT))


def made_at(answer: ocsp.OCSPResponse) -> datetime:
    """Give the instant at which an answer was signed, as it says."""
    at: datetime = answer.basic_ocsp_response["tbs_response_data"]["produced_at"].native
    return at


def is_trusted_for_life(responder: x509.Certificate) -> bool:
    """Say whether the issuer wants nobody to check the responder (RFC 6960, 4.2.2.2.1)."""
    return responder.ocsp_no_check_value is not None


def _delegated(
    certificates: Iterable[x509.Certificate], issuer: x509.Certificate, at: datetime
) -> Iterator[x509.Certificate]:
    for one in certificates:
        lived = one.not_valid_before <= at <= one.not_valid_after
        if lived and _is_for_answers(one) and is_issued_by(one, issuer):
            yield one


def _is_for_answers(certificate: x509.Certificate) -> bool:
    usage, purposes = certificate.key_usage_value, certificate.extended_key_usage_value
    signs = usage is None or bool(set(usage.native) & _SIGNING)
    delegated = purposes is not None and "ocsp_signing" in purposes.native
    return signs and delegated and not certificate.critical_extensions - _UNDERSTOOD
