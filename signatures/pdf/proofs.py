"""Which of the known answers about revocations belong into a signature (B-LT)."""

from cryptography import x509
from cryptography.x509 import ocsp

from signatures.pdf.anchors import Anchors
from signatures.pdf.signing import Evidence, SigningKey


def evidence_for(key: SigningKey, anchors: Anchors) -> Evidence | None:
    """Pick what is known about a key's certificates and about those of the timestamps.

    None when nobody knows whether the key's own certificate is revoked.
    """
    chain = [x509.load_der_x509_certificate(der) for der in key.chain_der]
    own = x509.load_der_x509_certificate(key.certificate_der)
    stampers = [x509.load_der_x509_certificate(der).subject for der in anchors.tsa]
    wanted = {own.issuer, *(one.issuer for one in chain), *stampers}
    lists = [(x509.load_der_x509_crl(der).issuer, der) for der in anchors.crls]
    answers = tuple(der for der in anchors.ocsps if _serial(der) == own.serial_number)
    if not answers and own.issuer not in {issuer for issuer, _ in lists}:
        return None
    return Evidence(
        certificates=key.chain_der,
        crls=tuple(der for issuer, der in lists if issuer in wanted),
        ocsps=answers,
    )


def _serial(answer: bytes) -> int | None:
    read = ocsp.load_der_ocsp_response(answer)
    if read.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return None
    return read.serial_number
