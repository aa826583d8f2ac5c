"""Orders over a running tender: signed by the body that gives them, about the head it has seen.

A supervisor suspends, resumes and asks for something here; the agency's cancellation stands in
``ending``.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require
from procurement.journal.record import Kind, record
from procurement.models import ControlChain
from procurement.objects import store
from procurement.refusals import BadInput, Fault, Refusal
from procurement.roles import Permission, Role
from procurement.texts import Text
from tenders.actions.demands import demand
from tenders.actions.entry import locked, require_state
from tenders.models import RUNNING, Suspension, Tender
from tenders.notice import Order
from tenders.queries import pack_of, suspended
from tenders.queries_duties import standing_keys
from tenders.queries_panel import overseers_of
from tenders.signed import opened
from tenders.verbs import Verb

POINTER = "/order_note"
EFFECTS = ("suspend", "resume", "produce")  # what a supervisor orders

_ORDER = Text("order", "作出监督决定")
_OTHER_TENDER = Text("This order is about another tender", "该决定针对其他招标")
_OTHER_NOTICE = Text(
    "This order is about another notice than the one in force", "该决定针对的不是现行公告"
)
_OTHER_EFFECT = Text(
    "This order says “{effect}”; here only these are given: {allowed}",
    "该决定为“{effect}”，此处仅可作出：{allowed}",
)
_LATER = Text(
    "An order is in force from when it is made, so it cannot begin at a later time",
    "决定自作出之时生效，不得另定较晚的起始时间",
)
_ENDS = Text("This order has ended before it was made", "该决定在作出之前已到期")


class OtherHead(Refusal):
    code, status = "other-control-head", 409
    title = Text(
        "The order was signed upon an older state of this tender; the newest decision is {head}",
        "该决定所依据的招标状态已过时；最新的决定为 {head}",
    )


class AlreadySuspended(Refusal):
    code, status = "already-suspended", 409
    title = Text("The tender is suspended already", "该招标已被暂停")


class NotSuspended(Refusal):
    code, status = "not-suspended", 409
    title = Text("The tender is not suspended", "该招标未被暂停")


@transaction.atomic
def make(*, tender_id: UUID, order_note: bytes, by: Actor, now: datetime) -> Order:
    """Suspend a running tender, let it go on, or ask for something, by a supervisor's signed order.

    A suspension stops no bid and no deadline; it stops the opening and what follows. What is asked
    for stops nothing.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is a supervisor of the agency.
    :raises WrongState: unless the tender runs.
    :raises BadInput: for an order that the supervisor's key did not sign, or about other things,
        and for a demand without an end.
    :raises OtherHead: for one signed upon an older state of the tender.
    :raises AlreadySuspended: when a suspension stands.
    :raises NotSuspended: when none stands that could be lifted.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.ORDER, of=tender.agency_id)

    require_state(tender, *RUNNING, action=_ORDER)
    own = [
        body.pk
        for body in overseers_of(tender.agency)
        if body.pk in by.organisations(Role.SUPERVISOR)
    ]
    order = read_order(tender, order_note, standing_keys(own), allowed=EFFECTS, now=now)
    standing = suspended(tender, now)
    if order.effect == "suspend" and standing:
        raise AlreadySuspended
    if order.effect == "resume" and not standing:
        raise NotSuspended

    if order.effect == "produce":
        demand(tender, order, supervisor=own[0], now=now)
    else:
        _lift(tender, order, now)
    if order.effect == "suspend":
        _suspend(tender, order)
    record_order(tender, order, order_note, by=by, now=now)
    return order


def read_order(
    tender: Tender, note: bytes, keys: Iterable[str], *, allowed: tuple[str, ...], now: datetime
) -> Order:
    """Read an order about this tender that one of these keys signed, upon its newest decision.

    The tender's chain stays locked to the end of the transaction.

    :raises BadInput: for any other note.
    :raises OtherHead: for one signed upon an older state of the tender.
    """
    order = opened(Order, note, keys, pointer=POINTER)
    faults = []
    if order.tender != str(tender.pk):
        faults.append(Fault("other-tender", _OTHER_TENDER, {}, POINTER))
    if order.notice != tender.notice:
        faults.append(Fault("other-notice", _OTHER_NOTICE, {}, POINTER))
    if order.effect not in allowed:
        facts = {"effect": order.effect, "allowed": ", ".join(allowed)}
        faults.append(Fault("other-effect", _OTHER_EFFECT, facts, POINTER))
    if order.starts_at > now + timedelta(seconds=pack_of(tender).freshness_seconds):
        faults.append(Fault("begins-later", _LATER, {}, POINTER))
    if order.ends_at is not None and order.ends_at <= now:
        faults.append(Fault("has-ended", _ENDS, {}, POINTER))
    if faults:
        raise BadInput(faults=faults)
    head = ControlChain.objects.select_for_update().get(pk=tender.pk).head
    assert head is not None  # the notice's own event
    if order.control_head != head.hex():
        raise OtherHead(head=head.hex())
    return order


def record_order(tender: Tender, order: Order, note: bytes, *, by: Actor, now: datetime) -> None:
    """Write an order down as the tender's newest decision, with the note that signs it."""
    digest = store(order.to_json(), tender=tender.pk, at=now, note=note)
    body = {"object": digest, "effect": order.effect}
    record(Verb.ORDER_MADE, tender=tender.pk, by=by, at=now, body={**body}, kind=Kind.CONTROL)
    outbox.announce(Verb.ORDER_MADE, tender.pk, effect=order.effect)


def _suspend(tender: Tender, order: Order) -> None:
    Suspension.objects.create(
        tender=tender,
        order=order.digest(),
        cause=order.cause,
        starts_at=order.starts_at,
        ends_at=order.ends_at,
    )


def _lift(tender: Tender, order: Order, now: datetime) -> None:
    """Lift what stands; what has run out by itself gives way to the next order, too."""
    before = Suspension.objects.filter(tender=tender, lifted_at=None)
    before.update(lifted_by_order=order.digest(), lifted_at=now)
