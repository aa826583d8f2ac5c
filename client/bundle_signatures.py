"""``daylight verify --signatures``: what a bundle records about signatures, judged again.

The recorded reports say which files were found sound, as of when, and who signed. Each of these
files is judged anew by the anchors that are given: forms, withdrawals, the notice, and what was
inside the sealed bids. So is every time-stamp on a checkpoint. A report that comes with what it
rests on is made again from exactly that (``client.bundle_evidence``). Whether the signer is the
supplier stays the word of the record: what a supplier enrolled is told by the policy alone.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import cms, crl

from awards.statements import AwardDecision, Proposal
from client.bundle_evidence import again
from oversight.verify.bundle import (
    CHECKPOINTS,
    FORMS,
    NOTICE_PDF,
    NOTICES,
    checkpoint_path,
    mandate_path,
)
from oversight.verify.case import Case
from oversight.verify.checking import Check
from oversight.verify.papers import mandates_named
from oversight.verify.recorded import Recorded, reports
from oversight.verify.reopening import enclosed_files
from oversight.verify.report import Finding
from oversight.verify.sealed_papers import newest_papers
from procurement.proof.canonical import sha256_hex
from procurement.proof.sealed_papers import DECISION, FORM, MINUTES, RECEIPT, SealedCopy
from signatures.pdf.anchors import Anchors
from signatures.pdf.evidence import Store
from signatures.pdf.judge import judge
from signatures.pdf.moments import Question, judge_token
from signatures.pdf.policy import Policy
from signatures.pdf.report import ACCEPTED, Indication, Report, SignatureFinding


def checks(anchors: Path) -> tuple[Check, ...]:
    """Give the checks that need pyHanko.

    :raises AnchorsUnreadable: when the directory holds no anchors.
    """
    known = Anchors.from_directory(anchors)
    return (
        Check("signatures", lambda case: signatures_hold(case, known)),
        *again(_files),
        Check("papers-judged", lambda case: papers_hold(case, known), _has_papers),
        Check("timestamps", lambda case: timestamps_hold(case, known), _has_tokens),
    )


def signatures_hold(case: Case, anchors: Anchors) -> Iterator[Finding]:
    """Every file that was recorded as sound is sound as of then, by the signer recorded."""
    recorded = reports(case)
    with tempfile.TemporaryDirectory() as folder:
        for sha256, file in _files(case, Path(folder)):
            for report in recorded.get(sha256, ()):
                if report.verdict in ACCEPTED:
                    yield from _judged_again(file, report, anchors)


def papers_hold(case: Case, anchors: Anchors) -> Iterator[Finding]:
    """Every mandate and every paper of the platform is soundly signed, and carries what it must.

    A mandate is judged as of when it was recorded, a seal as of when the bundle was made.
    """
    with tempfile.TemporaryDirectory() as folder:
        for paper, given in mandates_named(case).items():
            path = mandate_path(paper)
            with case.bundle.copied(path, Path(folder)) as file:
                report = judge(file, policy=Policy(), anchors=anchors, at=given.recorded_at)
            carried = [one.sha256 for one in report.attachments]
            if report.verdict not in ACCEPTED:
                yield Finding("mandate-signature", path, "sound", ", ".join(report.codes))
            elif carried != [given.mandate]:
                yield Finding("other-mandate", path, given.mandate, ", ".join(carried))
        for path, one in newest_papers(case).items():
            if path in case.bundle:
                with case.bundle.copied(path, Path(folder)) as file:
                    at = case.bundle.index.made_at
                    report = judge(file, policy=Policy(), anchors=anchors, at=at)
                yield from _sealed(case, path, one.copy, report)


def _sealed(case: Case, path: str, copy: SealedCopy, report: Report) -> Iterator[Finding]:
    """The platform's seal is the last signature and holds; inside lies what the paper is about."""
    told = reports(case).get(copy.about, ()) if copy.kind == FORM else ()
    signers = max((len(one.signers) for one in told), default=0)
    if len(report.signatures) <= signers or not _holds(report.signatures[-1]):
        yield Finding("platform-seal", path, "a seal that holds", ", ".join(report.codes))
    expected = sorted(_carried(case, path, copy))
    found = sorted(one.sha256 for one in report.attachments)
    if expected and found != expected:
        yield Finding("other-content", path, ", ".join(expected), ", ".join(found))


