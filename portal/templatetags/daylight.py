"""How templates speak: every sentence in both languages side by side, instants, amounts, states.

``{% t "Lots" "标段" %}`` says the one in the reader's language; facts are named in braces:
``{% t "Page {number}" "第 {number} 页" number=3 %}``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.words import PLACES, word
from procurement.instants import away, written
from procurement.proof.instants import parse_instant
from procurement.refusals import Fault, Refusal
from procurement.texts import Text, say, spoken
from tenders.notice import SignatureRules
from tenders.rules.dates import counted
from tenders.rules.signature_rules import in_words as said_of_signatures
from tenders.rules.timetable import AT_LEAST
from tenders.rules.wording import summary

register = template.Library()
KIB = 1024


@register.simple_tag(takes_context=True)
def t(context: dict[str, Any], en: str, zh: str, **facts: Any) -> str:
    """Say a sentence in the reader's language."""
    return say(Text(en, zh), facts, context["lang"])


@register.simple_tag(takes_context=True)
def told(context: dict[str, Any], text: Text) -> str:
    """Say what people wrote, in the reader's language where they wrote it."""
    return str(spoken({"text": text}, context["lang"])["text"])


@register.simple_tag(takes_context=True)
def named(context: dict[str, Any], body: Any) -> str:
    """Name an organisation in the reader's language."""
    name: str = body.name_in(context["lang"])
    return name


@register.simple_tag(takes_context=True)
def in_words(context: dict[str, Any], kind: str, value: str) -> str:
    """Say a state, cause or effect."""
    return say(word(kind, value), {}, context["lang"])


@register.simple_tag(takes_context=True)
def refused(context: dict[str, Any], refusal: Refusal) -> str:
    """Say why not."""
    return refusal.titled(context["lang"])


@register.simple_tag(takes_context=True)
def say_fault(context: dict[str, Any], fault: Fault) -> str:
    """Say one of the reasons why not."""
    return fault.said(context["lang"])


@register.simple_tag(takes_context=True)
def instant(context: dict[str, Any], at: datetime, *, relative: bool = True) -> SafeString:
    """Write an instant with both clocks, and how far away it is."""
    lang, machine = context["lang"], at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    clock = format_html('<time datetime="{}">{}</time>', machine, say(written(at), {}, lang))
    if not relative:
        return clock
    distance = say(away(at, context["now"]), {}, lang)
    return format_html('{} <span class="away">{}</span>', clock, distance)


@register.simple_tag(takes_context=True)
def how_counted(context: dict[str, Any], date: Mapping[str, Any]) -> SafeString:
    """Say how a date of a timetable was counted, and from which instant."""
    text = counted(date["trace"], least=date["name"] in AT_LEAST)
    at = instant(context, read_instant(date["trace"]["from"]), relative=False)
    return format_html(say(text, {"at": "{at}"}, context["lang"]), at=at)


@register.simple_tag(takes_context=True)
def wording_said(context: dict[str, Any], found: Mapping[str, Any]) -> str:
    """Say what a comparison of two versions of a document found."""
    return say(summary(found), {}, context["lang"])


@register.simple_tag(takes_context=True)
def where(context: dict[str, Any], unit: str, change: Mapping[str, Any]) -> str:
    """Say on which page or line a passage begins, and where it began before."""
    before, after = (change[name] or "–" for name in ("before", "after"))
    text = PLACES[unit, before == after]
    return say(text, {"before": before, "after": after}, context["lang"])


@register.filter
def of(found: Mapping[Any, Any] | None, key: Any) -> Any:
    """Give what a mapping has for a key; nothing, too, where there is no mapping."""
    return found.get(key) if found else None


@register.filter
def read_instant(text: str) -> datetime:
    """Read an instant as objects write it."""
    return parse_instant(text)


@register.filter
def both(said: Mapping[str, str]) -> Text:
    """Give what stands in one language or two as a text in both."""
    en, zh = said.get("en", ""), said.get("zh", "")
    return Text(en or zh, zh or en)


@register.filter
def signatures_asked(rules: SignatureRules) -> Text:
    """Say what a notice asks of signatures."""
    return said_of_signatures(rules)


@register.filter
def amount(numeral: str | Decimal) -> str:
    """Group the digits of an amount: 1412500.50 as 1,412,500.50."""
    return f"{Decimal(numeral):,f}"


@register.filter
def size(length: int) -> str:
    """Write a number of bytes so that a person knows how long a download takes."""
    for unit in ("B", "KiB", "MiB"):
        if length < KIB:
            return f"{length:,.0f} {unit}" if unit == "B" else f"{length:,.1f} {unit}"
        length /= KIB  # type: ignore[assignment]
    return f"{length:,.1f} GiB"
