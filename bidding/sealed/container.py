"""The container of an envelope: a ZIP file of which there is only one for given files.

``inner.json`` first, the files by path, last ``padding``: zeros, so that the length follows
Padmé and says little. Stored without compression, dated 1980-01-01, no extra fields, comments or
data descriptors, below 4 GiB (APPNOTE 6.3.10 sections 4.3.7, 4.3.12, 4.3.16). Any ZIP tool unpacks
it; our reader refuses every byte that the writer would not have written.
"""

import hashlib
import io
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from procurement.proof.canonical import MAX_BYTES as MAX_INNER
from procurement.proof.paths import path_refusal

INNER, PADDING = "inner.json", "padding"
MAX_LENGTH = 2**32 - 2  # bytes; all ones would mean ZIP64
MAX_FILES = 65_000  # entries; 65535 would mean ZIP64
CHUNK = 1024 * 1024  # bytes held at once
VERSION = 20  # 2.0: the oldest that knows folders
UTF8_NAME = 1 << 11  # flag: the name is UTF-8; set where it is not ASCII
FIRST_DAY = (1 << 5) | 1  # 1980-01-01 as MS-DOS writes dates

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


class ContainerRefused(ValueError):  # noqa: N818 - reads as the verdict it is
    """Bytes or files that are no container; ``where`` is a path or a byte offset."""

    def __init__(self, code: str, where: str | int) -> None:
        super().__init__(f"{code} (at {where!r})")
        self.code = code
        self.where = where


@dataclass(frozen=True)
class SourceFile:
    """A file to be sealed: its path inside, its bytes, their number and SHA-256 (hex).

    ``open`` is called twice, as a ZIP names the checksum before the bytes.
    """

    path: str
    open: Callable[[], BinaryIO]
    length: int
    sha256: str


@dataclass(frozen=True)
class Entry:
    """A file found inside: its bytes begin at ``offset`` of the container; SHA-256 in hex."""

    path: str
    offset: int
    length: int
    sha256: str


@dataclass(frozen=True)
class Container:
    """A container that was read and found to be as the writer writes it."""

    inner: bytes
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class _Part:
    """An entry as its headers describe it."""

    path: str
    length: int
    crc: int

    @property
    def name(self) -> bytes:
        return self.path.encode()

    def _common(self) -> tuple[int, ...]:
        flags = 0 if self.path.isascii() else UTF8_NAME
        return VERSION, flags, 0, 0, FIRST_DAY, self.crc, self.length, self.length, len(self.name)

    def local(self) -> bytes:
        return LOCAL.pack(LOCAL_MARK, *self._common(), 0) + self.name

    def central(self, offset: int) -> bytes:
        head = CENTRAL.pack(CENTRAL_MARK, VERSION, *self._common(), 0, 0, 0, 0, 0, offset)
        return head + self.name


def padme(length: int) -> int:
    """Round a length up to the next that Padmé allows: at most 12 % more, O(log log) bits leak.

    Source: Nikitin et al., Reducing Metadata Leakage from Encrypted Files, PETS 2019, algorithm 1.
    """
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def write_container(out: BinaryIO, inner: bytes, files: Sequence[SourceFile]) -> int:
    """Write the container of these files as a stream and give its length in bytes.

    The order of ``files`` does not matter. What was written before a refusal is to be thrown away.

    :raises ContainerRefused: for paths, lengths or bytes that are not as they must be.
    """
    ordered = sorted(files, key=lambda file: file.path)
    _judge([file.path for file in ordered])
    if len(inner) > MAX_INNER:
        raise ContainerRefused("inner-too-large", INNER)
    _padding_length([(INNER, len(inner)), *((file.path, file.length) for file in ordered)])
    parts = [_Part(INNER, len(inner), zlib.crc32(inner)), *map(_measured, ordered)]
    sources = [lambda: io.BytesIO(inner), *(file.open for file in ordered)]
    padding = _padding(parts)

    length = 0
    for part, source, digest in zip(
        parts, sources, [None, *(file.sha256 for file in ordered)], strict=True
    ):
        length += out.write(part.local())
        length += _copied(source(), out, part, digest)
    length += out.write(padding.local())
    for zeros in _zeros(padding.length):
        length += out.write(zeros)
    for block in _directory([*parts, padding]):
        length += out.write(block)
    return length


