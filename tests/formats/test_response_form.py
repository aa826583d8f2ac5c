"""An offer is judged by the form that the notice published, before it is sealed.

Nobody can look into a sealed bid, so everything that is wrong is said beforehand, all at once. The
JSON Schema says the same for tools that know only schemas.
"""

import copy
import string
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from procurement.proof.canonical import canonical
from procurement.refusals import BadInput
from tenders.response_form import (
    Totals,
    check,
    complete,
    documents_faults,
    faults_of_form,
    fields,
    json_schema,
    totals,
)

LOT = "lot-1"
BEYOND_SCHEMAS = {"wrong-total", "no-such-date", "not-nfc", "path-too-long"}


def question(name: str, kind: str, **changed: Any) -> dict[str, Any]:
    plain = {"id": name, "text": {"en": "Say", "zh": "请说明"}, "kind": kind, "required": True}
    return {**plain, "max_length": None, "choices": [], **changed}


def item(name: str, quantity: str) -> dict[str, Any]:
    return {"id": name, "description": "折叠椅", "quantity": quantity, "unit": "piece"}


FORM: dict[str, Any] = {
    "type": "daylight/response-form/v1",
    "questions": [
        question("plan", "text", max_length=20),
        question("local", "yes-no"),
        question("days", "number"),
        question("from", "date", required=False),
        question(
            "grade",
            "choice",
            choices=[{"id": "a", "text": {"en": "A"}}, {"id": "b.1", "text": {"zh": "乙"}}],
        ),
    ],
    "documents": [
        {
            "name": "technical",
            "title": {"en": "Technical offer"},
            "media_types": ["application/pdf"],
            "max_bytes": 1_000,
            "signature": "required",
            "required": True,
        },
        {
            "name": "photos",
            "title": {"en": "Photos"},
            "media_types": ["image/png", "image/jpeg"],
            "max_bytes": 1_000,
            "signature": "none",
            "required": False,
        },
    ],
    "prices": [
        {
            "lot": LOT,
            "currency": "CNY",
            "minor_units": 2,
            "items": [item("chairs", "100"), item("carriage", "0.5")],
        },
        {"lot": "lot-2", "currency": "JPY", "minor_units": 0, "items": [item("desk", "3")]},
    ],
}
ENTERED: dict[str, Any] = {
    "answers": {"plan": "分两批\n交货", "local": "yes", "days": "-3.50", "grade": "b.1"},
    "prices": {
        "chairs": {"unit_price": "12.50", "tax_rate": "0.13"},
        "carriage": {"unit_price": "0.01", "tax_rate": "0"},
    },
    "documents": {"technical": "documents/技术.pdf"},
}


def an_offer() -> dict[str, Any]:
    return complete(FORM, LOT, copy.deepcopy(ENTERED))


def changed(pointer: str, value: Any) -> dict[str, Any]:
    """Give the sound offer with one place set to something else."""
    offer = an_offer()
    *steps, last = pointer[1:].split("/")
    place = offer
    for step in steps:
        place = place[step]
    place[last] = value
    return offer


def found(faults: list[Any]) -> list[tuple[str, str]]:
    return [(fault.code, fault.pointer) for fault in faults]


def agrees(offer: Any) -> bool:
    return bool(Draft202012Validator(json_schema(FORM, LOT)).is_valid(offer))


# What it costs


def test_each_line_is_rounded_half_up_first_net_then_tax() -> None:
    # carriage: 0.5 × 0.01 = 0.005, which is 0.01; chairs: 1250.00 and 162.50 tax
    assert totals(FORM, LOT, ENTERED) == Totals(
        Decimal("1250.01"), Decimal("162.50"), Decimal("1412.51")
    )


