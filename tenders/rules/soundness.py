"""Everything that keeps a draft from becoming a notice.

A fault points into the draft as the interface takes it: ``/lots/0/items/2/quantity``.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from procurement.proof.canonical import JSON, NotCanonical, canonical
from procurement.proof.instants import format_instant
from procurement.proof.shapes import Malformed
from procurement.refusals import Fact, Fault
from procurement.texts import Text
from tenders.form import faults_of_form
from tenders.notice import LONGEST_DESCRIPTION, Notice
from tenders.packs import RulePack
from tenders.rules import dates, remark
from tenders.rules.draft import Draft, both, form_json, gates_json, lots_json, signatures_json
from tenders.rules.remark import CONTROL, TOO_LONG, has_control

OPEN = "open"
PRICE = "price"
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # no deadline is before it, and none after the next
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

# Where the response form and the notice keep what the draft says elsewhere.
_PLACES = (
    (re.compile(r"^/documents"), "/required_documents"),
    (re.compile(r"^/prices/(\d+)/(currency|minor_units)"), "/currency"),
    (re.compile(r"^/prices/(\d+)/lot"), r"/lots/\1/id"),
    (re.compile(r"^/prices"), "/lots"),
    (re.compile(r"^/lots/(\d+)/lot"), r"/lots/\1/id"),
    (re.compile(r"^(/lots/\d+/items/\d+)/item"), r"\1/id"),
    (re.compile(r"^(/lots/\d+/items/\d+)/scheme"), r"\1/classification/scheme"),
    (re.compile(r"^(/lots/\d+/items/\d+)/code"), r"\1/classification/id"),
)
_ZEROS = "0" * 64
_NOBODY = "00000000-0000-0000-0000-000000000000"


def faults(draft: Draft, *, budget_currency: str, pack: RulePack) -> list[Fault]:
    """Name what is wrong with a draft; empty when a notice can be made of it.

    Where a single field has the wrong shape, that is named first and alone.
    """
    found = [*_not_offered(draft), *_lots(draft), *_money(draft, budget_currency), *_times(draft)]
    found += [*_texts(draft), *_reductions(draft, pack), *_opening(draft, pack)]
    return found or _placed(faults_of_form(form_json(draft))) or list(_shape(draft, pack))


def _not_offered(draft: Draft) -> Iterator[Fault]:
    if draft.procedure != OPEN:
        yield Fault("only-the-open-procedure", ONLY_OPEN, {}, "/procedure")
    for i, lot in enumerate(draft.lots):
        if lot.criterion != PRICE:
            yield Fault("only-price", ONLY_PRICE, {}, f"/lots/{i}/criterion")


def _lots(draft: Draft) -> Iterator[Fault]:
    if not draft.lots:
        yield Fault("no-lot", NO_LOT, {}, "/lots")
    yield from _twice([lot.key for lot in draft.lots], "/lots")
    for i, lot in enumerate(draft.lots):
        if not lot.items:
            yield Fault("no-item", NO_ITEM, {"lot": lot.key}, f"/lots/{i}/items")
        yield from _twice([item.key for item in lot.items], f"/lots/{i}/items")


def _twice(keys: list[str], where: str) -> Iterator[Fault]:
    counted = Counter(keys)
    for i, key in enumerate(keys):
        if counted[key] > 1 and key in keys[:i]:
            yield Fault("repeated", REPEATED, {"id": key}, f"{where}/{i}/id")


def _money(draft: Draft, budget_currency: str) -> Iterator[Fault]:
    if draft.currency != budget_currency:
        facts: dict[str, Fact] = {"budget": budget_currency}
        yield Fault("not-the-budgets-currency", OTHER_CURRENCY, facts, "/currency")


def _times(draft: Draft) -> Iterator[Fault]:
    own_opening = draft.opens_at != draft.closes_at  # else it is the deadline that is wrong
    for name in ("closes_at", "opens_at")[: 1 + own_opening]:
        if not EARLIEST <= getattr(draft, name) < LATEST:
            yield Fault("not-in-this-century", NOT_NOW, {}, f"/{name}")
    if draft.opens_at < draft.closes_at:
        yield Fault("opens-before-it-closes", OPENS_TOO_EARLY, {}, "/opens_at")


def _texts(draft: Draft) -> Iterator[Fault]:
    titled = [("/title", draft.title)]
    titled += [(f"/lots/{i}/title", lot.title) for i, lot in enumerate(draft.lots)]
    for where, text in titled:
        if not both(text):
            yield Fault("no-text", NO_TEXT, {}, where)
    for where, text in [*titled, ("/description", draft.description)]:
        for lang, said in both(text).items():
            if has_control(str(said)):
                yield Fault("control-character", CONTROL, {}, f"{where}/{lang}")
            if len(str(said)) > LONGEST_DESCRIPTION:
                yield Fault("too-long", TOO_LONG, {"most": LONGEST_DESCRIPTION}, where)
    for where, said in _strings(form_json(draft), ""):
        if has_control(said):
            yield Fault("control-character", CONTROL, {}, _place(where))


def _reductions(draft: Draft, pack: RulePack) -> Iterator[Fault]:
    for i, name in enumerate(draft.reductions):
        if name in draft.reductions[:i]:
            yield Fault("repeated", REPEATED, {"id": name}, f"/reductions/{i}")
        elif name not in pack.reductions:
            facts: dict[str, Fact] = {"name": name, "pack": pack.name}
            yield Fault("no-such-reduction", NO_REDUCTION, facts, f"/reductions/{i}")
        elif pack.reductions[name].needs == "justification" and not draft.justification.strip():
            source = pack.reductions[name].period.cited()
            facts = {"name": name, "pack": pack.name, "source": source}
            yield Fault("not-justified", NOT_JUSTIFIED, facts, "/justification")
    yield from remark.faults(draft.justification, pointer="/justification")


def _opening(draft: Draft, pack: RulePack) -> Iterator[Fault]:
    rule = pack.rules.opening_within
    if rule is None or draft.opens_at <= draft.closes_at + timedelta(seconds=rule.value):
        return
    facts: dict[str, Fact] = {"pack": pack.name, "period": dates.said(rule), "source": rule.cited()}
    text = OPENS_PROMPTLY if rule.value else OPENS_AT_ONCE
    yield Fault("opens-too-late", text, facts, "/opens_at")


def _strings(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _strings(inner, f"{where}/{name}")
    elif isinstance(value, list | tuple):
        for i, inner in enumerate(value):
            yield from _strings(inner, f"{where}/{i}")


def _shape(draft: Draft, pack: RulePack) -> Iterator[Fault]:
    """Make a notice of the draft, with stand-ins for what is not known yet."""
    value: dict[str, JSON] = {
        "type": Notice.TYPE,
        "tender": _NOBODY,
        "version": 1,
        "previous": None,
        "reason": None,
        "agency": f"x+00000000+{'A' * 44}",
        "title": both(draft.title),
        "description": both(draft.description),
        "procedure": draft.procedure,
        "budget": {"amount": "1", "currency": draft.currency},
        "validity_days": draft.validity_days,
        "keyset": _ZEROS,
        "questions_until": None,
        "answers_until": None,
        "closes_at": format_instant(draft.closes_at),
        "gates": gates_json(draft),
        "delta_seconds": pack.delta_seconds,
        "documents": [],
        "lots": lots_json(draft),
        "response_form": form_json(draft),
        "signatures": signatures_json(draft),
        "pack": {**vars(pack.in_notice())},
        "anchors": _ZEROS,
    }
    try:
        canonical(value)
        canonical({"description": both(draft.description)})
        Notice.of(value)
    except (Malformed, NotCanonical) as error:
        where = error.where if isinstance(error.where, str) else ""
        yield Fault("malformed", MALFORMED, {"why": str(error)}, _place(where))


def _placed(found: list[Fault]) -> list[Fault]:
    return [Fault(fault.code, fault.text, fault.facts, _place(fault.pointer)) for fault in found]


def _place(pointer: str) -> str:
    for pattern, place in _PLACES:
        if pattern.search(pointer):
            return pattern.sub(place, pointer)
    return pointer


ONLY_OPEN = Text("Only the open procedure is offered here so far", "本平台目前仅支持公开招标")
ONLY_PRICE = Text("Lots are judged by price alone so far", "本平台目前仅支持按价格评定")
NO_LOT = Text("A tender has at least one lot", "招标至少须有一个标包")
NO_ITEM = Text("Lot “{lot}” asks for nothing: add an item", "标包“{lot}”没有采购项，请添加")
REPEATED = Text("“{id}” stands here twice", "“{id}”重复出现")
OTHER_CURRENCY = Text(
    "The budget is in {budget}, and so is the tender", "预算币种为 {budget}，招标须采用同一币种"
)
NOT_NOW = Text("Choose an instant between 2000 and 2100", "请选择 2000 年至 2100 年之间的时间")
NO_REDUCTION = Text(
    "The pack “{pack}” knows no shorter bid period for “{name}”",
    "规则包“{pack}”没有缩短理由“{name}”",
)
NOT_JUSTIFIED = Text(
    "Say why there is less time: “{name}” needs a justification (pack “{pack}”: {source})",
    "请说明缩短时间的理由：“{name}”须有正当理由（规则包“{pack}”：{source}）",
)
OPENS_AT_ONCE = Text(
    "Bids are opened at the time of the deadline (rule opening_within of the pack “{pack}”: "
    "{source})",
    "开标须与投标截止同时进行（规则包“{pack}”规则 opening_within：{source}）",
)
OPENS_PROMPTLY = Text(
    "Bids are opened at most {period} after the deadline (rule opening_within of the pack "
    "“{pack}”: {source})",
    "开标不得晚于投标截止后 {period}（规则包“{pack}”规则 opening_within：{source}）",
)
OPENS_TOO_EARLY = Text("Nothing is opened before the deadline for bids", "投标截止之前不得开标")
NO_TEXT = Text("Write this in English or Chinese", "请用中文或英文填写此项")
MALFORMED = Text("This cannot stand in a notice: {why}", "该内容不能写入公告：{why}")
