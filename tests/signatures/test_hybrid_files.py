"""A file with a second table of objects for new readers shows old readers the same document."""

import io
import re
from typing import Any

import pikepdf
import pytest

from signatures.pdf.report import Verdict
from tests.signatures.documents import Practice, increment, plain_pdf, table

_STRUCTURE = b"<< /Type /StructTreeRoot /K [] >>"


def _hybrid(
    pdf: bytes,
    hidden: dict[int, bytes],
    catalog: bytes,
    *,
    streams: dict[int, bytes] | None = None,
    objects: dict[int, bytes] | None = None,
    freed: tuple[int, ...] = (),
) -> bytes:
    """Write a file anew as a word processor does: ``hidden`` stands in an object stream only.

    ``streams`` are objects that the cross-reference stream places, too, and ``freed`` those that it
    frees; ``catalog`` is added to it.
    """
    bodies = _objects(pdf) | (objects or {})
    root = next(number for number, body in bodies.items() if b"/Catalog" in body)
    bodies[root] = bodies[root].rstrip().removesuffix(b">>") + catalog + b" >>"
    out, places = bytearray(b"%PDF-1.7\n"), {}
    heads = b" ".join(b"%d %d" % (n, 100 * i) for i, n in enumerate(hidden)) + b" "
    packed = heads + b"".join(body.ljust(100) for body in hidden.values())
    bodies[80] = b"<< /Type /ObjStm /N %d /First %d /Length %d >>\nstream\n%s\nendstream" % (
        len(hidden),
        len(heads),
        len(packed),
        packed,
    )
    for number, body in bodies.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    again = {}
    for number, body in (streams or {}).items():
        again[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    entries = {n: bytes([2, 0, 0, 80, i]) for i, n in enumerate(hidden)}
    entries |= {n: b"\1" + at.to_bytes(3) + b"\0" for n, at in again.items()}
    entries |= {n: bytes(5) for n in freed}
    entries = dict(sorted(entries.items()))
    places[81] = at = len(out)
    index = b" ".join(b"%d 1" % n for n in entries)
    out += (
        b"81 0 obj\n<< /Type /XRef /Size 82 /W [1 3 1] /Index [%s] /Root %d 0 R /Length %d >>\n"
        b"stream\n%s\nendstream\nendobj\n"
        % (index, root, 5 * len(entries), b"".join(entries.values()))
    )
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number in range(1, 82):
        if number in places:
            out += b"%d 1\n%010d 00000 n \n" % (number, places[number])
        elif number in hidden:
            out += b"%d 1\n0000000000 65535 f \n" % number
    out += b"trailer\n<< /Size 82 /Root %d 0 R /XRefStm %d >>\n" % (root, at)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def _objects(pdf: bytes) -> dict[int, bytes]:
    found = re.finditer(rb"(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL)
    return {int(one.group(1)): one.group(2) for one in found}


HONEST = _hybrid(plain_pdf(), {70: _STRUCTURE}, b"/StructTreeRoot 70 0 R")


@pytest.mark.parametrize("level", ["B-B", "B-LTA"])
def test_a_word_processors_file_is_valid(practice: Practice, level: str) -> None:
    how: dict[str, Any] = {}
    if level == "B-LTA":
        how = {"tsa": practice.tsa, "evidence": practice.evidence(), "archive": True}

    report = practice.judged(practice.sign(HONEST, **how))

    assert b"/XRefStm" in HONEST
    assert (report.verdict, report.codes) == (Verdict.VALID, ())


@pytest.mark.parametrize(
    "pdf",
    [
        pytest.param(
            _hybrid(plain_pdf(), {}, b"/StructTreeRoot 71 0 R", streams={71: _STRUCTURE}),
            id="the structure by itself, of which the table says nothing",
        ),
        pytest.param(
            _hybrid(plain_pdf(), {70: _STRUCTURE}, b"/StructTreeRoot 70 0 R", freed=(72,)),
            id="an object that is for nobody there",
        ),
    ],
)
def test_what_both_kinds_of_readers_are_shown_is_the_same(practice: Practice, pdf: bytes) -> None:
    assert practice.judged(practice.sign(pdf)).verdict is Verdict.VALID


def _page(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


_CONTENT = next(number for number, body in _objects(plain_pdf()).items() if b"(Page 1" in body)

TWO_VIEWS = [
    pytest.param(
        _hybrid(plain_pdf(), {70: b"<< /Type /Outlines >>"}, b"/Outlines 70 0 R"),
        id="new readers find bookmarks that old readers do not",
    ),
    pytest.param(
        _hybrid(
            plain_pdf(),
            {70: b"[ 71 0 R ]", 71: _STRUCTURE},
            b"/StructTreeRoot 71 0 R /Dests 70 0 R",
        ),
        id="an array of the catalog",
    ),
    pytest.param(
        _hybrid(
            plain_pdf(),
            {70: _STRUCTURE},
            b"/StructTreeRoot 70 0 R",
            streams={_CONTENT: _page(b"BT /F1 24 Tf 50 150 Td (1.00) Tj ET")},
        ),
        id="a page says something else to new readers",
    ),
    pytest.param(
        _hybrid(
            plain_pdf(),
            {70: _STRUCTURE},
            b"/StructTreeRoot 70 0 R /Outlines 71 0 R",
            objects={71: b"<< /Title "},
        ),
        id="what is shown cannot be followed",
    ),
]


@pytest.mark.parametrize("pdf", TWO_VIEWS)
def test_a_file_that_shows_new_readers_something_else_is_refused(
    practice: Practice, pdf: bytes
) -> None:
    report = practice.judged(pdf)

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("hybrid-views",))


def test_a_second_table_behind_the_signature_is_a_change(practice: Practice) -> None:
    signed = practice.sign(HONEST)
    grown = increment(
        signed, {90: b"<< /Type /ObjStm /N 0 /First 0 /Length 0 >>\nstream\n\nendstream"}
    )
    again = grown + table(grown, {90: grown.rindex(b"90 0 obj")}, len(grown)).replace(
        b"trailer\n<<", b"trailer\n<< /XRefStm %d" % HONEST.index(b"81 0 obj")
    )

    assert practice.judged(again).verdict is Verdict.INVALID


def test_a_hybrid_file_with_too_many_objects_is_undecided(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signatures.pdf.hybrid.SHOWN", 3)

    assert practice.judged(HONEST).codes == ("resource-count",)


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param({70: b"<< /Type /StructTreeRoot /K [ 90 0 R ] >>"}, id="an element"),
        pytest.param(
            {
                70: b"<< /Type /StructTreeRoot /K [ 71 0 R ] >>",
                71: b"<< /Type /StructElem /S /Figure /P 70 0 R /Alt 90 0 R >>",
            },
            id="the words that stand for a picture",
        ),
    ],
)
def test_what_new_readers_are_read_aloud_is_in_the_signed_file(
    practice: Practice, hidden: dict[int, bytes]
) -> None:
    """Only new readers find the structure; it refers to what comes behind the signature."""
    signed = practice.sign(_hybrid(plain_pdf(), hidden, b"/StructTreeRoot 70 0 R"))
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        root = pdf.Root.objgen[0]
    *_, written = re.finditer(rb"\n%d 0 obj\s*(<<.*?>>)\s*endobj" % root, signed, re.DOTALL)
    store = written.group(1)[:-2] + b"/DSS << /Certs [ 90 0 R ] >> >>"
    der = practice.authority.authority("root").certificate_der
    more = {90: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(der), der), root: store}

    report = practice.judged(increment(signed, more))

    assert practice.judged(signed).verdict is Verdict.VALID
    assert report.codes == ("changed-after-signing",)
    assert report.signatures[0].changes == (
        "signed content refers to object 90, which was added later",
    )
