"""What a supervisor asks an agency for, and the agency's reply."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.proof.canonical import sha256_hex
from procurement.refusals import AlreadyDone, BadInput, Fault, NotFound
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.entry import locked, require_impartial
from tenders.models import Demand, Reply, Tender
from tenders.notice import Order
from tenders.rules import remark
from tenders.verbs import Verb

_SAY_IT = Text("Write the reply", "请填写回复内容")
_NO_END = Text("An order that asks for something says until when", "要求提供材料的决定须注明期限")


def demand(tender: Tender, order: Order, *, supervisor: UUID, now: datetime) -> Demand:
    """Keep what an order asks for, and until when; the order itself is recorded by the caller.

    :raises BadInput: for an order without an end.
    """
    if order.ends_at is None:
        raise BadInput(faults=[Fault("no-end", _NO_END, pointer="/order_note")])
    return Demand.objects.create(
        tender=tender,
        order=order.digest(),
        supervisor_id=supervisor,
        cause=order.cause,
        made_at=now,
        due_at=order.ends_at,
    )


@transaction.atomic
def reply(*, tender_id: UUID, order: str, text: str, by: Actor, now: datetime) -> Reply:
    """Reply to a supervisor's demand, once; also when it is late, which everybody concerned sees.

    :raises NotFound: when ``by`` sees no such tender, or nothing was asked by this order.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises AlreadyDone: when it was replied to.
    :raises BadInput: without a reply.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.REPLY_TO_DEMAND, of=tender.agency_id)
    require_impartial(by, tender)

    asked = Demand.objects.filter(tender=tender, order=order).first()
    if asked is None:
        raise NotFound
    if Reply.objects.filter(demand=asked).exists():
        raise AlreadyDone
    if found := list(remark.faults(text, pointer="/text", needed=_SAY_IT)):
        raise BadInput(faults=found)

    replied = Reply.objects.create(demand=asked, text=text, by_id=by.user_id, at=now)
    body = {"order": order, "text": sha256_hex(text.encode())}
    record(Verb.DEMAND_REPLIED, tender=tender.pk, by=by, at=now, body={**body})
    outbox.announce(Verb.DEMAND_REPLIED, tender.pk)
    return replied
