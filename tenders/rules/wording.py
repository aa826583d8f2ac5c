"""What differs between the wording of two versions of a document: passages, with their words.

A text is compared line by line. A PDF is compared word by word, because a word that is added moves
all that follow it to other lines; where there are no spaces between words, sign by sign.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from procurement.proof.canonical import JSON
from procurement.texts import Text
from tenders.rules.matching import Block, Stretch, blocks

MOST_WORDS = 200_000  # of one version; lines of a text likewise
MOST_CHANGES = 100  # that are shown
MOST_SHOWN = 20_000  # characters of all of them
LONGEST_RUN = 2_000  # characters of one passage that are shown
CUT = " […]"

Unit = Literal["page", "line"]
Kind = Literal["same", "removed", "added"]
WhyNot = Literal["other-kind", "no-text", "too-large", "not-read"]

_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"  # written without spaces
_WORD = re.compile(f"[{_WIDE}]|[^\\s{_WIDE}]+")
_WIDE_SIGN = re.compile(f".*?[{_WIDE}]")
AROUND: dict[Unit, int] = {"page": 8, "line": 2}  # words, or lines, shown around a change
LEAST: dict[Unit, int] = {"page": 3, "line": 1}  # that are the same between two changes


@dataclass(frozen=True)
class Wording:
    """The words of a version, or its lines, and on which page or line each stands."""

    unit: Unit
    words: tuple[str, ...]
    places: tuple[int, ...]  # counted from 1

    def passage(self, start: int, end: int) -> str:
        """Write a passage again, of words with the space that follows it."""
        if self.unit == "line":
            return "\n".join(self.words[start:end])
        return "".join(_spaced(self.words, start, end))

    def place(self, at: int) -> int | None:
        """Say on which page or line a word stands; of what follows the last, where that stands."""
        return self.places[min(at, len(self.places) - 1)] if self.places else None


@dataclass(frozen=True)
class Passage:
    """A change with what stands around it; where it begins in each version."""

    before: int | None
    after: int | None
    runs: tuple[tuple[Kind, str], ...]

    def to_json(self) -> dict[str, JSON]:
        """Write it as it is kept and shown."""
        runs: list[JSON] = [{"kind": kind, "text": text} for kind, text in self.runs]
        return {"before": self.before, "after": self.after, "runs": runs}


@dataclass(frozen=True)
class Compared:
    """What differs, or why only the digests can be compared."""

    unit: Unit | None = None
    passages: tuple[Passage, ...] = ()
    left_out: int = 0  # passages that are not shown
    why_not: WhyNot | None = None

    def to_json(self) -> dict[str, JSON]:
        """Write it as it is kept and shown."""
        return {
            "unit": self.unit,
            "changes": [one.to_json() for one in self.passages],
            "left_out": self.left_out,
            "why_not": self.why_not,
        }


def of_pages(pages: Sequence[str]) -> Wording:
    """Read the words of a document that has pages."""
    found = [(word, i) for i, page in enumerate(pages, 1) for word in _WORD.findall(plain(page))]
    return Wording("page", tuple(w for w, _ in found), tuple(i for _, i in found))


def of_lines(text: str) -> Wording:
    """Read the lines of a text."""
    lines = tuple(plain(line) for line in text.splitlines())
    return Wording("line", lines, tuple(range(1, len(lines) + 1)))


def plain(text: str) -> str:
    """Give a text without what is not seen but changes how the rest is shown or kept."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def compared(before: Wording | WhyNot, after: Wording | WhyNot) -> Compared:
    """Compare two versions; ``WhyNot`` in the place of one whose wording cannot be read."""
    for one in (after, before):
        if isinstance(one, str):
            return Compared(why_not=one)
        if len(one.words) > MOST_WORDS:
            return Compared(why_not="too-large")
    assert isinstance(before, Wording)
    assert isinstance(after, Wording)
    if before.unit != after.unit:
        return Compared(why_not="other-kind")
    if before.unit == "page" and not (before.words and after.words):
        return Compared(why_not="no-text")
    return _compared(before, after)


def summary(found: Mapping[str, Any] | None) -> Text:
    """Say what a comparison found, as it is kept; None where there was none yet."""
    if found is None:
        return NOT_YET
    if found["why_not"]:
        return WHY_NOT[found["why_not"]]
    count = len(found["changes"]) + found["left_out"]
    if not count:
        return SAME_WORDING
    if count == 1:
        return Text("The text changed in one place", "文字有 1 处变更")
    return Text(f"The text changed in {count} places", f"文字有 {count} 处变更")


