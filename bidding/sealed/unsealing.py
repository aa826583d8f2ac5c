"""Opening an envelope: what each holder takes out, and how a stranger checks it.

A holder who decrypts a share or a pad also learns its 16-byte file key. Disclosed with it, the
file key lets anyone repeat the step against the manifest, without anybody's identity.
"""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from bidding.sealed.derived import differences, masked
from bidding.sealed.manifest import Manifest, Pad, Share
from bidding.sealed.opening import DisclosedShare, ReleasedPad
from bidding.sealed.parts import part_digests, payload_root
from procurement.proof.age import (
    AgeError,
    decrypt,
    decrypt_with_file_key,
    file_key,
    require_single_stanza,
)
from procurement.proof.age_keys import Identity
from procurement.proof.canonical import NotCanonical, sha256_hex
from procurement.proof.shamir import BadShares, combine
from procurement.proof.shapes import Malformed, Statement
from tenders.panel.keyset import Keyset

Held = TypeVar("Held", bound=Statement)


class NotOpened(Exception):  # noqa: N818 - a verdict on one envelope
    """One envelope that does not open, with its cause; it never stops the others."""

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause


def take_share(file: bytes, idx: int, manifest: Manifest, identity: Identity) -> DisclosedShare:
    """Decrypt opener ``idx``'s share of one envelope, for disclosure.

    :raises NotOpened: ``unwrap-failed``, ``wrong-file`` or ``wrong-context``.
    """
    key = _unwrapped(file, identity)
    return DisclosedShare(manifest.digest(), _share(file, key, idx, manifest).share, key)


def check_share(disclosed: DisclosedShare, file: bytes, idx: int, manifest: Manifest) -> None:
    """Repeat a disclosure from its file key alone.

    :raises NotOpened: when the share is not what the sealed file holds.
    """
    if disclosed.manifest != manifest.digest():
        raise NotOpened("wrong-file", "The disclosure is for another envelope")
    if _share(file, disclosed.file_key, idx, manifest).share != disclosed.share:
        raise NotOpened("disputed", "The disclosed share is not the sealed one")


def take_pad(file: bytes, manifest: Manifest, identity: Identity) -> ReleasedPad:
    """Decrypt the timekeeper's pad of one envelope, for release.

    :raises NotOpened: ``unwrap-failed``, ``wrong-file`` or ``wrong-context``.
    """
    key = _unwrapped(file, identity)
    return ReleasedPad(manifest.digest(), _pad(file, key, manifest).pad, key)


def check_pad(released: ReleasedPad, file: bytes, manifest: Manifest) -> None:
    """Repeat a release from its file key alone.

    :raises NotOpened: when the pad is not what the sealed file holds.
    """
    if released.manifest != manifest.digest():
        raise NotOpened("wrong-file", "The release is for another envelope")
    if _pad(file, released.file_key, manifest).pad != released.pad:
        raise NotOpened("disputed", "The released pad is not the sealed one")


def recover_seed(
    shares: Iterable[DisclosedShare], pad: ReleasedPad, manifest: Manifest, keyset: Keyset
) -> bytes:
    """Combine k checked shares and the pad to the seed, and rebuild the envelope from it.

    :raises NotOpened: ``does-not-combine`` or ``does-not-rebuild``, the bidder's fault both.
    """
    try:
        seed = masked(combine([share.share for share in shares], keyset.k), pad.pad)
    except BadShares as error:
        raise NotOpened("does-not-combine", str(error)) from error
    if found := differences(seed, manifest, keyset):
        raise NotOpened("does-not-rebuild", f"Not rebuilt: {', '.join(found)}")
    return seed


def open_payload(payload: Path, container: Path, seed: bytes, manifest: Manifest) -> None:
    """Check a payload against its manifest and decrypt it; the container appears whole or not.

    :raises NotOpened: ``integrity`` when the bytes are not those that were receipted,
        ``unwrap-failed`` when they are and do not decrypt.
    """
    with payload.open("rb") as source:
        if payload_root(part_digests(source)) != manifest.payload.root:
            raise NotOpened("integrity", "The payload is not the one that was filed")
    growing = container.with_name(container.name + ".part")
    try:
        with payload.open("rb") as source, growing.open("wb") as out:
            require_single_stanza(source)
            source.seek(0)
            decrypt(source, out, Identity.from_bytes(seed))
        growing.replace(container)
    except AgeError as error:
        raise NotOpened("unwrap-failed", f"The payload does not decrypt: {error}") from error
    finally:
        growing.unlink(missing_ok=True)


def _unwrapped(file: bytes, identity: Identity) -> bytes:
    try:
        require_single_stanza(file)
        return file_key(file, identity)
    except AgeError as error:
        raise NotOpened("unwrap-failed", f"The file does not decrypt: {error}") from error


def _plaintext(file: bytes, key: bytes, digest: str) -> bytes:
    if sha256_hex(file) != digest:
        raise NotOpened("wrong-file", "The file is not the one that the manifest names")
    out = io.BytesIO()
    try:
        decrypt_with_file_key(io.BytesIO(file), out, key)
    except AgeError as error:
        raise NotOpened("disputed", f"The file key does not open the file: {error}") from error
    return out.getvalue()


def _share(file: bytes, key: bytes, idx: int, manifest: Manifest) -> Share:
    share = _held(Share, file, key, manifest.shares[idx - 1])
    if share.ctx != manifest.context() or share.idx != idx or share.share[-1] != idx:
        raise NotOpened("wrong-context", "The share belongs to another envelope or opener")
    return share


def _pad(file: bytes, key: bytes, manifest: Manifest) -> Pad:
    pad = _held(Pad, file, key, manifest.p)
    if pad.ctx != manifest.context():
        raise NotOpened("wrong-context", "The pad belongs to another envelope")
    return pad


def _held(kind: type[Held], file: bytes, key: bytes, digest: str) -> Held:
    """Read what a file holds, after its digest and its file key have been checked."""
    plain = _plaintext(file, key, digest)
    try:
        return kind.read(plain)
    except (NotCanonical, Malformed) as error:
        name = kind.__name__.lower()
        raise NotOpened("wrong-content", f"The file holds no {name}: {error}") from error
