"""Sealing an envelope on the supplier's own device (protocol, message 3)."""

import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from bidding.sealed.derived import SEED_BYTES, Derived, differences, rebuild, recipient_of
from bidding.sealed.manifest import PART_BYTES, Context, Manifest, Payload
from bidding.sealed.parts import part_digests, payload_root
from procurement.proof.age import decrypt, encrypt
from procurement.proof.age_keys import Identity, Recipient
from procurement.proof.canonical import sha256_hex
from tenders.panel.keyset import Keyset


class SealingFailed(Exception):  # noqa: N818 - reads as what happened
    """The sealed envelope did not open again in the self-test; nothing of it may be uploaded."""


@dataclass(frozen=True)
class Sealed:
    """A sealed envelope: what is uploaded, and the seed that the supplier alone keeps."""

    manifest: Manifest
    derived: Derived
    seed: bytes


def seal(
    container: Path, payload: Path, *, ctx: Context, items_root: str, keyset: Keyset
) -> Sealed:
    """Seal a container file into ``payload``, under a fresh seed, and try it before answering.

    Memory stays flat whatever the container's size. ``payload`` must not exist yet.

    :raises FileExistsError: rather than overwrite a sealed payload.
    :raises SealingFailed: when the sealed file does not give the container back.
    """
    seed = os.urandom(SEED_BYTES)
    derived = rebuild(seed, ctx, keyset)
    with container.open("rb") as plain, payload.open("xb") as out:
        encrypt(plain, out, Recipient.decode(recipient_of(seed)))
    manifest = Manifest(
        **asdict(ctx),  # the fields that a manifest shares with its context
        recipient=recipient_of(seed),
        payload=_described(payload),
        shares=tuple(sha256_hex(share) for share in derived.shares),
        p=sha256_hex(derived.p),
        e=sha256_hex(derived.e),
        items_root=items_root,
    )
    _self_test(seed, manifest, keyset, container, payload)
    return Sealed(manifest, derived, seed)


def _described(payload: Path) -> Payload:
    with payload.open("rb") as source:
        return Payload(payload.stat().st_size, PART_BYTES, payload_root(part_digests(source)))


def _self_test(
    seed: bytes, manifest: Manifest, keyset: Keyset, container: Path, payload: Path
) -> None:
    if found := differences(seed, manifest, keyset):
        raise SealingFailed(f"The sealed envelope does not rebuild: {', '.join(found)}")
    with tempfile.TemporaryFile(dir=payload.parent) as opened:
        with payload.open("rb") as source:
            decrypt(source, opened, Identity.from_bytes(seed))
        opened.seek(0)
        with container.open("rb") as plain:
            if not _same(plain, opened):
                raise SealingFailed("The sealed envelope does not give its content back")


def _same(one: BinaryIO, other: BinaryIO) -> bool:
    return list(part_digests(one)) == list(part_digests(other))
