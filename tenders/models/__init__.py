"""The nouns of tendering; Django finds them here."""

from tenders.models.decisions import Approval, ApprovalKind, Suspension
from tenders.models.panel import Interests, Panel, Seat
from tenders.models.plan import PlanLine, PlanState
from tenders.models.tender import (
    BEFORE_PUBLICATION,
    Item,
    Lot,
    Tender,
    TenderDocument,
    TenderState,
)

__all__ = [
    "BEFORE_PUBLICATION",
    "Approval",
    "ApprovalKind",
    "Interests",
    "Item",
    "Lot",
    "Panel",
    "PlanLine",
    "PlanState",
    "Seat",
    "Suspension",
    "Tender",
    "TenderDocument",
    "TenderState",
]
