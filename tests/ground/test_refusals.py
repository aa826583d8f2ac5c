"""Every refusal speaks English and Chinese, about the same facts, under a code of its own."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError

from procurement.constraint_refusals import refusal_for
from procurement.refusals import Conflict, Fault, Refusal, WrongState
from procurement.texts import Text, placeholders, say

ROOMS = [
    "procurement",
    "tenders",
    "signatures",
    "bidding",
    "awards",
    "oversight",
    "api",
    "portal",
    "client",
]
ROOT = Path(__file__).parents[2]


def refusals(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for found in of.__subclasses__():
        yield found
        yield from refusals(found)


def whole_house() -> None:
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not module.name.endswith(("wsgi", "__main__")):  # they act when imported
                importlib.import_module(module.name)


def written_texts() -> Iterator[tuple[str, list[str]]]:
    """Find every ``Text(…)`` in the source, with its sentences."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Text":
                    words = [*node.args, *(keyword.value for keyword in node.keywords)]
                    sentences = [word.value for word in words if isinstance(word, ast.Constant)]
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", [*map(str, sentences)]


def test_every_refusal_has_a_code_a_status_and_a_title_in_both_languages() -> None:
    whole_house()

    for refusal in refusals():
        assert "code" in vars(refusal), refusal
        assert "title" in vars(refusal), refusal
        assert refusal.code == refusal.code.lower().replace("_", "-"), refusal
        assert 400 <= refusal.status < 600, refusal
        assert refusal.title.en, refusal
        assert refusal.title.zh, refusal


def test_no_two_refusals_share_a_code() -> None:
    whole_house()

    codes = [refusal.code for refusal in refusals()]

    assert sorted(codes) == sorted(set(codes))


def test_both_languages_of_every_text_in_the_house_name_the_same_facts() -> None:
    found = list(written_texts())

    assert len(found) > 50
    for where, sentences in found:
        if len(sentences) == 2:  # others are put together at run time
            en, zh = sentences
            assert placeholders(en) == placeholders(zh), where
            assert en, where
            assert zh, where


def test_chinese_texts_are_chinese() -> None:
    for where, sentences in written_texts():
        if len(sentences) != 2:
            continue
        words = re.search("[A-Za-z]", re.sub(r"\{[^}]*\}", "", sentences[0]))
        if words:  # what is all facts and signs needs no Chinese
            assert any("\u4e00" <= letter <= "\u9fff" for letter in sentences[1]), where


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", "2 of 3"), ("zh", "3 个中的 2 个"), ("zh-hans", "3 个中的 2 个"), ("fr", "2 of 3")],
)
def test_a_text_is_spoken_in_the_readers_language(lang: str, sentence: str) -> None:
    text = Text("{k} of {n}", "{n} 个中的 {k} 个")

    assert say(text, {"k": 2, "n": 3}, lang) == sentence


def test_a_fact_may_be_a_text_and_is_spoken_too() -> None:
    refusal = WrongState(action=Text("publish", "发布"), state=Text("closed", "已截止"))

    assert refusal.said("en") == "“publish” is not possible in the state “closed”."
    assert refusal.said("zh-hans") == "在“已截止”状态下不能执行“发布”。"


def test_a_refusal_says_its_detail_and_every_fault() -> None:
    fault = Fault("late", Text("{days} days are too few", "{days} 天太短"), {"days": 3}, "/x")
    refusal = Conflict(Text("Think again", "请再考虑"), faults=[fault])

    assert refusal.said("en") == (
        "This contradicts something that already stands. Think again. 3 days are too few."
    )
    assert refusal.said("zh") == "这与已有内容相冲突。请再考虑。3 天太短。"


def test_a_database_error_of_no_known_constraint_is_no_refusal() -> None:
    assert refusal_for(DatabaseError("away")) is None
