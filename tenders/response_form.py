"""Offers against the response form: what is wrong with one, and what it costs.

An offer answers the form for one lot; every value in it is a string::

    {"answers": {"delivery-days": "14"},
     "prices": {"chairs": {"unit_price": "12.50", "tax_rate": "0.13"}},
     "total": "1412.50", "total_net": "1250.00", "currency": "CNY",
     "documents": {"technical": "documents/technical.pdf"}}

Each line of the price table is rounded half up to the currency's minor unit, first the net price,
then the tax on it; the totals are sums of rounded lines. This is said here and done in ``_line``.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from procurement.proof.paths import MAX_PATH_BYTES, path_refusal
from procurement.refusals import BadInput, Fact, Fault
from procurement.texts import Text
from tenders.form import (
    MAX_DIGITS,
    TAX_RATE,
    Item,
    PriceTable,
    Question,
    ResponseForm,
    faults_of_form,
    read_form,
)
from tenders.offer_schema import PARTS, schema_of

__all__ = [
    "Totals",
    "check",
    "complete",
    "documents_faults",
    "faults_of_form",
    "fields",
    "json_schema",
    "totals",
]

Form = Mapping[str, Any]
Offer = Mapping[str, Any]
EXACT = 80  # digits; no product or sum of ours has half as many
ENTERED = tuple(part for part in PARTS if not part.startswith("total"))


@dataclass(frozen=True)
class Totals:
    """What a lot costs: net, tax, and both together, in the lot's currency."""

    net: Decimal
    tax: Decimal
    total: Decimal


def check(form: Form, lot: str, offer: Any) -> list[Fault]:
    """Name everything that is wrong with an offer for a lot; empty when it may be sealed.

    :raises BadInput: when the form itself is unsound.
    """
    read = read_form(form)
    table = read.table(lot)
    if table is None:
        return [_unknown_lot(lot)]
    if not isinstance(offer, Mapping):
        return [Fault("not-an-object", _OBJECT)]
    faults = [*_keys(offer, PARTS, PARTS, ""), *_entered(read, table, offer)]
    return [*faults, *_totals_faults(table, offer)]


def totals(form: Form, lot: str, offer: Any) -> Totals:
    """Compute what an offer costs, exactly; what it says itself about totals is not looked at.

    :raises BadInput: with the faults of prices that cannot be computed with.
    """
    table = _table(form, lot)
    prices = offer.get("prices") if isinstance(offer, Mapping) else None
    if faults := list(_prices(table, prices)):
        raise BadInput(faults=faults)
    assert isinstance(prices, Mapping)
    return _totals(table, prices)


def complete(form: Form, lot: str, offer: Any) -> dict[str, Any]:
    """Give the offer with ``total``, ``total_net`` and, where it has none, the lot's currency.

    :raises BadInput: with every fault of what the bidder entered.
    """
    read, table = read_form(form), _table(form, lot)
    if not isinstance(offer, Mapping):
        raise BadInput(faults=[Fault("not-an-object", _OBJECT)])
    filled = {"currency": table.currency, **offer}
    if faults := [*_keys(filled, PARTS, ENTERED, ""), *_entered(read, table, filled)]:
        raise BadInput(faults=faults)
    cost = _totals(table, filled["prices"])
    filled |= {"total": format(cost.total, "f"), "total_net": format(cost.net, "f")}
    if faults := list(_totals_faults(table, filled)):
        raise BadInput(faults=faults)
    return filled


def fields(offer: Any) -> list[tuple[str, str]]:
    """List every value of an offer as (JSON pointer, string), sorted by pointer.

    :raises BadInput: for values that are neither strings nor objects.
    """
    found = list(_scalars(offer, ""))
    if faults := [Fault("not-a-string", _STRING, {}, at) for at, v in found if v is None]:
        raise BadInput(faults=faults)
    return sorted((at, value) for at, value in found if value is not None)


def json_schema(form: Form, lot: str) -> dict[str, Any]:
    """Write the JSON Schema (2020-12) of an offer for a lot.

    It cannot say all that ``check`` says: sums, calendar dates, normal form, bytes of a path.

    :raises BadInput: when the form is unsound or has no such lot.
    """
    return schema_of(read_form(form), _table(form, lot))


def documents_faults(form: Form, lot: str, files: Mapping[str, tuple[str, int]]) -> list[Fault]:
    """Name what is wrong with the enclosed files, each by its document's name.

    ``files`` gives media type and length in bytes. Pointers go into ``/documents`` of the offer.

    :raises BadInput: when the form is unsound or has no such lot.
    """
    _table(form, lot)
    wanted = {document.name: document for document in read_form(form).documents}
    needed = [name for name, document in wanted.items() if document.required]
    faults = list(_keys(files, wanted, needed, "/documents"))
    for name, (media_type, length) in files.items():
        at, document = f"/documents/{_step(name)}", wanted.get(name)
        if document is None:
            continue
        if media_type not in document.media_types:
            facts = {"found": media_type[:100], "allowed": ", ".join(document.media_types)}
            faults.append(Fault("wrong-media-type", _MEDIA_TYPE, facts, at))
        if not length:
            faults.append(Fault("empty-file", _EMPTY_FILE, {}, at))
        if length > document.max_bytes:
            most: dict[str, Fact] = {"length": length, "most": document.max_bytes}
            faults.append(Fault("file-too-large", _FILE_TOO_LARGE, most, at))
    return faults


