"""Is this PDF signed, by whom, as of when: thirteen steps, in order, and one report.

``judge`` never raises on hostile bytes. A fault in a file is a finding; a crash of ours is the
finding ``crashed``, which decides nothing. The same bytes, policy, anchors and instant give the
same report, byte for byte.
"""

import hashlib
import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from pyhanko.pdf_utils.misc import PdfDecodeLimitError

from signatures.pdf.active import active_content, listed_attachments
from signatures.pdf.algorithms import VERSION as ALGORITHMS
from signatures.pdf.algorithms import described, weaknesses
from signatures.pdf.anchors import Anchors
from signatures.pdf.binding import (
    accepted,
    bound_to,
    level_fault,
    missing_signatures,
    signer_of,
    unproven,
    wrong_certificate,
)
from signatures.pdf.bounds import check_bounds, words_of
from signatures.pdf.catalogue import CATALOGUE, verdict_of, worst_first
from signatures.pdf.certification import Wishes, wishes_of
from signatures.pdf.chain import NoPath, path_in_force, usage_fault
from signatures.pdf.changes import changes_after
from signatures.pdf.envelope import BrokenSignature, Envelope, extract, verify, weak_binding
from signatures.pdf.evidence import Store, known, left_out
from signatures.pdf.fields import Fields, SignatureField, find_fields
from signatures.pdf.garbage import left_alone
from signatures.pdf.hybrid import check_hybrid
from signatures.pdf.moments import Question, best_moment, judge_token, signature_timestamps
from signatures.pdf.outside import shown_from_outside
from signatures.pdf.parsers import Document, parsed
from signatures.pdf.policy import Policy
from signatures.pdf.printing import unsigned
from signatures.pdf.qualified import purposes_of, qualification
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
from signatures.pdf.revocations import Instants, revocation
from signatures.pdf.source import Source, Unjudgeable, opened
from signatures.pdf.twice import read_in_two_ways
from signatures.pdf.views import Signed

# What no step does yet. It stands in every report, by number and name.
NOT_CHECKED: tuple[str, ...] = ()
STEPS = tuple(range(1, 14))
CODE_SHOWN = 12  # hex digits of the digest of the judge's own code


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
            return stopped(blank, _crash(error, trail.step), trail.step)


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


@cache
def software() -> str:
    """Name the versions that a verdict depends on, the code of this judge among them."""
    names = ("daylight-procurement", "pyHanko", "pyhanko-certvalidator", "pikepdf", "pypdfium2")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in names]
    return ", ".join([*versions, f"algorithms {ALGORITHMS}", f"judge {_code()[:CODE_SHOWN]}"])


def _code() -> str:
    """Hash the sources of this package: a release says nothing of code between two releases."""
    folder, found = Path(__file__).parent, hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


@dataclass
class _Trail:
    """The step that is being taken, so that a crash can say where it happened."""

    step: int = 1


@dataclass(frozen=True)
class _Judged:
    """One field that was looked into: its envelope when it is one, or why it is none."""

    field: SignatureField
    envelope: Envelope | None
    fault: Finding | None  # steps 4 and 5

    def signed(self, wishes: Wishes) -> Signed | None:
        """Return what step 6 has to know about it.

        One that nobody could judge is no change behind the others: it is undecided itself.
        """
        if self.envelope is None:
            return None
        fault = self.fault and CATALOGUE[self.fault.code].verdict
        return Signed(
            self.field.name,
            self.field.kind,
            self.field.reference,
            self.field.value,
            self.envelope.end,
            fault in (None, Verdict.UNDECIDED),
            wishes.after(self.field),
        )


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
        looked_into = [_look_into(document, field, policy) for field in fields.filled]
        trail.step = 6
        wishes = wishes_of(document, [(o.envelope.end, o.field) for o in looked_into if o.envelope])
        signed = [s for one in looked_into if (s := one.signed(wishes))]
        looks = Looks(document, signed, policy.limits)
        question = Question(anchors, known(document, anchors, policy.limits), policy, blank.at)
        timestamps = _document_timestamps(document, looked_into, question)
        signatures = [
            _guarded(one, partial(_signature, one, looks, timestamps, question))
            for one in looked_into
            if one.field.kind == "signature"
        ]
        signatures += [_unjudged(name, finding) for name, finding in fields.unjudged]
        trail.step = 7
        content = [*wishes.findings, *active_content(document, policy)]
        content += [*shown_from_outside(document), *read_in_two_ways(document)]
        content += removed_signatures(document, len(fields.filled), policy.limits)
        content += left_out(question.store)
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


def _look_into(document: Document, field: SignatureField, policy: Policy) -> _Judged:
    """Take steps 4 and 5 for one field, in a guard of its own."""
    envelope = None
    try:
        envelope = extract(document, field, policy.limits)
        verify(document, envelope)
    except BrokenSignature as broken:
        return _Judged(field, envelope, broken.finding)
    except Exception as error:  # noqa: BLE001 - one field must not decide about the others
        return _Judged(field, envelope, _crash(error, 5 if envelope else 4))
    return _Judged(field, envelope, None)


def _document_timestamps(
    document: Document, looked_into: list[_Judged], question: Question
) -> list[tuple[int, TimestampFinding]]:
    """Judge the document timestamps, each with the offset where its bytes end."""
    found: list[tuple[int, TimestampFinding]] = []
    for one in looked_into:
        if one.field.kind != "timestamp":
            continue
        if one.envelope is None or one.fault is not None:
            fault = one.fault or Finding.of("broken-signature", what=one.field.name)
            if CATALOGUE[fault.code].verdict is Verdict.INVALID:
                fault = Finding.of("timestamp-broken", authority=one.field.name, what=fault.code)
            sub = CATALOGUE[fault.code].sub_indication
            failed = CATALOGUE[fault.code].indication
            found.append((0, TimestampFinding("document", None, "", failed, sub, fault)))
            continue
        envelope = one.envelope
        imprint = partial(envelope.file_digest, document.source)
        judged = judge_token("document", envelope.signed_data, imprint, question)
        found.append((envelope.end, judged))
    return found


