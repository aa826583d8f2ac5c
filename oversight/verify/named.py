"""Which reports on signatures the log names, each with the policy and anchors that it rests on.

Report, policy and anchors come out of a database. Whoever owns that can exchange all three so that
they agree with each other, digests and all. The entries of the log they cannot exchange.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bidding.sealed.opening import NOT_JUDGED, Opened
from oversight.verify.bundle import NOTICE_PDF
from oversight.verify.case import Case, once
from oversight.verify.changes import versions
from oversight.verify.events import Placed
from oversight.verify.filings import Filing, bids_filed, filings
from oversight.verify.opening import OPENED
from oversight.verify.recorded import Recorded, reports
from oversight.verify.report import Broken, Finding
from procurement.proof.basis import JUDGED, Basis
from procurement.proof.shapes import Malformed

RECHECKED = "bid.rechecked"
UNDECIDED = "UNDECIDED"  # by a machine that could not finish


@dataclass(frozen=True)
class Named:
    """A file whose signatures were judged, as an entry of the log says it.

    ``verdict`` and ``at`` are None where the entry leaves them to the report.
    """

    where: str
    file: str
    basis: Basis | None
    verdict: str | None = None
    at: datetime | None = None
    bodies: tuple[str, ...] | None = None  # whose signatures were asked for, where that is told


@once
def named(case: Case) -> tuple[Named, ...]:
    """Read what the log says was judged: the notice, forms, and what was inside the bids.

    :raises Broken: for an entry that names something else.
    """
    return tuple(_named(case))


def reports_are_named(case: Case) -> Iterator[Finding]:
    """Every report is one that the log names, with the same policy and anchors, and of that file.

    Every entry about a signed file names what its verdict rests on, and none of it is left out.
    """
    entries = {one.basis.report: one for one in named(case) if one.basis}
    for of_file in reports(case).values():
        for report in of_file:
            yield from _as_named(report, entries.get(report.digest))
    for one in named(case):
        if one.basis is None and one.verdict != NOT_JUDGED:
            yield Finding("basis-not-named", one.where, "the digest of a report", "none")
    said = str(versions(case)[-1].decision.placed.event.body.get("pdf"))
    if case.bundle.sha256.get(NOTICE_PDF, said) != said:
        yield Finding("other-file", NOTICE_PDF, said, case.bundle.sha256[NOTICE_PDF])


def verdicts_have_reports(case: Case) -> Iterator[Finding]:
    """Every verdict on a form or a document that was opened is that of the report named for it."""
    told = {one.digest: one for of_file in reports(case).values() for one in of_file}
    for one in named(case):
        if one.basis is None or (one.basis.report is None and one.verdict in (None, UNDECIDED)):
            continue
        report = told.get(str(one.basis.report))
        if report is None or one.verdict not in (None, report.verdict):
            expected = f"a report that says {one.verdict}" if one.verdict else "a report"
            found = report.verdict if report else "none"
            yield Finding("no-report", one.where, expected, found)
        elif one.at not in (None, report.at):
            yield Finding("judged-as-of-another-time", one.where, str(one.at), str(report.at))


def _as_named(report: Recorded, entry: Named | None) -> Iterator[Finding]:
    if entry is None or entry.basis is None:
        yield Finding("report-not-named", report.path, "a report that the log names", "another")
        return
    said = entry.file, entry.basis.policy, entry.basis.anchors
    found = report.file, report.policy_digest, report.anchors_digest
    if said != found:
        yield Finding("other-basis", report.path, ", ".join(said), ", ".join(found))


def _named(case: Case) -> Iterator[Named]:
    for placed in (one.decision.placed for one in versions(case)):
        yield Named(placed.path, str(placed.event.body.get("pdf")), basis_in(placed))
    for one in filings(case):
        placed = one.placed
        if isinstance(one, Filing):
            said = one.receipt
            yield Named(
                placed.path,
                said.form,
                basis_in(placed),
                said.verdict,
                said.received_at,
                one.bid.bidder.members,
            )
        else:
            form, bidder = str(placed.event.body.get("form")), one.withdrawal.bidder
            yield Named(placed.path, form, basis_in(placed), bodies=bidder.members)
    filed = {one.digest: one for one in bids_filed(case)}
    for placed in case.concealed:
        bid = filed.get(str(placed.event.body.get("bid")))
        if placed.event.verb == RECHECKED and bid is not None:
            said, bodies = bid.receipt, bid.bid.bidder.members
            yield Named(placed.path, said.form, basis_in(placed), None, said.received_at, bodies)
    yield from _opened(case)


def _opened(case: Case) -> Iterator[Named]:
    decided = case.only(OPENED)
    if decided is None:
        return
    path = decided.placed.path
    received = {one.receipt.number: one.receipt.received_at for one in bids_filed(case)}
    for outcome in case.object(Opened, decided.object, path).bids:
        at = received.get(outcome.receipt)
        for one in outcome.documents:
            yield Named(path, one.sha256, one.judged, one.verdict, at, (outcome.bidder,))


def basis_in(placed: Placed) -> Basis | None:
    """Read what an event names; None where it names nothing.

    :raises Broken: when it names something else.
    """
    said = placed.event.body.get(JUDGED)
    try:
        return None if said is None else Basis.of(said)
    except Malformed as error:
        raise Broken(error.code, placed.path, Basis.TYPE, str(error)) from error
