"""Documents that an amendment replaced are compared after its publication, outside any request.

Requirement A4: amendments are new versions with a visible difference.
"""

from io import BytesIO

import pikepdf
import pytest
from django.test import Client

from tenders.ceremonies.comparing import due
from tenders.models import Tender
from tenders.models.changes import DocumentComparison
from tenders.queries_comparisons import pairs_to_compare
from tests.portal.reading import fetched, words
from tests.tenders.changing import approved, drafted, published_amendment
from tests.tenders.test_amending import put, with_document
from tests.world import World

pytestmark = pytest.mark.django_db
NAME = "specification.txt"


def printed(*pages: str, **how: object) -> bytes:
    """Print a line on each page."""
    pdf, made = pikepdf.new(), BytesIO()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    for text in pages:
        page = pdf.add_blank_page()
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.Contents = pdf.make_stream(f"BT /F 12 Tf 50 700 Td ({text}) Tj ET".encode())
    pdf.save(made, **how)
    return made.getvalue()


def replaced(world: World, before: bytes, after: bytes) -> Tender:
    """Publish a document, then another version of it."""
    tender = with_document(world, before)
    change = drafted(world, tender)
    put(world, change, b"of this one nobody hears")
    put(world, change, after)
    return published_amendment(world, approved(world, change))


def compared(world: World, before: bytes, after: bytes) -> DocumentComparison:
    replaced(world, before, after)
    due(now=world.now)
    return DocumentComparison.objects.get()


def test_a_pdf_is_compared_by_its_words_and_shown_to_everybody(world: World) -> None:
    tender = replaced(world, printed("Ten chairs", "of wood"), printed("Ten chairs", "of steel"))
    address = f"/api/v1/tenders/{tender.pk}/documents/{NAME}/differences?from=1&to=3"
    early = Client().get(address).json()

    due(now=world.now)

    told = Client().get(address).json()
    assert (early["wording"], early["said"]["en"][:16]) == (None, "Only the digests")
    assert told["said"] == {"en": "The text changed in one place", "zh": "文字有 1 处变更"}
    assert told["wording"]["changes"] == [
        {
            "before": 2,
            "after": 2,
            "runs": [
                {"kind": "same", "text": "Ten chairs of "},
                {"kind": "removed", "text": "wood"},
                {"kind": "added", "text": "steel"},
            ],
        }
    ]
    en, zh = (words(fetched(f"/tenders/{tender.pk}/", lang)) for lang in ("en", "zh"))
    assert (
        f"{NAME}: The text changed in one place Page 2 Ten chairs of "
        "Removed: wood ; end of what was removed. Added: steel ; end of what was added." in en
    )
    assert "删去： wood （删去部分结束） 新增： steel （新增部分结束）" in zh


def test_a_table_of_text_is_compared_by_lines(world: World) -> None:
    found = compared(world, b"item,count\nchair,10\n", b"item,count\nchair,12\n")

    assert found.result["unit"] == "line"
    assert [run["text"] for run in found.result["changes"][0]["runs"]] == [
        "item,count",
        "chair,10",
        "chair,12",
    ]


@pytest.mark.parametrize(
    ("after", "why"),
    [
        pytest.param(b"%PDF-1.7\nnothing that follows is a PDF", "not-read", id="damaged"),
        pytest.param(
            printed("Ten", encryption=pikepdf.Encryption(owner="o", user="u")),
            "not-read",
            id="locked",
        ),
        pytest.param(printed(""), "no-text", id="a scan"),
        pytest.param(b"\xff\xfe\x00", "not-read", id="another encoding"),
    ],
)
def test_what_cannot_be_read_is_said_and_only_the_digests_compared(
    world: World, after: bytes, why: str
) -> None:
    found = compared(world, printed("Ten chairs"), after)

    assert (found.result["why_not"], found.result["changes"]) == (why, [])
    page = words(fetched(f"/tenders/{found.later.tender_id}/"))
    assert f"{NAME}: Only the digests can be compared" in page


def test_each_is_compared_once_and_what_is_only_drafted_never(world: World) -> None:
    tender = replaced(world, b"ten", b"twelve")
    draft = drafted(world, tender)
    put(world, draft, b"thirteen")

    due(now=world.now)
    due(now=world.now)

    found = DocumentComparison.objects.get()
    assert (found.earlier.version, found.later.version) == (1, 3)
    assert pairs_to_compare(5) == []
