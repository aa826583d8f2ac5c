"""What is asked for is found whatever its width, case or script, and nothing else is."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from procurement.refusals import BadInput
from tenders.search import Search, asked, excerpt, normalised, query, vector, words_of

STATES = ("published", "closed")


def finds(question: str, text: str) -> bool:
    """Answer as the database does: every word asked for is a word, or begins one."""
    words = words_of(text)
    return all(
        any(word.startswith(one[:-1]) for word in words) if one.endswith("*") else one in words
        for one in asked(question)
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Folding chairs", {"folding", "chairs"}, id="words"),
        pytest.param("道路养护", {"道路", "路养", "养护", "护"}, id="Han pairs and the last one"),
        pytest.param("桥", {"桥"}, id="one Han character"),
        pytest.param("Ａ４纸 200g", {"a4", "纸", "200g"}, id="full width, mixed scripts"),
        pytest.param("ﬁlter", {"filter"}, id="a ligature"),
        pytest.param("snow_plough, -- !", {"snow", "plough"}, id="signs"),
        pytest.param("𠮷野家", {"𠮷野", "野家", "家"}, id="a rare Han character"),
        pytest.param("", set(), id="nothing"),
    ],
)
def test_a_text_is_cut_into_words_and_pairs(text: str, words: set[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("question", "found"),
    [
        pytest.param("道路养护", True, id="the whole"),
        pytest.param("养护", True, id="a word of two"),
        pytest.param("路", True, id="a single character in the middle"),
        pytest.param("护", True, id="a single character at the end"),
        pytest.param("养路", False, id="the same characters in another order"),
        pytest.param("CHAIR", True, id="the beginning of a word, in another case"),
        pytest.param("hair", False, id="the inside of a word"),
        pytest.param("ｃｈａｉｒｓ 道路", True, id="both languages, full width"),
        pytest.param("chairs bridge", False, id="one of two"),
        pytest.param("!!!", True, id="nothing that is a word restricts nothing"),
    ],
)
def test_all_that_is_asked_for_must_be_there(question: str, found: bool) -> None:
    assert finds(question, "道路养护 — Folding chairs") is found


def test_words_are_written_so_that_no_sign_means_anything_to_the_database() -> None:
    assert vector({"b", "a'\\&|!:*"}) == "'a''\\\\&|!:*' 'b'"
    assert query(["道路", "chair*"]) == "'道路' & 'chair':*"
    assert query(asked("a' | b:* & !c")) == "'a':* & 'b':* & 'c':*"


def test_a_question_of_many_words_is_cut_short() -> None:
    assert len(asked(" ".join(f"word{n}" for n in range(1000)))) == 24


@pytest.mark.parametrize(
    ("text", "question", "shown"),
    [
        pytest.param("Ten folding chairs", "chair", "Ten folding chairs", id="short"),
        pytest.param("城市道路养护工程", "养护", "城市道路养护工程", id="Chinese"),
        pytest.param("x" * 30 + " chairs", "chairs", "…" + "x" * 23 + " chairs", id="long"),
        pytest.param("armchairs", "chairs", "", id="the inside of a word"),
        pytest.param("nothing", "chairs", "", id="nothing"),
    ],
)
def test_a_match_is_shown_where_it_stands(text: str, question: str, shown: str) -> None:
    assert excerpt(text, question) == shown


def test_normalising_twice_changes_nothing() -> None:
    for text in ("ＡＢＣ", "Straße", "İstanbul", "㈱ ﷽ 道路"):
        assert normalised(normalised(text)) == normalised(text)


def test_a_search_is_read_from_an_address_and_written_back() -> None:
    agency = UUID(int=7)
    sent = {
        "q": " 道路 ",
        "state": "published",
        "agency": str(agency),
        "classification": "CPV:39",
        "country": "cn",
        "closes_after": "2026-01-02",
        "closes_before": "2026-02-01T08:00:00+08:00",
        "order": "closing",
        "lang": "zh",
        "page": "",
    }

    search = Search.read(sent, states=STATES)

    assert search == Search(
        q="道路",
        state="published",
        agency=agency,
        classification="CPV:39",
        country="CN",
        closes_after=datetime(2026, 1, 2, tzinfo=UTC),
        closes_before=datetime(2026, 2, 1, tzinfo=UTC),
        order="closing",
    )
    assert Search.read(search.to_json(), states=STATES) == search
    assert Search().to_json() == {}


def test_values_that_cannot_be_meant_are_refused_all_at_once() -> None:
    sent = {
        "q": "x" * 201,
        "state": "drafted",
        "agency": "seven",
        "classification": "39*",
        "country": "China",
        "closes_after": "tomorrow",
        "order": "price",
    }

    with pytest.raises(BadInput) as refused:
        Search.read(sent, states=STATES)

    assert {fault.pointer for fault in refused.value.faults} == {f"/{name}" for name in sent}
