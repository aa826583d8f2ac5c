"""Later deadlines: signed by the agency and agreed to by a second person, or made by a rule."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tenders.notice import Extension


def extend_by_rule(tender_id: UUID, questions: Sequence[str], *, now: datetime) -> Extension | None:
    """Move the deadline because questions are overdue, in the transaction of the caller.

    None when the rules extend no further, or the deadline has passed. Whoever calls has
    recorded ``questions.overdue`` before.
    """
    raise NotImplementedError
