"""Publishing an amendment: everything judged once more as of now, then the next notice stands."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require
from procurement.objects import store
from procurement.proof.basis import Basis
from procurement.proof.canonical import JSON
from procurement.roles import Permission
from procurement.texts import Text
from procurement.vault import Stored
from tenders.actions.approvals import NotReady
from tenders.actions.changing import locked_change, require_change_state, require_running
from tenders.actions.entry import require_impartial
from tenders.actions.indexing import index
from tenders.actions.publishing import NoticeChanged, Signed, decided, keep_version
from tenders.changing import amended_draft, amended_keyset, amended_notice
from tenders.models import (
    Change,
    ChangeKind,
    ChangeState,
    Item,
    Panel,
    Seat,
    Tender,
    TenderDocument,
)
from tenders.notice import Notice
from tenders.panel.keyset import Keyset
from tenders.queries import notice_of, pack_of
from tenders.queries_timetable import calendar_of, dated
from tenders.readiness_changes import amendment_faults
from tenders.rules.draft import Draft
from tenders.signed import opened
from tenders.verbs import Verb

_PUBLISH = Text("publish an amendment", "发布修改公告")


def judge_publication(
    tender: Tender, change: Change, signed: Signed, *, by: Actor, now: datetime
) -> Notice:
    """Let pass an amendment that may be published now, and give the notice that it is.

    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: unless it is approved, of a published tender.
    :raises DeadlinePassed: from the tender's deadline on.
    :raises NotReady: with every reason against, the time that is left among them.
    :raises BadInput: for a note that the key of the notice in force did not sign.
    :raises NoticeChanged: when something else was signed than what stands.
    """
    require(by, Permission.PUBLISH_TENDER, of=tender.agency_id)
    require_impartial(by, tender)

    require_running(tender, now=now)
    require_change_state(change, ChangeState.APPROVED, action=_PUBLISH)
    if found := amendment_faults(tender, change, acting=by.user_id, now=now):
        raise NotReady(faults=found)
    before = notice_of(tender)
    notice = opened(Notice, signed.notice_note, [before.agency], pointer="/notice_note")
    if notice != amended_notice(tender, change):
        raise NoticeChanged
    if notice.keyset != before.keyset:
        keyset = opened(Keyset, signed.keyset_note, [before.agency], pointer="/keyset_note")
        if keyset != amended_keyset(tender, change):
            raise NoticeChanged
    return notice


@transaction.atomic
def publish_amendment(
    *, amendment_id: UUID, signed: Signed, paper: Stored, judged: Basis, by: Actor, now: datetime
) -> Tender:
    """Publish an amendment whose signed paper was judged, and is in the vault as ``paper``.

    ``judged`` is what the verdict on the paper rests on.

    :raises NotFound: when ``by`` sees no such amendment.
    :raises Refusal: as ``judge_publication`` does.
    """
    tender, change = locked_change(amendment_id, ChangeKind.AMENDMENT, by=by)

    notice = judge_publication(tender, change, signed, by=by, now=now)

    before = notice_of(tender)
    draft = amended_draft(tender, change)
    change.publish(at=now, notice=notice.digest())
    change.save()
    _write(tender, draft, notice, paper, now)
    _leave_out_documents(tender, change)
    keep_version(tender, notice, paper, now)
    if notice.keyset != before.keyset:
        keyset = _replace_panel(tender, change, now).to_json()
        store(keyset, tender=tender.pk, at=now, note=signed.keyset_note)
        decided(tender, Verb.KEYSET_FIXED, {"object": notice.keyset}, by, now)
        outbox.announce(Verb.PANEL_REPLACED, tender.pk)
    store(notice.to_json(), tender=tender.pk, at=now, note=signed.notice_note)
    body: dict[str, JSON] = {
        "object": notice.digest(),
        "pdf": paper.sha256,
        **judged.named(),
    }
    decided(tender, Verb.NOTICE_PUBLISHED, body, by, now)
    outbox.announce(Verb.NOTICE_AMENDED, tender.pk, version=notice.version)
    return tender


def _write(tender: Tender, draft: Draft, notice: Notice, paper: Stored, now: datetime) -> None:
    """Write what the next version says into the tender's rows."""
    tender.title_en, tender.title_zh = draft.title
    tender.description_en, tender.description_zh = draft.description
    tender.validity_days = draft.validity_days
    tender.closes_at, tender.opens_at = draft.closes_at, draft.opens_at
    tender.questions = [*draft.questions]
    tender.required_documents = [*draft.required_documents]
    tender.signatures = {**draft.signatures}
    tender.notice, tender.version = notice.digest(), notice.version
    tender.questions_until, tender.answers_until = notice.questions_until, notice.answers_until
    tender.notice_pdf_sha256, tender.notice_pdf_version = paper.sha256, paper.version_id
    assert tender.published_at is not None
    counted = pack_of(tender).amended_deadline(now, calendar_of(tender))
    tender.timetable = dated(tender, tender.published_at, {"amended_deadline": counted})
    tender.save()
    told = {(lot.key, item.key): item for lot in draft.lots for item in lot.items}
    items = list(Item.objects.filter(lot__tender=tender).select_related("lot"))
    for item in items:
        said = told[item.lot.key, item.key]
        item.description, item.quantity, item.unit = said.description, said.quantity, said.unit
    Item.objects.bulk_update(items, ["description", "quantity", "unit"])
    index(tender)


def _leave_out_documents(tender: Tender, change: Change) -> None:
    """Mark what the next version leaves out; it stays readable."""
    names = change.body.get("remove_documents", ())
    there = TenderDocument.objects.filter(tender=tender, name__in=names, removed_by=None)
    there.exclude(amendment=change).update(removed_by=change)


def _replace_panel(tender: Tender, change: Change, now: datetime) -> Keyset:
    """Put the amendment's panel in the place of the one that was in force."""
    for kind in (Seat, Panel):
        kind.objects.filter(tender=tender).exclude(amendment=change).update(replaced_at=now)
    return amended_keyset(tender, change)
