"""Of what a file brings along to prove itself, nothing is read that is too much or is no list."""

import io

import pikepdf
import pytest

from signatures.pdf import text
from signatures.pdf.chain import _finished
from signatures.pdf.policy import Limits, Policy
from signatures.pdf.report import Verdict
from signatures.pdf.text import pages_of
from tests.signatures.documents import Practice, increment, plain_pdf


@pytest.mark.parametrize(
    "store",
    [
        pytest.param(b"/Certs 7 /CRLs /None /OCSPs (x)", id="no lists"),
        pytest.param(b"/Certs [ 60 0 R ] /CRLs [ 61 0 R ] /OCSPs [ 99 0 R ]", id="of no streams"),
        pytest.param(b"/Certs [ 62 0 R ] /CRLs [ 63 0 R ]", id="of streams that nobody unpacks"),
        pytest.param(b"/Certs 64 0 R /CRLs 64 0 R", id="that cannot be read"),
    ],
)
def test_a_store_whose_lists_hold_no_evidence_holds_nothing(
    practice: Practice, store: bytes
) -> None:
    """So it proves nothing, and the operator's own lists are what is known."""
    pdf = plain_pdf()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    odd = increment(
        pdf,
        {
            root: body[:-2] + b"/DSS << " + store + b" >> >>",
            60: b"<< /A 1 >>",
            61: b"(x)",
            62: b"<< /Length 1 /Filter /FlateDecode >>\nstream\nx\nendstream",
            64: b"[ 1.2.3 ]",
            63: b"<< /Length 1 /Filter /Unknown >>\nstream\nx\nendstream",
        },
    )

    report = practice.judged(practice.sign(odd, tsa=practice.tsa))

    assert (report.verdict, report.signatures[0].level) == (Verdict.VALID, "B-T")


def test_a_list_longer_than_is_read_is_as_good_as_not_there(practice: Practice) -> None:
    policy = Policy(limits=Limits(crl_bytes=10))

    whole = practice.judged(practice.blt, policy=Policy(), anchors=practice.anchors_without_lists)
    short = practice.judged(practice.blt, policy=policy, anchors=practice.anchors_without_lists)

    assert whole.verdict is Verdict.VALID
    assert "revocation-unavailable" in short.codes
    assert short.signatures[0].level == "B-B"


def test_a_check_of_certificates_that_would_wait_for_somebody_is_a_mistake_of_ours() -> None:
    """Nothing is ever fetched while a file is judged, so there is nothing to wait for."""

    class Somebody:
        def __await__(self) -> object:
            yield

    async def waiting() -> None:
        await Somebody()

    async def at_once() -> str:
        return "a path"

    assert _finished(at_once()) == "a path"
    with pytest.raises(RuntimeError, match="wanted to wait"):
        _finished(waiting())


def test_more_words_than_are_compared_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pages_of(plain_pdf(2)) == ("Page 1: 1000.00", "Page 2: 1000.00")

    monkeypatch.setattr(text, "MOST_CHARACTERS", 20)

    assert pages_of(plain_pdf(1)) == ("Page 1: 1000.00",)
    assert pages_of(plain_pdf(2)) is None