@pytest.mark.parametrize(
    ("price", "rate", "total"),
    [
        pytest.param("33", "0.1", "109", id="tax of 9.9 yen is 10"),
        pytest.param("5", "0.1", "17", id="tax of 1.5 yen is 2"),
        pytest.param("5", "0.0999", "16", id="tax of 1.4985 yen is 1"),
        pytest.param("5", "1", "30", id="a rate of one doubles"),
    ],
)
def test_a_currency_without_minor_units_is_counted_in_whole_units(
    price: str, rate: str, total: str
) -> None:
    prices = {"prices": {"desk": {"unit_price": price, "tax_rate": rate}}}

    assert totals(FORM, "lot-2", prices).total == Decimal(total)


def test_a_completed_offer_is_sound_and_has_its_totals_written_out() -> None:
    offer = an_offer()

    assert (offer["total"], offer["total_net"], offer["currency"]) == ("1412.51", "1250.01", "CNY")
    assert check(FORM, LOT, offer) == []
    assert agrees(offer)


def test_completing_replaces_totals_that_are_out_of_date() -> None:
    assert complete(FORM, LOT, {**an_offer(), "total": "1.00"}) == an_offer()


def test_a_total_of_more_than_eighteen_digits_is_refused() -> None:
    entered = copy.deepcopy(ENTERED)
    entered["prices"]["chairs"]["unit_price"] = "9" * 16

    with pytest.raises(BadInput) as refused:
        complete(FORM, LOT, entered)

    assert found(list(refused.value.faults)) == [
        ("not-an-amount", "/total"),
        ("not-an-amount", "/total_net"),
    ]


def test_a_total_that_rounds_to_nothing_is_refused() -> None:
    form = copy.deepcopy(FORM)
    form["prices"][0]["items"] = [item("carriage", "0.1")]
    entered = {**ENTERED, "prices": {"carriage": {"unit_price": "0.01", "tax_rate": "0"}}}

    with pytest.raises(BadInput) as refused:
        complete(form, LOT, entered)

    assert ("not-an-amount", "/total") in found(list(refused.value.faults))


digits = st.integers(1, 10**9).map(str)


@given(price=digits, rate=st.integers(0, 9_999))
def test_totals_add_up_and_are_never_below_the_net_price(price: str, rate: int) -> None:
    entered = copy.deepcopy(ENTERED)
    entered["prices"]["chairs"] = {"unit_price": f"{price}.07", "tax_rate": f"0.{rate:04}"}

    cost = totals(FORM, LOT, entered)
    offer = complete(FORM, LOT, entered)

    assert cost.net + cost.tax == cost.total >= cost.net > 0
    assert (Decimal(offer["total"]), Decimal(offer["total_net"])) == (cost.total, cost.net)
    assert check(FORM, LOT, offer) == []
    assert agrees(offer)


# What is refused

