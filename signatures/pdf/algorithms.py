"""Step 8: which algorithms and key sizes were good enough, until when.

The dates are data: ``algorithms.toml`` holds them, each with its source, mostly ETSI TS 119 312.
Its version stands in every report. An operator who wants other dates changes that file and its
version. An algorithm that is not in it is not weak, it is unknown, and the answer is UNDECIDED.
"""

import tomllib
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

from asn1crypto import cms, x509

from signatures.pdf.chinese import SM2_MECHANISMS, is_sm2
from signatures.pdf.report import Finding


def _instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


_TABLE: dict[str, Any] = tomllib.loads(
    files("signatures.pdf").joinpath("algorithms.toml").read_text(encoding="utf-8")
)
VERSION: str = _TABLE["version"]
# name as asn1crypto gives it: good until
DIGESTS = {name: _instant(one["until"]) for name, one in _TABLE["digests"].items()}
# key algorithm: (least bits, good until), smallest first
KEYS = {
    name: [(int(one["bits"]), _instant(one["until"])) for one in sizes]
    for name, sizes in _TABLE["keys"].items()
}
CURVES = frozenset(_TABLE["curves"])
MECHANISMS = {"rsassa_pkcs1v15", "rsassa_pss", "ecdsa", "ed25519", "ed448", *SM2_MECHANISMS}


def is_known_digest(name: str) -> bool:
    """Say whether a digest can be computed here, good or bad."""
    return name in DIGESTS


def is_known_mechanism(name: str) -> bool:
    """Say whether a signature algorithm can be verified here, by its asn1crypto name."""
    return name in MECHANISMS or name.endswith(("_rsa", "_ecdsa")) or name == "rsa"


def weaknesses(
    info: cms.SignerInfo, certificate: x509.Certificate, *, at: datetime
) -> list[Finding]:
    """Name what was no longer safe at an instant, in a signature and the key that made it."""
    found = [
        Finding.of("weak-algorithm", algorithm=digest)
        for digest in dict.fromkeys(_digests_of(info))
        if is_weak_digest(digest, at=at)
    ]
    bits = _bits_of(certificate)
    kind = _kind_of_key(certificate)
    if kind == "ec" and (curve := _curve_of(certificate)) not in CURVES:
        return [*found, Finding.of("unsupported-algorithm", algorithm=f"ec {curve}")]
    good_until = [until for least, until in KEYS.get(kind, []) if bits >= least]
    if not good_until or at >= good_until[-1]:
        found.append(Finding.of("weak-algorithm", algorithm=f"{kind} {bits}"))
    return found


def is_weak_digest(name: str, *, at: datetime) -> bool:
    """Say whether a digest that is in the table was no longer safe at an instant."""
    return name in DIGESTS and at >= DIGESTS[name]


def _digests_of(info: cms.SignerInfo) -> list[str]:
    """Name the digest over the file, and the one that the signature algorithm makes of its own."""
    stated = str(info["digest_algorithm"]["algorithm"].native)
    mechanism = info["signature_algorithm"]
    try:
        return [stated, str(mechanism.hash_algo)]
    except (TypeError, ValueError):  # it names none, as plain RSA does
        return [stated]


def good_until(
    info: cms.SignerInfo, certificate: x509.Certificate, *digests: str
) -> list[datetime]:
    """Give the ends of everything that a signature rests on: its digests and its key."""
    named = {str(info["digest_algorithm"]["algorithm"].native), *digests}
    bits = _bits_of(certificate)
    sizes = [until for least, until in KEYS.get(_kind_of_key(certificate), []) if bits >= least]
    return [*(DIGESTS[name] for name in sorted(named) if name in DIGESTS), *sizes[-1:]]


def described(info: cms.SignerInfo, certificate: x509.Certificate) -> str:
    """Name digest, key and its size, for the report."""
    digest = str(info["digest_algorithm"]["algorithm"].native)
    return f"{digest}, {_kind_of_key(certificate)} {_bits_of(certificate)}"


def _kind_of_key(certificate: x509.Certificate) -> str:
    key = certificate.public_key
    return "sm2" if is_sm2(key) else str(key.algorithm)


def _curve_of(certificate: x509.Certificate) -> str:
    """Name the curve of a key; one that is spelled out in numbers has no name (RFC 5480, 2.1.1)."""
    how, curve = certificate.public_key.curve
    return str(curve) if how == "named" else str(how)


_OF_ONE_SIZE = {"ed25519": 256, "ed448": 448}  # asn1crypto cannot tell it


def _bits_of(certificate: x509.Certificate) -> int:
    key = certificate.public_key
    return _OF_ONE_SIZE.get(str(key.algorithm)) or int(key.bit_size)
