"""Taking a bid back, in time: judged by its ticket like a bid."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bidding.actions.filing import JudgedForm
from bidding.actions.preparing import locked_bid
from bidding.actions.uploads import require_open
from bidding.models import Arrival, Bid, BidState
from bidding.queries import withdrawal_of
from bidding.verbs import Verb
from procurement import objects, outbox
from procurement.actors import Actor, require
from procurement.journal.record import Kind, record
from procurement.refusals import AlreadyDone
from procurement.roles import Permission
from procurement.texts import Text

_WITHDRAWN = Text("It was withdrawn with another signed form", "该投标已以另一份签名文件撤回")


@transaction.atomic
def withdraw_bid(
    *, bid_id: UUID, arrival: Arrival, form: JudgedForm, by: Actor, now: datetime
) -> Bid:
    """Withdraw a filed bid; the same form again changes nothing. Its digest never lives again.

    :raises NotPermitted: unless ``by`` withdraws bids for the supplier.
    :raises AlreadyDone: when it was withdrawn with another form.
    :raises WrongState: for a bid that is not filed, or was replaced.
    :raises NotOpenForBids: for a tender that is not published.
    :raises SubmissionClosed: for a ticket at or after the deadline.
    """
    bid = locked_bid(bid_id, by)
    require(by, Permission.WITHDRAW_BID, of=bid.slot.supplier_id)

    if is_withdrawn(bid, form.sha256):
        return bid
    require_open(bid.slot.tender, arrival.at)

    bid.withdraw()
    bid.withdrawal_arrival = arrival
    bid.withdrawal_form_sha256, bid.withdrawal_form_version = form.sha256, form.version_id
    tender = bid.slot.tender_id
    bid.withdrawal_digest = objects.store(
        withdrawal_of(bid).to_json(), tender=tender, at=now, restricted=True
    )
    bid.save()
    record(
        Verb.BID_WITHDRAWN,
        tender=tender,
        by=by,
        at=now,
        body={
            "object": bid.withdrawal_digest,
            "bid": bid.digest,
            "form": form.sha256,
            **form.basis.named(),
        },
        kind=Kind.CONCEALED,
    )
    outbox.announce(Verb.RETENTION_DUE, bid.pk)
    return bid


def is_withdrawn(bid: Bid, form_sha256: str) -> bool:
    """Tell whether exactly this form took the bid back.

    :raises AlreadyDone: when another one did.
    :raises WrongState: for a bid that cannot be withdrawn.
    """
    if bid.state != BidState.WITHDRAWN:
        if bid.state != BidState.FILED:
            bid.withdraw()  # refuses in the words of the move
        return False
    if bid.withdrawal_form_sha256 != form_sha256:
        raise AlreadyDone(_WITHDRAWN)
    return True
