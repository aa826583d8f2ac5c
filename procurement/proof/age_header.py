"""The textual header of an age file (C2SP age, section Header): stanzas that wrap the file key.

A stanza is a line of arguments and a base64 body; the header ends in a MAC under the file key.
"""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from procurement.proof.age_keys import AgeError, Identity, Recipient, shared_secret

FILE_KEY_BYTES = 16
WRAPPED_BYTES = FILE_KEY_BYTES + 16  # and the tag of Poly1305
SALT_BYTES = 16
HEADER_BYTES = 64 * 1024  # some six hundred recipients; the specification sets no limit
MAX_WORK_FACTOR = 22  # log2 of scrypt's N; 4 GiB of memory

_VERSION_LINE = b"age-encryption.org/v1\n"
_COLUMNS = 64
_ARGUMENTS = re.compile(rb"-> ([\x21-\x7e]+(?: [\x21-\x7e]+)*)\n")
_WORK_FACTOR = re.compile(r"[1-9][0-9]{0,2}")
_X25519_INFO = b"age-encryption.org/v1/X25519"
_SCRYPT_SALT = b"age-encryption.org/v1/scrypt"
_ZERO_NONCE = bytes(12)  # each wrap key is used once


class BadHeader(AgeError):  # noqa: N818 - reads as the verdict it is
    """The header is not of the format."""

    code = "age-bad-header"


class NoMatch(AgeError):  # noqa: N818 - reads as the verdict it is
    """No stanza is for this identity or passphrase."""

    code = "age-no-match"


class BadMac(AgeError):  # noqa: N818 - reads as the verdict it is
    """The header was changed, or the file key is another file's."""

    code = "age-bad-mac"


@dataclass(frozen=True, slots=True)
class Stanza:
    """One wrapping of the file key."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes

    def encode(self) -> bytes:
        """Write the stanza's lines."""
        text = unpadded(self.body)
        rows = [text[start : start + _COLUMNS] for start in range(0, len(text) + 1, _COLUMNS)]
        rows.insert(0, " ".join(("->", self.kind, *self.arguments)))
        return "".join(f"{row}\n" for row in rows).encode()


@dataclass(frozen=True, slots=True)
class Header:
    """A header as it was read."""

    stanzas: tuple[Stanza, ...]
    covered: bytes  # what the MAC is over: everything up to and with ---
    mac: bytes

    def require_mac(self, file_key: bytes) -> None:
        """Let a header pass only if this is the file key that its MAC was made with.

        :raises BadMac: otherwise.
        """
        if not hmac.compare_digest(_mac(file_key, self.covered), self.mac):
            raise BadMac("The header's MAC does not match the file key")


def read_header(source: BinaryIO) -> Header:
    """Read a header and leave the source at the first byte of the payload.

    :raises BadHeader: unless it is of the format to the byte.
    """
    lines = _Lines(source)
    if lines.next() != _VERSION_LINE:
        raise BadHeader("This is not an age file of version 1")
    stanzas: list[Stanza] = []
    while not (line := lines.next()).startswith(b"---"):
        stanzas.append(_read_stanza(line, lines))
    mac = repadded(line[4:-1])
    if not stanzas or not line.startswith(b"--- ") or mac is None or len(mac) != 32:
        raise BadHeader("The header does not end in a MAC")
    return Header(tuple(stanzas), lines.read[: -len(line)] + b"---", mac)


def header_bytes(stanza: Stanza, file_key: bytes) -> bytes:
    """Write a header of exactly one stanza."""
    covered = _VERSION_LINE + stanza.encode() + b"---"
    return covered + f" {unpadded(_mac(file_key, covered))}\n".encode()


def wrap_x25519(file_key: bytes, recipient: Recipient, ephemeral: bytes) -> Stanza:
    """Wrap a file key for a recipient; ``ephemeral`` is a secret of 32 bytes, for once only.

    :raises BadKey: for a recipient of small order.
    """
    share = Identity(ephemeral).recipient.public
    secret = shared_secret(ephemeral, recipient.public)
    key = hkdf(secret, share + recipient.public, _X25519_INFO)
    return Stanza("X25519", (unpadded(share),), _sealed(key, file_key))


def unwrap_x25519(header: Header, identity: Identity) -> bytes:
    """Find the file key that the header wraps for this identity, and check the MAC with it.

    :raises BadHeader: for a broken X25519 stanza, or a passphrase beside other stanzas.
    :raises NoMatch: when no stanza is for this identity.
    :raises BadMac: when the header was changed.
    """
    if len(header.stanzas) > 1 and any(found.kind == "scrypt" for found in header.stanzas):
        raise BadHeader("A passphrase must be the only way to open a file")
    for stanza in header.stanzas:
        if stanza.kind != "X25519":
            continue
        share, body = _binary(stanza, position=0, length=32), _wrapped(stanza, arguments=1)
        try:
            secret = shared_secret(identity.secret, share)
        except AgeError as error:
            raise BadHeader(str(error)) from None
        key = hkdf(secret, share + identity.recipient.public, _X25519_INFO)
        if file_key := _unsealed(key, body):
            header.require_mac(file_key)
            return file_key
    raise NoMatch("The file is not for this identity")


