"""Judging undecided forms again (protocol, message 5), as of the ticket of their arrival.

A form is UNDECIDED when the revocation data at hand did not reach it, or when this machine gave
up. It was accepted then, and is judged by the same question again whenever the operator's anchors
have changed, and from time to time. The receipt and the bid keep the verdict that they were filed
with; the newer one stands beside it, for the bidder to see.
"""

import hashlib
import logging
import tempfile
from datetime import datetime
from pathlib import Path

from bidding.actions.again import keep_recheck
from bidding.models import Bid
from bidding.queries_again import to_recheck, undecided
from bidding.queries_consortia import policy_of
from procurement.stored import vault
from procurement.vault import SEALED, VaultUnavailable
from signatures.models import SignatureReport
from signatures.queries import report_for
from signatures.service import check, current_anchors

AT_ONCE = 5  # forms in a pass: one may take seconds, and openings are due in the same pass
_log = logging.getLogger(__name__)


class NotAsFiled(Exception):  # noqa: N818 - reads as the sentence it is
    """The form in the vault is not the one that was filed; ``scrubbing`` writes that down."""


def due(*, now: datetime) -> None:
    """Judge undecided forms whose time has come. One that cannot be judged stops no other.

    :raises AnchorsUnreadable: when it is not known whom the operator trusts.
    """
    if not undecided().exists():
        return
    anchors = current_anchors().digest  # as known now: a new one, and all are judged again
    for bid in to_recheck(anchors, now)[:AT_ONCE]:
        report = None
        try:
            report = _answer(bid, now)
        except VaultUnavailable:
            return  # for all of them; the next pass finds them again
        except Exception:  # noqa: BLE001 - one form never keeps another undecided
            _log.exception("a form could not be judged again; it is tried later")
        keep_recheck(bid_id=bid.pk, report=report, anchors=anchors, now=now)


def _answer(bid: Bid, now: datetime) -> SignatureReport | None:
    """Find the stored answer to the question as it stands now, or judge the form.

    None when this machine had no answer.
    """
    assert bid.arrival is not None
    policy, at = policy_of(bid), bid.arrival.at
    anchors = current_anchors(at).digest
    known = report_for(
        file_sha256=bid.form_sha256, policy_digest=policy.digest, anchors_digest=anchors, at=at
    )
    if known is not None:
        return known
    with tempfile.NamedTemporaryFile(prefix="daylight-form-", suffix=".pdf") as file:
        form = Path(file.name)
        _read_into(form, bid)
        return check(form, policy=policy, at=at, now=now, queue=bid.slot.tender_id)[1]


def _read_into(file: Path, bid: Bid) -> None:
    """Write the form as it is stored, in the version that was filed.

    :raises NotStored, NotAsFiled: when it is not there any more, or is another.
    """
    digest = hashlib.sha256()
    with (
        file.open("wb") as out,
        vault().get(SEALED, bid.form_name, bid.form_version) as reading,
    ):
        for chunk in reading:
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != bid.form_sha256:
        raise NotAsFiled
