"""Numbers of receipts: random, so that nobody counts by them, with a digit that catches a typo.

Four groups of four in Crockford's base 32 (no I, L, O, U). The last digit is a Luhn check over the
others, modulo 32: it catches every wrong digit and nearly every swap of two neighbours.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_DIGITS = 15  # 75 bits
_READ_AS = str.maketrans("OIL", "011")  # Crockford's base 32: what people write by mistake


def new_number() -> str:
    """Draw a number."""
    digits = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_DIGITS))
    return _grouped(digits + check_digit(digits))


def read_number(typed: str) -> str | None:
    """Read a number as a person typed it, or give None for what cannot be one."""
    digits = re.sub(r"[\s-]", "", typed).upper().translate(_READ_AS)
    if len(digits) != RANDOM_DIGITS + 1 or not set(digits) <= set(ALPHABET):
        return None
    return _grouped(digits) if check_digit(digits[:-1]) == digits[-1] else None


def check_digit(digits: str) -> str:
    """Compute the digit that makes the Luhn sum, modulo 32, zero."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = ALPHABET.index(digit) * (2 if place % 2 == 0 else 1)
        total += value // len(ALPHABET) + value % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]


def _grouped(digits: str) -> str:
    return "-".join(digits[i : i + 4] for i in range(0, len(digits), 4))
