"""One secret in, many secrets out: everything about a seal that looks random but can be rebuilt."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DIGEST_BYTES = 32
LONGEST = 255 * DIGEST_BYTES  # RFC 5869 section 2.3


def derive(seed: bytes, label: str, ctx_digest: bytes, length: int) -> bytes:
    """Derive ``length`` bytes: HKDF-SHA256 (RFC 5869), no salt, info = label ‖ H(ctx).

    ``ctx_digest`` has a fixed length, so no two pairs of label and context share an info.

    :raises ValueError: for an empty or non-ASCII label, a digest that is not 32 bytes, or a
        length outside 1 to 8,160.
    """
    if not label or not label.isascii():
        raise ValueError("A label is ASCII and not empty")
    if len(ctx_digest) != DIGEST_BYTES:
        raise ValueError(f"The context's digest has {DIGEST_BYTES} bytes")
    if not 1 <= length <= LONGEST:
        raise ValueError(f"Between 1 and {LONGEST} bytes can be derived")
    info = label.encode("ascii") + ctx_digest
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(seed)
