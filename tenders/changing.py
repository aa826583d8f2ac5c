"""From a published tender and what is to change to what is signed: a later deadline, a notice."""

from datetime import datetime
from typing import Literal

from tenders.drafting import Edition, draft_of, notice_as, paper_of
from tenders.models import Change, Tender
from tenders.notice import Extension, Gate, Notice
from tenders.panel.keyset import Keyset
from tenders.queries import documents_of, keyset_of, notice_of
from tenders.queries_panel import keyset_drawn_up_by, panel_of
from tenders.queries_timetable import cutoffs
from tenders.rules.changes import Moved, amended, body_of, later_of
from tenders.rules.draft import OFFER, Draft

ByRule = Literal["unanswered-question"]


def times_of(tender: Tender) -> Moved:
    """Give the times of a published tender as they are in force."""
    return Moved(tender.closes_at, tender.opens_at, tender.questions_until, tender.answers_until)


def extension_to_sign(
    tender: Tender, closes_at: datetime, cause: str, by_rule: ByRule | None = None
) -> Extension:
    """Build the extension that moves a tender's deadline, its openings and its cut-offs together.

    :raises Malformed: for a cause that is no sentence.
    """
    after = times_of(tender).moved_to(closes_at, *cutoffs(tender, closes_at).instants())
    extension = Extension(
        tender=str(tender.pk),
        notice=tender.notice,
        questions_until=after.questions_until,
        answers_until=after.answers_until,
        closes_at=after.closes_at,
        gates=tuple(Gate(lot.key, OFFER, after.opens_at) for lot in tender.lots.all()),
        cause=cause,
        by_rule=by_rule,
    )
    return Extension.of(extension.to_json())


def amended_draft(tender: Tender, change: Change) -> Draft:
    """Give a tender as it would be with an amendment."""
    return amended(draft_of(tender), body_of(change.body))


def amended_times(tender: Tender, draft: Draft) -> Moved:
    """Give the times of an amendment; a cut-off that was published does not come earlier."""
    before = times_of(tender)
    questions, answers = cutoffs(tender, draft.closes_at).instants()
    return Moved(
        draft.closes_at,
        draft.opens_at,
        later_of(before.questions_until, questions),
        later_of(before.answers_until, answers),
    )


def amended_keyset(tender: Tender, change: Change) -> Keyset:
    """Give the keyset that would be in force with an amendment.

    :raises NotFound: before that of its own panel is drawn up.
    """
    proposed = panel_of(tender.pk, change.pk)
    return keyset_of(tender) if proposed is None else keyset_drawn_up_by(proposed)


def amended_notice(tender: Tender, change: Change) -> Notice:
    """Build the next version of a tender's notice, for the agency to sign with the same key.

    :raises NotFound: before the keyset of its own panel is drawn up.
    :raises Malformed: for what can stand in no notice.
    """
    draft, before = amended_draft(tender, change), notice_of(tender)
    times = amended_times(tender, draft)
    edition = Edition(
        version=before.version + 1,
        previous=before.digest(),
        reason=change.reason,
        agency=before.agency,
        keyset=amended_keyset(tender, change).digest(),
        cutoffs=(times.questions_until, times.answers_until),
        documents=documents_of(tender, change),
    )
    return notice_as(tender, draft, edition)


def amended_pdf(tender: Tender, change: Change) -> bytes:
    """Set the paper that carries the next version, for an officer to sign."""
    return paper_of(tender, amended_notice(tender, change), amended_keyset(tender, change))
