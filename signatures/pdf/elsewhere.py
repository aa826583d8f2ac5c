"""What holds of every key that is not in this process: whoever answers for it is checked."""

from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from signatures.pdf.signing import KeyUnreadable

DIGEST = "sha256"  # what ``sign_pdf`` signs with
LONGEST_SIGNATURE = 512  # bytes: of an RSA key with 4096 bits


def require_signature(certificate_der: bytes, data: bytes, signature: bytes) -> bytes:
    """Let an answer through that the certificate's key made of ``data``, with SHA-256.

    :raises KeyUnreadable: for any other: the key is not the certificate's.
    """
    key = x509.load_der_x509_certificate(certificate_der).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(SHA256()))
        else:
            raise KeyUnreadable("The certificate is for a kind of key that is not RSA or ECDSA")
    except InvalidSignature:
        raise KeyUnreadable("What was answered is no signature by the certificate's key") from None
    return signature


def chain_above(certificate_der: bytes, others: Iterable[bytes]) -> tuple[bytes, ...]:
    """Pick from ``others`` the certificates above one, the nearest first; the rest stay out."""
    by_subject = {x509.load_der_x509_certificate(der).subject: der for der in others}
    found: list[bytes] = []
    above = x509.load_der_x509_certificate(certificate_der)
    while (der := by_subject.pop(above.issuer, None)) is not None:
        if der != certificate_der:
            found.append(der)
        above = x509.load_der_x509_certificate(der)
    return tuple(found)
