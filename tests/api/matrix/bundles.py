"""The evidence bundle is for the supervisor, once there is something to prove."""

from tests.api.matrix.oversight import OVERSEERS
from tests.api.matrix.people import OUTSIDE
from tests.api.matrix.row import Row
from tests.api.matrix.states import APPROVED, MINUTED, PUBLISHED
from tests.api.matrix.tenders import TENDER

BUNDLE = f"{TENDER}/bundle"
ROWS = [
    Row("get", BUNDLE, APPROVED, OVERSEERS, 409, hidden=OUTSIDE),
    Row("get", BUNDLE, PUBLISHED, OVERSEERS, 409),
    Row("get", BUNDLE, MINUTED, OVERSEERS),
]
