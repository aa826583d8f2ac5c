"""Every code a report can carry: what it decides, and how it is said to the person who has to act.

The entries stand in ``signatures.pdf.codes``, one module for each section. Facts in braces are
filled from the finding. Nothing here is a bare term of ETSI EN 319 102-1; the sub-indication beside
a code is for machines.
"""

import re
from collections.abc import Iterable

from procurement.texts import Text
from signatures.pdf.codes.certificates import CERTIFICATES
from signatures.pdf.codes.content import CONTENT
from signatures.pdf.codes.files import FILES
from signatures.pdf.codes.parts import PARTS
from signatures.pdf.codes.revocation import REVOCATION
from signatures.pdf.codes.shape import Entry, Message
from signatures.pdf.codes.signatures import SIGNATURES
from signatures.pdf.codes.timestamps import TIMESTAMPS
from signatures.pdf.phrases import said_in
from signatures.pdf.report import Finding, Verdict

SECTIONS: tuple[tuple[Text, dict[str, Entry]], ...] = (
    (Text("The file", "文件"), FILES),
    (Text("Signed at all, and by whom", "是否签名、由谁签名"), PARTS),
    (Text("The signature", "签名"), SIGNATURES),
    (Text("The certificate", "数字证书"), CERTIFICATES),
    (Text("Revocation", "证书吊销"), REVOCATION),
    (Text("Timestamps", "时间戳"), TIMESTAMPS),
    (Text("What else is in the file", "文件中的其他内容"), CONTENT),
)
CATALOGUE: dict[str, Entry] = {
    code: entry for _, entries in SECTIONS for code, entry in entries.items()
}
_ATTRIBUTE = re.compile(r"(?:^|(?<=; ))[A-Z][A-Za-z ]+: ")  # as in "Common Name: "
PHRASES = ("what", "kind", "usage", "algorithm", "error")  # facts that are words, not names


class _Silent(dict[str, str]):
    """Facts that a template asks for and a finding does not have are shown as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def message(finding: Finding, language: str = "en") -> Message:
    """Return the sentences for a finding in ``en`` or ``zh``, with its facts filled in."""
    chosen = _spoken(CATALOGUE[finding.code], language)
    facts = _Silent({name: _fact(name, fact, language) for name, fact in finding.facts})
    text, action = (one.format_map(facts) for one in (chosen.text, chosen.action))
    return Message(chosen.title, text, action, chosen.help)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Return the worst verdict among the findings, VALID where there is none."""
    order = list(Verdict)
    return max((CATALOGUE[f.code].verdict for f in findings), key=order.index, default=order[0])


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by what they decide, keep their order otherwise, and drop repetitions."""
    order = list(Verdict)
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: -order.index(CATALOGUE[f.code].verdict)))


def _spoken(entry: Entry, language: str) -> Message:
    return entry.zh if language.startswith("zh") else entry.en


def _fact(name: str, fact: str, language: str) -> str:
    """Say a fact that is words in the reader's language; a code among them by its title.

    Of an issuer only the values are said, which are the same in every language.
    """
    if name == "issuer":
        return _ATTRIBUTE.sub("", fact)
    if name not in PHRASES:
        return fact
    if fact in CATALOGUE:
        title = _spoken(CATALOGUE[fact], language).title
        return title[:1].lower() + title[1:]
    return said_in(language, fact)
