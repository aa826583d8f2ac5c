"""Behind a signature every byte belongs to an increment, and every increment is what it says."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
import pytest

from signatures.pdf.policy import Policy
from signatures.pdf.report import Verdict
from tests.signatures.documents import Practice, plain_pdf

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
