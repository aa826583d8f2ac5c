"""Bytes that two viewers read differently are no honest increment, whichever of them is right.

In each of these files pyHanko sees the signed document, and another reader does not.
"""

import io
from collections.abc import Callable

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from signatures.pdf.remembering import RememberingReader
from signatures.pdf.report import Report, Verdict
from signatures.pdf.strict import check_table
from tests.signatures.documents import Practice, increment, plain_pdf, streamed, table


def _content(pdf: bytes) -> int:
    """Return the number of the first page's content."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return int(opened.pages[0].obj.Contents.objgen[0])


def _with_store(practice: Practice, pdf: bytes, catalog: bytes = b"") -> dict[int, bytes]:
    """Write a security store, and with it another entry of the catalog."""
    der = practice.authority.authority("root").certificate_der
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
        new = int(opened.trailer.Size)
    store = b"/DSS << /Certs [%d 0 R] >>" % new
    return {
        new: b"<< /Length %d >>\nstream\n" % len(der) + der + b"\nendstream",
        root: body[:-2] + store + catalog + b" >>",
    }


def _lined(
    pdf: bytes, objects: dict[int, bytes], number: int, line: bytes, instead: bytes
) -> bytes:
    """Append objects by a table in which the line of one number is not as it should be."""
    grown = increment(pdf, objects)
    body = grown[: grown.rindex(b"xref\n", 0, grown.rindex(b"startxref"))]
    offsets = {one: body.index(b"%d 0 obj" % one, len(pdf)) for one in objects} | {number: 7}
    written = table(pdf, offsets, len(body))
    assert written.count(line) == 1
    return body + written.replace(line, instead)


def _changed(report: Report) -> str:
    assert (report.verdict, report.codes) == (Verdict.INVALID, ("changed-after-signing",))
    return "; ".join(report.signatures[0].changes)


@pytest.fixture(scope="module")
def signed(practice: Practice) -> bytes:
    return practice.sign(plain_pdf(), tsa=practice.tsa)


def test_a_table_may_name_what_it_adds(practice: Practice, signed: bytes) -> None:
    grown = increment(signed, _with_store(practice, signed))

    assert practice.judged(grown).verdict is Verdict.VALID


def test_a_stream_of_entries_may_name_what_it_adds(practice: Practice) -> None:
    streams = plain_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    signed = practice.sign(streams, tsa=practice.tsa)
    store = _with_store(practice, signed)

    grown = streamed(signed, store, (0, 0, 0, 0))

    assert practice.judged(grown).verdict is Verdict.VALID


@pytest.mark.parametrize("generation", [0, 1, 2, 3, 65_535])
def test_nothing_is_freed_whatever_generation_it_is_said_to_have(
    practice: Practice, signed: bytes, generation: int
) -> None:
    """For qpdf the page is empty then; for pyHanko only if the generation is the next one."""
    store, content = _with_store(practice, signed), _content(signed)
    freed = b"%010d %05d f " % (0, generation)

    report = practice.judged(_lined(signed, store, content, b"0000000007 00000 n ", freed))

    assert f"object {content} was taken away" in _changed(report)


@pytest.mark.parametrize("kind", [b"n", b"f"])
def test_a_generation_that_cannot_be_is_no_line_to_look_over(
    practice: Practice, signed: bytes, kind: bytes
) -> None:
    """PDFium takes such a line for one of the object, pyHanko for none at all."""
    store, content = _with_store(practice, signed), _content(signed)
    beyond = b"0000000007 70000 " + kind + b" "

    report = practice.judged(_lined(signed, store, content, b"0000000007 00000 n ", beyond))

    assert "lines that not every reader understands" in _changed(report)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        pytest.param(lambda one: (one, 0, 0, 9), "was taken away", id="freed"),
        pytest.param(lambda one: (one, 1, 9, 70_000), "not every reader", id="a generation"),
        pytest.param(lambda one: (one, 0, 0, 70_000), "not every reader", id="freed by one"),
    ],
)
def test_a_stream_of_entries_has_no_such_line_either(
    practice: Practice, line: Callable[[int], tuple[int, int, int, int]], named: str
) -> None:
    streams = plain_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    signed = practice.sign(streams, tsa=practice.tsa)
    store, content = _with_store(practice, signed), _content(signed)

    report = practice.judged(streamed(signed, store, line(content)))

    assert named in _changed(report)


def test_what_was_free_before_may_be_freed_again(practice: Practice) -> None:
    """Writers repeat their list of free numbers in each increment."""
    pdf = practice.sign(streamed(plain_pdf(), {60: b"<< >>"}, (70, 0, 0, 1)))

    again = streamed(pdf, _with_store(practice, pdf), (70, 0, 0, 2))

    assert practice.judged(again).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(b"5 2\n0000000009 00000 n \n", id="fewer lines than it says"),
        pytest.param(b"5 1\n0000000009 00000 n \n5 1\n0000000007 00000 n \n", id="a number twice"),
    ],
)
def test_a_table_has_the_lines_that_it_says(table: bytes) -> None:
    check_table(b"xref\n5 1\n0000000009 00000 n \ntrailer")

    with pytest.raises(ValueError, match=r"other entries than it says|named twice"):
        check_table(b"xref\n" + table + b"trailer")


def _stream_of(members: dict[int, bytes], **told: bytes) -> bytes:
    """Write a stream of objects; what is ``told`` takes the place of an entry of it."""
    heads, bodies = b"", b""
    for number, body in members.items():
        heads += b"%d %d " % (number, len(bodies))
        bodies += body + b" "
    said = {"Type": b"/ObjStm", "N": b"%d" % len(members), "First": b"%d" % len(heads)} | told
    entries = b"".join(b"/%s %s " % (name.encode(), value) for name, value in said.items())
    data = heads + bodies
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([(91, 2, 60, 0)], id="an object that the table does not name"),
        pytest.param([(91, 2, 60, 0), (93, 2, 60, 1)], id="another object than the table says"),
    ],
)
def test_a_stream_of_objects_holds_what_its_table_says(
    practice: Practice, signed: bytes, lines: list[tuple[int, int, int, int]]
) -> None:
    held = _stream_of({91: b"(1.00)", 92: b"(2.00)"})

    grown = streamed(signed, {60: held}, *lines)

    assert _changed(practice.judged(grown)) == "an object stream can be read in two ways"


def test_a_length_may_stand_by_itself(practice: Practice, signed: bytes) -> None:
    """Writers that do not know it beforehand write it behind the stream."""
    objects = _with_store(practice, signed)
    store = next(number for number, body in objects.items() if body.startswith(b"<< /Length"))
    length, rest = objects[store][11:].split(b" ", 1)
    elsewhere = objects | {store: b"<< /Length %d 0 R " % (store + 1) + rest, store + 1: length}

    report = practice.judged(increment(signed, elsewhere))

    assert "can be read in two ways" not in _changed(report)
    assert f"object {store} cannot be read" not in _changed(report)


ODD_STREAMS = [
    pytest.param(_stream_of({91: b"(1.00)"}), id="as it must be"),
    pytest.param(_stream_of({91: b"92 0 R"}), id="a reference in it"),
    pytest.param(_stream_of({91: b"(1.00)"}, Type=b"/Other"), id="of another type"),
    pytest.param(_stream_of({91: b"(1.00)"}, N=b"1.0"), id="a count that is no whole number"),
    pytest.param(_stream_of({91: b"(1.00)"}, First=b"-5"), id="it begins before itself"),
    pytest.param(_stream_of({91: b"(1.00)"}, N=b"2"), id="a count too high"),
    pytest.param(_stream_of({92: b"(1.00)"}), id="another number"),
    pytest.param(b"(no stream)", id="no stream"),
]


@pytest.mark.parametrize("held", ODD_STREAMS)
def test_an_odd_stream_of_objects_is_read_as_pyhanko_reads_it(held: bytes) -> None:
    grown = streamed(plain_pdf(), {60: held}, (91, 2, 60, 0))

    def read(kind: type[PdfFileReader]) -> str:
        reader = kind(io.BytesIO(grown), strict=False)
        try:
            held = reader.get_object(generic.Reference(91, 0, reader))
        except Exception as error:  # noqa: BLE001 - whatever it raises has to be the same
            return type(error).__name__
        return f"{type(held).__name__} {getattr(held, 'original_bytes', b'')!r}"

    assert read(RememberingReader) == read(PdfFileReader)
