"""For given files there is one container, and no other bytes are read as one.

Otherwise a bid could show one content to a reader that begins at the front and another to one that
begins at the end, or open for one person and not for the next.
"""

import dataclasses
import hashlib
import io
import json
import struct
import tracemalloc
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.sealed.container import (
    Container,
    ContainerRefused,
    Entry,
    SourceFile,
    padme,
    read_container,
    write_container,
)
from bidding.sealed.inner import (
    Inner,
    build_inner,
    file_differences,
    item_proof,
    items_leaves,
    items_root,
    read_inner,
)
from procurement.proof.canonical import NotCanonical, canonical
from procurement.proof.merkle import leaf_hash, verify_inclusion
from procurement.proof.paths import path_refusal
from procurement.proof.shapes import Malformed
from tenders.response_form import fields

MIB = 1024 * 1024
FILES = {"documents/技术.pdf": b"%PDF technical", "annex.txt": b"", "documents/z.bin": b"z" * 3_000}


def source(path: str, content: bytes) -> SourceFile:
    digest = hashlib.sha256(content).hexdigest()
    return SourceFile(path, lambda: io.BytesIO(content), len(content), digest)


def written(files: dict[str, bytes], inner: bytes = b"{}") -> bytes:
    out = io.BytesIO()
    length = write_container(out, inner, [source(*file) for file in files.items()])
    assert length == len(out.getvalue())
    return out.getvalue()


def read(data: bytes) -> Container:
    return read_container(io.BytesIO(data))


def refused(data: bytes) -> str:
    with pytest.raises(ContainerRefused) as refusal:
        read(data)
    return refusal.value.code


# One container for given files

steps = st.text(
    st.characters(codec="utf-8", exclude_characters="/\\:", min_codepoint=32),
    min_size=1,
    max_size=9,
)
paths = (
    st.lists(steps, min_size=1, max_size=3)
    .map("/".join)
    .map(lambda path: unicodedata.normalize("NFC", path))
    .filter(lambda path: path_refusal(path) is None)
)


@given(st.dictionaries(paths, st.binary(max_size=500), max_size=6), st.binary(max_size=300))
def test_what_was_packed_is_found_again_or_refused_before(
    files: dict[str, bytes], inner: bytes
) -> None:
    try:
        data = written(files, inner)
    except ContainerRefused as refusal:
        assert refusal.code in {"same-path", "file-as-folder"}
        return

    container = read(data)

    assert container.inner == inner
    assert {e.path: data[e.offset : e.offset + e.length] for e in container.entries} == files
    assert [e.path for e in container.entries] == sorted(files)
    assert all(e.sha256 == source(e.path, files[e.path]).sha256 for e in container.entries)
    assert len(data) == padme(len(data))
    assert written(dict(reversed(files.items())), inner) == data


def test_ordinary_tools_unpack_it() -> None:
    with zipfile.ZipFile(io.BytesIO(written(FILES))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["inner.json", *sorted(FILES), "padding"]
        assert {path: archive.read(path) for path in FILES} == FILES
        assert not archive.read("padding").strip(b"\0")
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}


def test_the_bytes_of_a_container_never_change() -> None:
    assert hashlib.sha256(written(FILES)).hexdigest() == (
        "643b2740bc8ca0aadf816ed39fc647c204e125a96aca8dc3802495d8feff959f"
    )


@pytest.mark.parametrize(
    ("length", "padded"),
    [(0, 0), (1, 1), (9, 10), (100, 104), (1_000, 1_024), (1_025, 1_088)],
)  # fmt: skip
def test_padme_rounds_up_to_few_lengths(length: int, padded: int) -> None:
    assert padme(length) == padded


@given(st.integers(2, 2**40))
def test_padme_costs_at_most_an_eighth_and_is_stable(length: int) -> None:
    assert length <= padme(length) <= length * 9 / 8
    assert padme(padme(length)) == padme(length)


# What the writer refuses


