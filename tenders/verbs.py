"""What happens to a tender, as the journal names it."""

from enum import StrEnum


class Verb(StrEnum):
    PLAN_LINE_ADDED = "plan-line.added"
    PLAN_LINE_WITHDRAWN = "plan-line.withdrawn"
    PLAN_LINE_ANNOUNCED = "plan-line.announced"
    TENDER_DRAFTED = "tender.drafted"
    TENDER_EDITED = "tender.edited"
    DOCUMENT_ADDED = "document.added"
    INTERESTS_DECLARED = "interests.declared"
    PANEL_APPOINTED = "panel.appointed"
    KEYS_HANDED_IN = "keys.handed-in"
    KEYSET_DRAWN_UP = "keyset.drawn-up"
    REHEARSED = "panel.rehearsed"
    SUBMITTED_FOR_APPROVAL = "tender.submitted-for-approval"
    APPROVED = "tender.approved"
    SENT_BACK = "tender.sent-back"
    DRAFT_CANCELLED = "tender.draft-cancelled"
    # Control events
    KEYSET_FIXED = "keyset.fixed"
    NOTICE_PUBLISHED = "notice.published"
    ORDER_MADE = "order.made"
    CONCLUDED = "tender.concluded"
    UNSUCCESSFUL = "tender.unsuccessful"
