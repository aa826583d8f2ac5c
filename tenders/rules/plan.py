"""What a plan line needs: a name for the purchase and an amount that a notice can carry."""

from collections.abc import Iterator

from procurement.money import Money, NotMoney
from procurement.proof.canonical import NotCanonical, canonical
from procurement.refusals import Fault
from procurement.texts import Text
from tenders.rules.draft import both
from tenders.rules.remark import CONTROL, has_control
from tenders.rules.soundness import NO_TEXT

MOST_DIGITS = 18  # of a budget before the point, as the notice writes it


def faults(title: Text, amount: str, currency: str) -> list[Fault]:
    """Name what is wrong with a plan line."""
    return [*_title(title), *_budget(amount, currency)]


def _title(title: Text) -> Iterator[Fault]:
    if not both(title):
        yield Fault("no-text", NO_TEXT, {}, "/title")
    for lang, said in both(title).items():
        if has_control(str(said)):
            yield Fault("control-character", CONTROL, {}, f"/title/{lang}")
        elif not _normal(str(said)):
            yield Fault("not-nfc", NOT_NFC, {}, f"/title/{lang}")


def _budget(amount: str, currency: str) -> Iterator[Fault]:
    try:
        budget = Money.from_json(amount, currency)
    except NotMoney as refusal:
        yield Fault("not-money", refusal.title, refusal.facts, "/budget")
        return
    if budget.amount <= 0:
        yield Fault("not-above-zero", NOT_ABOVE_ZERO, {}, "/budget/amount")
    elif budget.amount.adjusted() >= MOST_DIGITS:
        yield Fault("too-much", TOO_MUCH, {"most": MOST_DIGITS}, "/budget/amount")


def _normal(said: str) -> bool:
    try:
        canonical({"said": said})
    except NotCanonical:
        return False
    return True


NOT_ABOVE_ZERO = Text("A budget is more than nothing", "预算须大于零")
TOO_MUCH = Text("A budget has at most {most} digits before the point", "预算整数部分最多 {most} 位")
NOT_NFC = Text("The text is not in Unicode normal form C", "文本未采用 Unicode 规范形式 C")
