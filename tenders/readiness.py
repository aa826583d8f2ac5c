"""Everything that still keeps a draft from being approved and published, as of an instant."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from procurement.refusals import Fact, Fault
from procurement.texts import Text
from tenders.drafting import NoAgencyKey, draft_of
from tenders.models import Panel, Tender
from tenders.packs import RulePack
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
from tenders.queries_timetable import calendar_of, timetable_of
from tenders.rules import soundness, timetable

_UNDECLARED = Text(
    "{name} has not declared interests in this tender", "{name} 尚未申报在本招标中的利益关系"
)
_TOO_FEW_OPENERS = Text(
    "{least} openers are present at least, not {k} (rule openers_minimum of the pack “{pack}”: "
    "{source})",
    "到场开标人至少 {least} 名，而非 {k} 名（规则包“{pack}”规则 openers_minimum：{source}）",
)
_CONFLICTED = Text(
    "{name} has declared a conflict of interest and had a part in this draft",
    "{name} 已申报利益冲突，却参与了本草案",
)


def faults(tender: Tender, *, acting: UUID, now: datetime) -> list[Fault]:
    """Name every reason against approving or publishing a draft now, by the one who asks."""
    pack = pack_of(tender)
    times = timetable_of(tender, now)
    budget = tender.plan_line.budget_currency
    return [
        *timetable.faults(times, pack=pack, calendar=calendar_of(tender)),
        *soundness.faults(draft_of(tender), budget_currency=budget, pack=pack),
        *panel_faults(tender),
        *_openers(tender, pack),
        *_interests(tender, officers_of(tender) | {acting}),
        *_agency_key(tender),
    ]


def _openers(tender: Tender, pack: RulePack) -> Iterator[Fault]:
    rule = pack.rules.openers_minimum
    for k in Panel.objects.filter(tender=tender, k__lt=rule.value).values_list("k", flat=True):
        facts: dict[str, Fact] = {"k": k, "least": rule.value, "pack": pack.name}
        facts["source"] = rule.cited()
        yield Fault("too-few-openers", _TOO_FEW_OPENERS, facts)


def _interests(tender: Tender, officers: Iterable[UUID]) -> Iterator[Fault]:
    approvers = {approval.by_id for approval in approvals_of(tender)}
    acted = {*officers, *openers_of(tender)}
    return faults_of_interests(tender, acted, approvers, conflict=_CONFLICTED)


def faults_of_interests(
    tender: Tender, acted: set[UUID], approvers: set[UUID], *, conflict: Text
) -> Iterator[Fault]:
    """Officers and openers have declared none; approvers have at least not declared one."""
    for user in undeclared(tender, acted):
        yield Fault("interests-not-declared", _UNDECLARED, {"name": user.name})
    for user in conflicted(tender, acted | approvers):
        yield Fault("conflict-declared", conflict, {"name": user.name})


def _agency_key(tender: Tender) -> Iterator[Fault]:
    if not standing_keys([tender.agency_id]):
        yield Fault(NoAgencyKey.code, NoAgencyKey.title)
