"""The signed bid form with the platform's seal over it, for its supplier, seconds after filing.

It is a copy: the supplier's bytes stand unchanged at its beginning, and the original stays where
it is. It comes out of the outbox, so that nothing that is away refuses or delays a bid. A form
that was filed at its supplier's own risk gets none, for a seal over it would look like approval.
"""

import logging
from datetime import datetime

from bidding.actions.papers import Paper
from bidding.ceremonies.keeping import keep
from bidding.models import Bid
from bidding.queries import best_copy
from bidding.queries_consortia import policy_for, who_must_sign
from bidding.verbs import Verb
from procurement.models.outbox import OutboxMessage
from procurement.stored import vault
from procurement.vault import SEALED
from signatures.pdf.report import Verdict
from signatures.pdf.signing import SigningRefused
from signatures.platform import Sealed
from signatures.service import look, seal

REASON = "Received / 已接收"
FIELD = "PlatformCountersignature"
_log = logging.getLogger(__name__)


def handle(message: OutboxMessage, *, now: datetime) -> None:
    """Countersign the form of a filed bid; a second time changes nothing."""
    if message.verb == Verb.RECEIPT_PAPER_DUE:
        countersign(Bid.objects.select_related("slot__tender").get(pk=message.subject), now=now)


def countersign(bid: Bid, *, now: datetime) -> None:
    """Seal a copy of the signed form and keep it beside the original."""
    if bid.at_own_risk or best_copy(bid.countersigned_name):
        return
    with vault().get(SEALED, bid.form_name, bid.form_version) as reading:
        form = b"".join(reading)
    if sealed := _sealed(form, bid, now):
        keep(sealed, Paper.form_of(bid), now=now)


def _sealed(form: bytes, bid: Bid, now: datetime) -> Sealed | None:
    """Seal a form; None where a seal would spoil it, as one that was certified against any."""
    try:
        taken = FIELD.encode() in form
        field = f"{FIELD}-{bid.digest[:16]}" if taken else FIELD
        sealed = seal(form, reason=REASON, at=now, field=field)
    except SigningRefused:
        _log.warning("a form cannot be countersigned")  # whose it is nobody is told
        return None
    report = look(sealed.pdf, policy=policy_for(bid, who_must_sign(bid)), at=now)
    if report.verdict is Verdict.INVALID:
        _log.warning("a form would not count when countersigned")
        return None
    return sealed
