"""What could tell who asked is pointed out to people, who decide (requirement B13)."""

import pytest

from tenders.rules.redaction import alike, hints

NAMES = ("莲花工程有限公司", "Lotus Works Co., Ltd.", "李雷", "Ann", "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("请拨打138 0013 8000", [("telephone", "138 0013 8000")], id="a mobile"),
        pytest.param("请拨打１３８-００１３-８０００", [("telephone", "１３８-００１３-８０００")],
                     id="full width"),
        pytest.param("一三八零零一三八零零零", [("telephone", "一三八零零一三八零零零")],
                     id="digits in Chinese"),
        pytest.param("138\u200b00138000", [("telephone", "138\u200b00138000")],
                     id="a character without width"),
        pytest.param("电话 010-12345678", [("telephone", "010-12345678")], id="a landline"),
        pytest.param("客服 400-123-4567", [("telephone", "400-123-4567")], id="a service number"),
        pytest.param("call +49 30 1234567", [("telephone", "+49 30 1234567")], id="Germany"),
        pytest.param("06 12 34 56 78", [("telephone", "06 12 34 56 78")], id="France"),
        pytest.param("ann@lotus.example", [("e-mail", "ann@lotus.example")], id="an address"),
        pytest.param("ann (at) lotus.example", [("e-mail", "ann (at) lotus.example")],
                     id="an address, disguised"),
        pytest.param("see www.lotus.example/x", [("web-address", "www.lotus.example/x")],
                     id="a web address"),
        pytest.param("微信：lotus_works", [("account", "微信：lotus_works")], id="a messenger"),
        pytest.param("11010519491231002X", [("resident-id", "11010519491231002X")],
                     id="a resident identity number"),
        pytest.param("110105194912310021", [], id="a wrong check digit"),
        pytest.param("91350100M000100Y43", [("credit-code", "91350100M000100Y43")],
                     id="a unified social credit code"),
        pytest.param("91350100M000100Y44", [], id="a wrong check character"),
        pytest.param("DE89 3704 0044 0532 0130 00", [("iban", "DE89 3704 0044 0532 0130 00")],
                     id="an IBAN"),
        pytest.param("莲花工程的报价", [("name", "莲花工程")], id="a body by its short name"),
        pytest.param("LOTUS WORKS asks", [("name", "LOTUS WORKS")], id="whatever the case"),
        pytest.param("李雷问", [("name", "李雷")], id="a person"),
        pytest.param("The lotusworkshop", [], id="a part of another word"),
        pytest.param("An annual fee", [], id="a name too short to look for"),
        pytest.param("1 000 000 000 by 01.02.2026 10:00", [], id="an amount and a date"),
        pytest.param("CPV 39112000-0, GB/T 3976-2014", [], id="a classification and a standard"),
        pytest.param("", [], id="nothing"),
    ],
)  # fmt: skip
def test_it_is_pointed_out_where_it_stands(text: str, found: list[tuple[str, str]]) -> None:
    seen = [(hint.kind, text[hint.start : hint.end]) for hint in hints(text, NAMES)]

    assert seen == found


def test_questions_that_ask_the_same_are_found_in_either_language() -> None:
    texts = [
        "When is the site visit?", "when is the SITE visit ?", "Which colour?",
        "现场踏勘是什么时候？", "请问现场踏勘什么时候",
    ]  # fmt: skip

    assert alike(texts) == [[1], [0], [], [4], [3]]


@pytest.mark.parametrize("texts", [[], ["?"], ["?", "!"], ["a", "b"]])
def test_short_ones_break_nothing(texts: list[str]) -> None:
    assert len(alike(texts)) == len(texts)
