"""An object has one text (RFC 8785, narrowed); a reader refuses every other text of it."""

import json
import unicodedata
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from procurement.proof.canonical import (
    JSON,
    MAX_DEPTH,
    MAX_INTEGER,
    NotCanonical,
    canonical,
    digest,
    parse,
    sha256_hex,
)
from tests.proof import peers

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "canonical.json").read_bytes())

nfc = st.text(st.characters(exclude_categories=["Cs"])).map(
    lambda text: unicodedata.normalize("NFC", text)
)
keys = st.text(st.characters(max_codepoint=127))
values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | nfc,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.parametrize("vector", VECTORS["accepted"], ids=lambda found: found["name"])
def test_an_accepted_text_is_read_and_written_alike(vector: dict[str, str]) -> None:
    text = bytes.fromhex(vector["hex"])

    assert canonical(parse(text)) == text
    assert digest(parse(text)) == sha256_hex(text) == vector["sha256"]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda found: found["name"])
def test_every_other_text_is_refused_by_name(vector: dict[str, str]) -> None:
    with pytest.raises(NotCanonical) as refused:
        parse(bytes.fromhex(vector["hex"]))

    assert refused.value.code == vector["code"]


@given(values)
def test_what_is_written_is_read_back(value: JSON) -> None:
    assert parse(canonical(value)) == value


@given(st.binary(max_size=60))
@example(b'{"a":1}')
def test_hostile_bytes_give_a_verdict(data: bytes) -> None:
    try:
        value = parse(data)
    except NotCanonical:
        return

    assert canonical(value) == data


@given(values)
def test_a_second_spelling_of_the_same_value_is_refused(value: JSON) -> None:
    text = canonical(value)
    other = json.dumps(value, indent=1).encode()

    if other != text:
        with pytest.raises(NotCanonical):
            parse(other)


def test_javascript_writes_the_same_text() -> None:
    texts = [bytes.fromhex(vector["hex"]) for vector in VECTORS["accepted"]]

    answers = peers.ask(*(["stringify", json.loads(text)] for text in texts))

    assert [answer.encode() for answer in answers] == texts


@pytest.mark.parametrize(
    ("value", "code", "where"),
    [
        pytest.param({"a": [1, 0.5]}, "not-an-integer", "/a/1", id="a fraction"),
        pytest.param({"a/b~": 2**53}, "integer-too-large", "/a~1b~0", id="two to the 53rd"),
        pytest.param([-(2**53)], "integer-too-large", "/0", id="and below zero"),
        pytest.param({"preis": "cafe\u0301"}, "not-nfc", "/preis", id="a decomposed accent"),
        pytest.param({"价": 1}, "key-not-ascii", "", id="a Chinese key"),
        pytest.param({1: 1}, "key-not-ascii", "", id="a key that is a number"),
        pytest.param(["\ud800"], "lone-surrogate", "/0", id="half a character"),
        pytest.param((1, 2), "not-json", "", id="a tuple"),
        pytest.param({"a": b""}, "not-json", "/a", id="bytes"),
    ],
)
def test_a_value_without_a_text_is_refused_where_it_stands(
    value: JSON, code: str, where: str
) -> None:
    with pytest.raises(NotCanonical) as refused:
        canonical(value)

    assert (refused.value.code, refused.value.where) == (code, where)


def test_nesting_ends_where_it_is_said_to() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH

    assert canonical(parse(deepest)) == deepest
    with pytest.raises(NotCanonical, match="containers inside"):
        parse(b"[" + deepest + b"]")
    with pytest.raises(NotCanonical, match="containers inside"):
        parse(b"[" * 1_000_000)


def test_a_value_that_contains_itself_is_refused() -> None:
    endless: list[JSON] = []
    endless.append(endless)

    with pytest.raises(NotCanonical, match="containers inside"):
        canonical(endless)


def test_a_text_over_the_limit_is_not_even_read() -> None:
    with pytest.raises(NotCanonical) as refused:
        parse(b'"' + b"a" * 100 + b'"', max_bytes=101)

    assert refused.value.code == "too-large"


def test_a_named_string_is_written_as_its_value() -> None:
    class Verb(StrEnum):
        CLOSED = "bids.closed"

    assert canonical({"verb": Verb.CLOSED}) == b'{"verb":"bids.closed"}'


def test_keys_are_sorted_as_bytes() -> None:
    assert canonical({"b": 1, "a-b": 2, "a": 3, "B": 4}) == b'{"B":4,"a":3,"a-b":2,"b":1}'
