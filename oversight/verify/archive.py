"""The ZIP file of a bundle: for given files there is only one, and only that one is read.

Stored without compression, dated 1980-01-01, no comments and no data descriptors; ZIP64 only for
a number that does not fit (APPNOTE 6.3.10 sections 4.3.7 to 4.3.16 and 4.5.3).
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bidding.sealed.container import (
    CENTRAL,
    CENTRAL_MARK,
    END,
    END_MARK,
    FIRST_DAY,
    LOCAL,
    LOCAL_MARK,
    VERSION,
)
from procurement.proof.paths import path_refusal

FULL_16, FULL_32 = 2**16 - 1, 2**32 - 1  # all ones: the number stands in a ZIP64 field
VERSION_64 = 45  # 4.5: the oldest that knows ZIP64

EXTRA_64 = 1  # header id of the extra field
END_64 = struct.Struct("<4sQ2H2I4Q")
LOCATOR = struct.Struct("<4sIQI")
END_64_MARK, LOCATOR_MARK = b"PK\x06\x06", b"PK\x06\x07"


class ArchiveRefused(ValueError):  # noqa: N818 - reads as the verdict it is
    """Bytes that are no archive of ours; ``where`` is a path or a byte offset."""

    def __init__(self, code: str, where: str | int) -> None:
        super().__init__(f"{code} (at {where!r})")
        self.code = code
        self.where = where


@dataclass(frozen=True)
class Entry:
    """A file as its headers describe it; ``offset`` is where its local header begins."""

    path: str
    length: int
    crc: int
    offset: int

    @property
    def begins(self) -> int:
        """Where the file's own bytes begin."""
        return self.offset + len(self.local())

    @property
    def ends(self) -> int:
        """Where the next header begins."""
        return self.begins + self.length

    def local(self) -> bytes:
        """Write the header that stands before the bytes."""
        extra = _extra([self.length, self.length] if self.length >= FULL_32 else [])
        head = LOCAL.pack(LOCAL_MARK, *self._common(bool(extra)), len(extra))
        return head + self.path.encode() + extra

    def central(self) -> bytes:
        """Write the line of the directory."""
        large = [self.length, self.length] if self.length >= FULL_32 else []
        extra = _extra([*large, *([self.offset] if self.offset >= FULL_32 else [])])
        common, offset = self._common(bool(extra)), min(self.offset, FULL_32)
        made_by = common[0]
        head = CENTRAL.pack(CENTRAL_MARK, made_by, *common, len(extra), 0, 0, 0, 0, offset)
        return head + self.path.encode() + extra

    def _common(self, large: bool) -> tuple[int, ...]:
        length = min(self.length, FULL_32)
        version = VERSION_64 if large else VERSION
        return version, 0, 0, 0, FIRST_DAY, self.crc, length, length, len(self.path.encode())


class ArchiveWriter:
    """Writes an archive to a file that can be sought in; memory stays flat."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._entries: list[Entry] = []

    def add(self, path: str, chunks: Iterable[bytes], expected: int = 0) -> tuple[Entry, str]:
        """Add a file; give its entry and its SHA-256 in hex.

        ``expected`` bytes decide how large the header is that is written first.

        :raises ArchiveRefused: for a path that may not be, and where that header does not fit.
        """
        if code := refusal(path):
            raise ArchiveRefused(code, path)
        offset = self._entries[-1].ends if self._entries else 0
        begun = Entry(path, expected, 0, offset)
        self._out.write(begun.local())
        crc, length, digest = 0, 0, hashlib.sha256()
        for chunk in chunks:
            length += self._out.write(chunk)
            crc = zlib.crc32(chunk, crc)
            digest.update(chunk)
        entry = Entry(path, length, crc, offset)
        if len(entry.local()) != len(begun.local()):
            raise ArchiveRefused("wrong-length", path)
        self._out.seek(offset)
        self._out.write(entry.local())
        self._out.seek(entry.ends)
        self._entries.append(entry)
        return entry, digest.hexdigest()

    def finish(self) -> None:
        """Write the directory."""
        for block in directory(self._entries):
            self._out.write(block)


def refusal(path: str) -> str | None:
    """Say why a path may not be used in an archive, None when it may."""
    return path_refusal(path) if path.isascii() else "not-ascii"


def _extra(numbers: list[int]) -> bytes:
    """Write the ZIP64 field with the numbers that do not fit their places; nothing for none."""
    if not numbers:
        return b""
    return struct.pack(f"<2H{len(numbers)}Q", EXTRA_64, 8 * len(numbers), *numbers)


def directory(entries: list[Entry]) -> Iterator[bytes]:
    """Write the lines of the directory and its end, for files that lie one behind the other."""
    begin, size = entries[-1].ends if entries else 0, 0
    for entry in entries:
        size += len(entry.central())
        yield entry.central()
    count = len(entries)
    if count >= FULL_16 or size >= FULL_32 or begin >= FULL_32:
        numbers = (END_64.size - 12, VERSION_64, VERSION_64, 0, 0, count, count, size, begin)
        yield END_64.pack(END_64_MARK, *numbers)
        yield LOCATOR.pack(LOCATOR_MARK, 0, begin + size, 1)
    shown = min(count, FULL_16)
    yield END.pack(END_MARK, 0, 0, shown, shown, min(size, FULL_32), min(begin, FULL_32), 0)
