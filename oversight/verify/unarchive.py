"""Reading an archive that may be hostile.

Every header is written again and compared, so that no byte belongs to nobody: nothing can be
hidden between files, nothing has two directories, and nothing unpacks to more than it weighs.
"""

import hashlib
import io
import struct
import zlib
from typing import BinaryIO

from bidding.sealed.container import CENTRAL, END, END_MARK
from oversight.verify.archive import (
    END_64,
    FULL_16,
    FULL_32,
    LOCATOR,
    ArchiveRefused,
    Entry,
    directory,
    refusal,
)

CHUNK = 1024 * 1024  # bytes held at once
MOST_FILES = 200_000
LARGEST_DIRECTORY = 64 * 1024 * 1024  # bytes


class Archive:
    """An archive that was found to be as the writer writes it; the files' bytes are not judged.

    :raises ArchiveRefused: unless every header is the one that the writer would have written.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        entries = _listed(source)
        _judge(entries)
        _compare(source, entries)
        self.entries = {entry.path: entry for entry in entries}

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading. :raises KeyError: when there is none."""
        return io.BufferedReader(_Window(self._source, self.entries[path]))

    def digest(self, path: str) -> str:
        """Hash a file, SHA-256 in hex.

        :raises ArchiveRefused: when its bytes do not have the CRC that its header says.
        """
        crc, hashed = 0, hashlib.sha256()
        with self.open(path) as file:
            while chunk := file.read(CHUNK):
                crc = zlib.crc32(chunk, crc)
                hashed.update(chunk)
        if crc != self.entries[path].crc:
            raise ArchiveRefused("wrong-crc", path)
        return hashed.hexdigest()


class _Window(io.RawIOBase):
    """One file's bytes inside the archive."""

    def __init__(self, source: BinaryIO, entry: Entry) -> None:
        self._source, self._begin, self._length = source, entry.begins, entry.length
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = min(max(base + offset, 0), self._length)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        self._source.seek(self._begin + self._at)
        found = self._source.read(min(len(buffer), self._length - self._at))
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def _listed(source: BinaryIO) -> list[Entry]:
    """Read the directory as it says itself; nothing of it is believed yet."""
    count, size, begin = _announced(source, source.seek(0, io.SEEK_END))
    _require(count <= MOST_FILES and size <= LARGEST_DIRECTORY, "too-many-files", count)
    source.seek(begin)
    lines = source.read(size)
    entries, at = [], 0
    for _ in range(count):
        _require(at + CENTRAL.size <= len(lines), "not-as-written", begin + at)
        entry, length = _entry(lines, at, begin + at)
        entries.append(entry)
        at += length
    _require(at == size, "not-as-written", begin + at)
    return entries


def _announced(source: BinaryIO, length: int) -> tuple[int, int, int]:
    """Read how many files there are, and the size and begin of their directory."""
    _require(length >= END.size, "not-an-archive", 0)
    source.seek(length - END.size)
    mark, _, _, _, count, size, begin, _ = END.unpack(source.read(END.size))
    _require(mark == END_MARK, "not-an-archive", length - END.size)
    if count == FULL_16 or FULL_32 in (size, begin):
        at = length - END.size - LOCATOR.size - END_64.size
        _require(at >= 0, "not-as-written", 0)
        source.seek(at)
        *_, count, size, begin = END_64.unpack(source.read(END_64.size))
    _require(begin + size <= length, "not-as-written", length - END.size)
    return count, size, begin


def _entry(lines: bytes, at: int, where: int) -> tuple[Entry, int]:
    head = CENTRAL.unpack_from(lines, at)
    crc, length, name_length, extra_length, offset = head[7], head[9], head[10], head[11], head[16]
    name_at = at + CENTRAL.size
    name = lines[name_at : name_at + name_length]
    extra = lines[name_at + name_length : name_at + name_length + extra_length]
    large = list(struct.unpack_from(f"<{max(len(extra) - 4, 0) // 8}Q", extra, min(4, len(extra))))
    _require(name.isascii(), "not-ascii", where)
    if length == FULL_32 and len(large) >= 2:
        length = large[1]
    if offset == FULL_32 and large:
        offset = large[-1]
    entry = Entry(name.decode(), length, crc, offset)
    written = entry.central()
    _require(lines[at : at + len(written)] == written, "not-as-written", where)
    return entry, len(written)


def _judge(entries: list[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if code := refusal(entry.path):
            raise ArchiveRefused(code, entry.path)
        _require(entry.path.casefold() not in seen, "same-path", entry.path)
        seen.add(entry.path.casefold())


def _compare(source: BinaryIO, entries: list[Entry]) -> None:
    """Compare every header, and that the files lie one behind the other from the first byte."""
    at = 0
    for entry in entries:
        _require(entry.offset == at, "not-as-written", entry.path)
        source.seek(at)
        _require(source.read(len(entry.local())) == entry.local(), "not-as-written", entry.path)
        at = entry.ends
    source.seek(at)
    for block in directory(entries):
        _require(source.read(len(block)) == block, "not-as-written", at)
    _require(not source.read(1), "trailing-bytes", source.tell())


def _require(holds: bool, code: str, where: str | int) -> None:
    if not holds:
        raise ArchiveRefused(code, where)
