"""Comparing distinguished names, once for each two of them.

asn1crypto prepares every letter of both names by the rules of RFC 5280, 7.1, whenever it compares
them, and a signature with its timestamp has it compare the same few names a hundred times. What
stands here takes the place of that comparison in this process, and gives the same answer.
"""

from functools import lru_cache
from typing import Any

from asn1crypto import x509

_PAIRS = 4096
_asn1crypto_equal: Any = x509.Name.__eq__


def equal(one: x509.Name, other: object) -> bool:
    """Say whether two names are the same (RFC 5280, 7.1)."""
    return isinstance(other, x509.Name) and _same(one.dump(), other.dump())


@lru_cache(maxsize=_PAIRS)
def _same(one: bytes, other: bytes) -> bool:
    return bool(_asn1crypto_equal(x509.Name.load(one), x509.Name.load(other)))


def _put_in_place() -> None:
    name: Any = x509.Name
    name.__eq__ = equal


_put_in_place()
