"""The unified social credit code of a Chinese organisation: where a certificate has it, and if it
can be one (GB 32100-2015).

Eighteen characters: authority, kind, six digits of the place, nine of the organisation, and a check
character. Letters that look like digits do not occur.
"""

import re
from collections.abc import Iterator
from string import ascii_lowercase, ascii_uppercase

from asn1crypto import core, x509

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
# Other letters have capitals in ASCII, too: a long s would become an S, a ligature two letters.
_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)
# GB/T 20518-2018, 5.2.4: registration number, organisation code, taxation number. Since the three
# certificates of a firm became one, each may hold the unified code.
EXTENSIONS = ("1.2.156.10260.4.1.3", "1.2.156.10260.4.1.4", "1.2.156.10260.4.1.5")


def is_credit_code(text: str) -> bool:
    """Say whether a text is a unified social credit code, its check character included."""
    return bool(CODE.fullmatch(text)) and text[17] == check_character(text[:17])


def check_character(first: str) -> str:
    """Give the last character for the first seventeen (GB 32100-2015, annex A).

    :raises ValueError: for a character that does not occur.
    """
    total = sum(ALPHABET.index(one) * pow(3, place, 31) for place, one in enumerate(first))
    return ALPHABET[-total % 31]


def compared(text: str) -> str:
    """Write a code or an identifier as it is compared: capital letters of ASCII, no spaces."""
    return "".join(text.split()).translate(_CAPITALS)


def credit_codes_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Find the codes that the issuer of a certificate has put into it, each once, in order."""
    written = [compared(text) for text in _texts(certificate)]
    return tuple(dict.fromkeys(text for text in written if is_credit_code(text)))


def _texts(certificate: x509.Certificate) -> Iterator[str]:
    for relative in certificate.subject.chosen:
        for pair in relative:
            if pair["type"].native == "serial_number":
                yield str(pair["value"].native)
    for extension in certificate["tbs_certificate"]["extensions"]:
        if extension["extn_id"].dotted in EXTENSIONS:
            yield _text(bytes(extension["extn_value"].native or b""))


def _text(encoded: bytes) -> str:
    """Read a value that is a string of whatever kind, or that is not encoded at all."""
    try:
        value = core.load(encoded, strict=True).native
    except ValueError:
        value = encoded.decode("ascii", "replace")
    return value if isinstance(value, str) else ""
