"""A file inside a PDF comes out whole, or a sentence says why it does not."""

import io
import zlib
from typing import Any

import pikepdf
import pytest

from signatures.pdf.attachments import AttachmentsUnreadable, embedded_files
from signatures.pdf.policy import Limits, Policy
from signatures.pdf.report import Verdict
from tests.signatures.documents import BID, Practice, plain_pdf


def _with_file(data: bytes, **told: Any) -> bytes:
    """Embed raw bytes under whatever their dictionary tells of them."""
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        stream = pdf.make_stream(data)
        for key, value in told.items():
            stream[f"/{key}"] = value
        held = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, UF="a.bin", EF={"/F": stream})
        listed = pikepdf.Array([pikepdf.String("a.bin"), pdf.make_indirect(held)])
        pdf.Root["/Names"] = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=listed))
        out = io.BytesIO()
        kept = pikepdf.StreamDecodeLevel.none
        pdf.save(out, compress_streams=False, stream_decode_level=kept)
        return out.getvalue()


PACKED = zlib.compress(BID)
DEFLATE, LZW = pikepdf.Name.FlateDecode, pikepdf.Name.LZWDecode


@pytest.mark.parametrize(
    "pdf",
    [
        pytest.param(_with_file(BID), id="as it is"),
        pytest.param(_with_file(BID, Filter=pikepdf.Array([])), id="a list of no filters"),
        pytest.param(_with_file(PACKED, Filter=DEFLATE), id="packed"),
        pytest.param(_with_file(PACKED, Filter=pikepdf.Array([DEFLATE])), id="in a list of one"),
    ],
)
def test_a_file_is_unpacked_as_its_dictionary_says(pdf: bytes) -> None:
    assert embedded_files(pdf) == [("a.bin", BID)]


HOSTILE = [
    pytest.param(
        _with_file(PACKED, Filter=pikepdf.Array([DEFLATE, DEFLATE])),
        "an embedded file is packed more than once",
        id="packed twice",
    ),
    pytest.param(
        _with_file(PACKED, Filter=LZW),
        "an embedded file is packed with /LZWDecode",
        id="packed in an old way",
    ),
    pytest.param(
        _with_file(b"no deflate", Filter=DEFLATE), "an embedded file is damaged", id="damaged"
    ),
    pytest.param(
        _with_file(PACKED[:-8], Filter=DEFLATE), "an embedded file is cut short", id="cut short"
    ),
]


@pytest.mark.parametrize(("pdf", "why"), HOSTILE)
def test_a_file_that_cannot_be_unpacked_is_none_and_its_pdf_is_not_judged(
    practice: Practice, pdf: bytes, why: str
) -> None:
    with pytest.raises(AttachmentsUnreadable, match=why):
        embedded_files(pdf)

    report = practice.judged(pdf, policy=Policy())

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("resource-count",))
    assert dict(report.findings[0].facts)["what"] == why


def test_a_list_that_names_something_else_than_files_is_broken(practice: Practice) -> None:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        listed = pikepdf.Array([pikepdf.String("a.bin"), 7])
        pdf.Root["/Names"] = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=listed))
        out = io.BytesIO()
        pdf.save(out)

    report = practice.judged(out.getvalue(), policy=Policy())

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("broken",))
    assert "its embedded files cannot be read" in dict(report.findings[0].facts)["what"]


def test_a_locked_pdf_says_that_it_is_locked() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user="user"))

    with pytest.raises(AttachmentsUnreadable, match="protected by a password"):
        embedded_files(out.getvalue())


def test_files_that_only_the_catalog_names_count_too() -> None:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        one = {"/EF": {"/F": pdf.make_stream(BID)}, "/UF": "a.json"}
        named = [pdf.make_indirect(pikepdf.Dictionary(one)) for _ in range(3)]
        pdf.Root["/AF"] = pikepdf.Array(named)
        out = io.BytesIO()
        pdf.save(out)

    assert embedded_files(out.getvalue()) == [("a.json", BID)] * 3
    with pytest.raises(AttachmentsUnreadable, match="more than 2 embedded files"):
        embedded_files(out.getvalue(), limits=Limits(attachments=2))
