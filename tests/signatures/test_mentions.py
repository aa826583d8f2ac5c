"""A reference to what came later is found wherever and however the signed file hides it.

Most objects are never read for it: their bytes are searched. Every file here hides a reference from
such a search; each is judged twice, once by the search and once by reading every object, and both
say the same.
"""

import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pikepdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signatures.pdf import dangling, mentions, object_streams
from signatures.pdf.layout import Layout
from signatures.pdf.mentions import _Search
from signatures.pdf.parsers import parsed
from signatures.pdf.policy import Limits
from signatures.pdf.report import Report, Verdict
from signatures.pdf.source import Source
from tests.signatures.documents import Practice, increment, plain_pdf, streamed, table
from tests.signatures.stamping import saved

LATER = 90  # the object that is added behind the signature
HOLDER = 60  # the object that the page takes its content from
FOUND = (f"signed content refers to object {LATER}, which was added later",)
Made = Callable[[], bytes]


def _page(pdf: bytes) -> dict[int, bytes]:
    """Write the first page anew, with the holder as its content."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        page = opened.pages[0].obj
        body = re.sub(rb"/Contents \d+ 0 R", b"/Contents %d 0 R" % HOLDER, page.unparse(True))
        return {page.objgen[0]: body}


def _held(body: bytes, **others: bytes) -> bytes:
    """Make a file whose page takes its content from an object with this body."""
    pdf = plain_pdf(1)
    return increment(pdf, {**_page(pdf), HOLDER: body})


def _object_stream(content: bytes, packed: bytes, entries: bytes = b"", more: bytes = b"") -> bytes:
    """Make a file in which the holder stands in a stream of objects."""
    pdf = plain_pdf(1, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    first = content.index(b"[")
    facts = (first, len(packed), entries, packed)
    body = b"<< /Type /ObjStm /N 1 /First %d /Length %d %s >>\nstream\n%s\nendstream" % facts
    if more:
        body = body.replace(b"/Length %d" % len(packed), b"/Length 71 0 R")
    objects = {**_page(pdf), 70: body, **({71: more} if more else {})}
    return streamed(pdf, objects, (HOLDER, 2, 70, 0))


CONTENT = b"%d 0 [ %d%%c\n0 R ]" % (HOLDER, LATER)
FLATE = b"/Filter /FlateDecode"


def _attacked(practice: Practice, signed: bytes) -> bytes:
    """Append evidence, one part of which has the number that the signed page names."""
    der = practice.authority.authority("root").certificate_der
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        root = pdf.Root.objgen[0]
    *_, written = re.finditer(rb"\n%d 0 obj\s*(<<.*?>>)\s*endobj" % root, signed, re.DOTALL)
    body = written.group(1)
    return increment(
        signed,
        {
            LATER: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(der), der),
            root: body[:-2] + b"/DSS << /Certs [ %d 0 R ] >> >>" % LATER,
        },
    )


@contextmanager
def _everything_read() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dangling, "could_refer", lambda layout, revision, numbers: None)
        patched.setattr(Layout, "apart", None)
        yield


def _judged_twice(practice: Practice, pdf: bytes) -> Report:
    report = practice.judged(pdf)
    with _everything_read():
        assert practice.judged(pdf) == report
    return report


SPELLINGS = {
    "as usual": b"90 0 R",
    "zero bytes": b"90\x000\x00R",
    "tabs": b"90\t0\tR",
    "lines": b"90\n0\nR",
    "lines of two bytes": b"90\r\n0\r\nR",
    "form feeds": b"90\f0\fR",
    "the number on a line of its own": b"90\n0 R",
    "the letter on a line of its own": b"90 0\nR",
    "two blanks": b"90  0  R",
    "two blanks behind the number": b"90  0 R",
    "leading zeros": b"000000090 0 R",
    "a generation of zeros": b"90 00000 R",
    "a comment behind the number": b"90%c\n0 R",
    "a comment that ends like another reference": b"90 %x 7\n 0 R",
    "a comment with another reference": b"90 0 %7 0 R\nR",
    "comments everywhere": b"90 % 7 0\r0 %\n%\n R",
    "a sign": b"+90 0 R",
    "behind a text": b"(a)90 0 R",
    "behind hexadecimal digits": b"<41>90 0 R",
    "behind a list": b"[]90 0 R",
    "behind an escaped name": b"/#41#42 90 0 R",
    "behind a number": b"12 90 0 R",
    "behind two numbers": b"12 13 90 0 R",
    "behind a text with an open bracket": b"(\\() 90 0 R",
    "behind a text with a comment": b"(%) 90 0 R",
    "behind a text that looks like the end": b"(endobj) 90 0 R",
    "in a dictionary": b"<< /Length 1 /A << /B 90 0 R >> >>",
    "in front of a comment": b"90 0 R%c\n",
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_reference_is_found_however_it_is_written(practice: Practice, spelling: bytes) -> None:
    signed = practice.sign(_held(b"[ %s ]" % spelling))
    packed = practice.sign(
        _object_stream(
            content := b"%d 0 [ %s ]" % (HOLDER, spelling), zlib.compress(content), FLATE
        )
    )

    for one in (signed, packed):
        report = _judged_twice(practice, _attacked(practice, one))
        assert report.verdict is Verdict.INVALID
        assert report.signatures[0].changes == FOUND


def _in_a_text_of_another() -> bytes:
    """The table says that an object stands inside the text of the holder, before the reference."""
    pdf = _held(b"[ (61 0 obj [ ] endobj ) %d 0 R ]" % LATER)
    return pdf + table(pdf, {61: pdf.index(b"61 0 obj")}, len(pdf))


def _at_the_place_of_another() -> bytes:
    """The table says that a second object stands where the holder does."""
    pdf = _held(b"[ %d 0 R ]" % LATER)
    return pdf + table(pdf, {61: pdf.rindex(b"%d 0 obj" % HOLDER)}, len(pdf))


def _in_data_of_another() -> bytes:
    """The holder stands inside the data of a long stream."""
    pdf = plain_pdf(1)
    data = b"%d 0 obj [ %d 0 R ] endobj " % (HOLDER, LATER) + b" " * 2 * mentions.SKIPPED
    written = increment(
        pdf, {**_page(pdf), 61: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)}
    )
    return written + table(written, {HOLDER: written.index(data)}, len(written))


def _behind_a_long_stream() -> bytes:
    """The holder's data are long, and another object with the reference follows it."""
    pdf = plain_pdf(1)
    data = b"R" * 2 * mentions.SKIPPED
    stream = b"<< /Length %d /A 61 0 R >>\nstream\n%s\nendstream" % (len(data), data)
    return increment(pdf, {**_page(pdf), HOLDER: stream, 61: b"[ %d 0 R ]" % LATER})


