"""Numbers by which a person, a body or an account is known, told apart by their check digits."""

from datetime import date

_RESIDENT_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))  # GB 11643-1999
_RESIDENT_CHECKS = "10x98765432"
_CREDIT_LETTERS = "0123456789abcdefghjklmnpqrtuwxy"  # GB 32100-2015; without i, o, s, v, z
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
SHORTEST_IBAN, LONGEST_IBAN = 15, 34  # ISO 13616


def is_resident_id(number: str) -> bool:
    """Tell a Chinese resident identity number: a date of birth, and the check digit."""
    total = sum(int(one) * weight for one, weight in zip(number, _RESIDENT_WEIGHTS, strict=False))
    if number[17] != _RESIDENT_CHECKS[total % 11]:
        return False
    try:
        return bool(date(int(number[6:10]), int(number[10:12]), int(number[12:14])))
    except ValueError:
        return False


def is_credit_code(code: str) -> bool:
    """Tell a unified social credit code by its check character."""
    if any(one not in _CREDIT_LETTERS for one in code):
        return False
    values = [_CREDIT_LETTERS.index(one) for one in code]
    total = sum(one * weight for one, weight in zip(values, _CREDIT_WEIGHTS, strict=False))
    return values[17] == (31 - total % 31) % 31


def is_iban(written: str) -> bool:
    """Tell an international bank account number by its check digits (ISO 7064, mod 97-10)."""
    number = written.replace(" ", "")
    if not SHORTEST_IBAN <= len(number) <= LONGEST_IBAN:
        return False
    return int("".join(str(int(one, 36)) for one in number[4:] + number[:4])) % 97 == 1
