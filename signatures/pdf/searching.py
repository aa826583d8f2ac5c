"""How the certificate validator searches revocation lists: no list that cannot hold, no deltas.

It reads every entry in Python, a quarter of a minute for the million of a large authority. A list
in which the bytes of the serial number do not occur has no entry for it; others are read as before.

An anchor may be certified by another authority, as those of trusted lists are. The validator would
look for that other one above the anchor, and find nobody who may sign the anchor's own lists.

Whom an answer comes from is seen to before, by ``confirming``: the validator is shown no other. It
would ask that the responder was there at the time of signing, and a newer one is as good. And an
answer counts wherever it is at hand, whether or not the certificate says where to ask.

A complete list that names a delta list would prove nothing without it. Here it stands alone, as RFC
5280, 6.3.3 lets it; what a delta list revokes is found by ``statements``.
"""

from typing import Any

from asn1crypto import x509
from pyhanko_certvalidator import validate
from pyhanko_certvalidator.authority import AuthorityWithCert
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.revinfo import validate_crl, validate_ocsp

_find: Any = validate_crl.find_cert_in_list
_append: Any = ValidationPath.truncate_to_issuer_and_append


def find_cert_in_list(certificate: Any, issuer: Any, held: Any, authority: Any) -> Any:
    """Return date and reason of a revocation, two times None where there is none."""
    part = "tbs_certificate" if isinstance(certificate, x509.Certificate) else "ac_info"
    serial = certificate[part]["serial_number"].dump()
    entries = held["tbs_cert_list"]["revoked_certificates"]
    if serial not in (entries.contents or b""):
        return None, None
    return _find(certificate, issuer, held, authority)


def anchored(path: ValidationPath, certificate: x509.Certificate) -> Any:
    """Return the path to a certificate by its issuer; of an anchor there is no more than itself."""
    authority = path.trust_anchor.authority
    if isinstance(authority, AuthorityWithCert) and authority.certificate == certificate:
        return ValidationPath(path.trust_anchor, interm=[], leaf=None)
    return _append(path, certificate)


def no_delta(**_: Any) -> None:
    """Return no delta list for a complete one."""


async def confirmed_before(*_: Any, **__: Any) -> None:
    """Ask nothing more of a responder."""


def both_ways(_: Any) -> tuple[bool, bool]:
    """Say that there may be lists about a certificate, and answers."""
    return True, True


def _put_in_place() -> None:
    module: Any = validate_crl
    module.find_cert_in_list = find_cert_in_list
    module._maybe_get_delta_crl = no_delta
    answers: Any = validate_ocsp
    answers._validate_delegated_ocsp_provenance = confirmed_before
    validating: Any = validate
    validating.get_declared_revinfo = both_ways
    path: Any = ValidationPath
    path.truncate_to_issuer_and_append = anchored


_put_in_place()
