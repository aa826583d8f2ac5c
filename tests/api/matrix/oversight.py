"""The timeline is for the supervisor; what waits is for whoever it waits for."""

from tests.api.matrix.people import OUTSIDE, OVERSEER, SIGNED_IN, Group
from tests.api.matrix.row import Row, get
from tests.api.matrix.states import APPROVED, MINUTED, REQUESTED
from tests.api.matrix.tenders import TENDER

OVERSEERS: Group = frozenset({OVERSEER})
ROWS = [
    Row("get", f"{TENDER}/timeline", APPROVED, OVERSEERS, hidden=OUTSIDE),
    *(Row("get", f"{TENDER}/timeline", at, OVERSEERS) for at in (REQUESTED, MINUTED)),
    *(get("v1/waiting", at, SIGNED_IN, stranger=401) for at in (APPROVED, REQUESTED, MINUTED)),
]