def _guarded(one: _Judged, judged: Callable[[], SignatureFinding]) -> SignatureFinding:
    try:
        return judged()
    except Exception as error:  # noqa: BLE001 - an error in an analysis is UNDECIDED, never clean
        return _unjudged(one.field.name, _crash(error, 9))


def _signature(
    one: _Judged,
    looks: Looks,
    timestamps: list[tuple[int, TimestampFinding]],
    question: Question,
) -> SignatureFinding:
    """Take steps 6 and 8 to 12 for one signature that steps 4 and 5 have taken out of the file."""
    envelope, policy = one.envelope, question.policy
    if envelope is None:
        assert one.fault is not None
        return _unjudged(one.field.name, one.fault)
    findings: list[Finding] = [] if one.fault is None else [one.fault]
    findings += envelope.remarks

    changes, undrawn = _changes(looks, envelope.end)  # 6
    findings += undrawn
    if changes:
        what = "; ".join(changes)
        findings.append(Finding.of("changed-after-signing", field=one.field.name, what=what))

    own = signature_timestamps(envelope, question) if one.fault is None else []  # 10
    over_document = [t for end, t in timestamps if end > envelope.end]
    moment = best_moment(own, over_document if not changes else [], question.received_at)
    findings += [t.finding for t in own if t.finding is not None]

    findings += weaknesses(envelope.signer_info, envelope.certificate, at=moment.at)  # 8
    findings += weak_binding(envelope, at=moment.at)
    findings += _certificate(envelope, question, moment.at)  # 9, 11
    signer = signer_of(envelope.certificate)
    bound_by = bound_to(signer, policy.suppliers)  # 12
    level = _level(own, over_document, question.store)
    asked = policy.supplier is None or bound_by is not None
    if asked and (too_low := level_fault(level, policy)):  # 13
        findings.append(too_low)

    return SignatureFinding(
        field=one.field.name,
        indication=_indication(findings),
        sub_indication=_sub_indication(findings),
        findings=worst_first(findings),
        signer=signer,
        covers_whole_file=envelope.end == looks.document.source.length,
        changes=changes,
        proven_at=moment.at,
        time_source=moment.source,
        level=level,
        algorithm=described(envelope.signer_info, envelope.certificate),
        bound_by=bound_by,
        timestamps=tuple(own),
    )


def _changes(looks: Looks, end: int) -> tuple[tuple[str, ...], list[Finding]]:
    """Name what was changed behind a signature: by its objects, else by how its pages look."""
    changes = changes_after(looks.document, end, looks.signed)
    if changes or end == looks.document.source.length:
        return changes, []
    try:
        return looks.differences(end), []
    except Unjudgeable as unjudgeable:
        return (), [unjudgeable.finding]


def _certificate(envelope: Envelope, question: Question, at: datetime) -> list[Finding]:
    """Take steps 9 and 11: the chain, what the certificate is for, and revocations."""
    wrong_use = usage_fault(envelope.certificate)
    found = [] if wrong_use is None else [wrong_use]
    policy, store, certificate = question.policy, question.store, envelope.certificate
    anchors = accepted(question.anchors.signers, policy)
    counts = partial(question.anchors.counts, at=at, purposes=purposes_of(certificate))
    try:
        path = path_in_force(anchors, counts, certificate, envelope.others, store, at=at)
    except NoPath as no_path:
        return [*found, no_path.finding]
    found += qualification(path, question.anchors, policy, at)
    known = revocation(
        path,
        envelope.others,
        store,
        when=Instants(at, question.received_at),
        required=policy.revocation != "if-available",
        freshness=policy.freshness,
    )
    return found + [unproven(one) if policy.revocation == "now" else one for one in known]


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


def _unjudged(name: str, finding: Finding) -> SignatureFinding:
    entry = CATALOGUE[finding.code]
    return SignatureFinding(name, entry.indication, entry.sub_indication, (finding,))


def _indication(findings: list[Finding]) -> Indication:
    order = [Indication.PASSED, Indication.INDETERMINATE, Indication.FAILED]
    return max((CATALOGUE[f.code].indication for f in findings), key=order.index, default=order[0])


def _sub_indication(findings: list[Finding]) -> str | None:
    decisive = _indication(findings)
    entries = (CATALOGUE[finding.code] for finding in worst_first(findings))
    return next((one.sub_indication for one in entries if one.indication is decisive), None)


def _level(own: list[TimestampFinding], over_document: list[TimestampFinding], store: Store) -> str:
    """Name the PAdES level that the file reaches (ETSI EN 319 142-1, 6); only what holds counts."""
    over_document = [one for one in over_document if one.indication is Indication.PASSED]
    if not over_document and all(one.indication is not Indication.PASSED for one in own):
        return "B-B"
    if not store.travelled:
        return "B-T"
    return "B-LTA" if over_document else "B-LT"


def _crash(error: Exception, step: int) -> Finding:
    if isinstance(error, Unjudgeable):
        return error.finding
    if isinstance(error, RecursionError):
        return Finding.of("resource-count", what="nesting", limit=100)
    if isinstance(error, PdfDecodeLimitError):
        return Finding.of("resource-count", what="decoded bytes", limit=4)
    return Finding.of("crashed", step=step, error=type(error).__name__)
