"""What a report says in words of a machine, said in the language of whoever reads it.

A report keeps its facts in English, so that its bytes stay. A phrase that a table knows is said in
Chinese, with the numbers and names in it. What a library said about a damaged file is quoted.
"""

import re
from collections.abc import Iterable

from procurement.texts import Text
from signatures.pdf.codes.changed import CHANGED
from signatures.pdf.codes.facts import ENGLISH, FACTS

TABLE = {**FACTS, **CHANGED}
_HOLE = re.compile(r"\{(\w+)\}")
_QUOTED = "程序提示“{said}”"


def said_in(lang: str, fact: str) -> str:
    """Say a fact of a finding in ``en`` or ``zh``."""
    if not lang.startswith("zh"):
        return ", ".join(ENGLISH.get(one, one) for one in fact.split(", "))
    parts = fact.split("; ")
    if _known(parts[0]) is None:
        parts = [fact]  # no list of ours
    return "；".join(_known(one) or _quoted(one) for one in parts)


def said_changes(changes: Iterable[str]) -> Text:
    """Say what was changed behind a signature, in both languages."""
    named = [*changes]
    return Text("; ".join(named), "；".join(said_in("zh", one) for one in named))


def is_known(phrase: str) -> bool:
    """Say whether a table knows a phrase, so that it is not quoted."""
    return _known(phrase) is not None


def _known(fact: str) -> str | None:
    """Say a phrase, or several with commas between them; None unless all are in a table."""
    if (whole := _chinese(fact)) is not None:
        return whole
    parts = [_chinese(one) for one in fact.split(", ")]
    return None if None in parts else "、".join(filter(None, parts))


def _chinese(phrase: str) -> str | None:
    for pattern, zh in _COMPILED:
        if found := pattern.fullmatch(phrase):
            return zh.format_map(
                {name: _filled(name, one) for name, one in found.groupdict().items()}
            )
    return None


def _filled(name: str, said: str) -> str:
    return said_in("zh", said) if name == "what" else said


def _quoted(said: str) -> str:
    """Leave a bare name as it is, and quote what was a sentence."""
    return _QUOTED.format(said=said) if re.search(r"[a-z]{2}.* ", said) else said


def _pattern(phrase: str) -> re.Pattern[str]:
    parts = _HOLE.split(phrase)
    holes = [
        rf"(?P<{name}>{r'[0-9]+' if name.endswith('number') else '.+'})" for name in parts[1::2]
    ]
    texts = [re.escape(part) for part in parts[::2]]
    return re.compile("".join(text + hole for text, hole in zip(texts, [*holes, ""], strict=True)))


# What says more itself comes first, so that no hole swallows the end of a longer phrase.
_COMPILED = [
    (_pattern(phrase), TABLE[phrase])
    for phrase in sorted(TABLE, key=lambda one: len(_HOLE.sub("", one)), reverse=True)
]
