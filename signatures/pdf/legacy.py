"""Kinds of signatures and algorithms that are not judged here, named as what they are.

The two kinds called old are deprecated since PDF 2.0. Whoever reads that
a signature is not supported wants to know what it is: an old habit of a tool, or the practice of a
country. Names only; nothing of this is computed.
"""

KINDS = {
    "/adbe.x509.rsa_sha1": "adbe.x509.rsa_sha1: a bare RSA value over SHA-1 (old)",
    "/adbe.pkcs7.sha1": "adbe.pkcs7.sha1: a PKCS #7 that signs a SHA-1 digest (old)",
    "none": "none: it names no /SubFilter",
}
_PLAIN = "0.4.0.127.0.7.1.1.4.1"  # BSI TR-03111, 5.2.1
_PLAIN_DIGESTS = {
    1: "SHA-1",
    2: "SHA-224",
    3: "SHA-256",
    4: "SHA-384",
    5: "SHA-512",
    6: "RIPEMD-160",
    8: "SHA3-224",
    9: "SHA3-256",
    10: "SHA3-384",
    11: "SHA3-512",
}
ALGORITHMS = {
    **{
        f"{_PLAIN}.{arc}": f"ecdsa_plain with {digest} (BSI TR-03111, {_PLAIN}.{arc})"
        for arc, digest in _PLAIN_DIGESTS.items()
    },
    "1.2.643.7.1.1.2.2": "Streebog-256 (GOST R 34.11-2012)",
    "1.2.643.7.1.1.2.3": "Streebog-512 (GOST R 34.11-2012)",
    "1.2.643.7.1.1.1.1": "GOST R 34.10-2012, 256 bits",
    "1.2.643.7.1.1.1.2": "GOST R 34.10-2012, 512 bits",
    "1.2.643.7.1.1.3.2": "GOST R 34.10-2012 with Streebog-256",
    "1.2.643.7.1.1.3.3": "GOST R 34.10-2012 with Streebog-512",
}


def kind_named(subfilter: str) -> str:
    """Say what a /SubFilter stands for; one that nobody knows stands for itself."""
    return KINDS.get(subfilter, subfilter)


def algorithm_named(name: str) -> str:
    """Say what an algorithm is whose name, or identifier, no library knew."""
    return ALGORITHMS.get(name, name)