def _in_the_dictionary_of_a_long_stream() -> bytes:
    data = b"R" * 2 * mentions.SKIPPED
    return _held(b"<< /Length %d /A %d 0 R >>\nstream\n%s\nendstream" % (len(data), LATER, data))


def _with_a_generation() -> bytes:
    pdf = _held(b"[ %d 0 R ]" % LATER)
    place = pdf.rindex(b"%d 0 obj" % HOLDER)
    moved = pdf.replace(b"%d 0 obj" % HOLDER, b"%d 1 obj" % HOLDER)
    moved = moved.replace(b"%d 0 R" % HOLDER, b"%d 1 R" % HOLDER)
    return moved.replace(b"%010d 00000 n" % place, b"%010d 00001 n" % place)


def _read_twice() -> bytes:
    """The holder was written twice before the signature, and only the newer one refers to it."""
    return increment(_held(b"[ ]"), {HOLDER: b"[ %d 0 R ]" % LATER})


def _with_a_mark() -> bytes:
    """The bytes with which objects are told apart in a search stand in the file."""
    return _held(b"[ (\x01) (\x01[<<) %d 0 R ]" % LATER)


HIDDEN: dict[str, Made] = {
    "in a text of another object": _in_a_text_of_another,
    "in the data of another object": _in_data_of_another,
    "at the place of another object": _at_the_place_of_another,
    "behind a long stream": _behind_a_long_stream,
    "in the dictionary of a long stream": _in_the_dictionary_of_a_long_stream,
    "in an object with a generation": _with_a_generation,
    "in an object that was written twice": _read_twice,
    "beside the mark of the search": _with_a_mark,
    "in a stream of objects, not packed": lambda: _object_stream(CONTENT, CONTENT),
    "in a stream of objects, packed twice": lambda: _object_stream(
        CONTENT,
        zlib.compress(CONTENT).hex().encode() + b">",
        b"/Filter [ /ASCIIHexDecode /FlateDecode ]",
    ),
    "in a stream of objects, with a predictor": lambda: _object_stream(
        CONTENT,
        zlib.compress(b"\0" + CONTENT),
        FLATE + b" /DecodeParms << /Predictor 10 /Columns %d >>" % len(CONTENT),
    ),
    "in a stream of objects, with something behind it": lambda: _object_stream(
        CONTENT, zlib.compress(CONTENT) + zlib.compress(CONTENT), FLATE
    ),
    "in a stream of objects, its length elsewhere": lambda: _object_stream(
        CONTENT, packed := zlib.compress(CONTENT), FLATE, b"%d" % len(packed)
    ),
}


