"""Amounts of money: exact, in one currency, never added across currencies."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from procurement.refusals import Refusal
from procurement.texts import Text

# ISO 4217: minor units, where they are not two.
MINOR_UNITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
USUAL_MINOR_UNITS = 2
CURRENCY_LETTERS = 3  # ISO 4217
MAX_DIGITS = 20  # digits before the point; no budget on earth needs them


class NotMoney(Refusal):
    code, status = "not-money", 400
    title = Text(
        "“{amount} {currency}” is not an amount of money", "“{amount} {currency}”不是有效金额"
    )


class OtherCurrency(Refusal):
    code, status = "other-currency", 409
    title = Text("{one} and {other} cannot be added or compared", "{one} 与 {other} 不能相加或比较")


@dataclass(frozen=True)
class Money:
    """An amount in one currency, with no more decimals than the currency has.

    :raises NotMoney: for infinite amounts, too many digits, and what is no ISO 4217 code.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        code_fits = len(self.currency) == CURRENCY_LETTERS and self.currency.isascii()
        if not (code_fits and self.currency.isalpha() and self.currency.isupper()):
            raise NotMoney(amount=str(self.amount), currency=self.currency)
        # adjusted() and the exponent are looked at first: 1E+999999 must not be written out.
        if not self.amount.is_finite() or self.amount.adjusted() >= MAX_DIGITS:
            raise NotMoney(amount=str(self.amount), currency=self.currency)
        if _decimals(self.amount) > self.decimals:
            raise NotMoney(amount=str(self.amount), currency=self.currency)
        exact = self.amount.quantize(Decimal(1).scaleb(-self.decimals))
        object.__setattr__(self, "amount", exact + 0)  # no negative zero

    @property
    def decimals(self) -> int:
        """Decimals that the currency has: 2 for CNY, 0 for JPY."""
        return MINOR_UNITS.get(self.currency, USUAL_MINOR_UNITS)

    def to_json(self) -> dict[str, str]:
        """Write as ``{"amount": "12.50", "currency": "CNY"}``."""
        return {"amount": format(self.amount, "f"), "currency": self.currency}

    @classmethod
    def from_json(cls, amount: str, currency: str) -> Self:
        """Read a decimal numeral with a point, without exponent, sign optional.

        :raises NotMoney: for anything else.
        """
        digits = amount.removeprefix("-").replace(".", "", 1)
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 2 * MAX_DIGITS:
            raise NotMoney(amount=amount[:MAX_DIGITS], currency=currency[:CURRENCY_LETTERS])
        return cls(Decimal(amount), currency)

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same_currency(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same_currency(other)
        return self.amount <= other.amount

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise OtherCurrency(one=self.currency, other=other.currency)


def _decimals(amount: Decimal) -> int:
    """Count decimals that say something: 1.500 has one.

    The exponent of a long tail of zeros may be large, so digits are counted, not written.
    """
    _, digits, exponent = amount.as_tuple()
    assert isinstance(exponent, int)  # finite, the caller looked
    significant = "".join(map(str, digits)).rstrip("0")
    if not significant:
        return 0
    zeros = len(digits) - len(significant)
    return max(0, -(exponent + zeros))
