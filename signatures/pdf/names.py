"""Distinguished names, written so that equal ones are equal (RFC 5280, 7.1), and read cheaply.

A platform may trust thousands of authorities and hold hundreds of revocation lists. Which of them
a file is about is found by name, before anything else of them is read.

asn1crypto compares names as RFC 4518 says, which knows no character younger than 2002 and no name
in two directions: it raises for 王𫖯 and for مرحبا Ltd. Such a value is compared as it is written,
which RFC 5280 allows.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509

Name = frozenset[tuple[str, str]]
_prepared: Callable[[Any, str], str] = asn1_x509.NameTypeAndValue._ldap_string_prep


def _comparable(value: Any, text: str) -> str:
    """Prepare a value for comparison; what cannot be prepared is like no other that can."""
    try:
        return _prepared(value, text)
    except ValueError:
        return text


asn1_x509.NameTypeAndValue._ldap_string_prep = _comparable


def name_of(name: asn1_x509.Name) -> Name:
    """Write a name that asn1crypto has read."""
    pairs = (pair for relative in name.chosen for pair in relative)
    return frozenset((pair["type"].dotted, _folded(pair["value"].native)) for pair in pairs)


@lru_cache(maxsize=16_384)
def subject_of(der: bytes) -> Name:
    """Read whose a certificate is, and nothing else of it.

    :raises ValueError: when it is none.
    """
    return _written(x509.load_der_x509_certificate(der).subject)


@lru_cache(maxsize=16_384)
def issuer_of(der: bytes) -> Name:
    """Read who issued a certificate, and nothing else of it.

    :raises ValueError: when it is none.
    """
    return _written(x509.load_der_x509_certificate(der).issuer)


def issuer_of_list(der: bytes) -> Name:
    """Read whose a revocation list is.

    :raises ValueError: when it is none.
    """
    return _written(x509.load_der_x509_crl(der).issuer)


def _written(name: x509.Name) -> Name:
    return frozenset((one.oid.dotted_string, _folded(one.value)) for one in name)


def _folded(value: object) -> str:
    """Write a value without case and with single spaces."""
    return " ".join(str(value).casefold().split())
