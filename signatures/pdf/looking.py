"""Steps 4 to 12 for one signature field, in a guard of its own.

One bad signature decides about no other: what breaks in its analysis is its own finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pyhanko.pdf_utils.misc import PdfDecodeLimitError

from signatures.pdf.algorithms import described, weaknesses
from signatures.pdf.binding import accepted, bound_to, level_fault, signer_of, unproven
from signatures.pdf.catalogue import CATALOGUE, worst_first
from signatures.pdf.certification import Wishes
from signatures.pdf.chain import NoPath, Path, path_in_force, usage_fault
from signatures.pdf.changes import changes_after
from signatures.pdf.envelope import BrokenSignature, Envelope, extract, verify, weak_binding
from signatures.pdf.evidence import Store
from signatures.pdf.fields import SignatureField
from signatures.pdf.moments import (
    Question,
    best_moment,
    content_timestamps,
    judge_token,
    known_by,
    out_of_order,
    signature_timestamps,
)
from signatures.pdf.parsers import Document
from signatures.pdf.policy import Policy
from signatures.pdf.qualified import purposes_of, qualification
from signatures.pdf.rendering import Looks
from signatures.pdf.report import (
    Finding,
    Indication,
    SignatureFinding,
    TimestampFinding,
    Verdict,
)
from signatures.pdf.revocations import Instants, is_vouched_by, revocation
from signatures.pdf.source import Unjudgeable
from signatures.pdf.views import Signed


@dataclass(frozen=True)
class LookedInto:
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


def look_into(document: Document, field: SignatureField, policy: Policy) -> LookedInto:
    """Take steps 4 and 5 for one field, in a guard of its own."""
    envelope = None
    try:
        envelope = extract(document, field, policy.limits)
        verify(document, envelope)
    except BrokenSignature as broken:
        return LookedInto(field, envelope, broken.finding)
    except Exception as error:  # noqa: BLE001 - one field must not decide about the others
        return LookedInto(field, envelope, crash(error, 5 if envelope else 4))
    return LookedInto(field, envelope, None)


def document_timestamps(
    document: Document, looked_into: list[LookedInto], question: Question
) -> list[tuple[int, TimestampFinding]]:
    """Judge the document timestamps, each with the offset where its bytes end.

    The last is judged first: it proves that those which it covers were there.
    """
    found: list[tuple[int, TimestampFinding]] = []
    stamps = (one for one in looked_into if one.field.kind == "timestamp")
    for one in sorted(stamps, key=lambda one: -one.envelope.end if one.envelope else 0):
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
        over = [stamp for end, stamp in found if end > envelope.end]
        exists_by = known_by(over, question.received_at)
        judged = judge_token("document", envelope.signed_data, imprint, question, exists_by)
        found.append((envelope.end, judged))
    return found[::-1]


def order_of_times(
    looked_into: list[LookedInto],
    signatures: list[SignatureFinding],
    timestamps: list[tuple[int, TimestampFinding]],
    policy: Policy,
) -> list[Finding]:
    """Compare the times of all timestamps with those of the timestamps that they cover."""
    held = [one.envelope for one in looked_into if one.field.kind == "signature"]
    stamps: list[tuple[int, Sequence[TimestampFinding]]] = [
        (envelope.end, found.timestamps)
        for envelope, found in zip(held, signatures, strict=False)
        if envelope is not None
    ]
    stamps += [(end, (one,)) for end, one in timestamps]
    return out_of_order(stamps, stamps, policy.clock_skew)


def signature(
    one: LookedInto,
    looks: Looks,
    timestamps: list[tuple[int, TimestampFinding]],
    question: Question,
) -> SignatureFinding:
    """Take steps 6 and 8 to 12 for one signature, in a guard of its own."""
    try:
        return _signature(one, looks, timestamps, question)
    except Exception as error:  # noqa: BLE001 - an error in an analysis is UNDECIDED, never clean
        return unjudged(one.field.name, crash(error, 9))


def _signature(
    one: LookedInto,
    looks: Looks,
    timestamps: list[tuple[int, TimestampFinding]],
    question: Question,
) -> SignatureFinding:
    """Take steps 6 and 8 to 12 for one signature that steps 4 and 5 have taken out of the file."""
    envelope, policy = one.envelope, question.policy
    if envelope is None:
        assert one.fault is not None
        return unjudged(one.field.name, one.fault)
    findings: list[Finding] = [] if one.fault is None else [one.fault]
    findings += envelope.remarks

    changes, undrawn = _changes(looks, envelope.end)  # 6
    findings += undrawn
    if changes:
        what = "; ".join(changes)
        findings.append(Finding.of("changed-after-signing", field=one.field.name, what=what))

    over = [stamp for stamp in timestamps if stamp[0] > envelope.end]  # 10
    over_document = [t for _, t in over]
    own, before = [], []
    if one.fault is None:
        exists_by = known_by(over_document, question.received_at)
        own = signature_timestamps(envelope, question, exists_by)
        before = content_timestamps(envelope, looks.document.source, question, exists_by)
        covering = [(envelope.end, own), *((end, [t]) for end, t in over)]
        findings += out_of_order([(envelope.end - 1, before)], covering, policy.clock_skew)
    moment = best_moment(own, over_document if not changes else [], question.received_at)
    findings += [t.finding for t in (*own, *before) if t.finding is not None]

    findings += weaknesses(envelope.signer_info, envelope.certificate, at=moment.at)  # 8
    findings += weak_binding(envelope, at=moment.at)
    of_chain, path = _certificate(envelope, question, moment.at)  # 9, 11
    findings += of_chain
    signer = signer_of(envelope.certificate)
    bound_by = bound_to(signer, policy.suppliers)  # 12
    level = _level(own, over, path, question.store, moment.at)
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


def _certificate(
    envelope: Envelope, question: Question, at: datetime
) -> tuple[list[Finding], Path | None]:
    """Take steps 9 and 11: the chain, what the certificate is for, and revocations."""
    wrong_use = usage_fault(envelope.certificate)
    found = [] if wrong_use is None else [wrong_use]
    policy, store, certificate = question.policy, question.store, envelope.certificate
    anchors = accepted(question.anchors.signers, policy)
    counts = partial(question.anchors.counts, at=at, purposes=purposes_of(certificate))
    try:
        path = path_in_force(anchors, counts, certificate, envelope.others, store, at=at)
    except NoPath as no_path:
        return [*found, no_path.finding], None
    found += qualification(path, question.anchors, policy, at)
    known = revocation(
        path,
        envelope.others,
        store,
        when=Instants(at, question.received_at),
        required=policy.revocation != "if-available",
        freshness=policy.freshness,
    )
    found += [unproven(one) if policy.revocation == "now" else one for one in known]
    return found, path


def unjudged(name: str, finding: Finding) -> SignatureFinding:
    entry = CATALOGUE[finding.code]
    return SignatureFinding(name, entry.indication, entry.sub_indication, (finding,))


def _indication(findings: list[Finding]) -> Indication:
    order = [Indication.PASSED, Indication.INDETERMINATE, Indication.FAILED]
    return max((CATALOGUE[f.code].indication for f in findings), key=order.index, default=order[0])


def _sub_indication(findings: list[Finding]) -> str | None:
    decisive = _indication(findings)
    entries = (CATALOGUE[finding.code] for finding in worst_first(findings))
    return next((one.sub_indication for one in entries if one.indication is decisive), None)


def _level(
    own: list[TimestampFinding],
    over: list[tuple[int, TimestampFinding]],
    path: Path | None,
    store: Store,
    at: datetime,
) -> str:
    """Name the PAdES level that the file reaches (ETSI EN 319 142-1, 6); only what holds counts.

    What the file brings has to vouch for the signer's path, and an archive timestamp to cover it.
    """
    ends = [end for end, one in over if one.indication is Indication.PASSED]
    if not ends and all(one.indication is not Indication.PASSED for one in own):
        return "B-B"
    if path is None or not is_vouched_by(path, store.own_by(), at=at):
        return "B-T"
    covered = bool(ends) and is_vouched_by(path, store.own_by(max(ends)), at=at)
    return "B-LTA" if covered else "B-LT"


def crash(error: Exception, step: int) -> Finding:
    if isinstance(error, Unjudgeable):
        return error.finding
    if isinstance(error, RecursionError):
        return Finding.of("resource-count", what="nesting", limit=100)
    if isinstance(error, PdfDecodeLimitError):
        return Finding.of("resource-count", what="decoded bytes", limit=4)
    return Finding.of("crashed", step=step, error=type(error).__name__)
