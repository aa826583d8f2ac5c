"""Ed25519 keys that sign notes (C2SP signed-note) and cosign checkpoints (tlog-cosignature).

A key is known by its name together with four bytes of hash over name, kind and public key. Key
names in Daylight are ``<log origin>/<role>/<id>``. A witness's keys have a kind of their own, so
that neither a signature passes for a cosignature nor the other way round.
"""

import base64
import binascii
import hashlib
import re
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

KEY_BYTES = 32
SIGNATURE_BYTES = 64
TIME_BYTES = 8
LAST_INSTANT = 2**63 - 1  # the largest POSIX time that a cosignature may carry

_SECRET_PREFIX = "PRIVATE+KEY+"  # noqa: S105 - a format's first word, not a secret
_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_P = 2**255 - 19
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})  # y of the points of order ≤ 8


class BadNote(ValueError):  # noqa: N818 - reads as the verdict it is
    """A note, key or signature that must not be relied on; ``code`` is stable, kebab-case."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Verifier:
    """The public half of a signing key, with its name."""

    kind: ClassVar[int] = 0x01

    def __init__(self, name: str, public: bytes) -> None:
        if not _NAME.fullmatch(name):
            raise BadNote("bad-key-name", f"{name!r} cannot name a key: no spaces, no plus sign")
        if len(public) != KEY_BYTES or _small_order(public):
            raise BadNote("bad-key", "This is not an Ed25519 public key anyone should rely on")
        self.name = name
        self.public = public
        self.key_id = hashlib.sha256(name.encode() + b"\n" + self._typed(public)).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as text: name, key id in hex, kind and public key in base64, joined by +."""
        encoded = base64_text(self._typed(self.public))
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read a key from its text.

        :raises BadNote: unless it is what ``vkey`` would write, and of this kind.
        """
        name, _, rest = vkey.partition("+")
        raw = unbase64(rest[9:])
        if raw is None or raw[:1] != bytes([cls.kind]):
            raise BadNote("bad-key", f"This is not the text of a {cls.__name__}")
        verifier = cls(name, raw[1:])
        if verifier.vkey != vkey:
            raise BadNote("bad-key", "The key's text contradicts itself")
        return verifier

    def holds(self, text: bytes, signature: bytes) -> bool:
        """Judge whether the signature is this key's over the text."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True

    @classmethod
    def _typed(cls, key: bytes) -> bytes:
        return bytes([cls.kind]) + key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verifier) and self.vkey == other.vkey

    def __hash__(self) -> int:
        return hash(self.vkey)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.vkey!r})"


class CosignVerifier(Verifier):
    """The public half of a witness's key."""

    kind: ClassVar[int] = 0x04

    def holds(self, text: bytes, signature: bytes) -> bool:
        """Judge whether the cosignature (time, then signature) is this witness's over the text."""
        at_unix = int.from_bytes(signature[:TIME_BYTES])
        return at_unix <= LAST_INSTANT and super().holds(
            _cosigned_message(text, at_unix), signature[TIME_BYTES:]
        )


class Signer:
    """An Ed25519 key with a name. Its text form is a secret."""

    public_half: ClassVar[type[Verifier]] = Verifier

    def __init__(self, name: str, seed: bytes) -> None:
        if len(seed) != KEY_BYTES:
            raise BadNote("bad-key", f"A signing key has {KEY_BYTES} bytes")
        self._seed = seed
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self.public_half(name, self._private.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> Self:
        """Make a fresh key."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def name(self) -> str:
        """The key's name."""
        return self._public.name

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell this key from others of its name."""
        return self._public.key_id

    @property
    def verifier(self) -> str:
        """The public half as text, as ``Verifier.parse`` reads it."""
        return self._public.vkey

    def encode(self) -> str:
        """Write the secret key as text: ``PRIVATE+KEY+<name>+<key id>+<base64>``."""
        encoded = base64_text(bytes([self.public_half.kind]) + self._seed)
        return f"{_SECRET_PREFIX}{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read what ``encode`` wrote.

        :raises BadNote: for anything else; the message does not repeat the text.
        """
        name, _, rest = text.removeprefix(_SECRET_PREFIX).partition("+")
        raw = unbase64(rest[9:])
        if raw is None or raw[:1] != bytes([cls.public_half.kind]):
            raise BadNote("bad-key", f"This is not the text of a {cls.__name__}")
        signer = cls(name, raw[1:])
        if signer.encode() != text:
            raise BadNote("bad-key", "The key's text contradicts itself")
        return signer

    def signature(self, text: bytes) -> bytes:
        """Sign the text, 64 bytes."""
        return self._private.sign(text)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.verifier!r})"


class CosignSigner(Signer):
    """A witness's key."""

    public_half: ClassVar[type[Verifier]] = CosignVerifier

    def cosignature(self, text: bytes, at_unix: int) -> bytes:
        """Cosign a checkpoint's text as seen at a POSIX time: 8 bytes of time, 64 of signature."""
        if not 0 <= at_unix <= LAST_INSTANT:
            raise BadNote("bad-time", f"{at_unix} is not a time a cosignature can carry")
        return at_unix.to_bytes(TIME_BYTES) + super().signature(_cosigned_message(text, at_unix))

    def signature(self, text: bytes) -> bytes:  # noqa: ARG002 - refuses whatever the text
        """Refuse: a witness never signs without saying when."""
        raise BadNote("bad-key", "A witness's key makes cosignatures, not signatures")


def _cosigned_message(text: bytes, at_unix: int) -> bytes:
    return f"cosignature/v1\ntime {at_unix}\n".encode() + text


def base64_text(raw: bytes) -> str:
    """Write bytes in standard base64, with padding."""
    return base64.b64encode(raw).decode()


def unbase64(text: str) -> bytes | None:
    """Decode standard base64 in its one canonical spelling; None for anything else."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64_text(raw) == text else None


def _small_order(public: bytes) -> bool:
    """Judge whether a key is one of the points of order 1, 2, 4 or 8.

    Under such a key many signatures hold that nobody made, so its owner could disown them all.
    """
    return (int.from_bytes(public, "little") & (2**255 - 1)) % _P in _SMALL_ORDER
