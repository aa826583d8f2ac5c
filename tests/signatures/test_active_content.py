"""What a viewer would play, fill in or run is found where a viewer would find it."""

import io
from collections.abc import Callable

import pikepdf
import pytest

from signatures.pdf import active
from signatures.pdf.policy import Policy
from tests.signatures.documents import Practice, plain_pdf

Change = Callable[[pikepdf.Pdf], None]


def changed(change: Change) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain_pdf(field=True))) as pdf:
        change(pdf)
        pdf.save(out)
    return out.getvalue()


def _second_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm["/XFA"] = pdf.make_stream(b"<xdp/>")


def _film(pdf: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(Subtype=pikepdf.Name.Screen, Rect=[0, 0, 9, 9])
    pdf.pages[1].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(note)])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param(_second_form, "XFA", id="a second form beside the one that is shown"),
        pytest.param(_film, "media", id="a film"),
    ],
)
def test_what_a_viewer_would_show_instead_or_play_is_named(
    practice: Practice, change: Change, named: str
) -> None:
    signed = practice.sign(changed(change))

    report = practice.judged(signed, policy=Policy(active_content="refuse"))

    assert report.codes == ("active-content",)
    assert dict(report.findings[0].facts) == {"what": named}


def test_more_annotations_than_are_looked_at_are_undecided(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(active, "ANNOTATIONS", 1)

    assert practice.judged(plain_pdf(field=True)).codes == ("unsigned",)
    assert practice.judged(changed(_film)).codes == ("resource-count",)
