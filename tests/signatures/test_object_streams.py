"""Streams of objects are searched only where every reader finds the same objects in them.

Of all others the objects are read one by one.
"""

import io
import zlib

import pikepdf
import pytest

from signatures.pdf import object_streams
from signatures.pdf.object_streams import pieces_of, unpacked
from signatures.pdf.parsers import parsed
from signatures.pdf.policy import Limits
from signatures.pdf.source import Source
from tests.signatures.documents import increment, plain_pdf

TWO = b"90 0 91 5 \n[ 1 ]<< /A 2 >>"
FIRST = TWO.index(b"[")


def _pieces(data: bytes, first: object = FIRST, n: object = 2) -> list[bytes] | None:
    with pikepdf.new() as pdf:
        held = pdf.make_indirect(pikepdf.Stream(pdf, data, First=first, N=n))
        return pieces_of(pdf, held.objgen[0], data)


def test_a_stream_is_cut_where_its_list_says() -> None:
    assert _pieces(TWO) == [b"[ 1 ]", b"<< /A 2 >>"]


@pytest.mark.parametrize(
    ("data", "first", "n"),
    [
        pytest.param(TWO, pikepdf.Name.A, 2, id="it does not say where the first one is"),
        pytest.param(TWO, -1, 2, id="the first one is before all"),
        pytest.param(TWO, len(TWO) + 1, 2, id="the first one is behind all"),
        pytest.param(TWO, FIRST, 3, id="there are others than it says"),
        pytest.param(b"90 0 91 \n[ 1 ]", 9, 2, id="a number without a place"),
        pytest.param(TWO.replace(b" \n", b"%x"), FIRST, 2, id="something stands in the list"),
        pytest.param(b"90 10 91 0 \n<< /A 2 >>[ 1 ]", 12, 2, id="out of order"),
    ],
)
def test_a_list_that_readers_could_read_otherwise_is_followed_by_nobody(
    data: bytes, first: object, n: int
) -> None:
    assert _pieces(data, first, n) is None


def _file() -> bytes:
    """Make a file with a stream of objects in use."""
    return plain_pdf(1, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _contents(pdf: bytes, upto: int) -> list[bytes | None]:
    with parsed(Source(pdf), Limits()) as document:
        first = [data for _, data in unpacked(document.layout, upto)]
        assert [data for _, data in unpacked(document.layout, upto)] == first
        return first


def test_what_a_later_revision_writes_again_is_not_searched_for_an_earlier_one() -> None:
    pdf = _file()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (stream,) = (one for one in opened.objects if _is_stream_of_objects(one))
        number, entries = stream.objgen[0], stream.stream_dict.unparse()
        raw = stream.read_raw_bytes()
    again = increment(pdf, {number: entries + b"\nstream\n" + raw + b"\nendstream"})

    assert _contents(again, 0) == [None]
    assert _contents(pdf, 0) != [None]


def _is_stream_of_objects(one: object) -> bool:
    return isinstance(one, pikepdf.Stream) and one.get("/Type") == "/ObjStm"


def test_what_is_too_much_to_keep_is_unpacked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = _file()
    with parsed(Source(pdf), Limits()) as document:
        kept = [*unpacked(document.layout, 0)]
        assert document.layout.unpacked == dict(kept)
    monkeypatch.setattr(object_streams, "KEPT", 0)

    with parsed(Source(pdf), Limits()) as document:
        assert [*unpacked(document.layout, 0)] == kept
        assert document.layout.unpacked == {}


@pytest.mark.parametrize(
    ("data", "entries", "content"),
    [
        pytest.param(TWO, {}, TWO, id="not packed"),
        pytest.param(zlib.compress(TWO), {"Filter": pikepdf.Name.FlateDecode}, TWO, id="packed"),
        pytest.param(TWO, {"Filter": pikepdf.Name.FlateDecode}, None, id="packed, it says"),
        pytest.param(
            zlib.compress(TWO)[:-5], {"Filter": pikepdf.Name.FlateDecode}, None, id="cut off"
        ),
        pytest.param(TWO, {"Filter": pikepdf.Name.ASCIIHexDecode}, None, id="otherwise"),
    ],
)
def test_only_what_is_packed_in_the_usual_way_is_unpacked(
    data: bytes, entries: dict[str, pikepdf.Object], content: bytes | None
) -> None:
    with pikepdf.new() as pdf:
        held = pdf.make_indirect(pikepdf.Stream(pdf, data))
        for key, value in entries.items():
            held[f"/{key}"] = value

        assert object_streams._unpacked(pdf, held.objgen[0], 1000) == content
