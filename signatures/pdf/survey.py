"""One pass over a file: its SHA-256, with places to go on from, and how often words stand in it.

A large file is dear to read, not to parse. So it is read once, into a small buffer; while one
thread hashes a piece, another counts words in it. The state of the hash is kept after every piece:
the digest that a signature covers has all bytes up to ``/Contents`` in common with that of the
whole file, and goes on from there.
"""

import ctypes
import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from typing import Any

SMALL = 4 * 1024 * 1024  # bytes; below, a second thread costs more than it saves
SMALL_PIECE, LARGE_PIECE = 256 * 1024, 2 * 1024 * 1024
OFTEN = 64  # hits in one piece from which counting is faster than searching

Read = Callable[[memoryview, int], int]  # fill a buffer from an offset, return how many bytes
_Beside = Callable[[Callable[[memoryview], object], memoryview], Callable[[], object]]


@dataclass(frozen=True)
class Survey:
    """What a pass found. ``states`` are of the running hash, at ``offsets``."""

    sha256: bytes
    counts: Mapping[bytes, int]
    offsets: tuple[int, ...]
    states: tuple[Any, ...]

    def up_to(self, end: int) -> tuple[Any, int]:
        """Return a hash of the beginning of the file, no longer than ``end``, and its length."""
        which = bisect_right(self.offsets, end) - 1
        return self.states[which].copy(), self.offsets[which]


def surveyed(read: Read, length: int, words: Mapping[bytes, int]) -> Survey:
    """Hash a file and count words in it, each up to one more than the number it comes with.

    No word may overlap with itself, unless its number is 0.
    """
    if length <= SMALL:
        return _survey(_pieces(read, length, SMALL_PIECE, 1, words), words, _at_once)
    with ThreadPoolExecutor(1) as thread:
        pieces = _pieces(read, length, LARGE_PIECE, 2, words)
        return _survey(pieces, words, lambda act, piece: thread.submit(act, piece).result)


def _at_once(act: Callable[[memoryview], object], piece: memoryview) -> Callable[[], object]:
    act(piece)
    return lambda: None


def _survey(pieces: "Iterator[_Piece]", words: Mapping[bytes, int], beside: _Beside) -> Survey:
    running = hashlib.sha256(usedforsecurity=False)
    offsets, states, counts = [0], [running.copy()], dict.fromkeys(words, 0)
    done: Callable[[], object] = lambda: None  # noqa: E731
    for piece in pieces:
        done()
        if offsets[-1] != piece.begins:
            offsets.append(piece.begins)
            states.append(running.copy())
        done = beside(running.update, piece.fresh)
        for word, limit in words.items():
            counts[word] += piece.count(word, limit + 1 - counts[word])
    done()
    return Survey(running.digest(), counts, tuple(offsets), tuple(states))


@dataclass
class _Piece:
    """A buffer with a piece of the file in it, behind the last bytes of the piece before."""

    held: bytearray
    lap: int  # bytes in front that belong to the piece before
    begins: int = 0  # offset in the file
    size: int = 0

    def __post_init__(self) -> None:
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.held))

    @property
    def fresh(self) -> memoryview:
        """Return what belongs to this piece."""
        return memoryview(self.held)[self.lap : self.lap + self.size]

    @property
    def tail(self) -> bytes:
        """Return the last bytes, for the next piece."""
        return bytes(self.held[self.size : self.size + self.lap])

    def count(self, word: bytes, most: int) -> int:
        """Count the places of a word that end in this piece."""
        at = self.lap - (len(word) - 1 if self.begins else 0)
        end, found = self.lap + self.size, 0
        while found < min(most, OFTEN):
            place = _find(self, word, at, end)
            if place == -1:
                return found
            at, found = place + len(word), found + 1
        return found if found >= most else found + self.held.count(word, at, end)


def _pieces(
    read: Read, length: int, size: int, buffers: int, words: Mapping[bytes, int]
) -> Iterator[_Piece]:
    lap = max(map(len, words), default=1) - 1
    size = max(1, min(size, length))
    turns = cycle([_Piece(bytearray(lap + size), lap) for _ in range(buffers)])
    at, tail = 0, bytes(lap)
    while at < length:
        piece = next(turns)
        piece.held[:lap] = tail
        piece.begins = at
        piece.size = read(memoryview(piece.held)[lap : lap + min(size, length - at)], at)
        if piece.size <= 0:
            raise OSError("the file became shorter while it was read")
        yield piece
        at, tail = at + piece.size, piece.tail


def _search() -> Any:
    """Return the C library's search, which reads several bytes at a time; None where there is none.

    On a large file it takes half of the time of ``bytes.find``, and lets other threads run.
    """
    try:
        found = ctypes.CDLL(None).memmem
    except (AttributeError, OSError, TypeError):
        return None
    found.restype = ctypes.c_void_p
    found.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
    return found


_memmem = _search()


def _find(piece: _Piece, word: bytes, start: int, end: int) -> int:
    if _memmem is None:
        return piece.held.find(word, start, end)
    place = _memmem(piece.address + start, max(0, end - start), word, len(word))
    return -1 if place is None else place - piece.address
