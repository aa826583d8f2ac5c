"""Writing down that a filed bid was looked at again; what was said at its filing stays.

Each answer is named in the log when it is first kept, as the one at the filing was. The event is
concealed, so nobody learns from it that there is a bid.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bidding.models import Bid, ReadBack, Recheck
from bidding.queries_consortia import who_must_sign
from bidding.verbs import Verb
from procurement.actors import system_actor
from procurement.journal.record import Kind, record
from signatures.models import SignatureReport
from signatures.queries_frozen import basis_kept


@transaction.atomic
def keep_recheck(
    *, bid_id: UUID, report: SignatureReport | None, anchors: str, now: datetime
) -> Recheck:
    """Keep the newest answer about a form; None: this machine had none, and the last one stays."""
    bid = (
        Bid.objects.select_for_update(of=("self",))
        .select_related("slot__supplier", "consortium")
        .get(pk=bid_id)
    )

    row = Recheck.objects.filter(bid=bid).first() or Recheck(bid=bid)
    if report is not None and report.pk != row.report_id:
        body = {"bid": bid.digest, **basis_kept(report, who_must_sign(bid)).named()}
        record(
            Verb.BID_RECHECKED,
            tender=bid.slot.tender_id,
            by=system_actor(),
            at=now,
            body=body,
            kind=Kind.CONCEALED,
        )
    row.at, row.anchors_digest, row.answered = now, anchors, report is not None
    row.report = report or row.report
    row.save()
    return row


@transaction.atomic
def keep_read_back(*, bid_id: UUID, found: list[str], now: datetime) -> ReadBack:
    """Keep what was wrong with the stored bytes of a bid, or that nothing was."""
    row, _ = ReadBack.objects.update_or_create(bid_id=bid_id, defaults={"at": now, "found": found})
    return row
