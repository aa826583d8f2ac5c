"""age v1 files (C2SP age): X25519 recipients, passphrases for key files, no armour.

Our own because two things are asked that no library does: to write a file again byte for byte
from a given file key, ephemeral secret and nonce; and to take the file key of a header as evidence
(docs/adr/0003-age-of-our-own.md). Memory stays flat: a payload goes through in chunks of 64 KiB.

Plaintext is written as it is verified, chunk by chunk. A file that was cut off is noticed only at
its end, so write to a temporary file and rename it after ``decrypt`` has returned.
"""

import io
import secrets
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from procurement.proof.age_header import (
    FILE_KEY_BYTES,
    MAX_WORK_FACTOR,
    SALT_BYTES,
    BadHeader,
    BadMac,
    NoMatch,
    header_bytes,
    hkdf,
    read_header,
    unwrap_scrypt,
    unwrap_x25519,
    wrap_scrypt,
    wrap_x25519,
)
from procurement.proof.age_keys import AgeError, BadKey, Identity, Recipient

__all__ = [
    "AgeError",
    "BadHeader",
    "BadKey",
    "BadMac",
    "BadPayload",
    "Identity",
    "NoMatch",
    "Recipient",
    "decrypt",
    "decrypt_bytes",
    "decrypt_passphrase",
    "decrypt_with_file_key",
    "encrypt",
    "encrypt_bytes",
    "encrypt_passphrase",
    "file_key",
    "require_single_stanza",
]

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
NONCE_BYTES = 16
EPHEMERAL_BYTES = 32
WORK_FACTOR = 18  # log2 of scrypt's N: 256 MiB, about a second


class BadPayload(AgeError):  # noqa: N818 - reads as the verdict it is
    """The payload was cut off, lengthened, reordered or changed."""

    code = "age-bad-payload"


def encrypt(
    plaintext: BinaryIO,
    out: BinaryIO,
    recipient: Recipient,
    *,
    file_key: bytes | None = None,
    ephemeral: bytes | None = None,
    nonce: bytes | None = None,
) -> None:
    """Encrypt to exactly one recipient.

    File key (16 bytes), ephemeral secret (32) and payload nonce (16) are random where not given.
    Given all three, the file is a function of them, the recipient and the plaintext; they must
    then never be used for another plaintext.

    :raises BadKey: for a recipient of small order.
    """
    file_key = _given_or_random(file_key, FILE_KEY_BYTES)
    nonce = _given_or_random(nonce, NONCE_BYTES)
    stanza = wrap_x25519(file_key, recipient, _given_or_random(ephemeral, EPHEMERAL_BYTES))

    out.write(header_bytes(stanza, file_key))
    _write_payload(plaintext, out, file_key, nonce)


def encrypt_bytes(
    plaintext: bytes,
    recipient: Recipient,
    *,
    file_key: bytes | None = None,
    ephemeral: bytes | None = None,
    nonce: bytes | None = None,
) -> bytes:
    """Encrypt in memory, as ``encrypt`` does."""
    out = io.BytesIO()
    encrypt(
        io.BytesIO(plaintext), out, recipient, file_key=file_key, ephemeral=ephemeral, nonce=nonce
    )
    return out.getvalue()


def decrypt(source: BinaryIO, out: BinaryIO, identity: Identity) -> None:
    """Decrypt a file for an identity; whatever was written is void if this raises.

    :raises BadHeader: for a header that is not of the format.
    :raises NoMatch: when the file is not for this identity.
    :raises BadMac: when the header was changed.
    :raises BadPayload: when the payload was cut off, lengthened, reordered or changed.
    """
    _read_payload(source, out, unwrap_x25519(read_header(source), identity))


def decrypt_bytes(data: bytes, identity: Identity) -> bytes:
    """Decrypt in memory, as ``decrypt`` does."""
    out = io.BytesIO()
    decrypt(io.BytesIO(data), out, identity)
    return out.getvalue()


def file_key(header_source: BinaryIO | bytes, identity: Identity) -> bytes:
    """Take the file key, 16 bytes, out of a header; the payload need not be there.

    :raises BadHeader: for a header that is not of the format.
    :raises NoMatch: when the file is not for this identity.
    :raises BadMac: when the header was changed.
    """
    return unwrap_x25519(read_header(_stream(header_source)), identity)