PRICE = "/prices/chairs/unit_price"
RATE = "/prices/chairs/tax_rate"


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        *(
            pytest.param(PRICE, wrong, "not-an-amount", id=f"price {wrong[:12]!r}")
            for wrong in (
                "1e400", "NaN", "Infinity", "-1", "0", "0.00", "+1", "01", "1.", ".5", "1,5", "",
                "12.505", "9" * 17, "1" * 5000, "１２", "1 000", "12.50\n", " 1",
            )
        ),
        *(
            pytest.param(RATE, wrong, "not-a-tax-rate", id=f"tax rate {wrong!r}")
            for wrong in ("13", "-0.1", "1.0001", "0.13000", "13%", "1e-2", "NaN")
        ),
        pytest.param(PRICE, 12.5, "not-a-string", id="a price that is a number"),
        pytest.param(RATE, None, "not-a-string", id="a tax rate of null"),
        pytest.param("/answers/plan", "x" * 21, "too-long", id="a text too long"),
        pytest.param("/answers/plan", "", "not-a-text", id="an empty text"),
        pytest.param("/answers/plan", "a\0b", "not-a-text", id="a text with NUL"),
        pytest.param("/answers/plan", "e\u0301", "not-nfc", id="a text not in normal form"),
        pytest.param("/answers/plan", "\ud800", "not-nfc", id="half a surrogate pair"),
        pytest.param("/answers/local", "Yes", "not-a-yes-no", id="neither yes nor no"),
        pytest.param("/answers/days", "1e3", "not-a-number", id="a number with exponent"),
        pytest.param("/answers/days", "1" * 19, "not-a-number", id="a number of 19 digits"),
        pytest.param("/answers/from", "2026-1-1", "not-a-date", id="a day written short"),
        pytest.param("/answers/from", "2026-02-30", "no-such-date", id="no such day"),
        pytest.param("/answers/grade", "b-1", "not-a-choice", id="a choice not offered"),
        pytest.param("/answers/more", "x", "unknown-field", id="an answer nobody asked for"),
        pytest.param("/more", "x", "unknown-field", id="an unknown field"),
        pytest.param("/prices/desk", {}, "unknown-field", id="an item of another lot"),
        pytest.param("/currency", "USD", "wrong-currency", id="another currency"),
        pytest.param("/total", "1412.50", "wrong-total", id="a total a cent too low"),
        pytest.param("/total_net", "1250.1", "not-an-amount", id="a total with a decimal missing"),
        pytest.param("/total", 1412.51, "not-a-string", id="a total that is a number"),
        pytest.param("/answers", [], "not-an-object", id="answers in a list"),
        pytest.param("/documents/technical", "../x.pdf", "unsafe-path", id="a path upwards"),
        pytest.param("/documents/technical", "a\\b", "unsafe-path", id="a backslash"),
        pytest.param("/documents/technical", "技" * 67, "path-too-long", id="a path of 201 bytes"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(pointer: str, value: Any, code: str) -> None:
    offer = changed(pointer, value)

    assert found(check(FORM, LOT, offer)) == [(code, pointer)]
    assert agrees(offer) == (code in BEYOND_SCHEMAS)


def test_every_fault_is_named_not_only_the_first() -> None:
    offer = {
        "answers": {"plan": 1, "nobody/asked": "x"},
        "prices": {"chairs": {"unit_price": "NaN"}, "carriage": "free"},
        "documents": {},
        "currency": "USD",
    }

    assert found(check(FORM, LOT, offer)) == [
        ("missing", "/total"),
        ("missing", "/total_net"),
        ("unknown-field", "/answers/nobody~1asked"),
        ("missing", "/answers/local"),
        ("missing", "/answers/days"),
        ("missing", "/answers/grade"),
        ("not-a-string", "/answers/plan"),
        ("missing", "/prices/chairs/tax_rate"),
        ("not-an-amount", "/prices/chairs/unit_price"),
        ("not-an-object", "/prices/carriage"),
        ("missing", "/documents/technical"),
        ("wrong-currency", "/currency"),
    ]


def test_every_fault_speaks_both_languages() -> None:
    for fault in check(FORM, LOT, changed(PRICE, "0")):
        assert fault.said("en") != fault.said("zh")


def test_a_lot_that_is_not_in_the_form_is_refused() -> None:
    assert found(check(FORM, "lot-9", an_offer())) == [("unknown-lot", "")]
    for ask in (lambda: totals(FORM, "lot-9", ENTERED), lambda: json_schema(FORM, "lot-9")):
        with pytest.raises(BadInput):
            ask()


# The schema says the same

texts = st.text(st.sampled_from(string.digits + ".-eEyesno/\\ab椅\u0301\n\0 "), max_size=22)
values: st.SearchStrategy[Any] = (
    texts | st.integers() | st.floats() | st.none() | st.just({}) | st.just(["x"])
)
places = st.sampled_from(
    [
        *("/answers", "/answers/plan", "/answers/local", "/answers/days", "/answers/from"),
        *("/answers/grade", "/answers/other", "/prices", "/prices/chairs", PRICE, RATE),
        *("/prices/chairs/other", "/total", "/total_net", "/currency", "/documents"),
        *("/documents/technical", "/documents/photos", "/other"),
    ]
)


@given(pointer=places, value=values)
def test_check_and_schema_agree_on_any_value_in_any_place(pointer: str, value: Any) -> None:
    offer = changed(pointer, value)

    codes = {fault.code for fault in check(FORM, LOT, offer)}

    if agrees(offer):
        assert codes <= BEYOND_SCHEMAS
    else:
        assert codes


anything = st.recursive(
    values,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*ENTERED, *ENTERED["answers"], "x"]), inner)
    ),
    max_leaves=10,
)


