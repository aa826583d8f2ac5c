"""Bidding together: the members' own, and for everybody else as if there were none."""

from tests.api.matrix.people import OWN, RIVAL, SIGNED_IN, SUPPLIERS, Group
from tests.api.matrix.row import Case, Row, Sent
from tests.api.matrix.states import PUBLISHED
from tests.api.matrix.tenders import TENDER

OTHERS: Group = SIGNED_IN - SUPPLIERS
_CONSORTIUM = "v1/consortia/<uuid:consortium>"


def _new(case: Case, who: str) -> Sent:
    lead, member = case.cast.bidder.organisation, case.cast.rival.organisation
    return Sent({"lead": str(lead.pk), "members": [str(lead.pk), str(member.pk)]})


def _mandate(case: Case, who: str) -> Sent:
    return Sent({"supplier": str(case.cast.rival.organisation.pk)})


def _given(case: Case, who: str) -> Sent:
    supplier = str(case.cast.rival.organisation.pk)
    return Sent({}, ids={"consortium": case.ids["mandated"], "supplier": supplier})


def _row(method: str, route: str, may: Group, status: int = 200, **how: object) -> Row:
    return Row(method, route, PUBLISHED, may, status, **{"concealed": True, **how})  # type: ignore[arg-type]


ROWS = [
    _row("get", f"{TENDER}/consortia", SIGNED_IN),  # everybody their own: most have none
    _row("post", f"{TENDER}/consortia", OWN, 201, send=_new),
    _row("get", _CONSORTIUM, SUPPLIERS, hidden=OTHERS),
    _row(
        "post",
        f"{_CONSORTIUM}/mandates",
        frozenset({RIVAL}),
        201,
        hidden=OTHERS,
        send=_mandate,
    ),
    _row(
        "delete",
        f"{_CONSORTIUM}/mandates/<uuid:supplier>",
        frozenset({RIVAL}),
        hidden=OTHERS,
        send=_given,
    ),
]