@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("../x", "unsafe-path", id="upwards"),
        pytest.param("a/../x", "unsafe-path", id="upwards in the middle"),
        pytest.param("./x", "unsafe-path", id="a dot"),
        pytest.param("/etc/passwd", "unsafe-path", id="absolute"),
        pytest.param("C:x", "unsafe-path", id="a drive"),
        pytest.param("a\\b", "unsafe-path", id="a backslash"),
        pytest.param("a\0b", "unsafe-path", id="NUL"),
        pytest.param("a\n", "unsafe-path", id="a line feed"),
        pytest.param("a//b", "unsafe-path", id="an empty step"),
        pytest.param("a/", "unsafe-path", id="a folder"),
        pytest.param("", "unsafe-path", id="empty"),
        pytest.param("\ud800", "unsafe-path", id="half a surrogate pair"),
        pytest.param("e\u0301", "not-nfc", id="not in normal form"),
        pytest.param("技" * 67, "path-too-long", id="201 bytes"),
        pytest.param("inner.json", "same-path", id="the name of the inner file"),
        pytest.param("Padding", "same-path", id="the name of the padding, but for case"),
        pytest.param("ANNEX.txt", "same-path", id="a name that differs by case alone"),
        pytest.param("annex.txt/x", "file-as-folder", id="a file that is a folder too"),
    ],
)
def test_a_path_that_is_not_safe_everywhere_is_refused(path: str, code: str) -> None:
    with pytest.raises(ContainerRefused) as refusal:
        written({"annex.txt": b"", path: b""})

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"length": 2}, "wrong-length", id="shorter than said"),
        pytest.param({"length": 2**32}, "too-large", id="4 GiB"),
        pytest.param({"sha256": "0" * 64}, "wrong-digest", id="another digest"),
    ],
)
def test_a_file_that_is_not_what_was_said_is_refused(change: dict[str, object], code: str) -> None:
    file = dataclasses.replace(source("a", b"abc"), **change)  # type: ignore[arg-type]

    with pytest.raises(ContainerRefused) as refusal:
        write_container(io.BytesIO(), b"{}", [file])

    assert refusal.value.code == code


def test_a_file_that_grows_while_it_is_packed_is_refused() -> None:
    contents = iter([b"abc", b"abcd"])
    file = dataclasses.replace(source("a", b"abc"), open=lambda: io.BytesIO(next(contents)))

    with pytest.raises(ContainerRefused, match="file-changed"):
        write_container(io.BytesIO(), b"{}", [file])


# What the reader refuses


@given(st.data())
def test_a_byte_changed_anywhere_is_noticed(data: st.DataObject) -> None:
    right = bytearray(written(FILES))
    at = data.draw(st.integers(0, len(right) - 1))
    right[at] ^= data.draw(st.integers(1, 255))

    refused(bytes(right))


@given(st.data())
def test_bytes_cut_out_or_put_in_anywhere_are_noticed(data: st.DataObject) -> None:
    right = written(FILES)
    at = data.draw(st.integers(0, len(right) - 1))
    cut = data.draw(st.integers(0, 40))
    put = data.draw(st.binary(max_size=40))
    other = right[:at] + put + right[at + cut :]

    if other != right:
        refused(other)


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: written({}) + tail))
def test_hostile_bytes_get_a_verdict(data: bytes) -> None:
    if data != written({}):
        refused(data)


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Pack with the ordinary library, in the order given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for path, content in entries:
            archive.writestr(zipfile.ZipInfo(path), content, compress_type=method)
    return out.getvalue()


def two_directories() -> bytes:
    """Hide a first archive before a second, whose directory alone most tools read."""
    hidden, shown = written({"price": b"1"}), bytearray(written({"price": b"2"}))
    end = struct.unpack_from("<I", shown, len(shown) - 6)[0]
    at, count = end, 0
    while shown[at : at + 4] == b"PK\x01\x02":
        begin = struct.unpack_from("<I", shown, at + 42)[0]
        struct.pack_into("<I", shown, at + 42, begin + len(hidden))
        at, count = at + 46 + struct.unpack_from("<H", shown, at + 28)[0], count + 1
    struct.pack_into("<I", shown, len(shown) - 6, end + len(hidden))
    return hidden + bytes(shown)


