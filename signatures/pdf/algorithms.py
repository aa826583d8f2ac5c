"""Step 8: which algorithms and key sizes were good enough, until when.

The dates follow the recommendations of ETSI TS 119 312 in years; an operator who wants others
changes this table and with it the version of the software that stands in every report. An algorithm
that is not in the table is not weak, it is unknown, and the answer is UNDECIDED.
"""

from datetime import UTC, datetime

from asn1crypto import cms, x509

from signatures.pdf.report import Finding

_PAST = datetime(2012, 1, 1, tzinfo=UTC)
_OPEN = datetime(2032, 1, 1, tzinfo=UTC)  # look again before this date

# name as asn1crypto gives it: good until
DIGESTS = {
    "md5": datetime(2004, 8, 1, tzinfo=UTC),
    "sha1": _PAST,
    "sha224": datetime(2026, 1, 1, tzinfo=UTC),
    "sha256": _OPEN,
    "sha384": _OPEN,
    "sha512": _OPEN,
    "sha3_256": _OPEN,
    "sha3_384": _OPEN,
    "sha3_512": _OPEN,
}
# key algorithm: (least bits, good until), smallest first
KEYS = {
    "rsa": [(1024, _PAST), (2048, datetime(2029, 1, 1, tzinfo=UTC)), (3000, _OPEN)],
    "ec": [(160, _PAST), (256, _OPEN)],
    "ed25519": [(256, _OPEN)],
    "ed448": [(448, _OPEN)],
}
MECHANISMS = {"rsassa_pkcs1v15", "rsassa_pss", "ecdsa", "ed25519", "ed448"}


def is_known_digest(name: str) -> bool:
    """Say whether a digest can be computed here, good or bad."""
    return name in DIGESTS or name == "shake256"


def is_known_mechanism(name: str) -> bool:
    """Say whether a signature algorithm can be verified here, by its asn1crypto name."""
    return name in MECHANISMS or name.endswith(("_rsa", "_ecdsa")) or name == "rsa"


def weaknesses(
    info: cms.SignerInfo, certificate: x509.Certificate, *, at: datetime
) -> list[Finding]:
    """Name what was no longer safe at an instant, in a signature and the key that made it."""
    digest = str(info["digest_algorithm"]["algorithm"].native)
    found = []
    if digest in DIGESTS and at >= DIGESTS[digest]:
        found.append(Finding.of("weak-algorithm", algorithm=digest))
    key = certificate.public_key
    good_until = [until for bits, until in KEYS.get(key.algorithm, []) if key.bit_size >= bits]
    if not good_until or at >= good_until[-1]:
        found.append(Finding.of("weak-algorithm", algorithm=f"{key.algorithm} {key.bit_size}"))
    return found


def described(info: cms.SignerInfo, certificate: x509.Certificate) -> str:
    """Name digest, key and its size, for the report."""
    digest = str(info["digest_algorithm"]["algorithm"].native)
    key = certificate.public_key
    return f"{digest}, {key.algorithm} {key.bit_size}"
