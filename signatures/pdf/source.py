"""The bytes under judgement, mapped rather than read, and the way a step says that it must stop."""

import hashlib
import io
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from signatures.pdf.report import Finding

Bytes = bytes | mmap.mmap
CHUNK = 1024 * 1024


class Unjudgeable(Exception):  # noqa: N818 - reads as the sentence it is
    """No later step can say anything about this file; ``finding`` is the verdict."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True)
class Source:
    """One file. ``stream`` opens it anew for a parser, ``data`` is searched and hashed in place."""

    data: Bytes
    path: Path | None = None

    @property
    def length(self) -> int:
        """Return the size of the file in bytes."""
        return len(self.data)

    @cached_property
    def sha256(self) -> str:
        """Return the SHA-256 of the whole file in hex."""
        return self.digest("sha256", (0, self.length)).hex()

    def digest(self, algorithm: str, *ranges: tuple[int, int]) -> bytes:
        """Hash byte ranges, each from an offset up to another, one after the other."""
        running = hashlib.new(algorithm, usedforsecurity=False)
        with memoryview(self.data) as view:
            for start, end in ranges:
                for at in range(start, end, CHUNK):
                    with view[at : min(at + CHUNK, end)] as piece:
                        running.update(piece)
        return running.digest()

    def count(self, word: bytes, *, up_to: int) -> int:
        """Count a word in the raw bytes, and stop counting at ``up_to``."""
        found, at = 0, self.data.find(word)
        while at != -1 and found < up_to:
            found, at = found + 1, self.data.find(word, at + len(word))
        return found

    @contextmanager
    def stream(self) -> Iterator[BinaryIO]:
        """Open the file for reading from its beginning."""
        opened: BinaryIO
        if self.path is not None:
            opened = self.path.open("rb")
        else:
            assert isinstance(self.data, bytes)
            opened = io.BytesIO(self.data)
        with opened:
            yield opened


@contextmanager
def opened(file: Path | bytes) -> Iterator[Source]:
    """Open a file or take bytes as they are.

    :raises OSError: when the file cannot be read; that is no property of its bytes.
    """
    if isinstance(file, bytes):
        yield Source(file)
        return
    with file.open("rb") as handle:
        if file.stat().st_size == 0:
            yield Source(b"")
            return
        with mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield Source(mapped, file)
