"""What the work on a bid costs, as a ratio to one SHA-256 over the same bytes in the same run.

A ratio says the same on a fast machine and on a slow one. Run it with ``make bench``.
"""

import hashlib
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bidding.sealed.sealing import seal
from bidding.sealed.unsealing import open_payload, recover_seed, take_pad, take_share
from tests.vectors.samples import IDENTITIES, context, keyset

SIZES = (1, 16, 128)  # MiB
ROUNDS = 3  # the fastest counts: the others were disturbed
MIB = 1024 * 1024


def fastest(act: Callable[[int], object]) -> float:
    """Run an act some times and give the shortest duration, in seconds."""
    found = []
    for attempt in range(ROUNDS):
        began = time.perf_counter()
        act(attempt)
        found.append(time.perf_counter() - began)
    return min(found)


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


def main() -> None:
    """Print a row for each size, and the most memory that all of it took."""
    print("Ratios to one SHA-256 over the same bytes")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            print(row(size, Path(folder)), flush=True)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"largest memory of the process: {most:.0f} MiB (of which {SIZES[-1]} are the test's own)"
    )


if __name__ == "__main__":
    main()
