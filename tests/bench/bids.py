"""What sealing and opening cost, beside one SHA-256 over the same bytes."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bidding.sealed.sealing import seal
from bidding.sealed.unsealing import open_payload, recover_seed, take_pad, take_share
from tests.bench.timing import MIB, fastest
from tests.vectors.samples import IDENTITIES, context, keyset

SIZES = (1, 16, 128)  # MiB


def rows() -> Iterator[str]:
    """Measure every size."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            yield row(size, Path(folder))


def row(size: int, folder: Path) -> str:
    """Measure one size: hash, seal with its self-test, and a quorum's opening."""
    container = folder / "container"
    container.write_bytes(os.urandom(size * MIB))

    def hashed(_: int) -> None:
        with container.open("rb") as source:
            hashlib.file_digest(source, "sha256")

    def sealed(attempt: int) -> object:
        payload = folder / f"payload-{attempt}"
        return seal(container, payload, ctx=context(), items_root="ab" * 32, keyset=keyset())

    one, sealing = fastest(hashed), fastest(sealed)
    payload = folder / "payload"
    envelope = seal(container, payload, ctx=context(), items_root="ab" * 32, keyset=keyset())

    def opened(attempt: int) -> None:
        held, files = envelope.manifest, envelope.derived.files()
        shares = [
            take_share(files[f"share-{idx}.age"], idx, held, IDENTITIES[f"opener-{idx}"])
            for idx in (1, 2)
        ]
        pad = take_pad(files["p.age"], held, IDENTITIES["timekeeper"])
        seed = recover_seed(shares, pad, held, keyset())
        open_payload(payload, folder / f"opened-{attempt}", seed, held)

    opening = fastest(opened)
    return f"{size:>6} MiB   seal {sealing / one:6.1f} x   open {opening / one:6.1f} x"
