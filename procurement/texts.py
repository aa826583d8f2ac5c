"""What Daylight says to people, in English and in Chinese, written together beside the rule.

A text may name facts in braces, ``{closes_at}``; both languages name the same ones.
"""

from collections.abc import Mapping
from string import Formatter
from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in both languages."""

    en: str
    zh: str


def say(text: Text, facts: Mapping[str, object], lang: str) -> str:
    """Speak a text in the reader's language: Chinese for ``zh`` and its kin, else English.

    A fact may be a text itself; it is spoken in the same language.

    :raises KeyError: when the text names a fact that was not given.
    """
    return _in(text, lang).format_map(spoken(facts, lang))


def spoken(facts: Mapping[str, object], lang: str) -> dict[str, object]:
    """Give the facts with every text among them in the reader's language."""
    return {
        name: _in(fact, lang) if isinstance(fact, Text) else fact for name, fact in facts.items()
    }


def _in(text: Text, lang: str) -> str:
    return text.zh if lang.lower().startswith("zh") else text.en


def placeholders(sentence: str) -> frozenset[str]:
    """Name the facts that a sentence asks for."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)
