"""Money is exact, in one currency, with no more decimals than the currency has."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.money import Money, NotMoney, OtherCurrency

cents = st.decimals(-(10**15), 10**15, places=2, allow_nan=False, allow_infinity=False)


def test_money_is_written_with_all_decimals_of_its_currency() -> None:
    assert Money(Decimal("12.5"), "CNY").to_json() == {"amount": "12.50", "currency": "CNY"}
    assert Money(Decimal("1E+3"), "JPY").to_json() == {"amount": "1000", "currency": "JPY"}
    assert Money(Decimal("1.5"), "KWD").to_json() == {"amount": "1.500", "currency": "KWD"}
    assert Money(Decimal("-0"), "CNY").to_json() == {"amount": "0.00", "currency": "CNY"}


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        pytest.param("12.555", "CNY", id="a third decimal"),
        pytest.param("0.5", "JPY", id="a currency without decimals"),
        pytest.param("1E+999999", "CNY", id="a number that would fill the memory"),
        pytest.param("1E-999999", "CNY", id="a number of a million decimals"),
        pytest.param("NaN", "CNY", id="no number"),
        pytest.param("Infinity", "CNY", id="no end"),
        pytest.param("1", "cny", id="lower case"),
        pytest.param("1", "元", id="a sign"),
        pytest.param("1", "CNYX", id="four letters"),
    ],
)
def test_what_is_no_amount_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(NotMoney):
        Money(Decimal(amount), currency)


@pytest.mark.parametrize("text", ["1e3", "", ".", "+1", "1_000", "１２", "1.2.3", " 1", "9" * 50])
def test_only_plain_numerals_are_read(text: str) -> None:
    with pytest.raises(NotMoney):
        Money.from_json(text, "CNY")


@given(cents)
def test_what_was_written_reads_the_same(amount: Decimal) -> None:
    money = Money(amount, "EUR")

    assert Money.from_json(**money.to_json()) == money


@given(cents, cents)
def test_sums_are_exact(one: Decimal, other: Decimal) -> None:
    assert (Money(one, "EUR") + Money(other, "EUR")).amount == one + other


def test_currencies_never_mix() -> None:
    with pytest.raises(OtherCurrency):
        Money(Decimal(1), "CNY") + Money(Decimal(1), "EUR")
    with pytest.raises(OtherCurrency):
        _ = Money(Decimal(1), "CNY") < Money(Decimal(2), "EUR")
