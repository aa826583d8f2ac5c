"""What a check found is said in both languages: on the page of codes, on paper, of a signer."""

import re

import pytest

from procurement.proof.canonical import canonical
from signatures import codes_page
from signatures.asking import policy_for
from signatures.papers import check_pdf
from signatures.pdf.attachments import embedded_files
from signatures.pdf.catalogue import CATALOGUE
from signatures.pdf.policy import LEVELS
from signatures.pdf.told import in_general
from signatures.reading import words_of
from tests.signatures.documents import Practice, plain_pdf


def test_every_code_stands_on_the_page_once_and_in_both_languages() -> None:
    ((name, page),) = codes_page.pages().items()

    assert name == "docs/signature-codes.md"
    assert re.findall(r"^### `(.+)`$", page, re.MULTILINE) == list(CATALOGUE)
    for entry in CATALOGUE.values():
        assert entry.en.help in page
        assert entry.zh.help in page
    assert not re.search(r"\{\w+\}", page)


@pytest.mark.parametrize("code", CATALOGUE)
def test_what_is_said_of_every_file_names_no_fact_of_one(code: str) -> None:
    title, found, to_do = in_general(code)

    assert title.en == CATALOGUE[code].en.title
    for text in (*title, *found, *to_do):
        assert text
        assert not re.search(r"[{}]", text)


def test_the_paper_carries_the_report_and_says_each_finding(practice: Practice) -> None:
    report = practice.judged(plain_pdf())

    paper = check_pdf(report)
    (pages,) = words_of([paper])

    assert embedded_files(paper) == [("report.json", canonical(report.to_json()))]
    assert pages is not None
    said = "".join("".join(pages).split())
    for text in (CATALOGUE["unsigned"].en.title, CATALOGUE["unsigned"].zh.title):
        assert "".join(text.split()) in said


def test_words_that_cannot_be_read_are_none_and_stop_no_others() -> None:
    """They are read in the order in which they come."""
    found = words_of([b"no PDF", plain_pdf(1)])

    assert found == [None, ("Page 1: 1000.00",)]


def test_anybody_asks_for_a_level_that_there_is() -> None:
    assert [policy_for(level=level).level for level in ("", *LEVELS)] == ["B-B", *LEVELS]

    with pytest.raises(ValueError, match="no level B-X"):
        policy_for(level="B-X")