@pytest.mark.parametrize("made", HIDDEN.values(), ids=HIDDEN)
def test_a_reference_is_found_wherever_it_stands(practice: Practice, made: Made) -> None:
    signed = practice.sign(made())

    report = _judged_twice(practice, _attacked(practice, signed))

    assert report.verdict is Verdict.INVALID
    assert report.signatures[0].changes == FOUND


INNOCENT = {
    "another number": b"9 0 R",
    "a longer number": b"190 0 R",
    "a number with it in front": b"900 0 R",
    "in a comment": b"% 90 0 R\n",
    "without the letter": b"90 0",
    "another word": b"90 0 RG",
}


@pytest.mark.parametrize("body", INNOCENT.values(), ids=INNOCENT)
def test_what_is_no_reference_is_no_change(practice: Practice, body: bytes) -> None:
    signed = practice.sign(_held(b"[ %s ]" % body))

    report = _judged_twice(practice, _attacked(practice, signed))

    assert "changed-after-signing" not in report.codes


def _titled(title: str) -> bytes:
    with pikepdf.open(io.BytesIO(plain_pdf(1))) as pdf:
        pdf.pages[0].obj["/Alt"] = pdf.docinfo["/Title"] = title
        return saved(pdf)


@pytest.mark.parametrize(
    "title",
    ["Bend 90 0 R", "Bend 90 45 R 2", "(90 0 R)", "a) [90 0 R (", "\\", "\\) 90 0 R", "90 0 R\\"],
)
def test_a_title_that_reads_like_a_reference_is_none(practice: Practice, title: str) -> None:
    report = _judged_twice(practice, _attacked(practice, practice.sign(_titled(title))))

    assert (report.verdict, report.codes) == (Verdict.VALID, ())


@pytest.mark.parametrize("title", ["Bend 90 0 R", "\\", "a) [90 0 R (", ")", "\\)", "(\\("])
def test_nor_does_it_hide_one(practice: Practice, title: str) -> None:
    """Of a page that has such a text beside a reference, and both on either side of the other."""
    held = pikepdf.String(title).unparse()
    for body in (b"<< /Alt %s /B 90 0 R >>", b"<< /A 90 0 R /Alt %s >>"):
        report = _judged_twice(practice, _attacked(practice, practice.sign(_held(body % held))))

        assert report.signatures[0].changes == FOUND


