"""The nouns of tendering; Django finds them here."""

from tenders.models.decisions import Approval, ApprovalKind, Suspension
from tenders.models.following import DigestRhythm, Following, SavedSearch, SearchEntry
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
    "DigestRhythm",
    "Following",
    "Interests",
    "Item",
    "Lot",
    "Panel",
    "PlanLine",
    "PlanState",
    "SavedSearch",
    "SearchEntry",
    "Seat",
    "Suspension",
    "Tender",
    "TenderDocument",
    "TenderState",
]
