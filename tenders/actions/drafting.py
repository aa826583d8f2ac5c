"""Drafting a tender from a plan line, and editing it until it is published.

Every edit makes another revision. Approvals name the revision they judged, so an edit voids them.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.proof.canonical import JSON
from procurement.refusals import BadInput, Fault
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.entry import locked, require_impartial, require_state
from tenders.actions.indexing import index
from tenders.actions.plan import locked_line
from tenders.drafting import draft_of
from tenders.models import BEFORE_PUBLICATION, Item, Lot, Tender, TenderState
from tenders.packs import RulePack, packs
from tenders.queries import pack_of
from tenders.rules.draft import Draft
from tenders.rules.soundness import faults
from tenders.verbs import Verb

_EDIT = Text("edit", "修改")
_NO_PACK = Text(
    "There is no rule pack “{name}”; there is: {known}", "没有规则包“{name}”；现有：{known}"
)
_NOTHING = Text("Name at least one section to change", "请至少指定一项要修改的内容")


@transaction.atomic
def draft(*, plan_line_id: UUID, pack: str, draft: Draft, by: Actor, now: datetime) -> Tender:
    """Draft a tender for a planned purchase.

    :raises NotFound: when ``by`` sees no such plan line.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises BadInput: with everything that keeps the draft from becoming a notice.
    :raises WrongState: when the line has a tender, or is withdrawn.
    """
    line = locked_line(plan_line_id, by=by)
    require(by, Permission.DRAFT_TENDER, of=line.agency_id)

    rules = _pack(pack)
    if found := faults(draft, budget_currency=line.budget_currency, pack=rules):
        raise BadInput(faults=found)

    line.tender()
    line.save()
    tender = Tender(
        agency_id=line.agency_id,
        plan_line=line,
        pack_name=rules.name,
        pack_version=rules.version,
        created_by_id=by.user_id,
        created_at=now,
    )
    _write(tender, draft)
    body: dict[str, JSON] = {"plan_line": str(line.pk), "pack": rules.name, "revision": 1}
    record(Verb.TENDER_DRAFTED, tender=tender.pk, by=by, at=now, body=body)
    return tender


@transaction.atomic
def edit(*, tender_id: UUID, sections: Mapping[str, Any], by: Actor, now: datetime) -> Tender:
    """Replace whole sections of a draft, by their names in ``Draft``.

    In approval it goes back to the draft, and every approval is void.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: once it is published or cancelled.
    :raises BadInput: with everything that keeps the draft from becoming a notice.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.DRAFT_TENDER, of=tender.agency_id)
    require_impartial(by, tender)

    require_state(tender, *BEFORE_PUBLICATION, action=_EDIT)
    if not sections:
        raise BadInput(faults=[Fault("nothing-to-change", _NOTHING)])
    edited = _edited(draft_of(tender), sections)
    if found := faults(
        edited, budget_currency=tender.plan_line.budget_currency, pack=pack_of(tender)
    ):
        raise BadInput(faults=found)

    revise(tender)
    _write(tender, edited)
    body: dict[str, JSON] = {"sections": [*sorted(sections)], "revision": tender.revision}
    record(Verb.TENDER_EDITED, tender=tender.pk, by=by, at=now, body=body)
    return tender


def revise(tender: Tender) -> None:
    """Make another revision of a draft, which nobody has approved yet. The caller saves it."""
    if tender.state == TenderState.IN_APPROVAL:
        tender.return_to_draft()
    tender.revision += 1


def _edited(draft: Draft, sections: Mapping[str, Any]) -> Draft:
    """Replace sections; an opening that waits for the deadline alone moves with it."""
    together = draft.opens_at == draft.closes_at and "closes_at" in sections
    moved = {"opens_at": sections["closes_at"]} if together else {}
    return replace(draft, **{**moved, **sections})


def _pack(name: str) -> RulePack:
    if (pack := packs().get(name)) is None:
        facts = {"name": name[:64], "known": ", ".join(packs())}
        raise BadInput(faults=[Fault("no-such-pack", _NO_PACK, facts, "/pack")])
    return pack


def _write(tender: Tender, draft: Draft) -> None:
    """Write a draft into the tender's rows, in place of what stood there."""
    tender.procedure = draft.procedure
    tender.title_en, tender.title_zh = draft.title
    tender.description_en, tender.description_zh = draft.description
    tender.currency = draft.currency
    tender.validity_days = draft.validity_days
    tender.closes_at, tender.opens_at = draft.closes_at, draft.opens_at
    tender.questions = [*draft.questions]
    tender.required_documents = [*draft.required_documents]
    tender.reductions, tender.justification = [*draft.reductions], draft.justification
    tender.signatures = {**draft.signatures}
    tender.save()
    Lot.objects.filter(tender=tender).delete()
    lots = [
        Lot(
            tender=tender,
            key=lot.key,
            position=position,
            title_en=lot.title.en,
            title_zh=lot.title.zh,
            criterion=lot.criterion,
        )
        for position, lot in enumerate(draft.lots)
    ]
    Lot.objects.bulk_create(lots)
    Item.objects.bulk_create(
        Item(
            lot=row,
            key=item.key,
            position=position,
            description=item.description,
            quantity=item.quantity,
            unit=item.unit,
            classification_scheme=item.scheme,
            classification_code=item.code,
        )
        for row, lot in zip(lots, draft.lots, strict=True)
        for position, item in enumerate(lot.items)
    )
    index(tender)
