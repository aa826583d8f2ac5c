"""Answers to questions about a tender, for everybody at once; who asked is in none of them."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from procurement.proof.shapes import Digest, Id, Instant, Length, Range, Statement, malformed
from tenders.notice import LANGUAGES

MOST_MERGED = 100  # questions that one answer settles
LONGEST = 10_000  # characters
Passage = Annotated[str, Length(1, LONGEST)]
Questions = Annotated[tuple[Id, ...], Length(1, MOST_MERGED)]


@dataclass(frozen=True)
class Answer(Statement):
    """One answer of the agency, to one question or to several that ask the same.

    ``question`` is worded by the agency, without anything that tells who asked.
    """

    TYPE: ClassVar[str] = "daylight/answer/v1"

    tender: Id
    notice: Digest
    number: Annotated[int, Range(1, 100_000)]
    questions: Questions
    question: Annotated[dict[str, Passage], LANGUAGES]
    answer: Annotated[dict[str, Passage], LANGUAGES]

    def check(self) -> None:
        """Refuse a question that is named twice, and an answer in no language."""
        _sorted(self.questions)
        for name in ("question", "answer"):
            if not getattr(self, name):
                raise malformed("no-text", "Say it in English or Chinese", f"/{name}")


@dataclass(frozen=True)
class Overdue(Statement):
    """Questions that were not answered in time; nothing is opened before they are."""

    TYPE: ClassVar[str] = "daylight/overdue/v1"

    tender: Id
    notice: Digest
    questions: Annotated[tuple[Id, ...], Length(1, 10_000)]
    answers_until: Instant

    def check(self) -> None:
        """Refuse a question that is named twice."""
        _sorted(self.questions)


def _sorted(questions: tuple[str, ...]) -> None:
    if list(questions) != sorted(set(questions)):
        raise malformed("not-sorted", "Questions stand once, sorted", "/questions")
