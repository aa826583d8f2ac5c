"""Everything of a seal that is a function of the seed and the context.

The seed is the secret key of the envelope. Everything else (the timekeeper's pad, the polynomial,
and of each small file its file key, ephemeral secret and payload nonce) is derived from it. So
whoever opens a bid rebuilds every file byte for byte, and no supplier can prepare a bid that
opens on one path and fails on another.
"""

from dataclasses import dataclass

from bidding.sealed.manifest import Context, Manifest, Pad, Share
from procurement.proof.age import encrypt_bytes
from procurement.proof.age_keys import Identity, Recipient
from procurement.proof.canonical import sha256_hex
from procurement.proof.derive import derive
from procurement.proof.shamir import split
from tenders.panel.keyset import Keyset

SEED_BYTES = 32
FILE_KEY_BYTES = 16  # age v1
SECRET_BYTES = 32  # X25519
NONCE_BYTES = 16  # age v1 payload


@dataclass(frozen=True)
class Derived:
    """The small files beside the payload: one share per opener, the pad, and the escrow's copy."""

    pad: bytes
    shares: tuple[bytes, ...]
    p: bytes
    e: bytes

    def files(self) -> dict[str, bytes]:
        """Give the files by the names under which they are kept."""
        shares = {f"share-{i}.age": file for i, file in enumerate(self.shares, start=1)}
        return {**shares, "p.age": self.p, "e.age": self.e}


def rebuild(seed: bytes, ctx: Context, keyset: Keyset) -> Derived:
    """Make the small files of an envelope: the same bytes for the same seed, context and keys.

    :raises ValueError: for a seed that is not 32 bytes, or a keyset that is not the context's.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(f"A seed has {SEED_BYTES} bytes")
    if keyset.digest() != ctx.keyset:
        raise ValueError("The envelope was sealed under another keyset")
    bound = bytes.fromhex(ctx.digest())
    pad = derive(seed, "daylight/pad/v1", bound, SEED_BYTES)
    coefficients = derive(seed, "daylight/coefficients/v1", bound, (keyset.k - 1) * SEED_BYTES)
    shares = split(masked(seed, pad), keyset.k, keyset.n, coefficients)
    statements = [Share(ctx, i, share) for i, share in enumerate(shares, start=1)]

    def sealed(plaintext: bytes, recipient: str, name: str) -> bytes:
        return _derived_file(plaintext, recipient, seed, name, bound)

    pad_bytes = Pad(ctx, pad).canonical()
    inner = sealed(pad_bytes, keyset.escrow[1].recipient, "escrow-b")
    return Derived(
        pad=pad,
        shares=tuple(
            sealed(statement.canonical(), opener.recipient, f"share-{opener.idx}")
            for statement, opener in zip(statements, keyset.openers, strict=True)
        ),
        p=sealed(pad_bytes, keyset.timekeeper.recipient, "timekeeper"),
        e=sealed(inner, keyset.escrow[0].recipient, "escrow-a"),
    )


def masked(seed: bytes, pad: bytes) -> bytes:
    """Mask the seed with the timekeeper's pad, or take the mask off: they are the same."""
    return bytes(a ^ b for a, b in zip(seed, pad, strict=True))


def differences(seed: bytes, manifest: Manifest, keyset: Keyset) -> list[str]:
    """Name every part of the envelope that the seed does not give; none for an honest one."""
    derived = rebuild(seed, manifest.context(), keyset)
    found = [] if recipient_of(seed) == manifest.recipient else ["recipient"]
    expected = {f"share-{i}.age": digest for i, digest in enumerate(manifest.shares, start=1)}
    expected |= {"p.age": manifest.p, "e.age": manifest.e}
    actual = {name: sha256_hex(file) for name, file in derived.files().items()}
    names = sorted(expected.keys() | actual.keys())
    return found + [name for name in names if expected.get(name) != actual.get(name)]


def recipient_of(seed: bytes) -> str:
    """Give the recipient whose identity the seed is."""
    return Identity.from_bytes(seed).recipient.encode()


def _derived_file(plaintext: bytes, recipient: str, seed: bytes, name: str, bound: bytes) -> bytes:
    return encrypt_bytes(
        plaintext,
        Recipient.decode(recipient),
        file_key=derive(seed, f"daylight/{name}/file-key/v1", bound, FILE_KEY_BYTES),
        ephemeral=derive(seed, f"daylight/{name}/ephemeral/v1", bound, SECRET_BYTES),
        nonce=derive(seed, f"daylight/{name}/nonce/v1", bound, NONCE_BYTES),
    )
