"""Is this PDF signed, by whom, as of when: thirteen steps, in order, and one report.

``judge`` never raises on hostile bytes. A fault in a file is a finding; a crash of ours is the
finding ``crashed``, which decides nothing. The same bytes, policy, anchors and instant give the
same report, byte for byte.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from signatures.pdf.active import active_content, listed_attachments
from signatures.pdf.anchors import Anchors
from signatures.pdf.binding import missing_signatures, wrong_certificate
from signatures.pdf.bounds import check_bounds, words_of
from signatures.pdf.catalogue import CATALOGUE, verdict_of, worst_first
from signatures.pdf.certification import wishes_of
from signatures.pdf.evidence import known, left_out
from signatures.pdf.fields import Fields, find_fields
from signatures.pdf.garbage import left_alone
from signatures.pdf.hybrid import check_hybrid
from signatures.pdf.looking import (
    crash,
    document_timestamps,
    look_into,
    order_of_times,
    signature,
    unjudged,
)
from signatures.pdf.moments import Question
from signatures.pdf.outside import shown_from_outside
from signatures.pdf.parsers import Document, parsed
from signatures.pdf.policy import Policy
from signatures.pdf.printing import unsigned
from signatures.pdf.removed import removed_signatures
from signatures.pdf.rendering import Looks
from signatures.pdf.report import (
    Attachment,
    Finding,
    Indication,
    Report,
    SignatureFinding,
    TimestampFinding,
    Verdict,
)
from signatures.pdf.software import software
from signatures.pdf.source import Source, Unjudgeable, opened
from signatures.pdf.twice import read_in_two_ways

# What no step does yet. It stands in every report, by number and name.
NOT_CHECKED: tuple[str, ...] = ()
STEPS = tuple(range(1, 14))


def judge(file: Path | bytes, *, policy: Policy, anchors: Anchors, at: datetime) -> Report:
    """Judge the signatures of one PDF as of ``at``, the instant at which it was received.

    Revocation data is what the file brings and what ``anchors`` holds; nothing is ever fetched.

    :raises OSError: when there is no file to read. No bytes raise anything.
    """
    with left_alone(), opened(file, words_of(policy.limits)) as source:
        blank = blank_report(source.sha256, source.length, policy, anchors, at)
        trail = _Trail()
        try:
            return _judged(source, blank, policy, anchors, trail)
        except Unjudgeable as unjudgeable:
            return stopped(blank, unjudgeable.finding, trail.step)
        except Exception as error:  # noqa: BLE001 - hostile bytes get a verdict, whatever they broke
            return stopped(blank, crash(error, trail.step), trail.step)


def blank_report(
    sha256: str, length: int, policy: Policy, anchors: Anchors, at: datetime
) -> Report:
    """Open a report: everything that a verdict depends on, and no verdict yet."""
    return Report(
        file_sha256=sha256,
        file_bytes=length,
        verdict=Verdict.UNDECIDED,
        findings=(),
        not_checked=NOT_CHECKED,
        at=at,
        anchors_digest=anchors.digest,
        policy_digest=policy.digest,
        software=software(),
    )


def stopped(blank: Report, finding: Finding, step: int) -> Report:
    """Close a report at a step that could not be passed; the later ones were not checked."""
    later = tuple(f"{number}" for number in STEPS if number > step)
    return replace(
        blank,
        verdict=CATALOGUE[finding.code].verdict,
        findings=(finding,),
        not_checked=(*blank.not_checked, *later),
    )


@dataclass
class _Trail:
    """The step that is being taken, so that a crash can say where it happened."""

    step: int = 1


def _judged(
    source: Source, blank: Report, policy: Policy, anchors: Anchors, trail: _Trail
) -> Report:
    check_bounds(source, policy.limits)  # 1
    trail.step = 2
    with parsed(source, policy.limits) as document:
        check_hybrid(document)
        trail.step = 3
        fields = find_fields(document, policy.limits)
        trail.step = 4
        looked_into = [look_into(document, field, policy) for field in fields.filled]
        trail.step = 6
        wishes = wishes_of(document, [(o.envelope.end, o.field) for o in looked_into if o.envelope])
        signed = [s for one in looked_into if (s := one.signed(wishes))]
        looks = Looks(document, signed, policy.limits)
        question = Question(anchors, known(document, anchors, policy.limits), policy, blank.at)
        timestamps = document_timestamps(document, looked_into, question)
        signatures = [
            signature(one, looks, timestamps, question)
            for one in looked_into
            if one.field.kind == "signature"
        ]
        signatures += [unjudged(name, finding) for name, finding in fields.unjudged]
        trail.step = 7
        content = [*wishes.findings, *active_content(document, policy)]
        content += [*shown_from_outside(document), *read_in_two_ways(document)]
        content += removed_signatures(document, len(fields.filled), policy.limits)
        content += left_out(question.store)
        content += order_of_times(looked_into, signatures, timestamps, policy)
        attachments = listed_attachments(document, policy)
        trail.step = 13
        findings = _document_findings(document, fields, signatures, timestamps, content, policy)
        return _closed(
            blank, findings, signatures, [t for _, t in timestamps], attachments, document.pages
        )


def _closed(
    blank: Report,
    findings: list[Finding],
    signatures: list[SignatureFinding],
    timestamps: list[TimestampFinding],
    attachments: tuple[Attachment, ...],
    pages: int,
) -> Report:
    return replace(
        blank,
        verdict=verdict_of(findings),
        findings=worst_first(findings),
        signatures=tuple(signatures),
        document_timestamps=tuple(timestamps),
        attachments=attachments,
        pages=pages,
    )


def _document_findings(
    document: Document,
    fields: Fields,
    signatures: list[SignatureFinding],
    timestamps: list[tuple[int, TimestampFinding]],
    content: list[Finding],
    policy: Policy,
) -> list[Finding]:
    """Take steps 12 and 13 over all signatures, and gather what the document's verdict rests on."""
    findings = [finding for signature in signatures for finding in signature.findings]
    findings += [t.finding for _, t in timestamps if t.finding is not None]
    findings += [*fields.remarks, *content]
    if not signatures:
        return [unsigned(document), *findings]
    good = [s for s in signatures if s.indication is Indication.PASSED]
    if policy.supplier is not None:
        bound = [s for s in good if s.bound_by is not None]
        strangers = [s.signer for s in good if s.bound_by is None and s.signer is not None]
        if bound:
            findings += [Finding.of("co-signed", signer=s.organisation) for s in strangers]
        else:
            findings += [wrong_certificate(stranger) for stranger in strangers]
        good = bound
    if verdict_of(findings) in (Verdict.VALID, Verdict.VALID_WITH_REMARKS):
        findings += missing_signatures([one.signer for one in good], policy)
    return findings
