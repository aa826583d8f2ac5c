"""In time: the ticket of a filing lies before the deadline, strictly.

The ticket is what arrived first: one committed row with the database's clock. Nobody is late
because our queue was long, so a filing may be committed for a short grace after the deadline. The
database decides (``bidding.triggers``); here it is only phrased.
"""

from datetime import datetime

from procurement.refusals import Refusal
from procurement.texts import Text

_LATE = Text(
    "The deadline was {closes_at}; your request arrived at {arrived_at} and was not taken",
    "截止时间为 {closes_at}；您的请求于 {arrived_at} 到达，未被接收",
)


class SubmissionClosed(Refusal):
    code, status = "submission-closed", 409
    title = Text("Submissions are closed", "投标已截止")


class NotOpenForBids(Refusal):
    code, status = "not-open-for-bids", 409
    title = Text("This tender takes no bids now", "该招标目前不接受投标")


def late(ticket: datetime, closes_at: datetime) -> SubmissionClosed | None:
    """Say why an arrival is too late, or None: in time is ``ticket < closes_at``."""
    if ticket < closes_at:
        return None
    return SubmissionClosed(_LATE, closes_at=spoken(closes_at), arrived_at=spoken(ticket))


def spoken(instant: datetime) -> str:
    """Write an instant for people, to the microsecond, as deadlines are decided by it."""
    return f"{instant:%Y-%m-%d %H:%M:%S.%f} UTC"
