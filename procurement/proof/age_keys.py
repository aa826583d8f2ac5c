"""age's X25519 keys and how they are written: Bech32 (BIP 173, without its length limit)."""

from typing import Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

KEY_BYTES = 32

_IDENTITY_PREFIX = "AGE-SECRET-KEY-"
_RECIPIENT_PREFIX = "age"
_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_SYMBOLS = 6


class AgeError(ValueError):
    """An age key or file that cannot be used; ``code`` is stable and kebab-case."""

    code = "age-error"


class BadKey(AgeError):  # noqa: N818 - reads as the verdict it is
    """What was given as a key is none."""

    code = "age-bad-key"


class Recipient:
    """The public half of an identity: whoever has it can encrypt."""

    def __init__(self, public: bytes) -> None:
        if len(public) != KEY_BYTES:
            raise BadKey(f"A recipient has {KEY_BYTES} bytes")
        self.public = public

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read ``age1…``.

        :raises BadKey: for anything else, and for upper case.
        """
        return cls(_bech32_decoded(text, _RECIPIENT_PREFIX))

    def encode(self) -> str:
        """Write ``age1…``."""
        return _bech32_encoded(self.public, _RECIPIENT_PREFIX)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipient) and self.public == other.public

    def __hash__(self) -> int:
        return hash(self.public)

    def __repr__(self) -> str:
        return f"Recipient.decode({self.encode()!r})"


class Identity:
    """A secret X25519 key: whoever has it can decrypt."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise BadKey(f"An identity has {KEY_BYTES} bytes")
        self.secret = secret
        private = X25519PrivateKey.from_private_bytes(secret)
        self.recipient = Recipient(private.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> Self:
        """Make a fresh identity."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_bytes(cls, secret: bytes) -> Self:
        """Take 32 bytes as the secret key.

        :raises BadKey: for any other length.
        """
        return cls(secret)

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read ``AGE-SECRET-KEY-1…``.

        :raises BadKey: for anything else, and for lower case; the message does not repeat it.
        """
        return cls(_bech32_decoded(text, _IDENTITY_PREFIX))

    def encode(self) -> str:
        """Write ``AGE-SECRET-KEY-1…``."""
        return _bech32_encoded(self.secret, _IDENTITY_PREFIX)

    def __repr__(self) -> str:
        return f"<Identity of {self.recipient.encode()}>"


def shared_secret(secret: bytes, public: bytes) -> bytes:
    """Compute X25519 (RFC 7748 section 5), 32 bytes.

    :raises BadKey: when the result is all zero, because the public key is of small order.
    """
    try:
        theirs = X25519PublicKey.from_public_bytes(public)
        return X25519PrivateKey.from_private_bytes(secret).exchange(theirs)
    except ValueError:
        raise BadKey("The public key is of small order") from None


def _bech32_encoded(raw: bytes, prefix: str) -> str:
    symbols = _regrouped(raw, 8, 5, pad=True)
    spread = _spread(prefix.lower())
    check = _polymod([*spread, *symbols, *[0] * _CHECKSUM_SYMBOLS]) ^ 1
    symbols += [check >> 5 * (5 - place) & 31 for place in range(_CHECKSUM_SYMBOLS)]
    text = prefix.lower() + "1" + "".join(_ALPHABET[symbol] for symbol in symbols)
    return text.upper() if prefix.isupper() else text


def _bech32_decoded(text: str, prefix: str) -> bytes:
    marker = f"{prefix}1"
    lowered = text.lower()
    if not text.isascii() or not text.startswith(marker) or text not in (lowered, text.upper()):
        raise BadKey(f"A key of this kind begins with {marker} and is written in one case")
    symbols = [_ALPHABET.find(letter) for letter in lowered[len(marker) :]]
    if -1 in symbols or _polymod([*_spread(prefix.lower()), *symbols]) != 1:
        raise BadKey("The key is mistyped: its checksum does not match")
    raw = bytes(_regrouped(symbols[:-_CHECKSUM_SYMBOLS], 5, 8, pad=False))
    if _bech32_encoded(raw, prefix) != text:
        raise BadKey("The key is padded with something other than zeros")
    return raw


def _spread(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _polymod(symbols: list[int]) -> int:
    check = 1
    for symbol in symbols:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ symbol
        for place, generator in enumerate(_GENERATOR):
            if top >> place & 1:
                check ^= generator
    return check


def _regrouped(symbols: bytes | list[int], old: int, new: int, *, pad: bool) -> list[int]:
    """Cut a string of ``old``-bit symbols into ``new``-bit ones."""
    bits = held = 0
    found = []
    for symbol in symbols:
        held = held << old | symbol
        bits += old
        while bits >= new:
            bits -= new
            found.append(held >> bits & (1 << new) - 1)
        held &= (1 << bits) - 1
    if pad and bits:
        found.append(held << new - bits & (1 << new) - 1)
    return found
