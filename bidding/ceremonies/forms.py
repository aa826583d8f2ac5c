"""Signed forms on their way in: read to a file, compared, judged, and kept.

A bid form and a withdrawal go the same way. Nothing of it happens inside a transaction, and
nothing is promised before the form lies in the vault.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from bidding.actions.arrivals import take_ticket
from bidding.actions.filing import JudgedForm
from bidding.models import Arrival, Bid
from bidding.queries_consortia import policy_for, who_must_sign
from bidding.rules.deadline import spoken
from procurement.actors import Actor
from procurement.incoming import Incoming
from procurement.proof.basis import Basis
from procurement.refusals import Refusal, TemporarilyUnavailable
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import CHUNK_BYTES, SEALED, VaultUnavailable
from signatures.faults import fault_of
from signatures.pdf.attachments import AttachmentsUnreadable, embedded_files
from signatures.pdf.policy import MIB, Limits
from signatures.pdf.report import ACCEPTED, Finding, Report, Verdict
from signatures.queries_frozen import basis_of
from signatures.service import check

LARGEST_FORM = 20 * MIB
CONTENT_STEP = "7"  # of the judge: what the file carries; not taken where it could not be read
RETRY_SECONDS = 2  # sooner than elsewhere: the grace after a deadline is short
_NOT_KEPT = Text(
    "Your request is noted as arrived at {arrived_at}, but the signed form could not be stored. "
    "Send the same form again: its first arrival counts",
    "已记录您的请求于 {arrived_at} 到达，但签名文件未能保存。"
    "请重新发送同一文件，以首次到达时间为准",
)
_EMBEDDED = Limits(attachments=10, attachment_bytes=MIB)  # a bid object has a thousand bytes


class FormRefused(Refusal):
    """Raise with one fault for each finding of the catalogue."""

    code, status = "form-refused", 409
    title = Text("The signed form cannot be accepted", "签名文件无法接受")


class FormNotKept(TemporarilyUnavailable):
    """The vault is away. The ticket stays, and counts for the same form sent again."""

    code = "form-not-kept"
    title = Text("The signed form could not be kept", "签名文件未能保存")

    def __init__(self, arrived_at: datetime) -> None:
        super().__init__(_NOT_KEPT, retry_after=RETRY_SECONDS, arrived_at=spoken(arrived_at))


@dataclass(frozen=True)
class Received:
    """A signed form that has arrived whole, and the ticket that says when."""

    file: Path
    sha256: str
    arrival: Arrival

    def after(self, now: datetime) -> datetime:
        """Give the request's instant, but none before the ticket's, which the database gave."""
        return max(now, self.arrival.at)


@dataclass(frozen=True)
class Judged:
    """What the signatures of a form are worth, and of whom they were asked for."""

    report: Report
    basis: Basis
    asked: tuple[UUID, ...]

    @property
    def signed_for(self) -> tuple[UUID, ...]:
        """Name the suppliers whose signatures hold."""
        return self.asked if self.report.verdict in ACCEPTED else ()


@contextmanager
def received(
    body: Incoming, *, bid: Bid, what: str, at_own_risk: bool, by: Actor
) -> Iterator[Received]:
    """Take a ticket and read a form to a temporary file, which is gone afterwards.

    Who announces the digest of the form has the ticket at once, and the bytes follow. Without it
    the ticket waits for the last byte: only then it is certain what arrived.
    """

    def ticket(sha256: str) -> Arrival:
        return take_ticket(bid=bid, by=by, what=what, form_sha256=sha256, at_own_risk=at_own_risk)

    arrival = ticket(body.announced) if body.announced else None
    with tempfile.NamedTemporaryFile(prefix="daylight-form-", suffix=".pdf") as file:
        while chunk := body.read(CHUNK_BYTES):
            file.write(chunk)
        file.flush()
        yield Received(Path(file.name), body.sha256(), arrival or ticket(body.sha256()))


def judged(form: Received, *, inside: bytes, bid: Bid, now: datetime) -> Judged:
    """Judge a form as of its arrival, by what the signers of the bidder are known by.

    A process of its own looks at the file first; what it cannot read is not opened here.

    :raises FormRefused: unless it is signed and carries exactly ``inside``.
    """
    signers = who_must_sign(bid)
    policy, queue = policy_for(bid, signers, form.arrival.at), bid.slot.tender_id
    report, stored = check(form.file, policy=policy, at=form.arrival.at, now=now, queue=queue)
    unreadable = report.verdict is Verdict.INVALID and CONTENT_STEP in report.not_checked
    if unreadable or report.verdict is Verdict.UNSIGNED:
        raise FormRefused(faults=map(fault_of, report.findings))
    if finding := _other_form(form.file, inside):
        raise FormRefused(faults=[fault_of(finding)])
    return Judged(report, basis_of(report, stored, signers), tuple(one.pk for one in signers))


def require_accepted(judged: Judged, *, at_own_risk: bool) -> None:
    """Let pass what is valid or undecided, and what is invalid at the supplier's own risk.

    :raises FormRefused: with the reasons, what they mean, and who has to act.
    """
    if judged.report.verdict is Verdict.INVALID and not at_own_risk:
        raise FormRefused(faults=map(fault_of, judged.report.findings))


def kept(form: Received, name: str, judged: Judged) -> JudgedForm:
    """Put a judged form into the vault, held; on return it is safely there.

    :raises FormNotKept: when it is not.
    """
    try:
        with form.file.open("rb") as stream:
            stored = vault().put(SEALED, name, stream, form.file.stat().st_size)
        vault().hold(SEALED, name, stored.version_id)
    except VaultUnavailable as away:
        raise FormNotKept(form.arrival.at) from away
    return JudgedForm(
        sha256=form.sha256,
        version_id=stored.version_id,
        verdict=judged.report.verdict.value,
        codes=judged.report.codes,
        basis=judged.basis,
        at_own_risk=judged.report.verdict is Verdict.INVALID,
        signed_for=judged.signed_for,
    )


def _other_form(file: Path, inside: bytes) -> Finding | None:
    """Find what keeps a PDF from being the form that carries these bytes and nothing else."""
    try:
        found = embedded_files(file, limits=_EMBEDDED)
    except AttachmentsUnreadable as error:
        return Finding.of("wrong-form", what=str(error))
    if len(found) != 1:
        return Finding.of("wrong-form", what=f"{len(found)} embedded files")
    if found[0][1] != inside:
        digests = [hashlib.sha256(data).hexdigest() for data in (found[0][1], inside)]
        return Finding.of("wrong-digest", found=digests[0], expected=digests[1])
    return None
