"""What happens to bids, as the journal names it."""

from enum import StrEnum


class Verb(StrEnum):
    # Concealed until the opening
    BID_FILED = "bid.filed"
    BID_WITHDRAWN = "bid.withdrawn"
    BID_LAPSED = "bid.lapsed"
    BID_RECHECKED = "bid.rechecked"
    CONSORTIUM_FORMED = "consortium.formed"
    MANDATE_GIVEN = "mandate.given"
    MANDATE_REVOKED = "mandate.revoked"
    # Facts
    OPENER_PRESENT = "opener.present"
    PAPERS_SEALED = "papers.sealed"
    OPENED_DOCUMENT_READ = "opened-document.read"
    # Control events
    BIDS_CLOSED = "bids.closed"
    OPENING_REQUESTED = "opening.requested"
    OPENING_FAILURES = "opening.failures"
    REVEALS_CLOSED = "reveals.closed"
    OPENING_DISCLOSED = "opening.disclosed"
    RELEASE_INTENT = "release.intent"
    OPENING_RELEASED = "opening.released"
    OPENING_OPENED = "opening.opened"
    MINUTES_SIGNED = "minutes.signed"
    # What is announced only to the outbox
    RECEIPT_PAPER_DUE = "receipt.paper-due"
    RETENTION_DUE = "retention.due"
    STAMP_DUE = "paper.stamp-due"
