"""What a supplier says of itself: its own people's, and nobody else's."""

from tests.api.matrix.people import BIDDER, OWN
from tests.api.matrix.row import Case, Row, Sent, get
from tests.api.matrix.states import PUBLISHED

_OF = "v1/suppliers/<uuid:supplier>"


def _fact(case: Case, who: str) -> Sent:
    return Sent({"kind": "delivery-days", "value": "14"})


def _document(case: Case, who: str) -> Sent:
    return Sent(b"%PDF-1.7", "application/pdf", ids={"name": "technical"})


def _declaration(case: Case, who: str) -> Sent:
    return Sent({"statements": ["able"], "valid_until": "2026-12-31T00:00:00Z"})


def _named(case: Case, who: str) -> Sent:
    return Sent(ids={"name": "technical"})


ROWS = [
    get(f"{_OF}/profile", PUBLISHED, OWN),
    Row("post", f"{_OF}/facts", PUBLISHED, OWN, 201, send=_fact),
    Row("put", f"{_OF}/documents/<str:name>", PUBLISHED, OWN, 201, send=_document),
    get(f"{_OF}/documents/<str:name>", PUBLISHED, OWN, send=_named),
    Row("post", f"{_OF}/declarations", PUBLISHED, frozenset({BIDDER}), 201, send=_declaration),
]
