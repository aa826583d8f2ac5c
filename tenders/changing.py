"""From a published tender and what is to change to what is signed: a later deadline."""

from datetime import datetime
from typing import Literal

from tenders.models import Tender
from tenders.notice import Extension, Gate
from tenders.queries_timetable import cutoffs
from tenders.rules.changes import Moved
from tenders.rules.draft import OFFER

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
