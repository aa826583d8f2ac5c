"""Everything that still keeps an amendment from being approved and published, as of an instant."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from procurement.proof.shapes import Malformed
from procurement.refusals import Fault, NotFound
from procurement.texts import Text
from tenders.changing import amended_draft, amended_notice, amended_times, times_of
from tenders.drafting import draft_of
from tenders.models import Change, Tender
from tenders.queries import documents_of, notice_of, pack_of
from tenders.queries_changes import zone_of
from tenders.queries_duties import openers_of
from tenders.queries_panel import panel_faults, panel_of
from tenders.queries_timetable import calendar_of
from tenders.readiness import faults_of_interests
from tenders.rules import soundness
from tenders.rules.changes import (
    NOTHING_CHANGES,
    DeadlinePassed,
    body_of,
    faults_of_items,
    faults_of_move,
    faults_of_remaining_time,
    faults_of_removals,
    faults_of_scope,
)
from tenders.rules.differences import Difference, differences

_CONFLICTED = Text(
    "{name} has declared a conflict of interest and had a part in this amendment",
    "{name} 已申报利益冲突，却参与了本次修改",
)


def amendment_faults(tender: Tender, change: Change, *, acting: UUID, now: datetime) -> list[Fault]:
    """Name every reason against approving or publishing an amendment now, by the one who asks."""
    found = content_faults(tender, change)
    return [
        *found,
        *_remaining_time(tender, change, now),
        *_panel(tender, change),
        *_interests(tender, change, acting),
        *([] if found else _changes_nothing(tender, change)),
    ]


def content_faults(tender: Tender, change: Change) -> list[Fault]:
    """Name what an amendment says and cannot say, whoever asks and whenever."""
    before, body = draft_of(tender), body_of(change.body)
    after = amended_draft(tender, change)
    there = {one.name for one in documents_of(tender)}
    found = [
        *faults_of_items(before, body),
        *faults_of_removals(body.get("remove_documents", ()), there),
        *faults_of_scope(before, after),
        *faults_of_move(times_of(tender), amended_times(tender, after)),
    ]
    budget = tender.plan_line.budget_currency
    return found or soundness.faults(after, budget_currency=budget, pack=pack_of(tender))


def shown_differences(tender: Tender, change: Change) -> list[Difference]:
    """Compare the notice that an amendment would make with the one in force.

    Where no notice can be made of it yet there is nothing to compare.
    """
    try:
        after = amended_notice(tender, change)
        return differences(notice_of(tender), after, zone_of(tender))
    except (Malformed, NotFound):
        return []


def _remaining_time(tender: Tender, change: Change, now: datetime) -> Iterator[Fault]:
    if now >= tender.closes_at:
        yield Fault(DeadlinePassed.code, DeadlinePassed.title)
    pack, calendar = pack_of(tender), calendar_of(tender)
    yield from faults_of_remaining_time(
        amended_draft(tender, change).closes_at,
        pack.amended_deadline(now, calendar),
        pack=pack.name,
        calendar=calendar,
    )


def _panel(tender: Tender, change: Change) -> list[Fault]:
    return panel_faults(tender, change.pk) if panel_of(tender.pk, change.pk) else []


def _interests(tender: Tender, change: Change, acting: UUID) -> Iterator[Fault]:
    """Whoever acts, and every opener whom it seats, has declared none."""
    acted = {acting, change.proposed_by_id, *openers_of(tender, change.pk)}
    approver = {change.decided_by_id} if change.decided_by_id else set()
    return faults_of_interests(tender, acted, approver, conflict=_CONFLICTED)


def _changes_nothing(tender: Tender, change: Change) -> Iterator[Fault]:
    if not panel_of(tender.pk, change.pk) and not shown_differences(tender, change):
        yield Fault("nothing-changes", NOTHING_CHANGES)
