"""Whom the platform trusts: read by all, proposed by one operator, decided by another."""

import base64

from tests.api.matrix.debarments import OPERATORS
from tests.api.matrix.row import Case, Row, Sent, get, hidden_from_all, shown_to_all
from tests.api.matrix.states import PUBLISHED

_PROPOSALS = "v1/trust/proposals"
_ONE = f"{_PROPOSALS}/<uuid:proposal>"


def _new(case: Case, who: str) -> Sent:
    root = case.world.trust.authority.authority("root").certificate_der
    added = {"certificate": base64.b64encode(root).decode(), "purpose": "signer"}
    return Sent({"add": [added], "reason": "The authority is on the list of the ministry"})


def _foreign(case: Case, who: str) -> Sent:
    return Sent({}, ids={"proposal": case.ids["foreign_proposal"]})


def _read(case: Case, who: str) -> Sent:
    return Sent(ids={"proposal": case.ids["foreign_proposal"]})


def _own(case: Case, who: str) -> Sent:
    return Sent({}, ids={"proposal": case.ids["own_proposal"]})


def _drawn_up(case: Case, who: str) -> Sent:
    return Sent({}, ids={"proposal": case.ids["drawn_up_proposal"]})


def _remark(case: Case, who: str) -> Sent:
    return Sent({"remark": "It is on no list"}, ids={"proposal": case.ids["foreign_proposal"]})


ROWS = [
    *shown_to_all("v1/trust", PUBLISHED),
    *shown_to_all("v1/trust/versions", PUBLISHED),
    *hidden_from_all("v1/trust/versions/<int:number>", PUBLISHED),
    get(_PROPOSALS, PUBLISHED, OPERATORS, refused=403, stranger=401),
    get(_ONE, PUBLISHED, OPERATORS, refused=403, stranger=401, send=_read),
    Row("post", _PROPOSALS, PUBLISHED, OPERATORS, 201, send=_new),
    Row("post", f"{_ONE}/adoption", PUBLISHED, OPERATORS, send=_drawn_up),
    Row("post", f"{_ONE}/approval", PUBLISHED, OPERATORS, 201, send=_foreign),
    Row("post", f"{_ONE}/rejection", PUBLISHED, OPERATORS, send=_remark),
    Row("post", f"{_ONE}/withdrawal", PUBLISHED, OPERATORS, send=_own),
]
