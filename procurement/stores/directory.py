"""A vault in a directory: for trying Daylight out, on one machine, without another server.

``<root>/<bucket>/<name>/<version>.bytes`` holds a version; ``.hold`` and ``.retain`` beside it are
its locks. A version comes into being by a rename after everything is on disk, so it is there
whole or not at all. Nothing here stops a person with the right to write to the directory, and
`probe` says so.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from procurement.vault import (
    BUCKETS,
    CHUNK_BYTES,
    DOCUMENTS,
    Counted,
    Lock,
    NotStored,
    Probe,
    Reading,
    Stored,
    VaultRefused,
    VaultUnavailable,
    checked,
    whole_second,
)

VERSION_BYTES = 16  # of randomness in a version id, written as hex
_HEX = frozenset("0123456789abcdef")


class DirectoryVault:
    """The `procurement.vault.Vault` of try-out."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        with _store_answers():
            for place in (self._incoming, *(root / bucket for bucket in BUCKETS)):
                place.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, bucket: str, name: str, stream: BinaryIO, length: int) -> Stored:
        """See `Vault.put`."""
        checked(bucket, name)
        version_id = secrets.token_hex(VERSION_BYTES)
        arriving = self._incoming / version_id
        counted = Counted(stream, length)
        with _store_answers():
            try:
                _write_through(arriving, counted)
                kept = self._file(bucket, name, version_id)
                self._make_parents(kept.parent)
                arriving.rename(kept)
                _sync_directory(kept.parent)
            finally:
                arriving.unlink(missing_ok=True)
        return Stored(name, version_id, counted.sha256(), length)

    def get(self, bucket: str, name: str, version_id: str) -> Reading:
        """See `Vault.get`."""
        file = self._existing(bucket, name, version_id)
        with _store_answers():
            opened = file.open("rb")
        return Reading(_chunks(opened), opened.close)

    def read_range(
        self, bucket: str, name: str, version_id: str, offset: int, length: int
    ) -> bytes:
        """See `Vault.read_range`."""
        file = self._existing(bucket, name, version_id)
        with _store_answers(), file.open("rb") as opened:
            opened.seek(offset)
            return opened.read(length)

    def hold(self, bucket: str, name: str, version_id: str) -> None:
        """See `Vault.hold`."""
        file = self._existing(bucket, name, version_id)
        with _store_answers():
            _write_note(file.with_suffix(".hold"), "")

    def release_hold(self, bucket: str, name: str, version_id: str) -> None:
        """See `Vault.release_hold`."""
        file = self._existing(bucket, name, version_id)
        with _store_answers():
            file.with_suffix(".hold").unlink(missing_ok=True)
            _sync_directory(file.parent)

    def retain(self, bucket: str, name: str, version_id: str, until: datetime) -> None:
        """See `Vault.retain`."""
        until = whole_second(until)
        so_far = self.status(bucket, name, version_id).retain_until
        if until.timestamp() <= time.time():
            raise VaultRefused("a retention must end in the future")
        if so_far is not None and until < so_far:
            raise VaultRefused(
                f"retained until {so_far:%Y-%m-%d %H:%M} UTC: it cannot be shortened"
            )
        note = self._file(bucket, name, version_id).with_suffix(".retain")
        with _store_answers():
            _write_note(note, until.isoformat())

    def status(self, bucket: str, name: str, version_id: str) -> Lock:
        """See `Vault.status`."""
        file = self._existing(bucket, name, version_id)
        with _store_answers():
            hold = file.with_suffix(".hold").exists()
            try:
                until = datetime.fromisoformat(file.with_suffix(".retain").read_text())
            except FileNotFoundError:
                return Lock(hold, None)
        return Lock(hold, until)

    def delete(self, bucket: str, name: str, version_id: str) -> None:
        """See `Vault.delete`. The clock is this machine's, as MinIO's is its own."""
        try:
            lock = self.status(bucket, name, version_id)
        except NotStored:
            return
        if lock.hold:
            raise VaultRefused("the object is under legal hold")
        if lock.retain_until is not None and lock.retain_until.timestamp() > time.time():
            raise VaultRefused(
                f"the object is retained until {lock.retain_until:%Y-%m-%d %H:%M} UTC"
            )
        file = self._file(bucket, name, version_id)
        with _store_answers():
            file.unlink(missing_ok=True)
            file.with_suffix(".retain").unlink(missing_ok=True)
            _sync_directory(file.parent)

    def versions(self, bucket: str, name: str) -> frozenset[str]:
        """See `Vault.versions`."""
        checked(bucket, name)
        self._require_root()
        with _store_answers():
            return frozenset(file.stem for file in (self._root / bucket / name).glob("*.bytes"))

    def clock(self) -> datetime | None:
        """See `Vault.clock`: a directory is on this machine."""
        return None

    def probe(self, now: datetime) -> Probe:
        """See `Vault.probe`: locks an object, then removes its file as any program could."""
        stored = self.put(DOCUMENTS, f"probe/{secrets.token_hex(8)}", BytesIO(b"probe"), 5)
        at = (DOCUMENTS, stored.name, stored.version_id)
        self.hold(*at)
        self.retain(*at, max(now, datetime.fromtimestamp(time.time(), UTC)) + timedelta(minutes=2))
        file = self._file(*at)
        reasons = []
        with _store_answers():
            for path in sorted(file.parent.glob(f"{stored.version_id}.*")):
                path.unlink()
                reasons.append(f"a directory: any program of this user can remove {path.suffix}")
            file.parent.rmdir()
        return Probe(write_once=not reasons, reasons=reasons)

    def _file(self, bucket: str, name: str, version_id: str) -> Path:
        if len(version_id) != 2 * VERSION_BYTES or not _HEX.issuperset(version_id):
            raise NotStored("the vault has no such version")
        return self._root.joinpath(*checked(bucket, name)) / f"{version_id}.bytes"

    def _existing(self, bucket: str, name: str, version_id: str) -> Path:
        file = self._file(bucket, name, version_id)
        self._require_root()
        if not file.exists():
            raise NotStored("the vault has no such version")
        return file

    def _require_root(self) -> None:
        # An unmounted disk must not look like an empty vault.
        if not self._incoming.exists():
            raise VaultUnavailable(
                "the vault's directory is away: nothing is lost, try again later"
            )

    def _make_parents(self, place: Path) -> None:
        """Make ``place`` and put every new directory on disk, not only its files."""
        self._require_root()
        missing = [path for path in (place, *place.parents) if not path.exists()]
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in missing:
            _sync_directory(path.parent)


@contextmanager
def _store_answers() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise VaultUnavailable(
            f"the vault's directory cannot be used now ({fault.strerror}); try again later"
        ) from fault


def _write_through(path: Path, counted: Counted) -> None:
    """Write to a new read-only file and wait until the disk has it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := counted.read(CHUNK_BYTES):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _write_note(path: Path, text: str) -> None:
    arriving = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    arriving.write_text(text)
    with arriving.open("rb") as file:
        os.fsync(file.fileno())
    arriving.replace(path)
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _chunks(opened: BinaryIO) -> Iterator[bytes]:
    with _store_answers():
        while chunk := opened.read(CHUNK_BYTES):
            yield chunk
