"""Step 8: which algorithms and key sizes were good enough, until when.

The dates follow ETSI TS 119 312. They were compared with what is public of it: its machine-readable
suites as the European Commission's DSS keeps them (github.com/esig/dss, dss-policy-crypto-xml:
``dss-crypto-suite.xml`` for V1.5.1 of 2024, ``19312MachineReadable-v2.1.1.xml`` for V2.1.1 of 2026)
and clause 8.4 of V2.1.1 as github.com/digicert/pkilint quotes it (pull request 201). The text of
the standard itself was not at hand.

Not certain is the end of RSA keys of 1,900 to 2,999 bits. V1.5.1 and the quoted clause agree on the
end of 2028; the file for V2.1.1 says 2026-04-01. The clause was taken. It also forbids issuing
certificates for such keys after 2026, which binds authorities and is not judged here. The padding
is not judged either: RSA PKCS #1 v1.5 ends with 2028 in V1.5.1 and with 2033 in V2.1.1.

An operator who wants other dates changes this table and with it the version of the software that
stands in every report. An algorithm that is not in the table is not weak, it is unknown, and the
answer is UNDECIDED.
"""

from datetime import UTC, datetime

from asn1crypto import cms, x509

from signatures.pdf.report import Finding

_PAST = datetime(2012, 1, 1, tzinfo=UTC)  # our own, earlier than DSS where DSS has a date
_OPEN = datetime(2032, 1, 1, tzinfo=UTC)  # "recommended", without an end: look again before this

# name as asn1crypto gives it: good until
DIGESTS = {
    "md5": datetime(2004, 8, 1, tzinfo=UTC),  # as in DSS
    "sha1": _PAST,  # DSS: 2012-08-01
    "sha224": datetime(2026, 1, 1, tzinfo=UTC),  # V1.5.1 and V2.1.1: 2029-01-01, we are stricter
    "sha256": _OPEN,
    "sha384": _OPEN,
    "sha512": _OPEN,
    "sha3_256": _OPEN,
    "sha3_384": _OPEN,
    "sha3_512": _OPEN,
}
# key algorithm: (least bits, good until), smallest first
KEYS = {
    "rsa": [
        (1024, _PAST),  # DSS: 2019-10-01 for 1,024 and 1,536 bits
        (2048, datetime(2029, 1, 1, tzinfo=UTC)),  # V2.1.1, 8.4, for 1,900 to 2,999 bits
        (3000, _OPEN),  # V2.1.1: recommended with PSS
    ],
    "ec": [(160, _PAST), (256, _OPEN)],  # V2.1.1 lists no curve below 256 bits
    "ed25519": [(256, _OPEN)],  # recommended since V2.1.1
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
