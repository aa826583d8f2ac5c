"""Shamir's secret sharing over GF(2^8), byte by byte (field polynomial x⁸+x⁴+x³+x+1, 0x11b).

A share is as many bytes as the secret and one last byte x; npm ``shamir-secret-sharing`` combines
ours and we combine its. Our own because the coefficients are given, not random: a bid must rebuild
byte for byte (docs/adr/0004-shamir-of-our-own.md).

Python cannot promise constant time. What is done: multiplication uses no tables and no branch on
a secret bit, so that at least no cache line and no jump depends on the secret.
"""

from collections.abc import Iterable, Sequence

MOST_SHARES = 255  # x is one byte and never zero


class BadShares(ValueError):  # noqa: N818 - reads as the verdict it is
    """Shares or parameters from which no secret can be had; ``code`` is stable, kebab-case."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def split(secret: bytes, k: int, n: int, coefficients: bytes) -> list[bytes]:
    """Split a secret into ``n`` shares of which any ``k`` give it back; x runs from 1 to ``n``.

    ``coefficients`` are (k - 1) · len(secret) bytes: first those of x for every byte of the
    secret, then those of x², and so on. They must be as unguessable as random bytes and serve
    once only.

    :raises BadShares: unless 2 ≤ k ≤ n ≤ 255, the secret is not empty and the length fits.
    """
    if not 2 <= k <= n <= MOST_SHARES:
        raise BadShares("bad-threshold", f"{k} of {n} is no threshold between 2 and 255")
    size = len(secret)
    if not size or len(coefficients) != (k - 1) * size:
        raise BadShares("bad-coefficients", "The coefficients do not fit the secret")
    by_power = [secret, *(coefficients[i : i + size] for i in range(0, len(coefficients), size))]
    return [
        bytes(_evaluated(polynomial, x) for polynomial in zip(*by_power, strict=True)) + bytes([x])
        for x in range(1, n + 1)
    ]


def combine(shares: Sequence[bytes], k: int) -> bytes:
    """Give back the secret from ``k`` shares. Further shares must agree with the first ``k``.

    A wrong share gives a wrong secret, not an error, unless there are more than ``k``: the
    caller checks the secret.

    :raises BadShares: for fewer than ``k`` shares, unequal lengths, x that is zero or twice
        there, or a further share that does not agree.
    """
    _require_fit(shares, k)
    chosen = [(share[-1], share[:-1]) for share in shares[:k]]
    for further in shares[k:]:
        if _interpolated(chosen, further[-1]) != further[:-1]:
            raise BadShares("shares-disagree", "The shares are not all of one secret")
    return _interpolated(chosen, 0)


def _require_fit(shares: Sequence[bytes], k: int) -> None:
    if not 2 <= k <= MOST_SHARES:
        raise BadShares("bad-threshold", f"{k} is no threshold between 2 and 255")
    if len(shares) < k:
        raise BadShares("too-few-shares", f"{len(shares)} shares, and {k} are needed")
    if len({len(share) for share in shares}) != 1 or len(shares[0]) < 2:
        raise BadShares("bad-length", "The shares are not equally long")
    points = {share[-1] for share in shares}
    if 0 in points or len(points) != len(shares):
        raise BadShares("bad-point", "A share's last byte is zero, or two shares have the same")


def _evaluated(polynomial: Iterable[int], x: int) -> int:
    found = 0
    for coefficient in reversed(tuple(polynomial)):
        found = _product(found, x) ^ coefficient
    return found


def _interpolated(shares: Sequence[tuple[int, bytes]], at: int) -> bytes:
    """Compute the value at ``at`` of the polynomials through the shares (Lagrange)."""
    found = bytearray(len(shares[0][1]))
    for x, values in shares:
        weight = 1
        for other, _ in shares:
            if other != x:
                weight = _product(weight, _product(at ^ other, _inverse(x ^ other)))
        for place, value in enumerate(values):
            found[place] ^= _product(value, weight)
    return bytes(found)


def _product(a: int, b: int) -> int:
    """Multiply in the field: shift and add, always eight rounds."""
    found = 0
    for _ in range(8):
        found ^= -(b & 1) & a
        a = a << 1 ^ -(a >> 7) & 0x11B
        b >>= 1
    return found


def _inverse(a: int) -> int:
    """Invert in the field: a^254, which is a⁻¹ for every a but zero."""
    found = 1
    for _ in range(7):
        a = _product(a, a)
        found = _product(found, a)
    return found