def wrap_scrypt(file_key: bytes, passphrase: str, work_factor: int, salt: bytes) -> Stanza:
    """Wrap a file key under a passphrase; ``work_factor`` is log2 of scrypt's N."""
    key = _stretched(passphrase, salt, work_factor)
    return Stanza("scrypt", (unpadded(salt), str(work_factor)), _sealed(key, file_key))


def unwrap_scrypt(header: Header, passphrase: str, max_work_factor: int) -> bytes:
    """Find the file key that the header wraps under this passphrase, and check the MAC with it.

    :raises BadHeader: for a broken stanza, a second one, or more work than one will do.
    :raises NoMatch: for another passphrase, or a file that has none.
    :raises BadMac: when the header was changed.
    """
    kinds = [stanza.kind for stanza in header.stanzas]
    if "scrypt" not in kinds:
        raise NoMatch("The file is not under a passphrase")
    if len(kinds) > 1:
        raise BadHeader("A passphrase must be the only way to open a file")
    stanza = header.stanzas[0]
    body = _wrapped(stanza, arguments=2)
    salt = _binary(stanza, position=0, length=SALT_BYTES)
    factor = stanza.arguments[1]
    if not _WORK_FACTOR.fullmatch(factor) or int(factor) > max_work_factor:
        raise BadHeader(f"The work factor is not a number up to {max_work_factor}")
    file_key = _unsealed(_stretched(passphrase, salt, int(factor)), body)
    if file_key is None:
        raise NoMatch("This is not the passphrase")
    header.require_mac(file_key)
    return file_key


def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """Derive 32 bytes: HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def unpadded(raw: bytes) -> str:
    """Write base64 without padding."""
    return base64.b64encode(raw).decode().rstrip("=")


def repadded(text: bytes) -> bytes | None:
    """Read base64 without padding in its one canonical spelling; None for anything else."""
    try:
        raw = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if unpadded(raw).encode() == text else None


class _Lines:
    """Lines of a header, each with its line feed, remembered as they were read."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.read = b""

    def next(self) -> bytes:
        line = self._source.readline(HEADER_BYTES - len(self.read))
        if not line.endswith(b"\n"):
            raise BadHeader("The header is cut off, or longer than any honest one")
        self.read += line
        return line


def _read_stanza(line: bytes, lines: _Lines) -> Stanza:
    found = _ARGUMENTS.fullmatch(line)
    if found is None:
        raise BadHeader("A line that should begin a stanza does not")
    kind, *arguments = found[1].decode("ascii").split(" ")
    text = b""
    while len(row := lines.next()[:-1]) == _COLUMNS:
        text += row
    body = repadded(text + row)
    if len(row) > _COLUMNS or body is None:
        raise BadHeader("A stanza's body is not base64 in lines of 64 columns")
    return Stanza(kind, tuple(arguments), body)


def _binary(stanza: Stanza, *, position: int, length: int) -> bytes:
    raw = repadded(stanza.arguments[position].encode()) if stanza.arguments else None
    if raw is None or len(raw) != length:
        raise BadHeader(f"An argument of a {stanza.kind} stanza is not {length} bytes of base64")
    return raw


def _wrapped(stanza: Stanza, *, arguments: int) -> bytes:
    # The length is checked before the key is tried: else a body could fit two keys at once.
    if len(stanza.arguments) != arguments or len(stanza.body) != WRAPPED_BYTES:
        raise BadHeader(f"A {stanza.kind} stanza has the wrong form")
    return stanza.body


def _stretched(passphrase: str, salt: bytes, work_factor: int) -> bytes:
    kdf = Scrypt(salt=_SCRYPT_SALT + salt, length=32, n=1 << work_factor, r=8, p=1)
    return kdf.derive(passphrase.encode())


def _sealed(key: bytes, file_key: bytes) -> bytes:
    return ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, file_key, None)


def _unsealed(key: bytes, body: bytes) -> bytes | None:
    try:
        return ChaCha20Poly1305(key).decrypt(_ZERO_NONCE, body, None)
    except InvalidTag:
        return None


def _mac(file_key: bytes, covered: bytes) -> bytes:
    return hmac.digest(hkdf(file_key, b"", b"header"), covered, "sha256")
