"""The nouns of tendering; Django finds them here."""

from tenders.models.changes import Change, ChangeKind, ChangeState, NoticeVersion
from tenders.models.decisions import Approval, ApprovalKind, Suspension
from tenders.models.demands import Demand, Reply
from tenders.models.following import DigestRhythm, Following, SavedSearch, SearchEntry
from tenders.models.panel import Interests, Panel, RepeatedRehearsal, Seat
from tenders.models.plan import PlanLine, PlanState
from tenders.models.questions import MissedCutOff, PublishedAnswer, Question
from tenders.models.tender import (
    BEFORE_PUBLICATION,
    RUNNING,
    Item,
    Lot,
    Tender,
    TenderDocument,
    TenderState,
)

__all__ = [
    "BEFORE_PUBLICATION",
    "RUNNING",
    "Approval",
    "ApprovalKind",
    "Change",
    "ChangeKind",
    "ChangeState",
    "Demand",
    "DigestRhythm",
    "Following",
    "Interests",
    "Item",
    "Lot",
    "MissedCutOff",
    "NoticeVersion",
    "Panel",
    "PlanLine",
    "PlanState",
    "PublishedAnswer",
    "Question",
    "RepeatedRehearsal",
    "Reply",
    "SavedSearch",
    "SearchEntry",
    "Seat",
    "Suspension",
    "Tender",
    "TenderDocument",
    "TenderState",
]
