"""A stamp goes where nothing stands; where there is no such place, the lowest one is as good."""

import io

import pikepdf
import pytest

from signatures.pdf import room
from signatures.pdf.appearance import Appearance
from signatures.pdf.drawing import NotDrawn
from tests.signatures.documents import plain_pdf


def _black(pages: int = 1) -> bytes:
    with pikepdf.open(io.BytesIO(plain_pdf(pages))) as pdf:
        pdf.pages[0].obj["/Contents"] = pdf.make_stream(b"0 g 0 0 300 300 re f")
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def test_where_everything_is_drawn_upon_the_lowest_place_is_taken() -> None:
    """The judge of the file says then what the stamp covers."""
    free, full = (room.placed(pdf, Appearance()).box for pdf in (plain_pdf(1), _black()))

    assert free == full
    assert full is not None


def test_a_page_that_cannot_be_drawn_gives_the_lowest_place_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def undrawn(*_: object) -> None:
        raise NotDrawn("no page")

    free = room.placed(plain_pdf(1), Appearance())
    monkeypatch.setattr(room, "drawn", undrawn)

    assert room.placed(plain_pdf(1), Appearance()) == free


def test_a_place_that_was_named_is_taken_as_it_is() -> None:
    named = Appearance(box=(10, 10, 120, 40))

    assert room.placed(b"no PDF is looked at", named) is named
