"""The dates of a tender as its rule pack and its agency's calendar give them, with their traces."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from procurement.calendars import calendar_for
from procurement.proof.canonical import JSON
from procurement.working_days import Calendar
from tenders.models import Tender
from tenders.queries import pack_of
from tenders.rules.dates import Dated
from tenders.rules.timetable import CUT_OFFS, Timetable, dates


class Cutoffs(NamedTuple):
    """Until when questions are taken, and until when they are answered; None without a rule."""

    questions: Dated | None
    answers: Dated | None

    def instants(self) -> tuple[datetime | None, datetime | None]:
        """Give the two instants alone."""
        questions, answers = (one.at if one else None for one in self)
        return questions, answers


def calendar_of(tender: Tender) -> Calendar:
    """Give the calendar of the tender's agency, as it stands now."""
    return calendar_for(tender.agency)


def timetable_of(tender: Tender, published_at: datetime) -> Timetable:
    """Read a tender's rows as the timetable of a publication at an instant."""
    return Timetable(
        published_at=published_at,
        closes_at=tender.closes_at,
        opens_at=tender.opens_at,
        reductions=frozenset(tender.reductions),
        announced_at=tender.plan_line.announced_at,
    )


def cutoffs(tender: Tender, closes_at: datetime) -> Cutoffs:
    """Give until when questions are taken and answered for a deadline."""
    pack, calendar = pack_of(tender), calendar_of(tender)
    reductions = frozenset(tender.reductions)
    return Cutoffs(
        pack.questions_until(closes_at, calendar, reductions),
        pack.answers_until(closes_at, calendar, reductions),
    )


def dated(
    tender: Tender, published_at: datetime, moved: Mapping[str, Dated] | None = None
) -> list[JSON]:
    """Compute every date of a tender with its trace, for a publication at an instant.

    Once it is published, what was counted from the publication stays as it was then. ``moved``
    tells, by a name in ``LABELS``, how the deadline came to be another one.
    """
    timetable = timetable_of(tender, published_at)
    found = dates(timetable, pack=pack_of(tender), calendar=calendar_of(tender))
    kept = [one for one in tender.timetable if one["name"] not in CUT_OFFS]
    if kept:
        found = {name: one for name, one in found.items() if name in CUT_OFFS}
    return [*kept, *_named(found), *_named(moved or {})]


def dates_shown(tender: Tender, *, now: datetime) -> list[JSON]:
    """Give the dates as they were published, or of a draft as a publication now would have them."""
    return list(tender.timetable) or dated(tender, now)


def _named(found: Mapping[str, Dated]) -> list[JSON]:
    return [{"name": name, **one.to_json()} for name, one in found.items()]
