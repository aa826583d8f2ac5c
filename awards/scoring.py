"""What a price is worth, and who stands where: lowest / price × 100, ties named.

Computed exactly and rounded half up to two places at the very end (Order 87, article 55).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from procurement.refusals import Refusal
from procurement.texts import Text

FULL = Decimal(100)
STEP = Decimal("0.01")
EXACT = 60  # digits; prices have at most 18


class NoPrice(Refusal):
    code, status = "no-price", 409
    title = Text("A bid without a price above zero cannot be scored", "没有大于零的报价，无法评分")


@dataclass(frozen=True)
class Priced:
    """One bid and what it costs."""

    bid: str
    price: Decimal


@dataclass(frozen=True)
class Standing:
    """One bid's place; bids that cost the same share it."""

    place: int
    bid: str
    price: Decimal
    points: Decimal
    tied: bool


def points(lowest: Decimal, price: Decimal) -> Decimal:
    """Score a price against the lowest one: at most 100.00.

    :raises NoPrice: for a price that is missing, zero or below.
    """
    for amount in (lowest, price):
        if not amount.is_finite() or amount <= 0:
            raise NoPrice
    with localcontext() as context:
        context.prec = EXACT
        return (lowest / price * FULL).quantize(STEP, rounding=ROUND_HALF_UP)


def standings(bids: Sequence[Priced]) -> list[Standing]:
    """Rank bids by price, lowest first; those that cost the same share a place, and say so.

    :raises NoPrice: when one of them has no price above zero.
    """
    if not bids:
        return []
    for one in bids:
        points(one.price, one.price)
    lowest = min(one.price for one in bids)
    ordered = sorted(bids, key=lambda one: (one.price, one.bid))
    return [
        Standing(
            place=1 + sum(other.price < one.price for other in bids),
            bid=one.bid,
            price=one.price,
            points=points(lowest, one.price),
            tied=sum(other.price == one.price for other in bids) > 1,
        )
        for one in ordered
    ]
