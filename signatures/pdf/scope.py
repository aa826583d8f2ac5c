"""Whether a revocation list would hold a certificate, if it were revoked (RFC 5280, 5.2 and 6.3.3).

Only then is it a good word that the certificate does not stand there. What a list holds counts
whatever it is; what it does not hold counts only where the list is complete, its issuer's own, of
all reasons, about certificates such as this one, and understood as a whole.
"""

import re

from asn1crypto import crl, x509
from cryptography.x509 import load_der_x509_crl

UNDERSTOOD = {
    "issuer_alt_name",
    "crl_number",
    "issuing_distribution_point",
    "authority_key_identifier",
    "freshest_crl",
    "authority_information_access",
}
_NARROWING = ("indirect_crl", "only_contains_attribute_certs")
_CRITICAL = b"\x01\x01\xff\x04"  # BOOLEAN TRUE and the OCTET STRING behind it: an extension's


def is_about(
    held: crl.CertificateList, certificate: x509.Certificate, issuer: x509.Certificate
) -> bool:
    """Say whether a list of an issuer is complete for a certificate of its."""
    if held.delta_crl_indicator_value is not None or held.critical_extensions - UNDERSTOOD:
        return False
    usage = issuer.key_usage_value
    if usage is not None and "crl_sign" not in usage.native:
        return False
    return _covers(held.issuing_distribution_point_value, certificate) and _is_understood(held)


def is_indirect(held: crl.CertificateList) -> bool:
    """Say whether a list may hold certificates of other issuers."""
    scope = held.issuing_distribution_point_value
    return scope is not None and bool(scope["indirect_crl"].native)


def _covers(scope: crl.IssuingDistributionPoint | None, certificate: x509.Certificate) -> bool:
    if scope is None:
        return True
    if any(scope[name].native for name in _NARROWING):
        return False
    if scope["only_some_reasons"].native is not None:
        return False  # not even several such lists together: no authority here has them
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


def _is_understood(held: crl.CertificateList) -> bool:
    """See that no entry has a critical extension: nobody here knows one (RFC 5280, 5.3).

    Millions of entries are not read for that, unless the bytes of one occur among them.
    """
    entries = held["tbs_cert_list"]["revoked_certificates"].contents or b""
    if re.search(re.escape(_CRITICAL), entries) is None:
        return True
    try:
        read = load_der_x509_crl(held.dump())
        return not any(extension.critical for entry in read for extension in entry.extensions)
    except ValueError:
        return False
