"""Behind a signature every byte belongs to an increment, and every increment is what it says."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
import pytest

from signatures.pdf.policy import Policy
from signatures.pdf.report import Verdict
from tests.signatures.documents import Practice, plain_pdf, streamed

_EVIDENCE = b"<< /Certs [ ] >>"


@dataclass(frozen=True)
class _Signed:
    """A signed file and what an honest writer would append: a catalog with a security store."""

    pdf: bytes
    root: int
    catalog: bytes
    size: int

    @classmethod
    def of(cls, pdf: bytes) -> "_Signed":
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            body = opened.Root.unparse(resolved=True)[:-2] + b"/DSS 90 0 R >>"
            return cls(pdf, opened.Root.objgen[0], body, max(91, int(opened.trailer["/Size"])))

    def grown(
        self,
        *,
        between: bytes = b"",
        before_table: bytes = b"",
        shift: int = 0,
        number: int | None = None,
        ending: bytes = b"endobj\n",
        table: Callable[[bytes], bytes] = bytes,
        trailer: bytes = b"",
        start: int = 0,
        end: bytes = b"%%EOF\n",
    ) -> bytes:
        """Append an increment; each argument breaks one rule of it."""
        out = bytearray(self.pdf)
        places = {self.root: len(out)}
        out += b"%d 0 obj\n%s\nendobj\n" % (self.root, self.catalog) + between
        places[90] = len(out) + shift
        out += b"%d 0 obj\n%s\n" % (number or 90, _EVIDENCE) + ending + before_table
        at = len(out)
        entries = b"".join(
            b"%d 1\n%010d 00000 n \n" % (one, place) for one, place in sorted(places.items())
        )
        previous = int(self.pdf[self.pdf.rindex(b"startxref") + 9 :].split()[0])
        out += table(b"xref\n" + entries + b"trailer\n")
        out += b"<< /Size %d /Root %d 0 R /Prev %d %s>>\n" % (
            self.size,
            self.root,
            previous,
            trailer,
        )
        return bytes(out) + b"startxref\n%d\n" % (at + start) + end


@pytest.fixture(scope="module")
def signed(practice: Practice) -> _Signed:
    return _Signed.of(practice.sign(plain_pdf()))


def test_an_increment_with_nothing_left_over_is_accepted(
    practice: Practice, signed: _Signed
) -> None:
    for honest in (signed.grown(), signed.grown(between=b"% a comment of the writer\n")):
        assert practice.judged(honest).verdict is Verdict.VALID


BROKEN = [
    pytest.param({"between": b"77 0 obj\n(1.00)\nendobj\n"}, "belong to no object", id="between"),
    pytest.param({"between": b"% a comment\n" * 100}, "belong to no object", id="many comments"),
    pytest.param({"between": b" " * 1100}, "belong to no object", id="a thousand blanks"),
    pytest.param({"before_table": b"\n" * 1100}, "belong to no object", id="many empty lines"),
    pytest.param({"before_table": b"(1.00)\n"}, "belong to no object", id="before the table"),
    pytest.param({"between": b"%PDF-1.7\n"}, "belong to no object", id="another header"),
    pytest.param({"number": 91}, "its entry points elsewhere", id="another number"),
    pytest.param({"ending": b"endobk\n"}, "does not end", id="no end"),
    pytest.param({"ending": b""}, "does not end", id="no endobj"),
    pytest.param({"shift": 3}, "", id="an entry a little further on"),
    pytest.param({"shift": -1}, "", id="an entry a little before"),
    pytest.param(
        {"table": lambda table: re.sub(rb"(\d{10} 00000 n) \n", rb"\1  \n", table)},
        "",
        id="entries of 21 bytes",
    ),
    pytest.param(
        {"table": lambda table: table.replace(b"90 1\n", b"90 2\n")}, "", id="one entry too few"
    ),
    pytest.param({"trailer": b"/X << /Y "}, "", id="a trailer without an end"),
    pytest.param({"trailer": b"/X 1 /X 2 "}, "a trailer cannot be read", id="a key twice"),
    pytest.param({"end": b"%%EOF\n(1.00)\n%%EOF\n"}, "", id="text behind the end"),
    pytest.param({"end": b"(1.00)\n%%EOF\n"}, "", id="text at the end"),
    pytest.param({"start": 1}, "", id="startxref a byte further on"),
    pytest.param(
        {"trailer": b">>\n(1.00)\n<< /X 1 "},
        "does not end as it must",
        id="text behind the trailer",
    ),
]


@pytest.mark.parametrize(("how", "named"), BROKEN)
def test_an_increment_that_breaks_a_rule_is_a_change(
    practice: Practice, signed: _Signed, how: dict[str, object], named: str
) -> None:
    attack = signed.grown(**how)  # type: ignore[arg-type]

    report = practice.judged(attack, policy=Policy())

    assert report.verdict is Verdict.INVALID
    if named:
        assert named in "; ".join(report.signatures[0].changes)


def test_two_entries_do_not_share_an_object(practice: Practice, signed: _Signed) -> None:
    honest = signed.grown()
    place = re.findall(rb"90 1\n(\d{10})", honest)[-1]
    attack = honest.replace(b"90 1\n" + place, b"90 2\n" + place + b" 00000 n \n" + place).replace(
        b"/Size 91", b"/Size 92"
    )

    report = practice.judged(attack, policy=Policy())

    assert report.signatures[0].changes == ("two entries point at one object",)


def test_signed_bytes_that_end_within_a_revision_are_no_revision(
    practice: Practice, signed: _Signed
) -> None:
    """A signature over a part of a revision leaves the rest to whoever comes later."""
    found = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\] *", signed.pdf)
    assert found is not None
    start, first, second, length = (int(number) for number in found.groups())
    shorter = b"/ByteRange [%d %d %d %d]" % (start, first, second, length - 30)
    cut = signed.pdf.replace(found.group(), shorter.ljust(len(found.group())))

    report = practice.judged(cut, policy=Policy())

    what = "the signed bytes do not end with a revision of the file"
    assert (report.verdict, report.signatures[0].changes) == (Verdict.INVALID, (what,))


def _from(pdf: bytes, first: int, changed: bytes) -> bytes:
    """Replace what stands behind a place with something as long."""
    assert len(pdf) - first == len(changed)
    return pdf[:first] + changed


def test_where_an_entry_points_an_object_begins(practice: Practice, signed: _Signed) -> None:
    honest = signed.grown()
    end = len(signed.pdf)

    attack = _from(honest, end, honest[end:].replace(b"90 0 obj", b"9O 0 obj"))

    report = practice.judged(attack, policy=Policy())
    assert report.verdict is Verdict.INVALID
    assert "no object stands at" in report.signatures[0].changes[0]


def test_an_increment_says_itself_where_its_table_is(practice: Practice, signed: _Signed) -> None:
    """Readers that repair a file start from any of its ends, not from the last alone."""
    once = signed.grown()
    twice = _Signed.of(once).grown()
    declared = once[once.rindex(b"startxref\n") :]
    zero = re.sub(rb"\d", b"0", declared)

    attack = twice.replace(declared, zero)

    report = practice.judged(attack, policy=Policy())
    assert report.signatures[0].changes == ("startxref points elsewhere",)


def test_the_next_table_goes_on_from_the_signed_one(practice: Practice, signed: _Signed) -> None:
    """A step beside it is another table for some readers."""
    honest = signed.grown()
    end = len(signed.pdf)
    previous = signed.pdf[signed.pdf.rindex(b"startxref") + 9 :].split()[0]
    beside = b"%d" % (int(previous) - 1)

    attack = _from(honest, end, honest[end:].replace(b"/Prev " + previous, b"/Prev " + beside))

    report = practice.judged(attack, policy=Policy())
    what = "the signed revision is not part of the file's history"
    assert report.signatures[0].changes == (what,)


def test_a_table_that_the_signed_bytes_begin_they_also_end(
    practice: Practice, signed: _Signed
) -> None:
    """Two of its lines look like the end of a revision."""
    at, number = len(signed.pdf), signed.size
    previous = int(signed.pdf[signed.pdf.rindex(b"startxref") + 9 :].split()[0])
    lines = [at.to_bytes(8) + bytes(8), b"startxref".rjust(16), (b"%d %%%%EOF" % at).rjust(16)]
    data = b"\1" + b"\0".join(lines)
    facts = (number, number + 3, signed.root, previous, number, len(data))
    head = b"%d 0 obj\n<< /Type /XRef /Size %d /Root %d 0 R /Prev %d /W [1 8 8] " % facts[:4]
    head += b"/Index [%d 3] /Length %d >>\nstream\n" % facts[4:]
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at
    found = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\] *", signed.pdf)
    assert found is not None
    first, second = int(found.group(2)), int(found.group(3))
    longer = b"/ByteRange [0 %d %d %d]" % (first, second, at + len(head + data) - second)

    cut = (signed.pdf + head + data + end).replace(found.group(), longer.ljust(len(found.group())))

    report = practice.judged(cut, policy=Policy())
    what = "a table of objects reaches behind the signed bytes"
    assert (report.verdict, report.signatures[0].changes) == (Verdict.INVALID, (what,))


def test_no_entry_brings_back_an_object_from_a_signed_stream_of_objects(
    practice: Practice,
) -> None:
    packed = plain_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pikepdf.open(io.BytesIO(packed)) as opened:
        (stream,) = (
            one.objgen[0] for one in opened.objects if isinstance(one, pikepdf.Stream)
            and one.get("/Type") == pikepdf.Name.ObjStm
        )  # fmt: skip
    pdf = practice.sign(packed)

    attack = streamed(pdf, {90: _EVIDENCE}, (91, 2, stream, 0))

    report = practice.judged(attack, policy=Policy())
    what = "an entry brings back an object from a signed object stream"
    assert (report.verdict, report.signatures[0].changes) == (Verdict.INVALID, (what,))
