"""The command says everything in English and in Chinese, under the same codes.

A sentence is a ``Text`` beside its rule. What the formats refuse has a code, and every code its
sentence in Chinese.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import client
from bidding.sealed.container import ContainerRefused
from bidding.sealed.unsealing import NotOpened
from client.explained import SAID, code_of, explained
from client.main import main
from client.output import Output, Stopped
from procurement.proof.age_keys import AgeError
from procurement.proof.canonical import NotCanonical
from procurement.proof.shapes import Malformed
from procurement.texts import Text
from tests.client.tender import Tender, done, make_tender

ROOT = Path(client.__file__).parents[1]
CLIENT = sorted((ROOT / "client").glob("*.py"))
FORMATS = [
    *(ROOT / "procurement" / "proof").glob("*.py"),
    *(ROOT / "bidding" / "sealed").glob("*.py"),
    *(ROOT / "tenders" / "panel").glob("*.py"),
    ROOT / "tenders" / "notice.py",
    ROOT / "client" / "proving.py",
]
RAISED = {  # what raises a code, and where among its arguments the code stands
    **dict.fromkeys(("BadNote", "BadCheckpoint", "NotCanonical", "Malformed", "malformed"), 0),
    **dict.fromkeys(("ContainerRefused", "NotOpened", "BadHistory", "BadShares"), 0),
    **dict.fromkeys(("HolderRefuses", "_refuse"), 0),
    "_require": 1,
}
SPOKEN = {
    "say": 0,
    "_say": 1,
    "each": 1,
    "ask": 0,
    "needs_extra": 0,
    "Stopped": 1,
    "Refused": 2,
    "refuse": 1,
}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).split(".")[-1], node


def codes_raised(path: Path) -> Iterator[str]:
    """Find every code that a module raises, written out in its source."""
    for name, call in calls(path):
        for code in call.args[RAISED.get(name, len(call.args)) :][:1]:
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield code.value


def age_errors(of: type[AgeError] = AgeError) -> Iterator[type[AgeError]]:
    yield of
    for kind in of.__subclasses__():
        yield from age_errors(kind)


def bare(word: ast.expr) -> bool:
    """Tell whether an argument is a sentence in one language only."""
    plain = isinstance(word, ast.Constant) and isinstance(word.value, str)
    return plain or isinstance(word, ast.JoinedStr | ast.BinOp)


def words_in(line: ast.expr) -> str:
    parts = line.values if isinstance(line, ast.JoinedStr) else [line]
    said = [part.value for part in parts if isinstance(part, ast.Constant)]
    return "".join(letter for letter in "".join(map(str, said)) if letter.isalpha())


# What the source says


def test_no_sentence_of_the_command_is_written_in_one_language_only() -> None:
    found = [
        f"{path.name}:{call.lineno}"
        for path in CLIENT
        for name, call in calls(path)
        if name in SPOKEN and any(map(bare, call.args[SPOKEN[name] :][:1]))
    ]

    assert found == []


def test_a_line_that_is_shown_as_it_is_has_no_words_of_ours() -> None:
    found = [
        f"{path.name}:{call.lineno}"
        for path in CLIENT
        for name, call in calls(path)
        if name == "show" and words_in(call.args[0])
    ]

    assert found == []


def test_every_code_that_a_format_raises_has_its_sentence() -> None:
    raised = {code for path in FORMATS for code in codes_raised(path)}
    raised |= {kind.code for kind in age_errors()}

    assert len(raised) > 100
    assert raised - SAID.keys() == set()


def test_no_sentence_is_kept_for_a_code_that_nothing_raises() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in FORMATS)

    assert [code for code in SAID if f'"{code}"' not in source] == []


# What a person reads


@pytest.mark.parametrize(
    ("error", "en", "zh"),
    [
        pytest.param(
            Malformed("missing-field", "The field 'lot' is missing", "/lot"),
            "The field 'lot' is missing (at /lot)",
            "缺少该字段（位置：/lot）",
            id="an object, with the place",
        ),
        pytest.param(
            NotCanonical("not-nfc", "The string is not in Unicode normal form C"),
            "The string is not in Unicode normal form C",
            "未采用 Unicode 规范形式 C",
            id="no place is known",
        ),
        pytest.param(
            ContainerRefused("unsafe-path", "../x"),
            "This path cannot be used (at ../x)",
            "文件路径不可用（位置：../x）",
            id="a container, which has only a code",
        ),
        pytest.param(
            FileNotFoundError(2, "No such file or directory", "keys.json"),
            "keys.json: there is no such file",
            "文件 keys.json：没有该文件",
            id="a file",
        ),
        pytest.param(
            NotOpened("of-tomorrow", "It is too new"),
            "It is too new (of-tomorrow)",
            "It is too new (of-tomorrow)",
            id="a code without a sentence",
        ),
    ],
)
def test_an_error_is_precise_in_english_and_known_in_chinese(
    error: Exception, en: str, zh: str
) -> None:
    assert (explained(error, "en"), explained(error, "zh")) == (en, zh)


def test_what_lies_beneath_an_error_is_said_as_well() -> None:
    error = NotOpened("wrong-content", "The file holds no share: A field is missing")
    error.__cause__ = Malformed("missing-field", "A field is missing", "/ctx")

    assert explained(error, "zh") == "内容与清单不符或不合格式：缺少该字段（位置：/ctx）"


def test_the_same_code_beneath_is_said_once() -> None:
    error = Malformed("not-hex", "Hex digits are needed", "")
    error.__cause__ = Malformed("not-hex", "Hex digits are needed", "/idx")

    assert code_of(error) == "not-hex"
    assert explained(error, "zh") == "此处须为规定长度的小写十六进制数（位置：/idx）"


def test_a_reason_to_stop_is_spoken_with_its_facts() -> None:
    text = Text("{path} is not what {who} names.", "{path} 与{who}所列不符。")
    stopped = Stopped("other", text, path="a.pdf", who=Text("the notice", "公告"))

    assert stopped.said("zh") == "a.pdf 与公告所列不符。"
    assert str(stopped) == "a.pdf is not what the notice names."


def test_any_chinese_is_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=False, lang="zh_CN.UTF-8").say(Text("You are present.", "您已到场。"))

    assert capsys.readouterr().out == "您已到场。\n"


@pytest.fixture
def tender(tmp_path: Path) -> Tender:
    return make_tender(tmp_path, closes_in=3600)


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        pytest.param(
            {"--lot": "lot-9"}, "no-such-envelope", "公告只要求 lot-1/offer。", id="our own rule"
        ),
        pytest.param(
            {"--bidder": "me"},
            "wrong-form",
            "写法不符合要求（位置：/bidder）。",
            id="a rule of the formats",
        ),
        pytest.param(
            {"--keyset": "/nowhere.json"},
            "file",
            "文件 /nowhere.json：没有该文件。",
            id="a file that is not there",
        ),
    ],
)
def test_a_program_gets_the_code_and_its_person_the_chinese_sentence(
    tender: Tender,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, str],
    code: str,
    message: str,
) -> None:
    tender.seal("north", "12.50")
    arguments = tender.sealing("south", tender.home / "north.json", tender.home / "north.pdf")
    options = [part for option in changed.items() for part in option]

    exit_code = main([*map(str, arguments), *options, "--lang", "zh", "--json"])

    told = json.loads(capsys.readouterr().err)
    assert (exit_code, told["code"], told["message"]) == (1, code, message)


def test_an_envelope_is_described_in_chinese(
    tender: Tender, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed = tender.seal("north", "12.50")
    capsys.readouterr()

    main(["inspect", str(sealed), "--lang", "zh"])

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{sealed}：信封清单 ")
    assert said[2].endswith("字节，与清单一致")
    assert done("inspect", sealed, "--lang", "zh")["rebuilt"] is False


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param((), "所给文件无法使用：文件 none.zip：没有该文件。", id="no bundle"),
        pytest.param(
            ("--signatures", "none"),
            "所给文件无法使用：信任锚目录无法使用（There is no anchors directory none）。",
            id="no anchors for signatures",
        ),
    ],
)
def test_what_cannot_be_verified_is_said_in_chinese(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], message: str
) -> None:
    exit_code = main(["verify", "none.zip", *options, "--lang", "zh", "--json"])

    assert (exit_code, json.loads(capsys.readouterr().err)["message"]) == (2, message)
