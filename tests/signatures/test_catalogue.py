"""Every code says in two languages what was found and what to do, and decides one verdict."""

import re
import string

import pytest

from signatures.pdf.catalogue import CATALOGUE, message, verdict_of, worst_first
from signatures.pdf.codes.shape import WHO, Who
from signatures.pdf.report import Finding, Indication, Verdict


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_code_speaks_both_languages_about_the_same_facts(code: str) -> None:
    entry = CATALOGUE[code]
    fields = []
    for said in (entry.en, entry.zh):
        texts = (said.title, said.text, said.action)
        assert all(texts)
        named = {f for text in texts for _, f, _, _ in string.Formatter().parse(text) if f}
        fields.append(named)

    assert fields[0] == fields[1]
    assert any("\u4e00" <= c <= "\u9fff" for c in entry.zh.title)


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_code_is_explained_in_two_to_four_sentences_without_facts(code: str) -> None:
    entry = CATALOGUE[code]

    assert 2 <= len(re.findall(r"[.?!](?= [A-Z]|$)", entry.en.help)) <= 4
    assert 2 <= len(re.findall(r"[。？！]", entry.zh.help)) <= 5
    assert "{" not in entry.en.help + entry.zh.help
    assert not re.search(r"[A-Z]{3,}_[A-Z]", entry.en.help + entry.en.text)  # no sub-indication


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_code_names_who_must_act_and_nobody_for_remarks_that_ask_for_nothing(code: str) -> None:
    entry = CATALOGUE[code]

    assert entry.who in WHO
    if entry.verdict is Verdict.VALID_WITH_REMARKS:
        assert entry.who in (Who.NOBODY, Who.AGENCY)
    else:
        assert entry.who is not Who.NOBODY


@pytest.mark.parametrize("code", CATALOGUE)
def test_only_a_remark_passes(code: str) -> None:
    entry = CATALOGUE[code]

    assert (entry.verdict is Verdict.VALID_WITH_REMARKS) == (entry.indication is Indication.PASSED)


def test_the_worst_finding_decides_and_comes_first() -> None:
    findings = [Finding.of("co-signed"), Finding.of("wall-clock"), Finding.of("revoked")]

    assert verdict_of(findings) is Verdict.INVALID
    assert [f.code for f in worst_first(findings)] == ["revoked", "wall-clock", "co-signed"]
    assert verdict_of([]) is Verdict.VALID


def test_facts_out_of_a_hostile_file_are_plain_text() -> None:
    finding = Finding.of("wrong-certificate", signer="A\x1b[31m\ud800{0}" + "x" * 1000)

    said = message(finding).text

    assert "\x1b" not in said
    assert "\ud800" not in said
    assert "{0}" in said
    assert len(said) < 500
