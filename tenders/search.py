"""Finding tenders by words, in Chinese as well as in English.

One normaliser cuts what is searched and what is asked for: NFKC, lower case, runs of Han
characters into overlapping pairs, everything else into words. A run also gives its last character,
so that a single one is found wherever it stands: as the beginning of a pair, or as an end.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Literal, get_args
from uuid import UUID

from procurement.proof.instants import format_instant
from procurement.refusals import BadInput, Fault
from procurement.texts import Text

LONGEST_QUESTION = 200  # characters
MOST_WORDS = 24  # of a question; more find nothing that fewer would not
SHOWN_BEFORE, SHOWN_AFTER = 24, 60  # characters of an excerpt

Order = Literal["newest", "closing"]
ORDERS: tuple[Order, ...] = get_args(Order)

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
CODE_BEGINS = r"(?:[A-Za-z]{1,20}:)?[A-Za-z0-9][A-Za-z0-9.\-]{0,39}"  # a scheme may precede it
COUNTRY = r"[A-Za-z]{2}"  # ISO 3166-1

_UNKNOWN = Text("“{value}” is no value for “{name}”", "“{value}”不是“{name}”的有效值")
_TOO_LONG = Text("Ask in at most {most} characters", "请将查询控制在 {most} 个字符以内")


def normalised(text: str) -> str:
    """Fold width, compatibility forms and case."""
    return unicodedata.normalize("NFKC", text).lower()


def words_of(text: str) -> set[str]:
    """Cut a text into the words by which it is found."""
    found: set[str] = set()
    for run in _RUN.findall(normalised(text)):
        found.update((*_pairs(run), run[-1]) if _is_han(run) else (run,))
    return found


def asked(question: str) -> list[str]:
    """Cut a question into what must be found; a star stands for any further letters."""
    found: list[str] = []
    for run in _RUN.findall(normalised(question)):
        found += _pairs(run) if _is_han(run) and len(run) > 1 else [f"{run}*"]
    return list(dict.fromkeys(found))[:MOST_WORDS]


def code_words(scheme: str, code: str) -> tuple[str, str]:
    """Give the words by which a classification is found, with its scheme and without."""
    return f"={code}".lower(), f"={scheme}:{code}".lower()


def vector(words: Iterable[str]) -> str:
    """Write words as PostgreSQL's ``tsvector`` reads them."""
    return " ".join(_quoted(word) for word in sorted(words))


def query(words: Iterable[str]) -> str:
    """Write what is asked for as PostgreSQL's ``tsquery`` reads it: all of it must be found."""
    return " & ".join(
        f"{_quoted(word[:-1])}:*" if word.endswith("*") else _quoted(word) for word in words
    )


def excerpt(text: str, question: str) -> str:
    """Show where a text has something of what was asked for; empty where it has nothing."""
    folded = normalised(text)
    if len(folded) != len(text):
        text = folded
    starts = [at for word in asked(question) if (at := _place(folded, word)) is not None]
    if not starts:
        return ""
    begin, end = max(0, min(starts) - SHOWN_BEFORE), min(starts) + SHOWN_AFTER
    said = " ".join(text[begin:end].split())
    return f"{'…' if begin else ''}{said}{'…' if end < len(text) else ''}"


@dataclass(frozen=True)
class Search:
    """What somebody looks for; what is not said restricts nothing."""

    q: str = ""
    state: str = ""
    agency: UUID | None = None
    classification: str = ""  # "39", "CPV:391": where a code begins
    country: str = ""  # of the agency, ISO 3166-1 alpha-2
    closes_after: datetime | None = None
    closes_before: datetime | None = None
    order: Order = "newest"

    @classmethod
    def read(cls, sent: Mapping[str, str], *, states: Iterable[str]) -> "Search":
        """Read what an address asks for; empty values and other names say nothing.

        :raises BadInput: with every value that cannot be meant.
        """
        said = {name: sent[name].strip() for name in NAMES if sent.get(name, "").strip()}
        found: dict[str, object] = {}
        faults = []
        for name, value in said.items():
            try:
                found[name] = _value(name, value, states)
            except ValueError:
                facts = {"name": name, "value": value[:64]}
                faults.append(Fault("unknown-value", _UNKNOWN, facts, f"/{name}"))
        if len(said.get("q", "")) > LONGEST_QUESTION:
            faults.append(Fault("too-long", _TOO_LONG, {"most": LONGEST_QUESTION}, "/q"))
        if faults:
            raise BadInput(faults=faults)
        return cls(**found)  # type: ignore[arg-type]  # each was read by its name

    def to_json(self) -> dict[str, str]:
        """Write it as the parameters of an address; only what is said."""
        said = {name: getattr(self, name) for name in NAMES}
        plain = {name: value for name, value in said.items() if value}
        if self.order == "newest":
            plain.pop("order")
        return {
            name: format_instant(value) if isinstance(value, datetime) else str(value)
            for name, value in plain.items()
        }


NAMES = tuple(field.name for field in fields(Search))


def _value(name: str, value: str, states: Iterable[str]) -> object:
    """Read one value.

    :raises ValueError: for one that cannot be meant.
    """
    if name == "agency":
        return UUID(value)
    if name in ("closes_after", "closes_before"):
        at = datetime.fromisoformat(value)
        return at if at.tzinfo else at.replace(tzinfo=UTC)  # a date, from a form
    allowed = {
        "state": lambda: value in states,
        "order": lambda: value in ORDERS,
        "classification": lambda: re.fullmatch(CODE_BEGINS, value) is not None,
        "country": lambda: re.fullmatch(COUNTRY, value) is not None,
    }
    if name in allowed and not allowed[name]():
        raise ValueError(value)
    return value.upper() if name == "country" else value


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _is_han(run: str) -> bool:
    return re.match(f"[{_HAN}]", run) is not None


def _place(folded: str, word: str) -> int | None:
    stem = word.removesuffix("*")
    pattern = re.escape(stem) if _is_han(stem) else rf"(?<![^\W_]){re.escape(stem)}"
    found = re.search(pattern, folded)
    return found.start() if found else None


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
