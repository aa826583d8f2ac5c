"""The bytes under judgement, mapped rather than read, and the way a step says that it must stop."""

import hashlib
import io
import mmap
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from signatures.pdf.reading import Exhausted
from signatures.pdf.report import Finding
from signatures.pdf.survey import Survey, surveyed

Bytes = bytes | mmap.mmap
CHUNK = 1024 * 1024
HASHED = 1536 * CHUNK  # bytes of one file that are hashed for its signatures, all in all
SLOW = 3  # how many times as long a byte takes with SHA-3
SHAKE = "shake256_len"  # as asn1crypto names it; Ed448 signs it (RFC 8419)
SHAKE_BYTES = 64


class Unjudgeable(Exception):  # noqa: N818 - reads as the sentence it is
    """No later step can say anything about this file; ``finding`` is the verdict."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True)
class Source:
    """One file. ``stream`` opens it anew for a parser, ``data`` is searched and hashed in place.

    ``words`` are counted in the same pass in which the file is hashed, each up to one more than
    the number it comes with.
    """

    data: Bytes
    path: Path | None = None
    handle: int | None = None  # of the open file, to read from
    words: Mapping[bytes, int] = field(default_factory=dict)
    _left: list[int] = field(default_factory=lambda: [HASHED])

    @property
    def length(self) -> int:
        """Return the size of the file in bytes."""
        return len(self.data)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the whole file in hex."""
        return self._survey.sha256.hex()

    def digest(self, algorithm: str, *ranges: tuple[int, int]) -> bytes:
        """Hash byte ranges, each from an offset up to another, one after the other.

        :raises Exhausted: when too much of the file was hashed before.
        """
        running, done = self._begun(algorithm, ranges)
        fresh = sum(max(0, end - max(start, done)) for start, end in ranges)
        self._left[0] -= fresh * (SLOW if algorithm.startswith(("sha3", SHAKE)) else 1)
        if self._left[0] < 0:
            raise Exhausted("hashed bytes", HASHED)
        with memoryview(self.data) as view:
            for start, end in ranges:
                for at in range(max(start, done), end, CHUNK):
                    with view[at : min(at + CHUNK, end)] as piece:
                        running.update(piece)
        digest: bytes = running.digest(SHAKE_BYTES) if algorithm == SHAKE else running.digest()
        return digest

    def count(self, word: bytes) -> int:
        """Return how often one of the ``words`` stands in the raw bytes."""
        return self._survey.counts[word]

    @cached_property
    def _survey(self) -> Survey:
        return surveyed(self._read, self.length, self.words)

    def _read(self, into: memoryview, at: int) -> int:
        if self.handle is not None:
            return os.preadv(self.handle, [into], at)
        into[:] = memoryview(self.data)[at : at + len(into)]
        return len(into)

    def _begun(self, algorithm: str, ranges: tuple[tuple[int, int], ...]) -> tuple[Any, int]:
        """Return a hash to go on with, and how much of the file's beginning is in it already."""
        if algorithm == "sha256" and ranges and ranges[0][0] == 0:
            return self._survey.up_to(ranges[0][1])
        name = "shake_256" if algorithm == SHAKE else algorithm
        return hashlib.new(name, usedforsecurity=False), 0

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
def opened(file: Path | bytes, words: Mapping[bytes, int] | None = None) -> Iterator[Source]:
    """Open a file or take bytes as they are; ``words`` are to be counted in them.

    :raises OSError: when the file cannot be read; that is no property of its bytes.
    """
    words = words or {}
    if isinstance(file, bytes):
        yield Source(file, words=words)
        return
    with file.open("rb") as handle:
        if file.stat().st_size == 0:
            yield Source(b"", words=words)
            return
        with mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield Source(mapped, file, handle.fileno(), words)
