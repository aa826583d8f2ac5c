"""When a panel rehearses once more before the deadline, and when it is told that somebody has not.

Protocol, message 1: the rehearsal is repeated at T − 24 h; the time is data of the rule pack.
"""

from datetime import datetime, timedelta


def is_due(
    closes_at: datetime, before: timedelta, *, rehearsed_for: datetime, now: datetime
) -> bool:
    """Tell whether a panel is asked now: not without a time in the pack, nor from the deadline on.

    ``rehearsed_for`` is the later of the instant at which the keyset was drawn up and the deadline
    before which the panel was asked last. So nobody is asked twice for a deadline, nor again when
    it has moved by less than the pack's time, nor in the very days of the first rehearsal.
    """
    begins_at = closes_at - before
    return bool(before) and rehearsed_for <= begins_at <= now < closes_at


def is_late(closes_at: datetime, before: timedelta, now: datetime) -> bool:
    """Tell whether half the time to answer is over: the other half is left to act in."""
    return bool(before) and closes_at - before / 2 <= now < closes_at
