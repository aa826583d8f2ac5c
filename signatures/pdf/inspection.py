"""What a signer is told before signing: everything that the verifier would hold against the PDF."""

from signatures.pdf.active import active_content, listed_attachments
from signatures.pdf.bounds import check_bounds, words_of
from signatures.pdf.catalogue import CATALOGUE
from signatures.pdf.fields import find_fields
from signatures.pdf.outside import shown_from_outside
from signatures.pdf.parsers import parsed
from signatures.pdf.policy import Policy
from signatures.pdf.report import Finding, Verdict
from signatures.pdf.source import Source, Unjudgeable
from signatures.pdf.twice import read_in_two_ways


def pages_of(pdf: bytes) -> int | None:
    """Count the pages of a PDF; None for what cannot be read as one."""
    source = Source(pdf)
    try:
        with parsed(source, Policy().limits) as document:
            return document.pages
    except Unjudgeable:
        return None


def faults_before_signing(pdf: bytes, policy: Policy | None = None) -> list[Finding]:
    """Take steps 1, 2, 3 and 7 and return what would keep a signature from being VALID."""
    policy = policy or Policy()
    source = Source(pdf, words=words_of(policy.limits))
    try:
        check_bounds(source, policy.limits)
        with parsed(source, policy.limits) as document:
            fields = find_fields(document, policy.limits)
            listed_attachments(document, policy)
            found = [finding for _, finding in fields.unjudged] + active_content(document, policy)
            found += [*shown_from_outside(document), *read_in_two_ways(document)]
    except Unjudgeable as unjudgeable:
        return [unjudgeable.finding]
    except RecursionError:
        return [Finding.of("resource-count", what="nesting", limit=policy.limits.nesting)]
    return [f for f in found if CATALOGUE[f.code].verdict is not Verdict.VALID_WITH_REMARKS]