def read_container(source: BinaryIO) -> Container:
    """Read a container from a seekable file, from first byte to last.

    :raises ContainerRefused: unless these are the bytes that the writer would have written.
    """
    length = source.seek(0, io.SEEK_END)
    parts, begin = _listed(source, length)
    _judge_listed(parts)
    if parts[-1].length != _padding_length([(part.path, part.length) for part in parts[:-1]]):
        raise ContainerRefused("wrong-padding", PADDING)
    source.seek(0)
    inner, entries = b"", []
    for part in parts:
        at = source.tell()
        if at + len(part.local()) + part.length > begin or _take(source, part.local()):
            raise ContainerRefused("not-as-written", at)
        if part.path == INNER:
            inner = _exactly(source, part.length, INNER)
            _require(zlib.crc32(inner) == part.crc, "wrong-crc", INNER)
        else:
            digest = _checked(source, part)
            entries.append(Entry(part.path, at + len(part.local()), part.length, digest))
    _require(source.tell() == begin, "directory-misplaced", begin)
    for block in _directory(parts):
        at = source.tell()
        _require(not _take(source, block), "not-as-written", at)
    _require(source.tell() == length, "trailing-bytes", source.tell())
    return Container(inner, tuple(entries[:-1]))


def extract(source: BinaryIO, entry: Entry, target: Path) -> None:
    """Copy a file out of a container that was read before; ``target`` must not exist yet.

    :raises ContainerRefused: when the container has become shorter since.
    :raises FileExistsError: rather than overwrite anything.
    """
    source.seek(entry.offset)
    left = entry.length
    with target.open("xb") as out:
        while left:
            chunk = source.read(min(CHUNK, left))
            _require(bool(chunk), "cut-short", entry.path)
            left -= out.write(chunk)


# ── what both know ───────────────────────────────────────────────────────────────────────────


def _judge(paths: Sequence[str]) -> None:
    """Refuse paths that are unsafe, out of order, or the same file on some machines."""
    for path in paths:
        if code := path_refusal(path):
            raise ContainerRefused(code, path)
    for before, path in pairwise(paths):
        if path == before:
            raise ContainerRefused("same-path", path)
        if path < before:
            raise ContainerRefused("wrong-order", path)
    seen: set[str] = set()
    for path in (INNER, PADDING, *paths):
        if path.casefold() in seen:
            raise ContainerRefused("same-path", path)
        seen.add(path.casefold())
    for path in paths:
        steps = path.casefold().split("/")
        if any("/".join(steps[:i]) in seen for i in range(1, len(steps))):
            raise ContainerRefused("file-as-folder", path)
    if len(paths) > MAX_FILES:
        raise ContainerRefused("too-many-files", paths[MAX_FILES])


def _padding_length(parts: Sequence[tuple[str, int]]) -> int:
    """Compute how many zeros the last entry needs, from paths and lengths alone."""
    bare = END.size
    for path, length in (*parts, (PADDING, 0)):
        bare += LOCAL.size + CENTRAL.size + 2 * len(path.encode()) + length
    if padme(bare) > MAX_LENGTH:
        raise ContainerRefused("too-large", padme(bare))
    return padme(bare) - bare


def _padding(parts: Sequence[_Part]) -> _Part:
    length, crc = _padding_length([(part.path, part.length) for part in parts]), 0
    for zeros in _zeros(length):
        crc = zlib.crc32(zeros, crc)
    return _Part(PADDING, length, crc)


def _zeros(length: int) -> Iterator[bytes]:
    block = bytes(CHUNK)
    for begin in range(0, length, CHUNK):
        yield block[: length - begin]


