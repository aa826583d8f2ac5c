"""Documents have versions, and what is refused leaves nothing behind in the vault.

Requirements A3 and A4.
"""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as chosen
from pytest_django.fixtures import Settings

from procurement.incoming import CutShort, Incoming, OtherDigest
from procurement.refusals import NotFound, NotPermitted, WrongState
from procurement.stored import vault
from procurement.vault import VaultUnavailable
from tenders.ceremonies.documents import add_document
from tenders.models import Tender, TenderDocument
from tenders.queries import content_of, document_of, documents_of
from tests.world import World, draft_tender, published_tender

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_vault(tmp_path: Path, settings: Settings) -> None:
    settings.VAULT = f"dir://{tmp_path}/vault"


def add(
    world: World,
    tender: Tender,
    data: bytes,
    *,
    who: str = "officer",
    name: str = "specification.pdf",
    length: int | None = None,
    announced: str | None = None,
) -> TenderDocument:
    return add_document(
        tender_id=tender.pk,
        name=name,
        media_type="Application/PDF; version=1.7",
        body=Incoming(BytesIO(data), len(data) if length is None else length, announced),
        by=world.by(who),
        now=world.now,
    )


def kept() -> int:
    """Count the files in the vault."""
    root = Path(chosen.VAULT.removeprefix("dir://"))
    return len([path for path in (root / "documents").rglob("*") if path.is_file()])


def test_what_goes_in_comes_out(world: World) -> None:
    data = b"chair " * 500_000

    document = add(world, draft_tender(world), data)

    assert (document.version, document.media_type) == (1, "application/pdf")
    assert (document.length, document.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert b"".join(content_of(document)) == data


def test_other_bytes_are_the_next_version_and_the_first_stays(world: World) -> None:
    tender = draft_tender(world)
    first, second = add(world, tender, b"one"), add(world, tender, b"two")

    assert [one.version for one in (first, second)] == [1, 2]
    assert documents_of(tender) == [second]
    assert b"".join(content_of(document_of(tender, first.name, 1))) == b"one"


def test_the_same_bytes_are_the_same_version_and_no_edit(world: World) -> None:
    tender = draft_tender(world)
    first = add(world, tender, b"one")
    files, revision = kept(), Tender.objects.get().revision

    again = add(world, tender, b"one")

    assert again == first
    assert (kept(), Tender.objects.get().revision) == (files, revision)


def test_bytes_of_an_older_version_are_a_new_one(world: World) -> None:
    tender = draft_tender(world)
    versions = [add(world, tender, data).version for data in (b"one", b"two", b"one")]

    assert versions == [1, 2, 3]


@pytest.mark.parametrize(
    ("data", "length", "announced", "refused"),
    [
        pytest.param(b"one", 4, None, CutShort, id="cut short"),
        pytest.param(b"one", 3, "0" * 64, OtherDigest, id="changed on the way"),
    ],
)
def test_what_arrives_damaged_is_not_kept(
    world: World, data: bytes, length: int, announced: str | None, refused: type[Exception]
) -> None:
    tender = draft_tender(world)

    with pytest.raises(refused):
        add(world, tender, data, length=length, announced=announced)

    assert not TenderDocument.objects.exists()
    assert kept() == 0


@pytest.mark.parametrize(
    ("who", "refused"),
    [("legal", NotPermitted), ("overseer", NotPermitted), ("operator", NotFound)],
)
def test_only_an_officer_adds(world: World, who: str, refused: type[Exception]) -> None:
    tender = draft_tender(world)

    with pytest.raises(refused):
        add(world, tender, b"one", who=who)

    assert kept() == 0


def test_nothing_is_added_after_publication(world: World) -> None:
    tender = published_tender(world)
    files = kept()

    with pytest.raises(WrongState):
        add(world, tender, b"one")

    assert kept() == files


def test_a_vault_that_is_away_leaves_the_draft_as_it_was(world: World, settings: Settings) -> None:
    tender = draft_tender(world)
    settings.VAULT = "minio://key:secret-of-eight@127.0.0.1:1"

    with pytest.raises(VaultUnavailable):
        add(world, tender, b"one")

    assert Tender.objects.get().revision == 1


def test_the_vault_is_opened_once() -> None:
    assert vault() is vault()