@given(anything)
def test_hostile_offers_get_a_verdict_from_both(offer: Any) -> None:
    assert check(FORM, LOT, offer)
    assert not agrees(offer)


def test_the_schema_is_itself_sound() -> None:
    Draft202012Validator.check_schema(json_schema(FORM, LOT))


# Fields and documents


def test_the_fields_of_an_offer_are_its_values_by_pointer() -> None:
    assert fields({"b": {"x/y": "1", "~": "2"}, "a": "3", "none": {}}) == [
        ("/a", "3"),
        ("/b/x~1y", "1"),
        ("/b/~0", "2"),
    ]


@pytest.mark.parametrize("value", [1, None, True, 1.5, ["x"]])
def test_a_field_that_is_no_string_is_refused(value: Any) -> None:
    with pytest.raises(BadInput) as refused:
        fields({"a": {"b": value}})

    assert found(list(refused.value.faults)) == [("not-a-string", "/a/b")]


def test_documents_are_held_to_type_size_and_presence() -> None:
    right = {"technical": ("application/pdf", 1_000)}
    wrong = {"photos": ("application/zip", 1_001), "more": ("image/png", 1)}

    assert documents_faults(FORM, LOT, right) == []
    assert found(documents_faults(FORM, LOT, wrong)) == [
        ("unknown-field", "/documents/more"),
        ("missing", "/documents/technical"),
        ("wrong-media-type", "/documents/photos"),
        ("file-too-large", "/documents/photos"),
    ]
    empty = {"technical": ("application/pdf", 0)}
    assert found(documents_faults(FORM, LOT, empty)) == [("empty-file", "/documents/technical")]


# The form itself


def test_a_sound_form_has_no_faults_and_one_canonical_text() -> None:
    assert faults_of_form(FORM) == []
    assert canonical(FORM)


def test_every_fault_of_a_form_is_named() -> None:
    form = copy.deepcopy(FORM)
    form["questions"][0]["max_length"] = None
    form["questions"][1] |= {"id": "plan", "text": {}}
    form["questions"][4]["choices"] = []
    form["documents"][0]["media_types"] = ["image/png"]
    form["prices"][1] |= {"lot": LOT, "minor_units": 2}

    assert found(faults_of_form(form)) == [
        ("repeated", "/questions/1/id"),
        ("max-length-for-text", "/questions/0/max_length"),
        ("no-text", "/questions/1/text"),
        ("choices-for-choice", "/questions/4/choices"),
        ("only-pdf-is-signed", "/documents/0/media_types"),
        ("repeated", "/prices/1/lot"),
        ("wrong-minor-units", "/prices/1/minor_units"),
    ]


@pytest.mark.parametrize(
    ("quantity"), ["0", "0.000", "-1", "1e3", "NaN", "9" * 13, "1.0000000", "1\n", ""]
)
def test_a_quantity_is_a_plain_number_above_zero(quantity: str) -> None:
    form = copy.deepcopy(FORM)
    form["prices"][0]["items"][0]["quantity"] = quantity

    assert found(faults_of_form(form)) == [("malformed-form", "/prices/0/items/0/quantity")]


@given(anything)
def test_what_is_no_form_gets_a_verdict(form: Any) -> None:
    assert [fault.code for fault in faults_of_form(form)] == ["malformed-form"]
    with pytest.raises(BadInput):
        check(form, LOT, {})
