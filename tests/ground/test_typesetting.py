"""What people wrote is never markup, and a paper has one form for one content."""

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path
from unicodedata import normalize

import pikepdf
import pypdfium2
import pytest
from pytest_django.fixtures import Settings

from procurement.fonts import FontsMissing
from procurement.typesetting import Attachment, typeset
from signatures.pdf.attachments import embedded_files
from tests.papers import right_edge, run_together, solid, words

TEMPLATE = """#import "paper.typ": *
#show: paper.with("Sample", "样张", training: json("content.json").training)
#wrapped(json("content.json").said)
"""
PAGE, MARGIN = 595, 62  # points: A4, 22 mm
ATTACHED = Attachment("any.bin", bytes(range(256)) * 3, "application/octet-stream", "Any bytes")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "sample.typ"
    path.write_text(TEMPLATE)
    return path


def set_with(template: Path, said: str, *, training: bool = False, **how: object) -> bytes:
    content = {"said": said, "training": training}
    return typeset(template, content, **({"title": "A sample"} | how))


@pytest.mark.parametrize(
    "said",
    [
        pytest.param('#eval("1+1")', id="code"),
        pytest.param("] #pagebreak() [", id="the end of a content block"),
        pytest.param("$x^2$ *bold* _slant_ `raw` = title", id="mathematics and marks"),
        pytest.param('"\\u{41}" \\ // comment', id="quotes, escapes and comments"),
        pytest.param("@reference <label> ~ --- '", id="references and typographic marks"),
    ],
)
def test_markup_is_set_as_it_was_written(template: Path, said: str) -> None:
    assert said in words(set_with(template, said))


def test_a_title_is_no_markup_either(template: Path) -> None:
    title = '#eval("1+1") ] $ “中文”'

    made = set_with(template, "text", title=title)

    assert pypdfium2.PdfDocument(made).get_metadata_value("Title") == title


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("a 😀 b", "a [U+1F600] b", id="an emoji"),
        pytest.param("𠮷野家", "[U+20BB7]野家", id="a rare character"),
        pytest.param("a\u202eb", "a[U+202E]b", id="text that would run backwards"),
        pytest.param("a\u0000\ud800b", "a[U+0000][U+D800]b", id="no characters at all"),
        pytest.param("مرحبا", "[U+0645][U+0631][U+062D][U+0628][U+0627]", id="another script"),
        pytest.param("Größe 道路养护 Ω", "Größe 道路养护 Ω", id="what the first font has"),
        pytest.param("Łódź Dvořák Βόλος", "Łódź Dvořák Βόλος", id="what the second one has"),
    ],
)
def test_what_the_fonts_do_not_have_is_named_by_number(
    template: Path, said: str, shown: str
) -> None:
    assert shown in words(set_with(template, said))


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("Łódź x ż Zażółć gęślą jaźń", id="Polish"),
        pytest.param("Dvořák ď ťůň", id="Czech"),
        pytest.param("Şahin Ğ ő ű", id="Turkish and Hungarian"),
        pytest.param("Nguyễn Văn Ặt", id="Vietnamese"),
        pytest.param("Βόλος Ὀδυσσέας", id="Greek"),
        pytest.param("Київ мёд Љубљана", id="Cyrillic"),
        pytest.param("Dvor\u030ca\u0301k z\u0301x", id="accents that stand alone"),
        pytest.param("O’Brien ‘so’", id="marks"),
    ],
)
def test_an_accent_stands_on_its_letter_and_nothing_runs_into_another(
    template: Path, said: str
) -> None:
    made = set_with(template, said)

    assert normalize("NFC", said) in words(made)
    assert run_together(made) == []


def test_equal_input_gives_equal_bytes(template: Path) -> None:
    made = [set_with(template, "same", attachments=[ATTACHED]) for _ in range(2)]

    assert made[0] == made[1]


def test_an_embedded_file_comes_back_to_the_byte(template: Path) -> None:
    made = set_with(template, "text", attachments=[ATTACHED])

    assert embedded_files(made) == [(ATTACHED.name, ATTACHED.data)]
    assert hashlib.sha256(ATTACHED.data).hexdigest() in solid(made)


def test_it_is_pdf_a_3b_and_bears_the_date_it_is_given(template: Path) -> None:
    made = set_with(template, "text", dated=datetime(2026, 3, 2, 9, tzinfo=UTC))

    with pikepdf.open(io.BytesIO(made)) as pdf:
        metadata = pdf.open_metadata()
        assert metadata.pdfa_status == "3B"
        assert metadata["xmp:CreateDate"] == "2026-03-02T09:00:00+00:00"


@pytest.mark.parametrize("training", [True, False], ids=["practice", "in earnest"])
def test_only_a_practice_paper_says_that_it_has_no_effect(template: Path, training: bool) -> None:
    said = words(set_with(template, "text", training=training))

    assert ("Evaluation instance: not legally usable" in said) == training
    assert ("评估实例：不具法律效力" in said) == training


def test_a_word_without_an_end_stays_on_the_page(template: Path) -> None:
    made = set_with(template, "x" * 500)

    assert right_edge(made) <= PAGE - MARGIN


def test_missing_fonts_are_named_with_what_to_do(
    template: Path, settings: Settings, tmp_path: Path
) -> None:
    settings.FONTS_DIR = tmp_path

    with pytest.raises(FontsMissing, match=r"NotoSansSC_400Regular.*make setup"):
        set_with(template, "text")
