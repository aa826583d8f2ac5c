"""What the judge found, as faults of a refusal."""

from procurement.refusals import Fault, Help
from procurement.texts import Text
from signatures.pdf.catalogue import message
from signatures.pdf.report import Finding
from signatures.pdf.told import explained, link_to, who_acts


def fault_of(finding: Finding, pointer: str = "") -> Fault:
    """Say a finding of the catalogue as a fault: title, what was found, what to do, and who."""
    en, zh = (message(finding, language) for language in ("en", "zh"))
    who = who_acts(finding.code)
    said = (
        f"{en.title}. {en.text} {en.action} Who must act: {who.en.lower()}.",
        f"{zh.title}。{zh.text}{zh.action}由谁处理：{who.zh}。",
    )
    return Fault(finding.code, Text(*map(_literal, said)), pointer=pointer, help=help_of(finding))


def help_of(finding: Finding) -> Help:
    """Give what stands behind a finding, and where it is explained."""
    return Help(who_acts(finding.code), explained(finding.code), link_to(finding.code))


def _literal(sentence: str) -> str:
    """Write a finished sentence as a text that names no facts."""
    return sentence.replace("{", "{{").replace("}", "}}")