# ── what the bidder entered ──────────────────────────────────────────────────────────────────


def _entered(form: ResponseForm, table: PriceTable, offer: Offer) -> Iterator[Fault]:
    if "answers" in offer:
        yield from _answers(form, offer["answers"])
    if "prices" in offer:
        yield from _prices(table, offer["prices"])
    if "documents" in offer:
        yield from _documents(form, offer["documents"])
    if "currency" in offer and offer["currency"] != table.currency:
        yield Fault("wrong-currency", _CURRENCY, {"currency": table.currency}, "/currency")


def _answers(form: ResponseForm, answers: Any) -> Iterator[Fault]:
    asked = {question.id: question for question in form.questions}
    needed = [question.id for question in form.questions if question.required]
    yield from _keys(answers, asked, needed, "/answers")
    for name, answer in _known(answers, asked):
        yield from _answer(asked[name], answer, f"/answers/{name}")


def _answer(question: Question, answer: Any, at: str) -> Iterator[Fault]:
    if fault := _string_fault(answer, at):
        yield fault
        return
    if question.max_length is not None and len(answer) > question.max_length:
        yield Fault("too-long", _TOO_LONG, {"most": question.max_length}, at)
    if not re.fullmatch(question.pattern(), answer):
        yield Fault(f"not-a-{question.kind}", _ANSWER[question.kind], {}, at)
    elif question.kind == "date" and not _on_calendar(answer):
        yield Fault("no-such-date", _NO_SUCH_DATE, {"found": answer}, at)


def _prices(table: PriceTable, prices: Any) -> Iterator[Fault]:
    items = {item.id: item for item in table.items}
    yield from _keys(prices, items, items, "/prices")
    for name, price in _known(prices, items):
        at = f"/prices/{name}"
        yield from _keys(price, _PRICE_PARTS, _PRICE_PARTS, at)
        for part, value in _known(price, _PRICE_PARTS):
            if fault := _string_fault(value, f"{at}/{part}"):
                yield fault
            elif part == "unit_price":
                yield from _amount_faults(table, value, f"{at}/{part}")
            elif not re.fullmatch(TAX_RATE, value):
                yield Fault("not-a-tax-rate", _TAX_RATE_TEXT, {}, f"{at}/{part}")


def _documents(form: ResponseForm, documents: Any) -> Iterator[Fault]:
    wanted = {document.name: document for document in form.documents}
    needed = [name for name, document in wanted.items() if document.required]
    yield from _keys(documents, wanted, needed, "/documents")
    for name, path in _known(documents, wanted):
        at = f"/documents/{name}"
        if fault := _string_fault(path, at):
            yield fault
        elif code := path_refusal(path):
            yield Fault(code, _PATH, {"most": MAX_PATH_BYTES}, at)


def _amount_faults(table: PriceTable, value: str, at: str) -> Iterator[Fault]:
    if not re.fullmatch(table.amount_pattern(), value):
        facts: dict[str, Fact] = {"decimals": table.minor_units, "digits": MAX_DIGITS}
        yield Fault("not-an-amount", _AMOUNT, facts, at)


def _keys(found: Any, known: Any, needed: Any, at: str) -> Iterator[Fault]:
    if not isinstance(found, Mapping):
        yield Fault("not-an-object", _OBJECT, {}, at)
        return
    for name in found:
        if name not in known:
            yield Fault("unknown-field", _UNKNOWN, {"name": str(name)[:80]}, f"{at}/{_step(name)}")
    for name in needed:
        if name not in found:
            yield Fault("missing", _MISSING, {"name": name}, f"{at}/{name}")


