"""Comparing distinguished names, once for each two of them.

asn1crypto prepares every letter of both names by the rules of RFC 5280, 7.1, whenever it compares
them, and a signature with its timestamp has it compare the same few names a hundred times. What
stands here takes the place of that comparison in this process, and gives the same answer.
"""

from typing import Any

from asn1crypto import x509

_MOST = 4096  # pairs that are kept
_asn1crypto_equal: Any = x509.Name.__eq__
_KNOWN: dict[tuple[bytes, bytes], bool] = {}


def equal(one: x509.Name, other: object) -> bool:
    """Say whether two names are the same (RFC 5280, 7.1)."""
    if not isinstance(other, x509.Name):
        return False
    # without the tags, which differ by the place that a name stands in
    pair = one.chosen.contents, other.chosen.contents
    if pair not in _KNOWN:
        if len(_KNOWN) >= _MOST:
            _KNOWN.clear()
        _KNOWN[pair] = bool(_asn1crypto_equal(one, other))
    return _KNOWN[pair]


def _put_in_place() -> None:
    name: Any = x509.Name
    name.__eq__ = equal


_put_in_place()