def _carried(case: Case, path: str, copy: SealedCopy) -> list[str]:
    """Name what a paper carries inside. A form is bound by its first bytes."""
    if copy.kind == RECEIPT:
        stored = case.objects.get(copy.about)
        return [sha256_hex(((stored and stored.note) or "").encode())]
    if copy.kind == DECISION:
        proposal = case.object(AwardDecision, copy.about, path).proposal
        return [copy.about, proposal, case.object(Proposal, proposal, path).ranking]
    return [copy.about] if copy.kind == MINUTES else []


def _holds(signature: SignatureFinding) -> bool:
    return signature.indication is Indication.PASSED and not signature.changes


def _has_papers(case: Case) -> bool:
    return bool(mandates_named(case) or newest_papers(case))


def timestamps_hold(case: Case, anchors: Anchors) -> Iterator[Finding]:
    """Every token is about its checkpoint, by an authority of the anchors."""
    for path in case.bundle.paths(CHECKPOINTS, ".tsr"):
        size = int(Path(path).stem)
        if size not in case.checkpoints:
            yield Finding("missing-file", path, checkpoint_path(size), "none")
            continue
        text = case.checkpoints[size].checkpoint.text()
        found = _token_fault(case.bundle.read(path), text, anchors)
        if found:
            yield Finding("time-stamp", path, "a token over this checkpoint", found)


def _has_tokens(case: Case) -> object:
    return case.bundle.paths(CHECKPOINTS, ".tsr")


def _files(case: Case, folder: Path) -> Iterator[tuple[str, Path]]:
    """Copy out every signed file, one at a time."""
    signed = (path for folder in (NOTICES, FORMS) for path in case.bundle.paths(folder, ".pdf"))
    for path in (NOTICE_PDF, *signed):
        with case.bundle.copied(path, folder) as file:
            yield case.bundle.sha256[path], file
    yield from enclosed_files(case, folder)


def _judged_again(file: Path, recorded: Recorded, anchors: Anchors) -> Iterator[Finding]:
    report = judge(file, policy=Policy(), anchors=anchors, at=recorded.at)
    if report.verdict not in ACCEPTED:
        yield Finding("signature", recorded.path, "sound", ", ".join(report.codes))
    elif _signers(report) != recorded.signers:
        yield Finding("other-signer", recorded.path, str(recorded.signers), str(_signers(report)))


def _signers(report: Report) -> tuple[str, ...]:
    return tuple(sorted(one.signer.certificate_sha256 for one in report.signatures if one.signer))


def _token_fault(token: bytes, text: bytes, anchors: Anchors) -> str:
    try:
        signed = cms.ContentInfo.load(token)["content"]
        question = Question(anchors, _store(anchors), Policy(), datetime.now(UTC))
        # Its authority may have ended when the bundle is read. Later checkpoints hold the earlier.
        made_at = signed["encap_content_info"]["content"].parsed["gen_time"].native
        found = judge_token("document", signed, lambda name: _hashed(name, text), question, made_at)
    except (ValueError, TypeError, KeyError) as error:
        return str(error)
    return (
        "" if found.indication is Indication.PASSED else str(found.finding and found.finding.code)
    )


def _store(anchors: Anchors) -> Store:
    lists = tuple(crl.CertificateList.load(der, strict=True) for der in anchors.crls)
    return Store((), lists, ())


def _hashed(name: str, text: bytes) -> bytes:
    return hashlib.new(name, text).digest()
