"""A stamp brings the letters that it is written in, no more of them than it needs, and all fits.

So it looks the same everywhere, and a PDF/A stays one (ISO 19005-3, 6.2.11.4: fonts are embedded).
"""

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from fontTools import ttLib

from procurement.fonts import REGULAR, FontsMissing, fonts_directory, fonts_in
from signatures.pdf.appearance import MARGIN, SIZES, Appearance
from signatures.pdf.letters import Letters
from signatures.pdf.policy import Policy
from signatures.pdf.report import Verdict
from tests.signatures.documents import Practice, plain_pdf
from tests.signatures.stamping import written

LARGEST = 12 * 1024  # bytes that a stamp may add to a signature: a paper has 50,000
PARTS = 4  # that several letters share, such as accents
WIDTH, HEIGHT = Appearance.SIZE
LINES = {6: 5, 7: 4, 8: 4, 9: 3}  # that fit into that height


def _stamp(pdf: bytes) -> tuple[list[str], ttLib.TTFont]:
    """Give the lines of the one stamp in a file, and the font in it."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (drawn,) = (note.AP.N for page in opened.pages for note in page.get("/Annots", ()))
        (font,) = drawn.Resources.Font.as_dict().values()
        (inner,) = font.DescendantFonts
        program = inner.FontDescriptor.FontFile2.read_bytes()
        return written(drawn), ttLib.TTFont(io.BytesIO(program))


def _written(said: str, box: tuple[int, int] = (WIDTH, HEIGHT)) -> tuple[Any, list[str]]:
    style = Appearance(1, (0, 0, *box)).style([said])
    return style.text_box_style, style.stamp_text.split("\n")


@pytest.mark.parametrize(
    ("name", "company"),
    [
        pytest.param("Li Wei", "Lotus Works", id="in Latin letters"),
        pytest.param("李伟", "某某市政工程建设集团有限公司", id="in Chinese ones"),
        pytest.param("Jiří Dvořák", "Łódź Budownictwo", id="accents that the first font lacks"),
        pytest.param("Οδυσσέας", "Приморье", id="in Greek and Cyrillic ones"),
        pytest.param(
            "Siobhán O’Brien", "50 % ‘Bau’ GmbH", id="with an apostrophe and a percentage"
        ),
    ],
)
def test_a_name_is_written_in_letters_that_travel_with_it(
    practice: Practice, name: str, company: str
) -> None:
    key = practice.key_of(common_name=name, organisation=company)

    signed = practice.sign(practice.form, key, appearance=Appearance())

    lines, font = _stamp(signed)
    assert lines[0] == f"Signed by / 签署人: {name}, {company}"
    needed = {letter for line in lines for letter in line}
    drawn = {one for one in font.getGlyphOrder() if font["glyf"][one].numberOfContours}
    assert 0 <= len(drawn) - len(needed - {" "}) <= PARTS
    assert len(signed) - len(practice.sign(practice.form, key)) < LARGEST
    assert practice.judged(signed, policy=Policy()).codes == ()


def test_a_letter_that_no_font_has_is_named_by_number(practice: Practice) -> None:
    key = practice.key_of(organisation="مرحبا")

    signed = practice.sign(practice.form, key, appearance=Appearance(), reason="a\nb 😀")

    assert _stamp(signed)[0][1:] == [
        "[U+0645][U+0631][U+062D][U+0628][U+0627]",
        "2026-11-24 09:00:00 UTC",
        "a b [U+1F600]",
    ]


def test_an_accent_that_stands_alone_is_put_on_its_letter() -> None:
    assert _written("Dvor\u030ca\u0301k")[1] == ["Dvořák"]


@pytest.mark.parametrize(
    ("said", "size", "lines"),
    [
        pytest.param("Li Wei, Lotus Works", 9, ["Li Wei, Lotus Works"], id="a short one"),
        pytest.param(
            "Arbeitsgemeinschaft Straßenbau und Brückenerhaltung Nord",
            9,
            ["Arbeitsgemeinschaft Straßenbau und Brückenerhaltung", "Nord"],
            id="a long one, between words",
        ),
        pytest.param(
            "某某市政工程建设集团有限公司（北京）和某某桥梁与隧道建设集团，北方分公司",
            9,
            ["某某市政工程建设集团有限公司（北京）和某某桥梁与隧道建", "设集团，北方分公司"],
            id="a Chinese one, anywhere",
        ),
        pytest.param(
            "某" * 26 + "（甲）", 9, ["某" * 26, "（甲）"], id="but not behind an opening bracket"
        ),
        pytest.param("某" * 27 + "，甲", 9, ["某" * 26, "某，甲"], id="and not before a comma"),
        pytest.param("x" * 70, 9, ["x" * 70], id="a word without an end alone"),
    ],
)
def test_a_long_name_goes_on_in_the_next_line(said: str, size: int, lines: list[str]) -> None:
    style, broken = _written(said)

    assert (style.font_size, broken) == (size, lines)


@pytest.mark.parametrize("words", [5, 40, 50, 60, 400])
def test_the_letters_are_as_large_as_all_fits_with(words: int) -> None:
    style, broken = _written(" ".join(["letters"] * words))

    size = style.font_size
    letters = Letters.of("letters ", fonts_in(fonts_directory(), REGULAR))
    assert max(map(letters.width, broken)) * size <= WIDTH - 2 * MARGIN
    if size > min(SIZES):
        assert len(broken) <= LINES[size]
    larger = [one for one in SIZES if one > size]
    for one in larger:
        width = (WIDTH - 2 * MARGIN) / one
        assert len([*letters.lines(" ".join(["letters"] * words), width)]) > LINES[one]


@pytest.mark.parametrize("box", [(9, 9), (1, 1), (3, 200)])
def test_a_box_that_is_too_small_to_read_is_signed_in_all_the_same(
    practice: Practice, box: tuple[int, int]
) -> None:
    signed = practice.sign(plain_pdf(), appearance=Appearance(1, (40, 40, *box)))

    assert practice.judged(signed, policy=Policy()).verdict is Verdict.VALID


def test_without_the_fonts_nothing_is_signed_to_be_seen(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYLIGHT_FONTS_DIR", str(tmp_path))

    with pytest.raises(FontsMissing, match=r"npm install .*noto-sans-sc.*DAYLIGHT_FONTS_DIR"):
        practice.sign(practice.form, appearance=Appearance())
    assert practice.judged(practice.sign(practice.form)).codes == ()
