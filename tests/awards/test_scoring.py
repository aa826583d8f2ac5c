"""A price is worth lowest / price × 100, rounded half up once; equal prices share a place."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.scoring import NoPrice, Priced, points, standings

CENTS = st.integers(1, 10**18).map(lambda cents: Decimal(cents).scaleb(-2))
BIDS = st.lists(CENTS, min_size=1, max_size=12).map(
    lambda prices: [Priced(f"bid-{n:02}", price) for n, price in enumerate(prices)]
)


@pytest.mark.parametrize(
    ("lowest", "price", "expected"),
    [
        pytest.param("100.00", "100.00", "100.00", id="the lowest price gets all"),
        pytest.param("100.00", "200.00", "50.00", id="twice the price gets half"),
        pytest.param("1.00", "3.00", "33.33", id="a third is rounded down"),
        pytest.param("2.00", "3.00", "66.67", id="two thirds are rounded up"),
        pytest.param("0.01", "80.00", "0.01", id="0.0125 is rounded down"),
        pytest.param("0.01", "200.00", "0.01", id="exactly half a hundredth is rounded up"),
        pytest.param("0.01", "1000000.00", "0.00", id="next to nothing is nothing"),
        pytest.param("99999.99", "100000.00", "100.00", id="almost all rounds to all"),
        pytest.param("7", "8", "87.50", id="a price without decimals"),
    ],
)
def test_points_are_rounded_half_up_to_two_places(lowest: str, price: str, expected: str) -> None:
    assert str(points(Decimal(lowest), Decimal(price))) == expected


@pytest.mark.parametrize("price", ["0", "0.00", "-1", "NaN", "Infinity", "-0"])
def test_a_price_that_is_missing_zero_or_below_is_refused(price: str) -> None:
    with pytest.raises(NoPrice):
        points(Decimal("1.00"), Decimal(price))
    with pytest.raises(NoPrice):
        points(Decimal(price), Decimal("1.00"))
    with pytest.raises(NoPrice):
        standings([Priced("one", Decimal("1.00")), Priced("two", Decimal(price))])


def test_equal_prices_share_a_place_are_named_as_tied_and_the_next_place_stays_empty() -> None:
    places = standings(
        [
            Priced("dear", Decimal("300.00")),
            Priced("one", Decimal("200.00")),
            Priced("cheap", Decimal("100.00")),
            Priced("other", Decimal("200.0")),
        ]
    )

    assert [(found.place, found.bid, str(found.points), found.tied) for found in places] == [
        (1, "cheap", "100.00", False),
        (2, "one", "50.00", True),
        (2, "other", "50.00", True),
        (4, "dear", "33.33", False),
    ]


def test_prices_that_score_alike_are_not_tied_unless_they_are_equal() -> None:
    places = standings([Priced("one", Decimal("100000.00")), Priced("other", Decimal("100000.01"))])

    assert [(found.place, str(found.points), found.tied) for found in places] == [
        (1, "100.00", False),
        (2, "100.00", False),
    ]


def test_nobody_is_ranked_where_nobody_counts() -> None:
    assert standings([]) == []


@given(BIDS)
def test_the_best_gets_exactly_100_and_nobody_gets_more(bids: list[Priced]) -> None:
    places = standings(bids)

    assert str(places[0].points) == "100.00"
    assert all(Decimal(0) <= found.points <= Decimal(100) for found in places)
    assert [found.place for found in places] == sorted(found.place for found in places)
    assert [found.price for found in places] == sorted(found.price for found in places)


@given(BIDS, st.integers(1, 10_000))
def test_the_unit_of_the_prices_does_not_matter(bids: list[Priced], factor: int) -> None:
    scaled = [Priced(bid.bid, bid.price * factor) for bid in bids]

    assert [(found.place, found.bid, found.points, found.tied) for found in standings(scaled)] == [
        (found.place, found.bid, found.points, found.tied) for found in standings(bids)
    ]


@given(BIDS, st.randoms(use_true_random=False))
def test_the_order_in_which_bids_are_read_does_not_matter(
    bids: list[Priced], random: object
) -> None:
    shuffled = list(bids)
    random.shuffle(shuffled)

    assert standings(shuffled) == standings(bids)


@given(BIDS)
def test_who_is_tied_is_who_has_an_equal_price_and_so_the_same_place_and_points(
    bids: list[Priced],
) -> None:
    places = standings(bids)

    for found in places:
        equals = [other for other in places if other.price == found.price]
        assert found.tied == (len(equals) > 1)
        assert {(other.place, other.points) for other in equals} == {(found.place, found.points)}
        assert found.place == 1 + sum(other.price < found.price for other in places)


@given(CENTS, CENTS)
def test_the_rounding_is_that_of_the_exact_fraction(one: Decimal, other: Decimal) -> None:
    lowest, price = sorted([one, other])
    hundredths = Fraction(lowest) / Fraction(price) * 10_000
    exact = (hundredths + Fraction(1, 2)).__floor__()  # half up

    assert points(lowest, price) == Decimal(exact).scaleb(-2).quantize(
        Decimal("0.01"), rounding=ROUND_HALF_UP
    )
