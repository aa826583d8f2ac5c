"""One pass over a file gives its hash, its words and the beginnings of other hashes, exactly."""

import hashlib
import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signatures.pdf import survey
from signatures.pdf.source import opened
from signatures.pdf.survey import surveyed

_PARTS = st.sampled_from([b"obj", b" ", b"startxref", b"start", b"xref", b"[", b"[[[", b"x" * 9])
_WORDS = {b" obj": 100, b"startxref": 100, b"[[[[": 0}


def _read(text: bytes, at_once: int) -> survey.Read:
    def read(into: memoryview, at: int) -> int:
        piece = text[at : at + min(len(into), at_once)]
        into[: len(piece)] = piece
        return len(piece)

    return read


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    parts=st.lists(_PARTS, max_size=30),
    piece=st.integers(1, 40),
    threads=st.booleans(),
    searched=st.booleans(),
)
def test_a_pass_in_pieces_finds_what_the_whole_holds(
    parts: list[bytes], piece: int, threads: bool, searched: bool
) -> None:
    text = b"".join(parts)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(survey, "SMALL", -1 if threads else 1 << 20)
        patched.setattr(survey, "OFTEN", 2)
        for name in ("SMALL_PIECE", "LARGE_PIECE"):
            patched.setattr(survey, name, piece)
        if not searched:
            patched.setattr(survey, "_memmem", None)

        found = surveyed(_read(text, piece), len(text), _WORDS)

    assert found.sha256 == hashlib.sha256(text).digest()
    assert [found.counts[word] for word in (b" obj", b"startxref")] == [
        text.count(word) for word in (b" obj", b"startxref")
    ]
    assert bool(found.counts[b"[[[["]) == (b"[[[[" in text)
    for end in range(len(text) + 1):
        begun, done = found.up_to(end)
        assert done <= end
        begun.update(text[done:end])
        assert begun.digest() == hashlib.sha256(text[:end]).digest()


def test_counting_ends_one_above_the_limit() -> None:
    found = surveyed(_read(b" obj" * 5000, 1 << 20), 20_000, {b" obj": 70})

    assert found.counts[b" obj"] > 70


def test_a_file_that_shrinks_while_it_is_read_is_no_verdict() -> None:
    with pytest.raises(OSError, match="shorter"):
        surveyed(_read(b"a", 1), 2, {})


def test_a_file_and_its_bytes_have_the_same_digests(tmp_path: Path) -> None:
    text = bytes(itertools.islice(itertools.cycle(range(251)), 600_000))
    path = tmp_path / "file"
    path.write_bytes(text)
    gap = text[:300_000] + text[400_000:]

    for file in (text, path):
        with opened(file) as source:
            for name in ("sha256", "sha512"):
                covered = source.digest(name, (0, 300_000), (400_000, len(text)))
                assert covered == hashlib.new(name, gap).digest()
            assert source.digest("sha256", (5, 10)) == hashlib.sha256(text[5:10]).digest()
            assert source.sha256 == hashlib.sha256(text).hexdigest()


def test_where_the_c_library_has_no_such_search_python_s_own_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nowhere(_: object) -> None:
        raise OSError("no library")

    assert survey._search() is not None
    monkeypatch.setattr(survey.ctypes, "CDLL", nowhere)

    assert survey._search() is None
