"""What a report says in words of a machine, said in the language of whoever reads it.

A report keeps its facts in English, so that its bytes stay. A phrase that a table knows is said in
Chinese, with the numbers and names in it. Of what a library said about a damaged file only the kind
of fault is said, in both languages; its own words are quoted apart, as a detail for technicians.
"""

import re
from collections.abc import Iterable, Iterator

from procurement.texts import Text
from signatures.pdf.codes.changed import CHANGED
from signatures.pdf.codes.facts import ENGLISH, FACTS, KINDS, SOME_KIND

TABLE = {**FACTS, **CHANGED}
_HOLE = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r"[a-z]{2}.* ")


def said_in(lang: str, fact: str) -> str:
    """Say a fact of a finding in ``en`` or ``zh``."""
    if lang.startswith("zh"):
        return "；".join(_known(one) or _kind(one).zh for one in _parts(fact))
    return "; ".join(_english(one) for one in _parts(fact))


def quoted_in(fact: str) -> list[str]:
    """List what a library said itself, of which a sentence gives the kind only."""
    return [*dict.fromkeys(_foreign(fact))]


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
        found = pattern.fullmatch(phrase)
        if found and not _swallows(found.groupdict()):
            return zh.format_map(
                {name: _filled(name, one) for name, one in found.groupdict().items()}
            )
    return None


def _swallows(holes: dict[str, str]) -> bool:
    """Say whether a phrase of ours fits only because a stranger's words would fill its hole."""
    what = holes.get("what", "")
    return _is_sentence(what) and _known(what) is None


def _filled(name: str, said: str) -> str:
    return said_in("zh", said) if name in ("what", "error") else said


def _parts(fact: str) -> list[str]:
    parts = fact.split("; ")
    return [fact] if _known(parts[0]) is None else parts  # else it is no list of ours


def _english(fact: str) -> str:
    if _known(fact) is None:
        return _kind(fact).en if _is_sentence(fact) else _in_words(fact)
    for words in _errors(fact):
        fact = fact.replace(words, said_in("en", words))
    return _in_words(fact)


def _in_words(fact: str) -> str:
    return ", ".join(ENGLISH.get(one, one) for one in fact.split(", "))


def _is_sentence(words: str) -> bool:
    """Tell a sentence from bare names, which stay as they are."""
    return any(_SENTENCE.search(one) for one in words.split(", "))


def _kind(words: str) -> Text:
    """Say of what kind a fault is that a library found; a bare name is left as it is."""
    if not _is_sentence(words):
        return Text(words, words)
    lower = words.lower()
    return next((kind for clue, kind in KINDS.items() if re.search(clue, lower)), SOME_KIND)


def _foreign(fact: str) -> Iterator[str]:
    for one in _parts(fact):
        if _known(one) is not None:
            for words in _errors(one):
                yield from _foreign(words)
        elif _is_sentence(one):
            yield one


def _errors(phrase: str) -> Iterator[str]:
    """Find the words of a library inside a phrase of ours."""
    for pattern, _ in _COMPILED:
        if found := pattern.fullmatch(phrase):
            yield from (one for name, one in found.groupdict().items() if name == "error")
            return


def _filling(hole: str) -> str:
    """Say what may fill a hole: digits, a key of a dictionary, or anything."""
    return r"[0-9]+" if hole.endswith("number") else r"\S+" if hole == "key" else ".+"


def _pattern(phrase: str) -> re.Pattern[str]:
    parts = _HOLE.split(phrase)
    holes = [rf"(?P<{name}>{_filling(name)})" for name in parts[1::2]]
    texts = [re.escape(part) for part in parts[::2]]
    return re.compile("".join(text + hole for text, hole in zip(texts, [*holes, ""], strict=True)))


# What says more itself comes first, so that no hole swallows the end of a longer phrase.
_COMPILED = [
    (_pattern(phrase), TABLE[phrase])
    for phrase in sorted(TABLE, key=lambda one: len(_HOLE.sub("", one)), reverse=True)
]