def decrypt_with_file_key(source: BinaryIO, out: BinaryIO, file_key: bytes) -> None:
    """Decrypt a file whose file key was disclosed, without any identity.

    :raises BadHeader: for a header that is not of the format.
    :raises BadMac: when it is the file key of another file, or the header was changed.
    :raises BadPayload: when the payload was cut off, lengthened, reordered or changed.
    """
    if len(file_key) != FILE_KEY_BYTES:
        raise BadKey(f"A file key has {FILE_KEY_BYTES} bytes")
    read_header(source).require_mac(file_key)
    _read_payload(source, out, file_key)


def require_single_stanza(header: BinaryIO | bytes) -> None:
    """Let a file pass only if it has one stanza, of X25519: nobody else was let in.

    :raises BadHeader: otherwise.
    """
    stanzas = read_header(_stream(header)).stanzas
    if len(stanzas) != 1 or stanzas[0].kind != "X25519":
        raise BadHeader("The file must have exactly one X25519 stanza")


def encrypt_passphrase(
    plaintext: bytes, passphrase: str, *, work_factor: int = WORK_FACTOR
) -> bytes:
    """Encrypt a small file, such as a key file, under a passphrase.

    :raises BadKey: for an empty passphrase.
    """
    if not passphrase or not 1 <= work_factor <= MAX_WORK_FACTOR:
        raise BadKey("A passphrase is not empty, and its work factor not above the limit")
    key, nonce = secrets.token_bytes(FILE_KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
    stanza = wrap_scrypt(key, passphrase, work_factor, secrets.token_bytes(SALT_BYTES))
    out = io.BytesIO()
    out.write(header_bytes(stanza, key))
    _write_payload(io.BytesIO(plaintext), out, key, nonce)
    return out.getvalue()


def decrypt_passphrase(
    data: bytes, passphrase: str, *, max_work_factor: int = MAX_WORK_FACTOR
) -> bytes:
    """Decrypt what was encrypted under a passphrase.

    :raises BadHeader: for a header that is not of the format, or asks for too much work.
    :raises NoMatch: for another passphrase.
    :raises BadMac: when the header was changed.
    :raises BadPayload: when the payload was changed.
    """
    source, out = io.BytesIO(data), io.BytesIO()
    _read_payload(source, out, unwrap_scrypt(read_header(source), passphrase, max_work_factor))
    return out.getvalue()


def _write_payload(plaintext: BinaryIO, out: BinaryIO, file_key: bytes, nonce: bytes) -> None:
    out.write(nonce)
    cipher = ChaCha20Poly1305(hkdf(file_key, nonce, b"payload"))
    counter, chunk = 0, _read_full(plaintext, CHUNK_BYTES)
    while True:
        following = _read_full(plaintext, CHUNK_BYTES) if len(chunk) == CHUNK_BYTES else b""
        out.write(cipher.encrypt(_chunk_nonce(counter, last=not following), chunk, None))
        if not following:
            return
        counter, chunk = counter + 1, following


def _read_payload(source: BinaryIO, out: BinaryIO, file_key: bytes) -> None:
    nonce = _read_full(source, NONCE_BYTES)
    if len(nonce) < NONCE_BYTES:
        raise BadHeader("The file ends before its payload begins")
    cipher = ChaCha20Poly1305(hkdf(file_key, nonce, b"payload"))
    counter, chunk = 0, _read_full(source, CHUNK_BYTES + TAG_BYTES)
    while True:
        following = _read_full(source, CHUNK_BYTES + TAG_BYTES)
        if counter and len(chunk) == TAG_BYTES:
            raise BadPayload("The last chunk is empty, though it is not the first")
        try:
            plain = cipher.decrypt(_chunk_nonce(counter, last=not following), chunk, None)
        except InvalidTag:
            raise BadPayload(f"Chunk {counter} is not what was encrypted there") from None
        out.write(plain)
        if not following:
            return
        counter, chunk = counter + 1, following


def _chunk_nonce(counter: int, *, last: bool) -> bytes:
    return (counter << 8 | last).to_bytes(12)


def _read_full(source: BinaryIO, wanted: int) -> bytes:
    """Read exactly so many bytes, fewer only at the end, however the source hands them out."""
    found = source.read(wanted)
    if found and len(found) < wanted:
        parts, missing = [found], wanted - len(found)
        while missing and (more := source.read(missing)):
            parts.append(more)
            missing -= len(more)
        found = b"".join(parts)
    return found


def _given_or_random(given: bytes | None, length: int) -> bytes:
    if given is None:
        return secrets.token_bytes(length)
    if len(given) != length:
        raise BadKey(f"{length} bytes are needed, not {len(given)}")
    return given


def _stream(source: BinaryIO | bytes) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source
