"""The nouns of bidding; Django finds them here."""

from bidding.models.again import ReadBack, Recheck
from bidding.models.bids import Arrival, Bid, BidEnvelope, BidState, Receipt, Slot
from bidding.models.consortia import BidMember, Consortium, ConsortiumMember, Mandate
from bidding.models.openings import (
    HolderNote,
    OpenedBid,
    OpenedDocument,
    Opening,
    OpeningState,
    Presence,
)
from bidding.models.papers import SealedPaper
from bidding.models.uploads import Envelope, Part, UploadState

__all__ = [
    "Arrival",
    "Bid",
    "BidEnvelope",
    "BidMember",
    "BidState",
    "Consortium",
    "ConsortiumMember",
    "Envelope",
    "HolderNote",
    "Mandate",
    "OpenedBid",
    "OpenedDocument",
    "Opening",
    "OpeningState",
    "Part",
    "Presence",
    "ReadBack",
    "Receipt",
    "Recheck",
    "SealedPaper",
    "Slot",
    "UploadState",
]
