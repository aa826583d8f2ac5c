"""The same seed, label and context give the same bytes; another of any gives others."""

import hashlib
import hmac

import pytest

from procurement.proof.derive import derive

SEED, CTX = bytes(range(32)), hashlib.sha256(b"ctx").digest()


def defined(seed: bytes, info: bytes, length: int) -> bytes:
    """HKDF as RFC 5869 sections 2.2 and 2.3 define it, with HMAC alone."""
    prk = hmac.digest(bytes(32), seed, "sha256")
    block, found = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = hmac.digest(prk, block + info + bytes([counter]), "sha256")
        found += block
    return found[:length]


@pytest.mark.parametrize("length", [1, 16, 32, 64, 8160])
def test_it_is_hkdf_of_label_and_context(length: int) -> None:
    assert derive(SEED, "pad", CTX, length) == defined(SEED, b"pad" + CTX, length)


def test_another_seed_label_or_context_gives_other_bytes() -> None:
    other = hashlib.sha256(b"other").digest()
    found = {
        derive(SEED, "pad", CTX, 32),
        derive(SEED, "pad2", CTX, 32),
        derive(SEED, "pad", other, 32),
        derive(other, "pad", CTX, 32),
    }

    assert len(found) == 4


@pytest.mark.parametrize(
    ("label", "ctx", "length"),
    [("", CTX, 32), ("é", CTX, 32), ("pad", CTX[1:], 32), ("pad", CTX, 0), ("pad", CTX, 8161)],
)
def test_what_could_be_ambiguous_is_refused(label: str, ctx: bytes, length: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        derive(SEED, label, ctx, length)
