"""A notice says on paper what it says to machines, and carries both of its objects inside."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from procurement.texts import Text
from signatures.pdf.attachments import embedded_files
from tenders.notice import Document, Notice, SignatureRules
from tenders.packs import packs
from tenders.papers import MOST_ITEMS, notice_pdf
from tests.papers import right_edge, solid, words
from tests.vectors import samples

DIGESTS = [f"{number:02x}" * 32 for number in range(0xA0, 0xAC)]  # of certificates
OFFICE = Text("City Roads Office", "市道路管理局")


def paper(notice: Notice) -> bytes:
    return notice_pdf(notice, samples.keyset(), agency_name=OFFICE)


@pytest.fixture(scope="module")
def notice() -> Notice:
    return replace(samples.notice(), response_form=samples.response_form().to_json())


def test_it_embeds_notice_and_keyset_to_the_byte_and_nothing_else(notice: Notice) -> None:
    assert embedded_files(paper(notice)) == [
        ("keyset.json", samples.keyset().canonical()),
        ("notice.json", notice.canonical()),
    ]  # a PDF lists them by name


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(["Road maintenance", "道路养护"], id="its title in both languages"),
        pytest.param(OFFICE, id="who asks"),
        pytest.param(["2026-03-02 09:00:00 UTC"], id="until when"),
        pytest.param(["specification.pdf"], id="its documents"),
        pytest.param(["Your plan?", "方案？", "Steel / 钢"], id="its questions"),
        pytest.param(["Folding chair", "piece"], id="what is priced"),
        pytest.param(["Any 2 of 4 opening officers"], id="who can open"),
    ],
)
def test_it_says(notice: Notice, said: list[str]) -> None:
    shown = words(paper(notice))

    assert [text for text in said if text not in shown] == []


def test_it_says_what_it_asks_of_signatures_and_whose_certificates_count(notice: Notice) -> None:
    asked = SignatureRules(level="B-T", signers=2, authorities=tuple(DIGESTS[:2]))

    shown = solid(paper(replace(notice, signatures=asked)))

    assert "by2differentsignersofthebidder" in shown
    assert "须由投标人的2名不同签署人签署" in shown
    assert [digest for digest in DIGESTS if digest in shown] == DIGESTS[:2]


def test_of_many_authorities_it_shows_the_first_and_says_where_all_are(notice: Notice) -> None:
    shown = solid(paper(replace(notice, signatures=SignatureRules(authorities=tuple(DIGESTS)))))

    assert [digest for digest in DIGESTS if digest in shown] == DIGESTS[:10]
    assert "All12standinnotice.json" in shown


def test_where_none_is_named_it_says_nothing_of_authorities(notice: Notice) -> None:
    assert "Accepted authorities" not in words(paper(notice))


def test_it_says_how_bids_are_decrypted_and_what_happens_when_that_fails(notice: Notice) -> None:
    """Requirement A5; O20-17, 31: the decryption and the fallback rule stand in the notice."""
    pack = packs()["cn-gp"].in_notice()

    shown = solid(paper(replace(notice, pack=pack)))

    for text in packs()["cn-gp"].texts.values():
        assert "".join(text.en.split()) in shown
        assert "".join(text.zh.split()) in shown


def test_it_says_until_when_questions_are_taken_and_answered(notice: Notice) -> None:
    """Requirement B14."""
    until = datetime(2026, 2, 20, 9, 0, tzinfo=UTC)

    shown = words(paper(replace(notice, questions_until=until, answers_until=until)))

    assert shown.count("2026-02-20 09:00:00 UTC") == 2


def test_a_later_version_says_why_it_replaces_the_one_before(notice: Notice) -> None:
    """Requirement A4."""
    because = "The hall seats more people / 座位增加"
    later = replace(notice, version=2, previous=notice.digest(), reason=because)

    shown = words(paper(later))

    assert (because in shown, "修改理由" in shown) == (True, True)
    assert "修改理由" not in words(paper(notice))


def test_it_names_its_own_digest_on_every_page(notice: Notice) -> None:
    made = paper(notice)

    assert solid(made).count(notice.digest()) >= 3  # each page, and the list of what is inside


def test_a_title_in_one_language_is_enough(notice: Notice) -> None:
    assert "道路养护" in words(paper(replace(notice, title={"zh": "道路养护"})))


def test_nothing_runs_off_the_page(notice: Notice) -> None:
    long = Document("w" * 500, 2**53 - 1, "ab" * 32)

    made = paper(replace(notice, documents=(long,), title={"en": "T" * 500}))

    assert right_edge(made) <= 595 - 62  # points: A4 without its margin


def test_of_a_very_long_price_table_the_first_lines_are_printed(notice: Notice) -> None:
    form = samples.response_form()
    (table,) = form.prices
    long = replace(form, prices=(replace(table, items=table.items * (MOST_ITEMS + 5)),))

    shown = words(paper(replace(notice, response_form=long.to_json())))

    assert shown.count("Folding chair") == MOST_ITEMS
    assert "5 more stand in the embedded notice alone" in shown


def test_the_keyset_of_another_tender_is_not_printed(notice: Notice) -> None:
    with pytest.raises(ValueError, match="another keyset"):
        notice_pdf(notice, samples.keyset(3), agency_name=OFFICE)
