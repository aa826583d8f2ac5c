"""The page of requirements says "tests" where a test shows it, and nowhere else."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^([A-K]\d{1,3}) \|.*\| ([^|]+)$", re.MULTILINE)
CITED = re.compile(r"[Rr]equirements? ((?:[A-K]\d{1,3}(?:, and | and |, )?)+)")


def cited() -> set[str]:
    """Collect the numbers that tests cite."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for numbers in CITED.findall(re.sub(r"\s+", " ", path.read_text())):
            found |= set(re.findall(r"[A-K]\d{1,3}(?!\d|\()", numbers))
    return found


def rows() -> dict[str, str]:
    """Read what the page says of each requirement."""
    return dict(ROW.findall((ROOT / "docs" / "requirements.md").read_text()))


def test_every_requirement_that_is_said_to_be_tested_is_cited_by_a_test() -> None:
    said = {number for number, shown in rows().items() if shown == "tests"}

    assert sorted(said - cited()) == []


def test_no_test_cites_a_requirement_of_these_chapters_that_the_page_does_not_have() -> None:
    chapters = {number for number in cited() if number[0] in "ABCDEFK"}

    assert sorted(chapters - set(rows())) == []


def test_what_is_not_tested_says_what_is_missing() -> None:
    silent = {number for number, shown in rows().items() if len(shown) < len("tests")}

    assert silent == set()
    assert len(rows()) == 67
