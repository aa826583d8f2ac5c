"""MinIO, built from its pinned source and started on loopback, for the tests and for a look.

There is no binary of this version to download, so Go builds it, once. Where there is no Go,
everything else works and we say what was not exercised. MinIO is a program of its own (AGPL);
Daylight only talks to it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from procurement.tryout.processes import LOOPBACK, Child, Processes, free_port

MODULE: Final = "github.com/minio/minio"
VERSION: Final = "v0.0.0-20260212201848-7aac2a2c5b7c"


class MinioNotBuilt(Exception):  # noqa: N818  # a sentence, as refusals are
    """There is no MinIO here; the message begins with "MinIO not exercised"."""


@dataclass(frozen=True)
class MinioServer:
    """A server at work, with credentials that nobody else has."""

    endpoint: str  # 127.0.0.1:PORT
    access: str
    secret: str
    program: Path
    data: Path
    child: Child

    @property
    def url(self) -> str:
        """Its address as `procurement.vault.open_vault` takes it."""
        return f"minio://{self.access}:{self.secret}@{self.endpoint}"


def build(home: Path) -> Path:
    """Return the path of the program: ``$DAYLIGHT_MINIO``, built earlier, or built now.

    Building takes three to ten minutes the first time, seconds when Go's cache is warm.

    :raises MinioNotBuilt: when there is no Go or it fails.
    """
    if given := os.environ.get("DAYLIGHT_MINIO"):
        if not os.access(given, os.X_OK):
            raise MinioNotBuilt(f"MinIO not exercised: DAYLIGHT_MINIO={given} is not a program")
        return Path(given)
    built = home / "bin" / f"minio-{VERSION}"
    if not built.exists():
        _install(built)
    return built


def _install(built: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise MinioNotBuilt(
            "MinIO not exercised: building it needs Go (1.24 or newer) on the PATH, "
            "or DAYLIGHT_MINIO=/path/to/a/minio/binary"
        )
    unfinished = (built.parent / "unfinished").absolute()
    unfinished.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        [go, "install", f"{MODULE}@{VERSION}"],
        env={**os.environ, "GOBIN": str(unfinished)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if made.returncode:
        raise MinioNotBuilt(f"MinIO not exercised: go install failed: {made.stderr[-600:].strip()}")
    (unfinished / "minio").replace(built)


def start(processes: Processes, program: Path, data: Path) -> MinioServer:
    """Start MinIO over the directory ``data`` on a free port, with random credentials.

    :raises NotStarted: when it does not answer.
    """
    endpoint = f"{LOOPBACK}:{free_port()}"
    access, secret = secrets.token_hex(8), secrets.token_hex(16)
    return _started(processes, program, data, (endpoint, access, secret))


def start_again(processes: Processes, before: MinioServer) -> MinioServer:
    """Start a MinIO that has ended, over the same directory, at the same address."""
    known = (before.endpoint, before.access, before.secret)
    return _started(processes, before.program, before.data, known)


def _started(
    processes: Processes, program: Path, data: Path, known: tuple[str, str, str]
) -> MinioServer:
    endpoint, access, secret = known
    data.mkdir(parents=True, exist_ok=True)
    child = processes.start(
        "minio",
        [program, "server", "--address", endpoint, data],
        env={
            "MINIO_ROOT_USER": access,
            "MINIO_ROOT_PASSWORD": secret,
            "MINIO_BROWSER": "off",  # no second port
            "MINIO_UPDATE": "off",  # it asks nobody about newer versions
        },
        ready=f"http://{endpoint}/minio/health/cluster",
    )
    return MinioServer(endpoint, access, secret, program, data, child)


def main(words: list[str]) -> int:
    """With ``build``: only build. Otherwise start MinIO, say where, and stop it at Ctrl-C."""
    home = Path(os.environ.get("DAYLIGHT_HOME", ".daylight"))
    if not (home / "bin" / f"minio-{VERSION}").exists():
        print("MinIO: building it from source, up to ten minutes the first time", flush=True)
    try:
        program = build(home)
    except MinioNotBuilt as why:
        print(f"{why}\nThe vault in a directory works without it.", file=sys.stderr)
        return 1
    if words != ["build"]:
        _serve(home, program)
    return 0


def _serve(home: Path, program: Path) -> None:
    with Processes(home) as processes:
        server = start(processes, program, home / "minio")
        print(f"MinIO runs. Point Daylight at it:\n\n  DAYLIGHT_VAULT={server.url}\n", flush=True)
        print("Ctrl-C stops it.", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("\nstopping MinIO")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
