"""What a person reads of a report: four lines, and what stands behind each of them."""

import re
from dataclasses import dataclass

from procurement.texts import Text
from signatures.pdf.catalogue import CATALOGUE, PHRASES, message
from signatures.pdf.codes.shape import WHO, Message, Who
from signatures.pdf.phrases import quoted_in
from signatures.pdf.report import Finding, Report, SignatureFinding, Verdict

VERDICTS = {
    Verdict.VALID: Text("Signature valid", "签名有效"),
    Verdict.VALID_WITH_REMARKS: Text("Signature valid, with remarks", "签名有效，有备注"),
    Verdict.UNDECIDED: Text("Signature not decided yet", "签名尚未判定"),
    Verdict.INVALID: Text("Signature not valid", "签名无效"),
    Verdict.UNSIGNED: Text("Not signed", "未签名"),
}
CONSEQUENCES = {
    Verdict.VALID: Text("It would be taken in.", "可以提交。"),
    Verdict.VALID_WITH_REMARKS: Text(
        "It would be taken in; the remarks go with it.", "可以提交，备注将一并记录。"
    ),
    Verdict.UNDECIDED: Text(
        "It would be taken in, and checked again as soon as more is known.",
        "可以提交；待信息齐备后会再次验证。",
    ),
    Verdict.INVALID: Text(
        "As a bid form it would be refused, unless it is filed expressly at one’s own risk; then "
        "people decide.",
        "作为投标函将被拒收；若明示自担风险提交，则由评审人员决定。",
    ),
    Verdict.UNSIGNED: Text("As a bid form it would be refused.", "作为投标函将被拒收。"),
}
NOBODY = Text("Nobody", "无人")
CODES_PAGE = "/check/codes/"  # of the portal: every code, explained
IN_ORDER = Text("Everything that was checked is in order.", "所核验的内容均无问题。")
NOTHING_TO_DO = Text("Nothing has to be done.", "无须采取任何措施。")


@dataclass(frozen=True)
class FourLines:
    """The verdict and what follows from it, who signed, what was found, what to do and who."""

    verdict: Text
    consequence: Text
    signed_by: Text
    found: Text
    to_do: Text
    who: Text


def four_lines(report: Report) -> FourLines:
    """Say the worst that was found; the rest stands in the findings."""
    found, to_do, who = IN_ORDER, NOTHING_TO_DO, WHO[Who.NOBODY]
    if report.findings:
        found, to_do = said(report.findings[0])
        who = who_acts(report.findings[0].code)
    return FourLines(
        verdict=VERDICTS[report.verdict],
        consequence=CONSEQUENCES[report.verdict],
        signed_by=signers(report),
        found=found,
        to_do=to_do,
        who=who,
    )


def said(finding: Finding) -> tuple[Text, Text]:
    """Say what was found, and what is to be done about it."""
    en, zh = message(finding, "en"), message(finding, "zh")
    return Text(f"{en.title}. {en.text}", f"{zh.title}。{zh.text}"), Text(en.action, zh.action)


def who_acts(code: str) -> Text:
    """Say whose move it is."""
    return WHO[CATALOGUE[code].who]


def explained(code: str) -> Text:
    """Say what was checked, what it usually comes from, what becomes of it, and by when."""
    return Text(CATALOGUE[code].en.help, CATALOGUE[code].zh.help)


def in_detail(finding: Finding) -> Text:
    """Explain a finding, and quote what a library said itself, for whoever looks into the file."""
    help_ = explained(finding.code)
    words = [one for name, fact in finding.facts if name in PHRASES for one in quoted_in(fact)]
    if not words:
        return help_
    en, zh = ("; ".join(f"“{one}”" for one in words), "；".join(f"“{one}”" for one in words))
    return Text(
        f"{help_.en} In the words of the program that read it: {en}.",
        f"{help_.zh}读取程序的原文：{zh}。",
    )


def link_to(code: str) -> str:
    """Give where the portal explains a code: a path on the site."""
    return f"{CODES_PAGE}#{code}"


def in_general(code: str) -> tuple[Text, Text, Text]:
    """Say title, what was found and what to do as they stand for every file, without its facts."""
    both = zip(_without_facts(CATALOGUE[code].en), _without_facts(CATALOGUE[code].zh), strict=True)
    title, found, to_do = (Text(en, zh) for en, zh in both)
    return title, found, to_do


def _without_facts(said: Message) -> tuple[str, str, str]:
    text, action = (re.sub(r"\{\w+\}", "…", one) for one in (said.text, said.action))
    return said.title, text, action


def signers(report: Report) -> Text:
    """Name whoever signed, each with the level and the day that is proven."""
    named = [named_signer(one) for one in report.signatures if one.signer is not None]
    return Text("; ".join(named), "；".join(named)) if named else NOBODY


def named_signer(one: SignatureFinding) -> str:
    """Name one signer: ``Lotus Works (B-T, 2026-11-24)``."""
    assert one.signer is not None
    day = "" if one.proven_at is None else f", {one.proven_at:%Y-%m-%d}"
    return f"{one.signer.organisation or one.signer.name} ({one.level or '–'}{day})"
