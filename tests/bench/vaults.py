"""What it costs to keep a part of a bid, beside a file of the same bytes that is synced."""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from procurement.tryout import minio_server
from procurement.tryout.processes import Processes
from procurement.vault import SEALED, Vault, open_vault
from tests.bench.timing import MIB, fastest

PART = 8 * MIB
ROUNDS = 8


def rows(folder: Path, tools: Path) -> Iterator[str]:
    """Measure the vault in a directory, and MinIO where it has been built."""
    part = os.urandom(PART)
    raw = fastest(lambda attempt: _write(folder / f"raw-{attempt}", part), ROUNDS)
    yield f"   directory  8 MiB part {_put(open_vault(f'dir://{folder}/vault'), part) / raw:5.1f} x"
    built = tools / "bin" / f"minio-{minio_server.VERSION}"
    if not built.exists() and "DAYLIGHT_MINIO" not in os.environ:
        yield "       MinIO  not measured: make services builds it"
        return
    with Processes(folder) as processes:
        server = minio_server.start(processes, minio_server.build(tools), folder / "minio")
        yield f"       MinIO  8 MiB part {_put(open_vault(server.url), part) / raw:5.1f} x"


def _put(vault: Vault, part: bytes) -> float:
    vault.put(SEALED, "warm", BytesIO(b"w"), 1)
    return fastest(
        lambda attempt: vault.put(SEALED, f"part-{attempt}", BytesIO(part), len(part)), ROUNDS
    )


def _write(path: Path, part: bytes) -> None:
    with path.open("wb") as file:
        file.write(part)
        file.flush()
        os.fsync(file.fileno())
