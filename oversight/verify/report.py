"""What the verifier says: a verdict, what it proved and did not, what is wrong or odd."""

from dataclasses import dataclass, field
from enum import StrEnum

from procurement.proof.canonical import JSON
from procurement.texts import Text, say

SHOWN = 200  # characters of what a bundle says; it may be hostile


class Verdict(StrEnum):
    """What a bundle is worth."""

    AUTHENTIC = "AUTHENTIC"  # by the anchors that were given
    CONSISTENT_NOT_AUTHENTICATED = "CONSISTENT_NOT_AUTHENTICATED"  # by keys it brings itself
    BROKEN = "BROKEN"  # something in it contradicts the rules, or itself


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a stable code, where it is, what should be there and what is."""

    code: str
    where: str
    expected: str
    found: str

    def to_json(self) -> dict[str, JSON]:
        """Write the finding, with no more of the bundle than a person can read."""
        return {
            "code": self.code,
            "where": self.where[:SHOWN],
            "expected": self.expected[:SHOWN],
            "found": self.found[:SHOWN],
        }


@dataclass(frozen=True)
class Remark(Finding):
    """Something that somebody should read, and that breaks nothing."""


class Broken(Exception):  # noqa: N818 - reads as the verdict it is
    """Something that is so wrong that nothing that rests on it can be looked at."""

    def __init__(self, code: str, where: str, expected: str, found: str) -> None:
        super().__init__(f"{code} at {where}: {found}, not {expected}")
        self.finding = Finding(code, where, expected, found)


@dataclass(frozen=True)
class Said:
    """One sentence of the report."""

    code: str
    text: Text
    facts: dict[str, str | int] = field(default_factory=dict)

    def said(self, lang: str) -> str:
        """Speak the sentence in the reader's language."""
        return say(self.text, self.facts, lang)

    def to_json(self) -> dict[str, JSON]:
        """Write the sentence in both languages."""
        return {"code": self.code, "text": {"en": self.said("en"), "zh": self.said("zh")}}


@dataclass(frozen=True)
class Report:
    """Everything that is to be said about one bundle."""

    verdict: Verdict
    proved: tuple[Said, ...]
    not_proved: tuple[Said, ...]
    findings: tuple[Finding, ...]
    remarks: tuple[Remark, ...] = ()

    def to_json(self) -> dict[str, JSON]:
        """Write the report for programs."""
        return {
            "verdict": self.verdict.value,
            "proved": [one.to_json() for one in self.proved],
            "not_proved": [one.to_json() for one in self.not_proved],
            "findings": [one.to_json() for one in self.findings],
            "remarks": [one.to_json() for one in self.remarks],
        }
