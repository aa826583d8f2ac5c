"""What changed in the wording of a document is shown passage by passage, whatever it holds."""

import random

import pytest

from tenders.rules.matching import blocks
from tenders.rules.wording import (
    CUT,
    LONGEST_RUN,
    MOST_CHANGES,
    MOST_WORDS,
    NOT_YET,
    SAME_WORDING,
    WHY_NOT,
    Compared,
    WhyNot,
    Wording,
    compared,
    of_lines,
    of_pages,
    summary,
)

CHAIRS = "Ten chairs of oak are delivered to the great hall before the end of the second week."


def runs(found: Compared) -> list[tuple[tuple[str, str], ...]]:
    return [passage.runs for passage in found.passages]


def test_words_that_changed_stand_in_their_passage() -> None:
    after = CHAIRS.replace("Ten", "Twelve").replace("second", "third")

    found = compared(of_pages([CHAIRS]), of_pages([after]))

    assert runs(found) == [
        (
            ("removed", "Ten "),
            ("added", "Twelve "),
            ("same", "chairs of oak are delivered to the great hall before the end of the "),
            ("removed", "second "),
            ("added", "third "),
            ("same", "week."),
        )
    ]


def test_words_that_move_to_other_lines_and_pages_have_not_changed() -> None:
    """A word that is added pushes all others on."""
    words = CHAIRS.split()

    found = compared(
        of_pages([" ".join(words[:8]), " ".join(words[8:])]),
        of_pages(["\r\n".join(["Exactly", *words[:4]]), "\r\n".join(words[4:])]),
    )

    assert [(kind, text) for kind, text in runs(found)[0] if kind != "same"] == [
        ("added", "Exactly ")
    ]
    assert len(found.passages) == 1


def test_a_change_names_its_page_in_both_versions() -> None:
    found = compared(of_pages([CHAIRS, "Of oak."]), of_pages(["New.", CHAIRS, "Of ash."]))

    assert [(one.before, one.after) for one in found.passages] == [(1, 1), (2, 3)]


def test_chinese_is_compared_sign_by_sign() -> None:
    found = compared(
        of_pages(["采购座椅十把，材质为木。"]), of_pages(["采购座椅十二把，材质为木。"])
    )

    assert runs(found) == [
        (("same", "采购座椅十"), ("added", "二"), ("same", "把，材质为木。")),
    ]


def test_a_text_is_compared_line_by_line() -> None:
    found = compared(of_lines("item,count\nchair,10\n"), of_lines("item,count\nchair,12\n"))

    assert found.unit == "line"
    assert (found.passages[0].before, found.passages[0].after) == (2, 2)
    assert runs(found) == [
        (("same", "item,count"), ("removed", "chair,10"), ("added", "chair,12")),
    ]


def test_what_is_not_seen_is_neither_kept_nor_shown() -> None:
    """A sign that turns the direction of writing would show another text than there is."""
    assert of_pages(["a\x00b\u202ec\ud800d"]).words == ("a", "b", "c", "d")
    assert of_lines("a\x00b").words == ("a b",)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        pytest.param(of_pages([CHAIRS]), of_lines(CHAIRS), "other-kind", id="a PDF and a text"),
        pytest.param(of_pages(["", ""]), of_pages([CHAIRS]), "no-text", id="a scan"),
        pytest.param(of_pages([CHAIRS]), "not-read", "not-read", id="locked or damaged"),
        pytest.param("other-kind", of_pages([CHAIRS]), "other-kind", id="pictures"),
        pytest.param(
            of_lines("a"), of_lines("a\n" * (MOST_WORDS + 1)), "too-large", id="without end"
        ),
    ],
)
def test_where_wording_cannot_be_compared_the_reason_is_said(
    before: Wording | WhyNot, after: Wording | WhyNot, why: WhyNot
) -> None:
    found = compared(before, after)

    assert (found.why_not, found.passages) == (why, ())
    assert summary(found.to_json()) == WHY_NOT[why]


def test_the_same_wording_in_another_file_is_said_to_be_the_same() -> None:
    found = compared(of_pages([CHAIRS]), of_pages([CHAIRS.replace(" ", "\n")]))

    assert summary(found.to_json()) == SAME_WORDING
    assert summary(None) == NOT_YET


def test_no_more_is_shown_than_a_page_can_bear_and_the_rest_is_counted() -> None:
    before = [f"line {i}" for i in range(20 * MOST_CHANGES)]
    after = [f"{line}, changed" if i % 10 == 0 else line for i, line in enumerate(before)]

    many = compared(of_lines("\n".join(before)), of_lines("\n".join(after)))
    long = compared(of_lines("a"), of_lines("b" * (LONGEST_RUN + 1)))

    assert (len(many.passages), many.left_out) == (MOST_CHANGES, MOST_CHANGES)
    assert summary(many.to_json()).en == f"The text changed in {2 * MOST_CHANGES} places"
    assert runs(long)[0][-1] == ("added", "b" * LONGEST_RUN + CUT)


@pytest.mark.parametrize("signs", [2, 30, 3000])
@pytest.mark.parametrize("length", [40, 3000])
def test_what_is_called_the_same_is_the_same_and_in_order(signs: int, length: int) -> None:
    chance = random.Random(signs * length)
    before = [chance.randrange(signs) for _ in range(length)]
    after = list(before)
    for _ in range(length // 10):
        at = chance.randrange(len(after))
        after[at : at + chance.randrange(3)] = [chance.randrange(signs)] * chance.randrange(3)

    a = b = 0
    for i, j, same in blocks(before, after):
        assert same > 0
        assert a <= i
        assert b <= j
        assert before[i : i + same] == after[j : j + same]
        a, b = i + same, j + same


def test_hostile_texts_end_after_so_many_steps() -> None:
    """Every line stands there a hundred times, so that nothing can be an anchor."""
    lines = [*range(500)] * 100

    assert sum(same for *_, same in blocks(lines, lines[::-1])) < len(lines)
