"""Everybody who is signed in follows what they see, and searches for themselves alone."""

from tests.api.matrix.people import CONCERNED, OUTSIDE, SIGNED_IN, Group
from tests.api.matrix.row import Case, Row, Sent, get
from tests.api.matrix.states import DRAFTED, PUBLISHED
from tests.api.matrix.tenders import TENDER

OFFICER: Group = frozenset({"officer"})


def _search(case: Case, who: str) -> Sent:
    return Sent({"query": {"q": "chairs"}, "digest": "daily"})


ROWS = [
    get("v1/following", PUBLISHED, SIGNED_IN, stranger=401),
    Row("post", f"{TENDER}/following", DRAFTED, CONCERNED, 201, hidden=OUTSIDE),
    Row("post", f"{TENDER}/following", PUBLISHED, SIGNED_IN, 201),
    Row("delete", f"{TENDER}/following", PUBLISHED, SIGNED_IN, 204),
    get("v1/saved-searches", PUBLISHED, SIGNED_IN, stranger=401),
    Row("post", "v1/saved-searches", PUBLISHED, SIGNED_IN, 201, send=_search),
    Row(
        "delete",
        "v1/saved-searches/<uuid:search>",
        PUBLISHED,
        OFFICER,
        204,
        hidden=SIGNED_IN - OFFICER,
    ),
]
