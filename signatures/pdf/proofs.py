"""Which of the known answers about revocations belong into a signature (B-LT)."""

from collections.abc import Iterator

from cryptography import x509

from signatures.pdf.anchors import Anchors
from signatures.pdf.evidence import answers_about
from signatures.pdf.names import Name, issuer_of, subject_of
from signatures.pdf.signing import Evidence, SigningKey


def evidence_for(key: SigningKey, anchors: Anchors) -> Evidence | None:
    """Pick what is known about a key's certificates and about those of the timestamps.

    None when nobody knows whether the key's own certificate is revoked. Whose each list is, a set
    of anchors reads once, and of the lists themselves none is read here.
    """
    own = x509.load_der_x509_certificate(key.certificate_der)
    above = [x509.load_der_x509_certificate(der).serial_number for der in key.chain_der]
    own_answers = anchors.answers_about([own.serial_number])
    if not own_answers and not anchors.lists_of([issuer_of(key.certificate_der)]):
        return None
    return Evidence(
        certificates=key.chain_der,
        crls=anchors.lists_of(dict.fromkeys(_authorities(key, anchors))),
        ocsps=answers_about([own.serial_number, *above], anchors),
    )


def _authorities(key: SigningKey, anchors: Anchors) -> Iterator[Name]:
    """Name whose lists are about the key's chain, or about who stamps."""
    yield from map(issuer_of, (key.certificate_der, *key.chain_der))
    yield from map(subject_of, anchors.tsa)
