"""Taking a ticket: when a filing arrived, committed before anything about it is judged."""

from uuid import UUID

from django.db import models, transaction

from bidding.models import Arrival, Bid
from procurement.actors import Actor, require
from procurement.proof.canonical import JSON, digest
from procurement.roles import Permission

SUBMISSION, WITHDRAWAL = "submission", "withdrawal"


class DatabaseClock(models.Func):
    """The clock that decides deadlines; it goes on inside a transaction."""

    function = "daylight_now"
    output_field = models.DateTimeField()


@transaction.atomic(durable=True)
def take_ticket(*, bid: Bid, by: Actor, what: str, form_sha256: str, at_own_risk: bool) -> Arrival:
    """Write down that a signed form arrived, now by the database's clock.

    The same request keeps its first ticket, whatever became of it.

    :raises NotPermitted: unless ``by`` may file, or take back, for the supplier.
    :raises RuntimeError: inside another transaction, with which the ticket could be lost.
    """
    supplier: UUID = bid.slot.supplier_id
    permission = Permission.SUBMIT_BID if what == SUBMISSION else Permission.WITHDRAW_BID
    require(by, permission, of=supplier)

    asked: dict[str, JSON] = {
        "what": what,
        "bid": bid.digest,
        "form": form_sha256,
        "at_own_risk": at_own_risk,
    }
    ticket = Arrival(
        tender_id=bid.slot.tender_id,
        supplier_id=supplier,
        request_sha256=digest(asked),
        at=DatabaseClock(),
    )
    Arrival.objects.bulk_create([ticket], ignore_conflicts=True)
    return Arrival.objects.get(supplier=supplier, request_sha256=ticket.request_sha256)