@dataclass
class _Shown:
    """The passages that are shown, until they are too many."""

    passages: list[Passage] = field(default_factory=list)
    characters: int = 0
    left_out: int = 0

    def add(self, passage: Passage) -> None:
        """Show one more, or count it."""
        self.characters += sum(len(text) for _, text in passage.runs)
        if len(self.passages) < MOST_CHANGES and self.characters <= MOST_SHOWN:
            self.passages.append(passage)
        else:
            self.left_out += 1


def _compared(before: Wording, after: Wording) -> Compared:
    shown = _Shown()
    for edits in _near(_edits(before, after), 2 * AROUND[after.unit]):
        shown.add(_passage(before, after, edits))
    return Compared(after.unit, tuple(shown.passages), shown.left_out)


def _edits(before: Wording, after: Wording) -> Iterator[Stretch]:
    """Give what lies between the things that are the same.

    A few words that are the same by chance, between two changes, are part of the change.
    """
    ends = len(before.words), len(after.words)
    a = b = 0
    for i, j, length in [*blocks(before.words, after.words), Block(*ends, 0)]:
        at_an_end = i == j == 0 or (i + length, j + length) == ends
        if length < LEAST[after.unit] and not at_an_end:
            continue
        if a < i or b < j:
            yield Stretch(a, i, b, j)
        a, b = i + length, j + length


def _near(edits: Iterable[Stretch], most: int) -> Iterator[list[Stretch]]:
    """Put together what stands so near that one passage shows it."""
    together: list[Stretch] = []
    for one in edits:
        if together and one.a - together[-1].a_end > most:
            yield together
            together = []
        together.append(one)
    if together:
        yield together


def _passage(before: Wording, after: Wording, edits: Sequence[Stretch]) -> Passage:
    around, first, last = AROUND[after.unit], edits[0], edits[-1]
    runs = [_run("same", after, max(0, first.b - around), first.b)]
    for one, following in zip(edits, [*edits[1:], None], strict=True):
        end = last.b_end + around if following is None else following.b
        runs += [
            _run("removed", before, one.a, one.a_end),
            _run("added", after, one.b, one.b_end),
            _run("same", after, one.b_end, min(end, len(after.words))),
        ]
    said = tuple((kind, text) for kind, text in runs if text)
    return Passage(before.place(first.a), after.place(first.b), said)


def _run(kind: Kind, of: Wording, start: int, end: int) -> tuple[Kind, str]:
    text = of.passage(start, end)
    return kind, text if len(text) <= LONGEST_RUN else text[:LONGEST_RUN] + CUT


def _spaced(words: Sequence[str], start: int, end: int) -> Iterator[str]:
    """Put spaces between words, and none beside a sign that is written without."""
    for i in range(start, end):
        yield words[i]
        following = words[i + 1 : i + 2]
        if following and not _WIDE_SIGN.match(words[i] + following[0][0]):
            yield " "


SAME_WORDING = Text(
    "The text is the same; something else of the file differs, such as pictures, layout or a "
    "signature",
    "文字相同；文件的其他内容不同，例如图片、版式或签名",
)
NOT_YET = Text(
    "Only the digests can be compared here. The wording is compared, moments after a notice was "
    "published, for each version that it names with the one that it replaced",
    "此处仅能比较摘要。公告发布后片刻，系统将其所列各版本与所替换的版本进行文字比较",
)
WHY_NOT: dict[WhyNot, Text] = {
    "other-kind": Text(
        "Only the digests can be compared: these are not two PDF files, nor two plain texts",
        "仅能比较摘要：两个版本并非均为 PDF 文件或均为纯文本",
    ),
    "no-text": Text(
        "Only the digests can be compared: a version has no text, it may be a scan",
        "仅能比较摘要：有版本不含文字，可能为扫描件",
    ),
    "too-large": Text(
        "Only the digests can be compared: a version is too long to be compared word by word",
        "仅能比较摘要：有版本过长，无法逐字比较",
    ),
    "not-read": Text(
        "Only the digests can be compared: the text of a version could not be read, as it is "
        "locked, damaged or in another encoding",
        "仅能比较摘要：有版本的文字无法读取，可能已加密、损坏或使用其他编码",
    ),
}
