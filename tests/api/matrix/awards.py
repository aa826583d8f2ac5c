"""Judgements, proposals and decisions: one person of the agency says, another confirms."""

from awards.queries import result
from tests.api.matrix.people import Group
from tests.api.matrix.row import Case, Row, Sent, hidden_from_all, shown_to_all
from tests.api.matrix.states import (
    APPROVED,
    DECIDED,
    JUDGED,
    MINUTED,
    OPENED,
    PROPOSED,
    RELEASED,
    SETTLED,
)
from tests.api.matrix.tenders import TENDER

PROPOSERS: Group = frozenset({"proposer"})
DECIDERS: Group = frozenset({"decider"})
LOT = f"{TENDER}/lots/<str:lot>"


def _judgement(case: Case, who: str) -> Sent:
    return Sent({"bid": case.ids["bid"], "counts": True, "reason": "The file is plain"})


def _proposal(case: Case, who: str) -> Sent:
    assert case.tender is not None
    best = result(case.tender, "lot-1").ranking.places[0].bid
    return Sent({"bid": best, "reason": "The lowest price"})


def _decision(case: Case, who: str) -> Sent:
    return Sent({"decision": "confirmed", "reason": "Seen"})


ROWS = [
    *hidden_from_all(f"{TENDER}/ranking", APPROVED, RELEASED),
    *shown_to_all(f"{TENDER}/ranking", OPENED, PROPOSED),
    Row("post", f"{TENDER}/judgements", MINUTED, PROPOSERS, 201, send=_judgement),
    Row("post", "v1/judgements/<uuid:judgement>/decision", JUDGED, DECIDERS, send=_decision),
    Row("post", f"{LOT}/proposal", SETTLED, PROPOSERS, 201, send=_proposal),
    Row("post", f"{LOT}/decision", PROPOSED, DECIDERS, send=_decision),
    *hidden_from_all(f"{TENDER}/decisions/<str:decision>.pdf", PROPOSED),
    *shown_to_all(f"{TENDER}/decisions/<str:decision>.pdf", DECIDED),
]