def patched(offset: int, value: bytes) -> bytes:
    data = bytearray(written(FILES))
    data[offset : offset + len(value)] = value
    return bytes(data)


ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "wrong-size"),
    "a prefix": (lambda: b"#!" + written(FILES), "directory-misplaced"),
    "trailing bytes": (lambda: written(FILES) + b"\0", "trailing-bytes"),
    "a comment": (lambda: patched(-2, b"\1\0") + b"x", "trailing-bytes"),
    "two archives one after the other": (
        lambda: written(FILES) + written(FILES), "directory-misplaced",
    ),
    "two directories, both pointing right": (two_directories, "not-as-written"),
    "an ordinary ZIP": (
        lambda: zipped(("inner.json", b"{}"), ("padding", b"")), "wrong-padding",
    ),
    "compressed": (
        lambda: zipped(("inner.json", b"{}"), method=zipfile.ZIP_DEFLATED), "compressed",
    ),
    "no padding": (lambda: zipped(("inner.json", b"{}"), ("a", b"")), "wrong-order"),
    "no inner file": (lambda: zipped(("a", b""), ("padding", b"")), "wrong-order"),
    "files out of order": (
        lambda: zipped(("inner.json", b""), ("b", b""), ("a", b""), ("padding", b"")),
        "wrong-order",
    ),
    "a path upwards": (
        lambda: zipped(("inner.json", b""), ("../a", b""), ("padding", b"")), "unsafe-path",
    ),
    "a local name unlike the directory's": (lambda: patched(30, b"Inner"), "not-as-written"),
    "a local checksum unlike the directory's": (lambda: patched(14, b"\0"), "not-as-written"),
    "a file's byte": (lambda: patched(40, b"["), "wrong-crc"),
    "a time": (lambda: patched(10, b"\1"), "not-as-written"),
    "a flag": (lambda: patched(6, b"\x08"), "not-as-written"),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_container_in_any_other_way_is_refused(attack: str) -> None:
    make, code = ATTACKS[attack]

    assert refused(make()) == code


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_path_twice_is_refused() -> None:
    twice = zipped(("inner.json", b""), ("a", b"1"), ("a", b"2"), ("padding", b""))

    assert refused(twice) == "same-path"


def test_padding_that_is_not_zeros_is_refused_even_with_its_right_checksum() -> None:
    data = bytearray(written(FILES))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        padding = archive.getinfo("padding")
    first = padding.header_offset + 30 + len("padding")
    assert padding.file_size > 0
    data[first] = 1
    crc = struct.pack("<I", zlib.crc32(b"\1" + bytes(padding.file_size - 1)))
    data[padding.header_offset + 14 : padding.header_offset + 18] = crc
    data[-22 - 46 - 7 + 16 : -22 - 46 - 7 + 20] = crc

    assert refused(bytes(data)) == "wrong-padding"


# Large bids


class Counting(io.RawIOBase):
    """A file of so many equal bytes that is nowhere in memory."""

    def __init__(self, length: int) -> None:
        self.left = length

    def read(self, size: int = -1) -> bytes:
        taken = min(size, self.left)
        self.left -= taken
        return b"x" * taken


def test_memory_stays_flat_for_64_mib(tmp_path: Path) -> None:
    digest = hashlib.sha256()
    for _ in range(64):
        digest.update(b"x" * MIB)
    big = SourceFile("big", lambda: Counting(64 * MIB), 64 * MIB, digest.hexdigest())  # type: ignore[arg-type, return-value]
    path = tmp_path / "container.zip"

    tracemalloc.start()
    with path.open("wb") as out:
        write_container(out, b"{}", [big])
    with path.open("rb") as held:
        container = read_container(held)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert container.entries == (Entry("big", 75, 64 * MIB, digest.hexdigest()),)
    assert peak < 6 * MIB


# What stands inside

OFFER = {"answers": {"plan": "两批"}, "prices": {"chairs": {"unit_price": "12.50"}}, "total": "9"}
WHOSE = {
    "tender": "00000000-0000-4000-8000-000000000001",
    "lot": "lot-1",
    "envelope": "offer",
    "bidder": "00000000-0000-4000-8000-000000000002",
}


def leaves() -> list[dict[str, object]]:
    files, named = [source(*file) for file in FILES.items()], fields(OFFER)
    salts = [hashlib.sha256(bytes([i])).hexdigest() for i in range(len(files) + len(named))]
    return items_leaves(files, named, salts)  # type: ignore[return-value]


