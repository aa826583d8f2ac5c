"""What is signed ends before the signed bytes do; else whoever appends the rest decides it."""

import io

import pikepdf
import pytest
from asn1crypto import core
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signatures.pdf import ends
from signatures.pdf.report import Verdict
from tests.signatures.documents import Practice, appended, increment, plain_pdf, table

LENGTH = 60_000
REST = b"\nBT /F1 24 Tf 50 100 Td (Page 1: 9999.00) Tj ET"


def _content(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return int(opened.pages[0].obj.Contents.objgen[0])


def _with_evidence(pdf: bytes, der: bytes) -> bytes:
    """Append a security store that holds a piece of DER and nothing else."""

    def store(writer: IncrementalPdfFileWriter) -> None:
        held = writer.add_object(generic.StreamObject(stream_data=der))
        named = generic.pdf_name("/Certs")
        writer.root["/DSS"] = writer.add_object(
            generic.DictionaryObject({named: generic.ArrayObject([held])})
        )
        writer.update_root()

    return appended(pdf, store)


def _evidence_with(rest: bytes, at: int) -> bytes:
    """Make DER that holds ``rest`` so that it ends at an offset of the DER."""
    return core.OctetString(b"x" * (at - len(rest) - 4) + rest + b"\nendstream\nendobj\n").dump()


def test_a_page_that_is_longer_than_the_signed_file_is_a_change(practice: Practice) -> None:
    """The rest of the page comes inside a certificate, and every viewer draws it."""
    plain = plain_pdf(1)
    body = b"<< /Length %d >>\nstream\nBT /F1 24 Tf 50 150 Td (Page 1: 1000.00) Tj ET\n%% " % LENGTH
    signed = practice.sign(increment(plain, {_content(plain): body}), tsa=practice.tsa)
    begins = signed.index(body) + body.index(b"BT")
    place = _with_evidence(signed, _evidence_with(b"", LENGTH)).index(b"x" * 100) - 4
    forged = _with_evidence(signed, _evidence_with(REST, begins + LENGTH - place))

    report = practice.judged(forged)

    with pikepdf.open(io.BytesIO(forged)) as opened:
        assert opened.pages[0].obj.Contents.read_bytes().endswith(REST)
    assert practice.judged(signed).verdict is Verdict.VALID
    assert (report.verdict, report.codes) == (Verdict.INVALID, ("changed-after-signing",))
    assert "does not end within the signed bytes" in report.signatures[0].changes[0]


def test_an_object_that_begins_behind_the_signed_bytes_is_a_change(practice: Practice) -> None:
    """The signed table says that the page's content stands where there is nothing yet."""
    plain = plain_pdf(1)
    number = _content(plain)
    rest = b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj" % (number, len(REST), REST)

    def forged(place: int) -> bytes:
        signed = practice.sign_anything(plain + table(plain, {number: place}, len(plain)))
        begins = _with_evidence(signed, _evidence_with(b"", LENGTH)).index(b"x" * 100) - 4
        return _with_evidence(signed, _evidence_with(rest, place + len(rest) - begins))

    begins = forged(2 * LENGTH).index(b"x" * 100)
    changed = forged(begins + LENGTH // 2)
    report = practice.judged(changed)

    with pikepdf.open(io.BytesIO(changed)) as opened:
        assert opened.pages[0].obj.Contents.read_bytes() == REST
    assert (report.verdict, report.codes) == (Verdict.INVALID, ("changed-after-signing",))
    assert report.signatures[0].changes == (
        f"object {number} does not end within the signed bytes",
    )


def test_a_number_that_stands_nowhere_in_the_file_is_not_passed_over(practice: Practice) -> None:
    """Nobody could say what it would be, once evidence is added."""
    plain = plain_pdf(1)
    signed = practice.sign(plain + table(plain, {61: 10 * LENGTH}, len(plain)))

    report = practice.judged(_with_evidence(signed, core.OctetString(b"x").dump()))

    assert practice.judged(signed).verdict is Verdict.VALID
    assert report.codes == ("changed-after-signing",)
    assert report.signatures[0].changes[0].startswith("the signed content cannot be read")


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        pytest.param(b"<< /X (", Verdict.INVALID, id="an open text"),
        pytest.param(b"<< /X (a\\) >>", Verdict.INVALID, id="a text that is closed by no bracket"),
        pytest.param(b"[ 1 2", Verdict.INVALID, id="an open list"),
        pytest.param(b"<< /A << /B 1 >>", Verdict.INVALID, id="an open dictionary"),
        pytest.param(b"<< /X (a(b)\\)c\\() /Y (endobj) >>", Verdict.VALID, id="nested brackets"),
        pytest.param(b"<< /X [ <656e646f626a> /endobj ] >> % (", Verdict.VALID, id="a comment"),
        pytest.param(b"12", Verdict.VALID, id="a number"),
        pytest.param(b"<< >>\nstream\nendstream", Verdict.INVALID, id="a stream without a length"),
        pytest.param(
            b"<< /Length 9999999 >>\nstream\nx\nendstream",
            Verdict.INVALID,
            id="a stream longer than the file",
        ),
    ],
)
def test_every_signed_object_has_an_end_of_its_own(
    practice: Practice, body: bytes, verdict: Verdict
) -> None:
    pdf = increment(plain_pdf(1), {60: body, 61: b"(after it)"})
    signed = practice.sign(pdf, tsa=practice.tsa, evidence=practice.evidence())

    assert practice.judged(signed).verdict is verdict


def test_objects_that_lie_in_each_other_are_followed_so_far_and_no_further(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = practice.blt
    monkeypatch.setattr(ends, "PASSES", 0)

    assert practice.judged(signed).codes == ("resource-count",)


def test_objects_in_a_text_of_escaped_brackets_are_counted_each_time(practice: Practice) -> None:
    """Each begins in the text of the one before, and all of them end where the last does."""
    pdf = plain_pdf(1)
    numbers = range(100, 180)
    heads = [b"%d 0 obj<</A\\(" % number for number in numbers]
    nested = pdf + b"".join(heads) + b" " * 4000 + b")>>\nendobj\n"
    places = {n: nested.index(head) for n, head in zip(numbers, heads, strict=True)}

    report = practice.judged(nested + table(pdf, places, len(nested)))

    assert report.codes == ("resource-count",)
