"""Reading a bundle, which may be hostile: nothing is unpacked, nothing is read without a limit."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from oversight.verify.archive import ArchiveRefused
from oversight.verify.bundle import INDEX, SUMS, sums
from oversight.verify.formats import BundleIndex
from oversight.verify.report import Broken
from oversight.verify.unarchive import CHUNK, Archive
from procurement.proof.canonical import MAX_BYTES, NotCanonical, sha256_hex
from procurement.proof.shapes import Malformed, Statement

Read = TypeVar("Read", bound=Statement)


class Bundle:
    """A bundle whose list and sums hold: every file is the one that its index names."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.index = self.statement(BundleIndex, INDEX)
        self.sha256 = {file.path: file.sha256 for file in self.index.files}

    def __contains__(self, path: object) -> bool:
        return path in self._archive.entries

    def paths(self, folder: str, suffix: str) -> list[str]:
        """List the files of a folder with a suffix, sorted."""
        return [path for path in self.sha256 if path.startswith(folder) and path.endswith(suffix)]

    def read(self, path: str, most: int = MAX_BYTES) -> bytes:
        """Read a small file.

        :raises Broken: when it is missing, or larger than its kind may be.
        """
        entry = self._archive.entries.get(path)
        if entry is None:
            raise Broken("missing-file", path, "a file", "none")
        if entry.length > most:
            raise Broken("too-large", path, f"at most {most} bytes", f"{entry.length}")
        with self._archive.open(path) as file:
            return file.read()

    def begins(self, path: str, other: str) -> str:
        """Hash as many bytes of one file as another has; SHA-256, hex."""
        left, found = self._archive.entries[other].length, hashlib.sha256()
        with self._archive.open(path) as file:
            while left and (chunk := file.read(min(CHUNK, left))):
                found.update(chunk)
                left -= len(chunk)
        return found.hexdigest()

    def statement(self, kind: type[Read], path: str) -> Read:
        """Read an object of a format.

        :raises Broken: when it is missing, or not what its format says.
        """
        try:
            return kind.read(self.read(path))
        except (NotCanonical, Malformed) as error:
            raise Broken(error.code, path, kind.TYPE, str(error)) from error

    @contextmanager
    def copied(self, path: str, folder: Path) -> Iterator[Path]:
        """Copy a large file out, under a name of ours, for as long as it is needed."""
        if path not in self:
            raise Broken("missing-file", path, "a file", "none")
        with tempfile.NamedTemporaryFile(dir=folder) as out, self._archive.open(path) as file:
            while chunk := file.read(CHUNK):
                out.write(chunk)
            out.flush()
            yield Path(out.name)

    def _require_whole(self) -> None:
        """Every file is listed, every listed file is there, with the bytes that were listed."""
        expected = [*self.sha256, INDEX, SUMS]
        found = list(self._archive.entries)
        for path in sorted(set(expected) ^ set(found)):
            listed = path in self.sha256
            raise Broken(
                "missing-file" if listed else "unlisted-file", path, "as the index lists", "not so"
            )
        if expected != found:
            raise Broken("wrong-order", INDEX, "files in the order of the index", "another order")
        for file in self.index.files:
            length, digest = self._archive.entries[file.path].length, self.digest(file.path)
            if (length, digest) != (file.length, file.sha256):
                raise Broken("wrong-sum", file.path, file.sha256, digest)
        self.digest(INDEX)
        if self.digest(SUMS) != sha256_hex(sums(self.index)):
            raise Broken("wrong-sum", SUMS, "the sums of the index", "others")

    def digest(self, path: str) -> str:
        """Hash a file, after comparing it with its checksum."""
        try:
            return self._archive.digest(path)
        except ArchiveRefused as error:
            raise Broken(error.code, path, "the checksum of its header", "another") from error


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Open a bundle, and compare every file in it with its sum.

    :raises Broken: when it is no bundle, or not whole.
    """
    with path.open("rb") as source:
        try:
            archive = Archive(source)
        except ArchiveRefused as error:
            raise Broken(
                error.code, str(error.where), "an archive as we write it", "not"
            ) from error
        bundle = Bundle(archive)
        bundle._require_whole()
        yield bundle
