"""What the judge found, as faults of a refusal."""

from procurement.refusals import Fault
from procurement.texts import Text
from signatures.pdf.catalogue import message
from signatures.pdf.report import Finding


def fault_of(finding: Finding, pointer: str = "") -> Fault:
    """Say a finding of the catalogue as a fault: title, what was found, what to do."""
    en, zh = (message(finding, language) for language in ("en", "zh"))
    said = f"{en.title}. {en.text} {en.action}", f"{zh.title}。{zh.text}{zh.action}"
    return Fault(finding.code, Text(*map(_literal, said)), pointer=pointer)


def _literal(sentence: str) -> str:
    """Write a finished sentence as a text that names no facts."""
    return sentence.replace("{", "{{").replace("}", "}}")