def _known(found: Any, known: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(found, Mapping):
        yield from ((name, value) for name, value in found.items() if name in known)


def _string_fault(value: Any, at: str) -> Fault | None:
    if not isinstance(value, str):
        return Fault("not-a-string", _STRING, {}, at)
    if re.search("[\ud800-\udfff]", value) or not unicodedata.is_normalized("NFC", value):
        return Fault("not-nfc", _NFC, {}, at)
    return None


def _on_calendar(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _scalars(value: Any, at: str) -> Iterator[tuple[str, str | None]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _scalars(inner, f"{at}/{_step(name)}")
    else:
        yield at, value if isinstance(value, str) else None


def _step(name: Any) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")  # RFC 6901 section 3


# ── what it costs ────────────────────────────────────────────────────────────────────────────


def _table(form: Form, lot: str) -> PriceTable:
    table = read_form(form).table(lot)
    if table is None:
        raise BadInput(faults=[_unknown_lot(lot)])
    return table


def _totals(table: PriceTable, prices: Mapping[str, Mapping[str, str]]) -> Totals:
    with localcontext() as context:
        context.prec = EXACT
        unit = Decimal(1).scaleb(-table.minor_units)
        lines = [_line(item, prices[item.id], unit) for item in table.items]
        net = sum((line[0] for line in lines), 0 * unit)
        tax = sum((line[1] for line in lines), 0 * unit)
        return Totals(net, tax, net + tax)


def _line(item: Item, price: Mapping[str, str], unit: Decimal) -> tuple[Decimal, Decimal]:
    net = Decimal(item.quantity) * Decimal(price["unit_price"])
    net = net.quantize(unit, rounding=ROUND_HALF_UP)
    tax = (net * Decimal(price["tax_rate"])).quantize(unit, rounding=ROUND_HALF_UP)
    return net, tax


def _totals_faults(table: PriceTable, offer: Offer) -> Iterator[Fault]:
    """Name totals that are no amounts, or not those of the prices where these can be summed."""
    prices = offer.get("prices")
    cost = None if any(_prices(table, prices)) else _totals(table, offer["prices"])
    for part, right in (("total", cost and cost.total), ("total_net", cost and cost.net)):
        if part not in offer:
            continue
        if not isinstance(offer[part], str):
            yield Fault("not-a-string", _STRING, {}, f"/{part}")
        elif not re.fullmatch(table.amount_pattern(exact=True), offer[part]):
            facts: dict[str, Fact] = {"decimals": table.minor_units, "digits": MAX_DIGITS}
            yield Fault("not-an-amount", _AMOUNT, facts, f"/{part}")
        elif right is not None and offer[part] != format(right, "f"):
            said: dict[str, Fact] = {"found": offer[part], "right": format(right, "f")}
            yield Fault("wrong-total", _WRONG_TOTAL, said, f"/{part}")


def _unknown_lot(lot: str) -> Fault:
    return Fault("unknown-lot", _LOT, {"lot": lot[:80]})


_PRICE_PARTS = ("unit_price", "tax_rate")

_LOT = Text("The response form has no lot “{lot}”", "响应表中没有标包“{lot}”")
_OBJECT = Text("An object is needed here", "此处应为对象")
_STRING = Text("Write this value as a string", "请以字符串形式填写此值")
_NFC = Text("The text is not in Unicode normal form C", "文本未采用 Unicode 规范形式 C")
_UNKNOWN = Text("The form does not ask for “{name}”", "响应表未要求“{name}”")
_MISSING = Text("“{name}” is missing", "缺少“{name}”")
_TOO_LONG = Text("At most {most} characters are allowed", "最多允许 {most} 个字符")
_CURRENCY = Text("This lot is priced in {currency}", "本标包以 {currency} 报价")
_NO_SUCH_DATE = Text("There is no day {found}", "不存在日期 {found}")
_AMOUNT = Text(
    "Write an amount above zero with at most {decimals} decimals and {digits} digits, like 12 "
    "or 1250, without sign, exponent or separators; totals carry every decimal",
    "请填写大于零的金额，最多 {decimals} 位小数、共 {digits} 位数字，不含符号、指数或分隔符；"
    "合计须写满小数位",
)
_TAX_RATE_TEXT = Text(
    "Write the tax rate as a share between 0 and 1 with at most 4 decimals: 0.13 for 13 %",
    "税率请填写 0 到 1 之间的小数，最多 4 位小数：13% 写作 0.13",
)
_WRONG_TOTAL = Text(
    "The prices add up to {right}, but {found} is written",
    "各项价格合计为 {right}，但所填为 {found}",
)
_PATH = Text(
    "Name the file by a plain relative path of at most {most} bytes: no “..”, backslash, colon "
    "or control character, and in Unicode normal form C",
    "请使用不超过 {most} 字节的相对路径，不含“..”、反斜杠、冒号或控制字符，"
    "并采用 Unicode 规范形式 C",
)
_MEDIA_TYPE = Text(
    "{found} is not allowed here, only {allowed}", "此处不允许 {found}，仅允许 {allowed}"
)
_EMPTY_FILE = Text("The file is empty", "文件为空")
_FILE_TOO_LARGE = Text(
    "The file has {length} bytes, at most {most} are allowed",
    "文件为 {length} 字节，最多允许 {most} 字节",
)
_ANSWER = {
    "text": Text(
        "Write some text, without control characters", "请填写文本，不得为空，也不得含控制字符"
    ),
    "yes-no": Text("Answer yes or no", "请回答 yes 或 no"),
    "number": Text(
        "Write a plain number with at most 18 digits, like -3 or 12.5",
        "请填写普通数字，最多 18 位，例如 -3 或 12.5",
    ),
    "date": Text("Write the day as 2026-01-31", "请按 2026-01-31 的格式填写日期"),
    "choice": Text("Choose one of the answers offered", "请从所列选项中选择"),
}