def _directory(parts: Sequence[_Part]) -> Iterator[bytes]:
    offset = size = 0
    for part in parts:
        block = part.central(offset)
        offset += len(part.local()) + part.length
        size += len(block)
        yield block
    yield END.pack(END_MARK, 0, 0, len(parts), len(parts), size, offset, 0)


# ── writing ──────────────────────────────────────────────────────────────────────────────────


def _measured(file: SourceFile) -> _Part:
    length = crc = 0
    with file.open() as source:
        while chunk := source.read(CHUNK):
            length, crc = length + len(chunk), zlib.crc32(chunk, crc)
    _require(length == file.length, "wrong-length", file.path)
    return _Part(file.path, length, crc)


def _copied(source: BinaryIO, out: BinaryIO, part: _Part, digest: str | None) -> int:
    """Copy a part's bytes; a file that is no longer what was measured is refused."""
    length, hashed = 0, hashlib.sha256()
    with source:
        while chunk := source.read(CHUNK):
            hashed.update(chunk)
            length += out.write(chunk)
            _require(length <= part.length, "file-changed", part.path)
    _require(length == part.length, "file-changed", part.path)
    _require(digest in (None, hashed.hexdigest()), "wrong-digest", part.path)
    return length


# ── reading ──────────────────────────────────────────────────────────────────────────────────


def _listed(source: BinaryIO, length: int) -> tuple[list[_Part], int]:
    """Read the directory's names, lengths and checksums, and where it begins; trust nothing yet."""
    _require(END.size < length <= MAX_LENGTH, "wrong-size", length)
    source.seek(length - END.size)
    mark, _, _, _, count, size, begin, comment = END.unpack(_exactly(source, END.size, "end"))
    _require(mark == END_MARK and not comment, "trailing-bytes", length - END.size)
    _require(begin + size + END.size == length, "directory-misplaced", begin)
    source.seek(begin)
    parts = []
    for _ in range(count):
        at = source.tell()
        _require(at + CENTRAL.size <= length - END.size, "not-as-written", at)
        head = CENTRAL.unpack(_exactly(source, CENTRAL.size, at))
        name = _exactly(source, head[10], at)
        _require(head[0] == CENTRAL_MARK, "not-as-written", at)
        _require(head[4] == 0, "compressed", at)
        _require(head[8] == head[9], "not-as-written", at)
        parts.append(_Part(_text(name, at), head[9], head[7]))
    return parts, begin


def _judge_listed(parts: Sequence[_Part]) -> None:
    names = [part.path for part in parts]
    if names[:1] != [INNER] or names[-1:] != [PADDING] or len(names) == 1:
        raise ContainerRefused("wrong-order", names[0] if names else "")
    _judge(names[1:-1])
    _require(parts[0].length <= MAX_INNER, "inner-too-large", INNER)


def _checked(source: BinaryIO, part: _Part) -> str:
    """Read a part through, compare its checksum, and give its SHA-256."""
    crc, hashed, left = 0, hashlib.sha256(), part.length
    while left:
        chunk = source.read(min(CHUNK, left))
        _require(bool(chunk), "cut-short", part.path)
        zeros = part.path != PADDING or not chunk.strip(b"\0")
        _require(zeros, "wrong-padding", PADDING)
        crc, left = zlib.crc32(chunk, crc), left - len(chunk)
        hashed.update(chunk)
    _require(crc == part.crc, "wrong-crc", part.path)
    return hashed.hexdigest()


def _text(name: bytes, where: int) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        raise ContainerRefused("not-utf8", where) from None


def _take(source: BinaryIO, expected: bytes) -> bool:
    """Read as many bytes as expected and say whether they differ."""
    return source.read(len(expected)) != expected


def _exactly(source: BinaryIO, length: int, where: str | int) -> bytes:
    found = source.read(length)
    _require(len(found) == length, "cut-short", where)
    return found


def _require(holds: bool, code: str, where: str | int) -> None:
    if not holds:
        raise ContainerRefused(code, where)
