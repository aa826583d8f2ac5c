"""Bytes that two viewers read differently are no honest increment, whichever of them is right.

In each of these files pyHanko sees the signed document, and another reader does not.
"""

import io
from collections.abc import Callable

import pikepdf
import pytest

from signatures.pdf.report import Report, Verdict
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
