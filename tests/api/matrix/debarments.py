"""The debarment list: read by all, proposed by operators, confirmed by supervisors."""

from tests.api.matrix.people import (
    AGENCY,
    NOBODY,
    OPERATOR,
    OTHER_OVERSEER,
    OVERSEER,
    SIGNED_IN,
    Group,
)
from tests.api.matrix.row import Case, Row, Sent, get, shown_to_all
from tests.api.matrix.states import MINUTED, OPENED, PUBLISHED, RELEASED
from tests.api.matrix.tenders import TENDER

OPERATORS: Group = frozenset({OPERATOR})
SUPERVISORS: Group = frozenset({OVERSEER, OTHER_OVERSEER})
_ENTRY = "v1/debarments/<uuid:debarment>"
_CHECKS = f"{TENDER}/debarment-checks"


def _new(case: Case, who: str) -> Sent:
    return Sent({
        "identifier_scheme": "NTRCN",
        "identifier": "913100009999",
        "name": "Shadow Works",
        "starts_at": "2026-01-01T00:00:00Z",
        "source": "Decision 12/2026 of the Audit Office",
        "reason": "False documents",
    })  # fmt: skip


def _lifting(case: Case, who: str) -> Sent:
    return Sent({"reason": "The court set it aside"}, ids={"debarment": case.ids["listed"]})


def _confirmation(case: Case, who: str) -> Sent:
    return Sent({"confirmed": True}, ids={"debarment": case.ids["proposed"]})


ROWS = [
    *shown_to_all("v1/debarments", PUBLISHED),
    Row("post", "v1/debarments", PUBLISHED, OPERATORS, 201, send=_new),
    Row("post", f"{_ENTRY}/lifting", PUBLISHED, OPERATORS, 201, send=_lifting),
    Row(
        "post",
        f"{_ENTRY}/decision",
        PUBLISHED,
        SUPERVISORS,
        hidden=SIGNED_IN - SUPERVISORS - OPERATORS,
        send=_confirmation,
    ),
    get(_CHECKS, PUBLISHED, NOBODY, stranger=401),
    get(_CHECKS, RELEASED, NOBODY, stranger=401),
    *(get(_CHECKS, at, AGENCY | {OVERSEER}) for at in (OPENED, MINUTED)),
]