def inner(**changed: object) -> dict[str, object]:
    body = {"type": Inner.TYPE, **WHOSE, "nonce32": "11" * 32, "items": leaves(), "offer": OFFER}
    return {**body, **changed}


def test_an_inner_file_is_read_back_with_its_root() -> None:
    data = build_inner(**WHOSE, nonce32=b"\x11" * 32, items=leaves(), offer=OFFER)  # type: ignore[arg-type]

    read_back = read_inner(data)

    assert json.loads(data) == inner()
    assert read_back.root() == items_root(leaves())  # type: ignore[arg-type]
    assert read_back.offer == OFFER


def test_leaves_are_files_by_path_then_fields_by_name() -> None:
    assert [leaf.get("path", leaf.get("name")) for leaf in leaves()] == [
        "annex.txt",
        "documents/z.bin",
        "documents/技术.pdf",
        "/answers/plan",
        "/prices/chairs/unit_price",
        "/total",
    ]


def test_one_price_is_proved_without_the_rest() -> None:
    held = leaves()
    root = bytes.fromhex(items_root(held))  # type: ignore[arg-type]

    for i, leaf in enumerate(held):
        proof = item_proof(held, i)  # type: ignore[arg-type]
        assert verify_inclusion(leaf_hash(canonical(leaf)), i, len(held), proof, root)  # type: ignore[arg-type]
        other = leaf_hash(canonical({**leaf, "salt": "0" * 64}))  # type: ignore[dict-item]
        assert not verify_inclusion(other, i, len(held), proof, root)


def test_every_leaf_needs_a_salt_of_its_own() -> None:
    for salts in ([], ["a" * 64] * 2, ["a" * 63, "b" * 64], ["A" * 64, "b" * 64]):
        with pytest.raises(ValueError, match="salt"):
            items_leaves([], [("/a", "1"), ("/b", "2")], salts)


def test_files_are_compared_with_what_the_inner_file_says() -> None:
    said = read_inner(canonical(inner()))  # type: ignore[arg-type]
    held = read(written({**FILES, "annex.txt": b"other", "more": b""})).entries

    assert file_differences(said, read(written(FILES)).entries) == []
    assert file_differences(said, held) == ["annex.txt", "more"]
    assert file_differences(said, ()) == sorted(FILES)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"items": leaves()[::-1]}, "wrong-order", id="fields before files"),
        pytest.param({"items": [leaves()[1], leaves()[0]]}, "wrong-order", id="files unsorted"),
        pytest.param({"items": leaves()[:-1]}, "other-fields", id="a field without leaf"),
        pytest.param({"offer": {**OFFER, "total": "8"}}, "other-fields", id="another total"),
        pytest.param({"offer": {**OFFER, "total": 9}}, "offer-of-strings", id="a number"),
        pytest.param({"items": [{}]}, "bad-leaf", id="an empty leaf"),
        pytest.param({"items": [{"path": 1}]}, "bad-leaf", id="a path that is a number"),
        pytest.param({"items": [{**leaves()[0], "x": 1}]}, "bad-leaf", id="a leaf with more"),
        pytest.param(
            {"items": [{**leaves()[0], "path": "../a"}]}, "bad-leaf", id="an unsafe path"
        ),
        pytest.param({"items": [{**leaves()[0], "length": -1}]}, "bad-leaf", id="a length below 0"),
        pytest.param(
            {"items": [{**leaf, "salt": "0" * 64} for leaf in leaves()]}, "same-salt",
            id="one salt for all",
        ),
        pytest.param({"bidder": "me"}, "wrong-form", id="a bidder that is no id"),
        pytest.param({"type": "daylight/outer/v1"}, "wrong-type", id="another type"),
    ],
)  # fmt: skip
def test_an_inner_file_that_contradicts_itself_is_refused(
    change: dict[str, object], code: str
) -> None:
    with pytest.raises(Malformed) as refusal:
        read_inner(canonical(inner(**change)))  # type: ignore[arg-type]

    assert refusal.value.code == code


def test_an_inner_file_with_the_same_key_twice_is_refused() -> None:
    data = canonical(inner()).replace(b'"lot":', b'"lot":"x","lot":')  # type: ignore[arg-type]

    with pytest.raises(NotCanonical):
        read_inner(data)
