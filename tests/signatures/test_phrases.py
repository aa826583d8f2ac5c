"""A Chinese sentence has no English in it: every phrase that the judge puts into one has Chinese.

The phrases are gathered from the judge's own code, so who adds one without Chinese fails here.
"""

import string
from pathlib import Path

import pytest

from signatures.pdf.catalogue import CATALOGUE, message
from signatures.pdf.codes.facts import ENGLISH, FACTS
from signatures.pdf.phrases import TABLE, is_known, quoted_in, said_changes, said_in
from signatures.pdf.report import Finding
from signatures.pdf.told import explained, in_detail, said
from tests.signatures.phrases import ROOT, phrases_in

# Modules that say nothing about a file: they speak to operators and signers, or hold sentences.
ASIDE = {
    *("anchors.py", "frozen.py", "policy.py", "elsewhere.py", "remote_keys.py", "token_keys.py"),
    *("appearance.py", "signing.py", "told.py", "catalogue.py", "phrases.py"),
}
# What the others hold and never put into a finding.
NOT_SAID = {
    *("/Reference is a short array", "a dictionary is expected", "a level is 1, 2 or 3"),
    "an action is All, Include or Exclude",  # these four become: what … allows cannot be read
    "this metadata is not read",  # becomes: the metadata cannot be compared
    "the certificate validator wanted to wait for something",
    "the file became shorter while it was read",
    *("Microsoft Print to PDF", "algorithms 7", "judge 7", "stream <.*>", "the file"),
    "in a visible area of a certified document",  # stands inside another phrase
    r"\((?:.*?object (\d+) (\d+)|trailer)[^)]*\): dictionary has duplicated key",  # qpdf's words
}
JUDGING = sorted(one for one in (ROOT / "signatures/pdf").glob("*.py") if one.name not in ASIDE)


@pytest.mark.parametrize("module", JUDGING, ids=lambda one: one.stem)
def test_every_phrase_that_the_code_can_say_has_chinese(module: Path) -> None:
    assert [one for one in phrases_in(module) - NOT_SAID if not is_known(one)] == []


def test_a_new_phrase_is_found_wherever_it_stands(tmp_path: Path) -> None:
    module = tmp_path / "new.py"
    module.write_text(
        'def f(x):\n    "A docstring is not said."\n'
        '    raise Wrong(f"object {x} sings a song")\n    g(what="songs")\n    h("/Key")\n'
    )

    assert phrases_in(module) == {"object 7 sings a song", "songs"}


@pytest.mark.parametrize("phrase", TABLE)
def test_a_phrase_keeps_its_numbers_and_names_in_chinese(phrase: str) -> None:
    names, said = (
        {f for _, f, _, _ in string.Formatter().parse(one) if f} for one in (phrase, TABLE[phrase])
    )

    assert names == said
    filled = phrase.format_map(dict.fromkeys(names, "7"))
    assert is_known(filled)


@pytest.mark.parametrize(
    ("fact", "chinese"),
    [
        pytest.param("page 1; object 14", "第 1 页；对象 14", id="several changes"),
        pytest.param(
            "the appearance of A of B overwrites object 7",
            "“A of B”的外观覆盖了对象 7",
            id="one phrase inside another",
        ),
        pytest.param(
            "page 3; EOL marker not found",
            "第 3 页；缺少行结束标记",
            id="a stranger's words that are known",
        ),
        pytest.param("XFA, media", "XFA 表单、多媒体", id="a list"),
        pytest.param("/ByteRange 0 1 2 3", "/ByteRange 0 1 2 3", id="names and numbers only"),
    ],
)
def test_facts_are_said_in_chinese(fact: str, chinese: str) -> None:
    assert said_in("zh", fact) == chinese
    assert said_in("en", fact) == fact


@pytest.mark.parametrize(
    ("words", "en", "zh"),
    [
        pytest.param(
            "unable to find xref table: gave up", "its table of objects is damaged", "对象表已损坏",
            id="of the table of objects",
        ),
        pytest.param(
            "error decoding stream data for obj 4 0", "data in it is damaged", "数据已损坏",
            id="of packed data",
        ),
        pytest.param(
            "Error parsing asn1crypto.cms.ContentInfo - method should have been constructed",
            "the data of a signature is damaged", "签名数据已损坏", id="of a signature",
        ),
        pytest.param(
            "list index out of range", "something in it is not written as it must be",
            "内容写法不规范", id="of an object",
        ),
        pytest.param(
            "this was not foreseen by anybody", "a program could not read it to the end",
            "程序未能完整读取", id="of whatever kind",
        ),
    ],
)  # fmt: skip
def test_a_library_s_words_are_no_part_of_a_sentence_in_either_language(
    words: str, en: str, zh: str
) -> None:
    """Only the kind of fault is said; the words stand apart, as a detail."""
    finding = Finding.of("broken", what=words)

    found, _ = said(finding)

    assert (said_in("en", words), said_in("zh", words)) == (en, zh)
    assert words not in found.en + found.zh
    assert in_detail(finding).en.endswith(f" In the words of the program that read it: “{words}”.")
    assert in_detail(finding).zh.endswith(f"读取程序的原文：“{words}”。")
    assert dict(finding.facts)["what"] == words  # the report keeps them
    inside = f"its field cannot be read ({words})"
    assert said_in("en", inside) == f"its field cannot be read ({en})"
    assert said_in("zh", inside) == f"签名域无法读取（{zh}）"
    assert quoted_in(inside) == [words]


@pytest.mark.parametrize(
    "fact", ["page 1; object 14", "/ByteRange 0 1 2 3", "EOL marker not found", "ValueError"]
)
def test_where_no_library_speaks_nothing_is_quoted(fact: str) -> None:
    finding = Finding.of("broken", what=fact)

    assert quoted_in(fact) == []
    assert in_detail(finding) == explained("broken")
    assert said_in("en", fact) == fact


def test_what_a_certificate_is_for_is_said_in_words_in_both_languages() -> None:
    assert ENGLISH.keys() <= FACTS.keys()
    assert said_in("en", "server_auth, unheard_of") == "web servers, unheard_of"


def test_the_facts_of_a_finding_stay_as_they_are_and_are_said_in_the_reader_s_language() -> None:
    finding = Finding.of("changed-after-signing", field="page 1", what="page 2 looks different")

    assert dict(finding.facts)["what"] == "page 2 looks different"
    assert "page 2 looks different" in message(finding, "en").text
    chinese = message(finding, "zh").text
    assert "第 2 页的显示内容已变" in chinese
    assert "“page 1”" in chinese  # a name out of the file is no phrase


def test_a_code_inside_a_sentence_is_said_by_its_title() -> None:
    finding = Finding.of("timestamp-broken", authority="A", what="content-altered")

    assert "the signed content was altered" in message(finding, "en").text
    assert CATALOGUE["content-altered"].zh.title in message(finding, "zh").text


def test_an_issuer_is_named_without_the_english_names_of_its_attributes() -> None:
    issuer = "Common Name: Lotus CA; Organization: Lotus: Trust"

    said = message(Finding.of("issuer-not-accepted", signer="A", issuer=issuer), "zh").text

    assert "由 Lotus CA; Lotus: Trust 颁发" in said


def test_changes_of_a_signature_are_said_in_both_languages() -> None:
    said = said_changes(("page 1", "object 2"))

    assert said == ("page 1; object 2", "第 1 页；对象 2")