@pytest.mark.parametrize(
    "body", [b"", b"[ 1 ) } ) } ) } ) } ]", b"null", b"<< /A [ } } } } } } ] >>"]
)
def test_what_is_damaged_is_read_as_before(practice: Practice, body: bytes) -> None:
    signed = practice.sign(increment(plain_pdf(1), {HOLDER: body}))

    _judged_twice(practice, _attacked(practice, signed))


def test_nothing_is_said_of_a_stream_of_objects_that_was_written_again() -> None:
    """Its members are not what they were, and the signed ones are read one by one."""
    pdf = _object_stream(CONTENT, zlib.compress(CONTENT), FLATE)
    again = increment(pdf, {70: b"<< /Length 0 >>\nstream\n\nendstream"})

    with parsed(Source(again), Limits()) as document:
        signed, last = range(document.reader.xrefs.total_revisions)[-2:]
        assert mentions.could_refer(document.layout, signed, {LATER}) is None

    with parsed(Source(pdf), Limits()) as document:
        assert mentions.could_refer(document.layout, signed, {LATER}) == {(HOLDER, 0)}
    assert last == signed + 1


def test_streams_of_objects_are_unpacked_so_far_and_no_further(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = practice.sign(_object_stream(CONTENT, zlib.compress(CONTENT), FLATE))
    monkeypatch.setattr(object_streams, "DECODED", 10)

    report = practice.judged(_attacked(practice, packed))

    assert report.codes == ("resource-count",)


# -- the search and the reading of a parser, side by side ------------------------------------------

REFERRED = (4, 7, 90, 91, 104)
_NUMBERS = [b"4", b"90", b"091", b"104", b"7", b"490", b"0", b"00", b"+90", b"12345678901234567890"]
_BETWEEN = [
    *(b" ", b"  ", b"\n", b"\r\n", b"\t", b"\0", b"\f", b"%\n", b" %c 4 0\r", b"(a)", b"/N")
]
_PARTS = st.sampled_from(
    [*_NUMBERS, *_BETWEEN, b"R", b"R ", b"[", b"]", b"<41>", b" 0 R", b"4 0 R "]
)


@settings(max_examples=1000, deadline=None, derandomize=True)
@example(parts=[b"00004 0 R"], numbers={4})
@example(parts=[b"00000000000000000000000000000004 0 R"], numbers={4})
@given(parts=st.lists(_PARTS, max_size=14), numbers=st.sets(st.sampled_from(REFERRED)))
def test_the_search_finds_what_a_parser_takes_for_references(
    parts: list[bytes], numbers: set[int]
) -> None:
    text = b"[" + b"".join(parts) + b" ]"
    referred = _referred(text)

    found = any(_Search(numbers).places(b"\n\n" + text, 0, len(text) + 2))

    assert found or not referred & numbers


def _referred(text: bytes) -> set[int]:
    """Let qpdf read a text as an object of a file, and return the numbers that it refers to."""
    bodies = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [] /Count 0 >>",
        3: text,
        **dict.fromkeys(REFERRED, b"<< >>"),
    }
    body, entries = b"%PDF-1.7\n" + b" " * 1000, b"0 1\n0000000000 65535 f \n"
    for number, content in bodies.items():
        entries += b"%d 1\n%010d 00000 n \n" % (number, len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    body += b"xref\n%strailer\n<< /Size 105 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        entries,
        len(body),
    )
    with pikepdf.open(io.BytesIO(body), attempt_recovery=False, suppress_warnings=True) as opened:
        held = opened.get_object(3, 0)
        written = held.unparse(resolved=True) if isinstance(held, pikepdf.Array) else b""
        return {int(number) for number in re.findall(rb"(\d+) \d+ R", written)}


def test_the_parser_sees_references() -> None:
    assert _referred(b"[ 0004%c\n0 R 7 0 R ]") == {4, 7}
