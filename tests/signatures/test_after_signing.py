"""What is done for exercises does what it says, and the judge sees it."""

from signatures.pdf.attachments import embedded_files
from signatures.pdf.report import Verdict
from signatures.practice import edited, with_annex
from tests.signatures.documents import BID, Practice, plain_pdf


def test_a_page_that_was_painted_over_is_a_change(practice: Practice) -> None:
    painted = edited(practice.bb)

    report = practice.judged(painted)

    assert painted.startswith(practice.bb)
    assert (report.verdict, report.codes) == (Verdict.INVALID, ("changed-after-signing",))


def test_an_annex_lies_inside_before_anybody_signs(practice: Practice) -> None:
    thick = with_annex(plain_pdf(), BID, "drawing.json")

    assert embedded_files(thick) == [("drawing.json", BID)]
    assert practice.judged(practice.sign(thick)).verdict is Verdict.VALID
