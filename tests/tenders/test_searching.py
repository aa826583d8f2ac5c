"""A tender is found by its words in both languages, by what it buys, by whom, and until when."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from procurement.actors import ANONYMOUS
from procurement.models import Organisation
from procurement.texts import Text
from tenders.actions.drafting import edit
from tenders.models import SearchEntry, Tender
from tenders.queries_search import facets, found, matches
from tenders.rules.draft import ItemDraft, LotDraft
from tenders.search import Search
from tests.world import HOUR, World, draft_tender, published_tender

pytestmark = pytest.mark.django_db

SALT = ItemDraft("salt", "道路除冰盐", "10", "t", "UNSPSC", "12142100")
SALTING = (LotDraft("lot-1", Text("De-icing", "除冰"), "price", (SALT,)),)


@pytest.fixture
def chairs(world: World) -> Tender:
    return published_tender(world)


@pytest.fixture
def salt(world: World) -> Tender:
    return published_tender(
        world,
        title=Text("Road salt for the winter", "冬季道路融雪剂"),
        description=Text("", ""),
        lots=SALTING,
        closes_in=2 * HOUR,
    )


def sees(search: Search) -> set[Tender]:
    return set(found(ANONYMOUS, search))


@pytest.mark.parametrize(
    "question",
    [
        "salt",
        "Road SALT",
        "融雪",
        "雪",
        "剂",
        "除冰盐",
        "de-icing",
        "winter 冬季",
        "12142100",
        "roads",
    ],
)
def test_a_tender_is_found_by_words_of_its_sections_in_both_languages(
    chairs: Tender, salt: Tender, question: str
) -> None:
    wanted = {chairs, salt} if question == "roads" else {salt}  # both agencies' name has it

    assert sees(Search(q=question)) == wanted


@pytest.mark.parametrize("question", ["chairs salt", "雪融", "alt", "=12142100", "price"])
def test_what_is_not_there_is_not_found(chairs: Tender, salt: Tender, question: str) -> None:
    found = sees(Search(q=question))

    assert found == ({salt} if question == "=12142100" else set())  # a sign restricts nothing


def test_a_list_is_narrowed_by_what_is_bought_who_buys_and_when_it_closes(
    world: World, chairs: Tender, salt: Tender
) -> None:
    Organisation.objects.filter(pk=world.agency.pk).update(country="CN")
    between = chairs.closes_at + timedelta(minutes=1)

    assert sees(Search(classification="39")) == {chairs}
    assert sees(Search(classification="cpv:3911")) == {chairs}
    assert sees(Search(classification="UNSPSC:39")) == set()
    assert sees(Search(classification="UNSPSC:12")) == {salt}
    assert sees(Search(agency=world.agency.pk)) == {chairs, salt}
    assert sees(Search(agency=uuid4())) == set()
    assert sees(Search(country="CN")) == {chairs, salt}
    assert sees(Search(country="DE")) == set()
    assert sees(Search(closes_before=between)) == {chairs}
    assert sees(Search(closes_after=between)) == {salt}
    assert sees(Search(closes_after=chairs.closes_at)) == {chairs, salt}
    assert sees(Search(closes_before=chairs.closes_at)) == set()
    assert sees(Search(state="published", q="salt", classification="12")) == {salt}
    assert sees(Search(state="closed")) == set()


def test_a_list_is_ordered_by_publication_or_by_deadline(chairs: Tender, salt: Tender) -> None:
    later = F("published_at") + timedelta(seconds=1)
    Tender.objects.filter(pk=salt.pk).update(published_at=later)

    assert list(found(ANONYMOUS, Search())) == [salt, chairs]
    assert list(found(ANONYMOUS, Search(order="closing"))) == [chairs, salt]


def test_a_draft_is_found_within_its_agency_and_by_nobody_else(world: World) -> None:
    draft = draft_tender(world, title=Text("Secret plans", "秘密计划"))

    assert set(found(world.by("officer"), Search(q="secret"))) == {draft}
    assert sees(Search(q="secret")) == set()
    assert set(found(world.by(world.suppliers[0].signer), Search(q="秘密"))) == set()


def test_an_edited_draft_is_found_by_its_new_words_alone(world: World) -> None:
    draft = draft_tender(world)
    edit(
        tender_id=draft.pk,
        sections={"title": Text("Benches", "长凳"), "description": Text("", "")},
        by=world.by("officer"),
        now=world.now,
    )

    by = world.by("officer")
    assert set(found(by, Search(q="benches"))) == {draft}
    assert set(found(by, Search(q="hall"))) == set()


def test_it_is_said_why_a_tender_was_found(chairs: Tender, salt: Tender) -> None:
    search = Search(q="salt 除冰")

    said = matches(sees(search), search)

    assert {pk: [(one.where.en, one.excerpt) for one in why] for pk, why in said.items()} == {
        salt.pk: [
            ("Title", "Road salt for the winter"),
            ("Item", "道路除冰盐"),
            ("Lot", "除冰"),
        ]
    }
    assert matches([salt], Search(state="published")) == {}


def test_facets_count_what_each_choice_would_leave(
    world: World, chairs: Tender, salt: Tender
) -> None:
    plain, narrowed = (
        facets(ANONYMOUS, Search()),
        facets(ANONYMOUS, Search(classification="CPV:39")),
    )

    assert [(one.value, one.count) for one in plain.states] == [("published", 2)]
    assert [(one.value, one.count) for one in plain.agencies] == [(str(world.agency.pk), 2)]
    assert [(one.value, one.count) for one in plain.divisions] == [("CPV:39", 1), ("UNSPSC:12", 1)]
    assert [(one.value, one.count) for one in narrowed.states] == [("published", 1)]
    assert len(narrowed.divisions) == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_searching_asks_the_database_the_same_whatever_it_finds(world: World, rows: int) -> None:
    for _ in range(rows):
        published_tender(world)
    search = Search(q="chairs 椅", classification="39", state="published")

    with CaptureQueriesContext(connection) as queries:
        page = list(found(ANONYMOUS, search))
        matches(page, search)
        facets(ANONYMOUS, search)

    assert (len(page), len(queries)) == (rows, 6)


def test_words_are_looked_up_in_an_index(world: World, chairs: Tender) -> None:
    """With many tenders a scan of all of them would take longer the more there are."""
    with connection.cursor() as cursor:
        for way in ("seqscan", "indexscan", "indexonlyscan", "nestloop"):
            cursor.execute(f"SET LOCAL enable_{way} = off")  # quicker for few rows, and only there

    plan = found(ANONYMOUS, Search(q="chairs 椅")).explain()

    assert "Bitmap Index Scan on tenders_by_words" in plan


def test_every_tender_has_its_words(world: World) -> None:
    draft_tender(world)
    published_tender(world)

    assert SearchEntry.objects.count() == Tender.objects.count() == 2
