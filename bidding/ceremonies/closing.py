"""Closing what is due: every published tender whose deadline and grace have passed."""

import logging
from datetime import datetime, timedelta

from django.db.models import DurationField, ExpressionWrapper, F

from bidding.actions.closing import LastBidNotInTheLog, NotCloseable, close
from procurement.refusals import NotFound
from tenders.models import Tender, TenderState

_log = logging.getLogger(__name__)
_SECOND = timedelta(seconds=1)


def due(*, now: datetime) -> None:
    """Close every tender that is due. Safe to run twice; one that fails stops no other."""
    grace = ExpressionWrapper(F("grace_seconds") * _SECOND, DurationField())
    over = Tender.objects.filter(state=TenderState.PUBLISHED, closes_at__lte=now - grace)
    for tender in over.order_by("closes_at").values_list("pk", flat=True):
        try:
            close(tender_id=tender, now=now)
        except (NotFound, NotCloseable, LastBidNotInTheLog):
            continue  # somebody was faster, or the next pass is in time
        except Exception:  # noqa: BLE001 - one tender never keeps another open
            _log.exception("tender %s could not be closed; it is tried again", tender)
