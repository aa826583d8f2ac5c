"""Every object of the protocol is read in one way only, and its schema says the same."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from procurement.proof.canonical import canonical
from procurement.proof.formats import path_of
from procurement.proof.notes import Verifier
from procurement.proof.shapes import Malformed, Statement
from tests.vectors.samples import AGENCY, SIGNERS, bid, close, everything, keyset, notice

ROOT = Path(__file__).parents[2]
SAMPLES = [pytest.param(sample, id=type(sample).__name__) for sample in everything()]


def schema_of(sample: Statement) -> Draft202012Validator:
    return Draft202012Validator(json.loads((ROOT / path_of(sample.TYPE)).read_text()))


def test_there_is_a_sample_of_every_format() -> None:
    shown = {ROOT / path_of(sample.TYPE) for sample in everything()}

    assert set((ROOT / "docs/formats").glob("*.json")) <= shown


@pytest.mark.parametrize("sample", SAMPLES)
def test_an_object_is_read_back_from_its_own_bytes(sample: Statement) -> None:
    assert type(sample).read(sample.canonical()) == sample


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_schema_accepts_what_the_reader_accepts(sample: Statement) -> None:
    schema_of(sample).validate(sample.to_json())


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_missing_field_is_refused_by_name(sample: Statement) -> None:
    for name in sample.to_json():
        without = {key: value for key, value in sample.to_json().items() if key != name}

        with pytest.raises(Malformed) as refused:
            type(sample).of(without)

        assert refused.value.where == f"/{name}"
        assert not schema_of(sample).is_valid(without)


@pytest.mark.parametrize("sample", SAMPLES)
def test_an_unknown_field_is_refused(sample: Statement) -> None:
    more = {**sample.to_json(), "surprise": 1}

    with pytest.raises(Malformed, match="surprise"):
        type(sample).of(more)

    assert not schema_of(sample).is_valid(more)


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("wrong", [1.5, [], "", {"a": 1}, -1, True], ids=repr)
def test_a_field_of_the_wrong_kind_is_refused_as_the_schema_does(
    sample: Statement, wrong: object
) -> None:
    for name in sample.to_json():
        changed = {**sample.to_json(), name: wrong}
        valid = schema_of(sample).is_valid(changed)

        try:
            type(sample).of(changed)  # type: ignore[arg-type]
            read = True
        except Malformed as refused:
            read = refused.code in RULES_BESIDE_THE_SCHEMA

        assert read == valid, name


# What a schema cannot say: how fields go together, and one event type with three forms.
RULES_BESIDE_THE_SCHEMA = {
    *("no-envelope", "wrong-count", "quorum-too-large", "wrong-version"),
    *("offer-of-strings", "other-fields"),
}


def test_an_instant_without_a_zone_is_refused() -> None:
    value = {**notice().to_json(), "closes_at": "2026-03-02T09:00:00"}

    with pytest.raises(Malformed) as refused:
        type(notice()).of(value)

    assert (refused.value.code, refused.value.where) == ("not-an-instant", "/closes_at")


def test_a_note_is_opened_only_when_every_named_key_signed_it() -> None:
    note = notice().sign(AGENCY)

    agency = Verifier.parse(AGENCY.verifier)
    timekeeper = Verifier.parse(SIGNERS["timekeeper"].verifier)

    assert type(notice()).open(note, agency) == notice()
    with pytest.raises(Malformed, match="timekeeper"):
        type(notice()).open(note, agency, timekeeper)


def refused_with(statement: Statement, **changes: object) -> str:
    with pytest.raises(Malformed) as refused:
        type(statement).of({**statement.to_json(), **changes})  # type: ignore[dict-item]
    return refused.value.code


def test_nobody_stands_twice_in_a_keyset() -> None:
    openers = keyset().to_json()["openers"]
    assert isinstance(openers, list)
    same_person = [{**opener, "person": openers[0]["person"]} for opener in openers]
    same_key = [{**opener, "recipient": openers[0]["recipient"]} for opener in openers]

    assert refused_with(keyset(), openers=same_person) == "same-person"
    assert refused_with(keyset(), openers=same_key) == "same-key"
    assert refused_with(keyset(), k=4) == "no-spare"
    assert refused_with(keyset(), openers=openers[::-1]) == "wrong-order"


def test_a_gate_before_the_deadline_is_refused() -> None:
    early = [{"lot": "lot-1", "envelope": "offer", "not_before": "2026-03-02T08:59:59.999999Z"}]

    assert refused_with(notice(), gates=early) == "gate-too-early"


def test_a_first_bid_supersedes_nothing_and_a_second_names_the_first() -> None:
    assert refused_with(bid(), supersedes="0" * 64) == "wrong-version"
    assert replace(bid(), bid_version=2).check() is None, "nothing, after a withdrawal"


def test_a_closed_set_is_counted_and_sorted() -> None:
    closed = close(bids=3).to_json()["bids"]
    assert isinstance(closed, list)

    assert refused_with(close(bids=3), count=2) == "wrong-count"
    assert refused_with(close(bids=3), bids=closed[::-1]) == "not-sorted"
    assert refused_with(close(bids=3), bids=[closed[0], closed[0], closed[1]]) == "not-sorted"


def test_a_type_cannot_be_read_as_another() -> None:
    with pytest.raises(Malformed) as refused:
        type(keyset()).read(canonical(notice().to_json()))

    assert refused.value.where == "/type"
