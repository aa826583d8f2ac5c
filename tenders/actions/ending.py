"""The ends of a tender: concluded, unsuccessful, cancelled."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require
from procurement.journal.record import Kind, record
from procurement.refusals import BadInput
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.entry import locked, require_impartial, require_state
from tenders.actions.orders import read_order, record_order
from tenders.actions.plan import free_line
from tenders.models import BEFORE_PUBLICATION, RUNNING, Tender
from tenders.queries import notice_of
from tenders.rules import remark
from tenders.verbs import Verb

_CANCEL = Text("cancel", "终止")
_CANCEL_DRAFT = Text("give the draft up", "放弃草案")
_SAY_WHY = Text("Say why the tender is given up", "请说明终止理由")


@transaction.atomic
def cancel_draft(*, tender_id: UUID, reason: str, by: Actor, now: datetime) -> Tender:
    """Give up a tender that was never published; its plan line is free again.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: once it is published or cancelled.
    :raises BadInput: without a reason.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.CANCEL_TENDER, of=tender.agency_id)
    require_impartial(by, tender)

    require_state(tender, *BEFORE_PUBLICATION, action=_CANCEL_DRAFT)
    if found := list(remark.faults(reason, pointer="/reason", needed=_SAY_WHY)):
        raise BadInput(faults=found)

    tender.cancel(at=now, because=reason)
    tender.save()
    free_line(tender.plan_line_id)
    record(Verb.DRAFT_CANCELLED, tender=tender.pk, by=by, at=now, body={"because": reason})
    return tender


@transaction.atomic
def cancel(*, tender_id: UUID, order_note: bytes, by: Actor, now: datetime) -> Tender:
    """Give up a published tender by the agency's signed order. Bids that were filed stay sealed.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: unless the tender runs.
    :raises BadInput: for an order that the key of the notice did not sign, or about other things.
    :raises OtherHead: for one signed upon an older state of the tender.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.CANCEL_TENDER, of=tender.agency_id)
    require_impartial(by, tender)

    require_state(tender, *RUNNING, action=_CANCEL)
    key = notice_of(tender).agency  # as everybody checks it, also after the agency has another
    order = read_order(tender, order_note, [key], allowed=("cancel",), now=now)

    tender.cancel(at=now, because=order.cause)
    tender.save()
    free_line(tender.plan_line_id)
    record_order(tender, order, order_note, by=by, now=now)
    return tender


@transaction.atomic
def conclude(tender_id: UUID, *, by: Actor, now: datetime) -> Tender:
    """End a tender in which every lot is decided; whoever calls has judged that.

    :raises NotFound: when ``by`` sees no such tender.
    :raises WrongState: unless it is closed.
    """
    tender = locked(tender_id, by=by)

    tender.conclude(at=now)
    tender.save()
    record(Verb.CONCLUDED, tender=tender.pk, by=by, at=now, body={}, kind=Kind.CONTROL)
    outbox.announce(Verb.CONCLUDED, tender.pk)
    return tender


@transaction.atomic
def fail(tender_id: UUID, *, by: Actor, now: datetime, because: str) -> Tender:
    """End a tender in which nothing is bought; its plan line is free again.

    Whoever calls has judged that too few bids came, or that none of them counts.

    :raises NotFound: when ``by`` sees no such tender.
    :raises WrongState: unless it is closed.
    """
    tender = locked(tender_id, by=by)

    tender.fail(at=now, because=because)
    tender.save()
    free_line(tender.plan_line_id)
    body = {"because": because}
    record(Verb.UNSUCCESSFUL, tender=tender.pk, by=by, at=now, body={**body}, kind=Kind.CONTROL)
    outbox.announce(Verb.UNSUCCESSFUL, tender.pk)
    return tender
