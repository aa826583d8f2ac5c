"""Everything that still keeps a draft from being approved and published, as of an instant."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from procurement.refusals import Fault
from procurement.texts import Text
from tenders.drafting import NoAgencyKey, draft_of
from tenders.models import Tender
from tenders.queries import pack_of
from tenders.queries_duties import (
    approvals_of,
    conflicted,
    officers_of,
    openers_of,
    standing_keys,
    undeclared,
)
from tenders.queries_panel import panel_faults
from tenders.rules import soundness, timetable
from tenders.rules.timetable import Timetable

_UNDECLARED = Text(
    "{name} has not declared interests in this tender", "{name} 尚未申报在本招标中的利益关系"
)
_CONFLICTED = Text(
    "{name} has declared a conflict of interest and had a part in this draft",
    "{name} 已申报利益冲突，却参与了本草案",
)


def faults(tender: Tender, *, acting: UUID, now: datetime) -> list[Fault]:
    """Name every reason against approving or publishing a draft now, by the one who asks."""
    pack = pack_of(tender)
    times = Timetable(published_at=now, closes_at=tender.closes_at, opens_at=tender.opens_at)
    budget = tender.plan_line.budget_currency
    return [
        *timetable.faults(times, pack=pack),
        *soundness.faults(draft_of(tender), budget_currency=budget, pack=pack),
        *panel_faults(tender),
        *_interests(tender, officers_of(tender) | {acting}),
        *_agency_key(tender),
    ]


def _interests(tender: Tender, officers: Iterable[UUID]) -> Iterator[Fault]:
    """Officers and openers have declared none; approvers have at least not declared one."""
    acted = {*officers, *openers_of(tender)}
    for user in undeclared(tender, acted):
        yield Fault("interests-not-declared", _UNDECLARED, {"name": user.name})
    approvers = {approval.by_id for approval in approvals_of(tender)}
    for user in conflicted(tender, acted | approvers):
        yield Fault("conflict-declared", _CONFLICTED, {"name": user.name})


def _agency_key(tender: Tender) -> Iterator[Fault]:
    if not standing_keys([tender.agency_id]):
        yield Fault(NoAgencyKey.code, NoAgencyKey.title)
