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
    PANEL_REPLACED = "panel.replaced"  # announced; the event is keyset.fixed
    PANEL_DROPPED = "panel.dropped"  # announced; the event is change.dropped
    REHEARSE_AGAIN = "panel.asked-again"
    REHEARSED = "panel.rehearsed"
    SUBMITTED_FOR_APPROVAL = "tender.submitted-for-approval"
    APPROVED = "tender.approved"
    SENT_BACK = "tender.sent-back"
    DRAFT_CANCELLED = "tender.draft-cancelled"
    NOTICE_AMENDED = "notice.amended"  # announced; the event is notice.published
    AMENDMENT_DRAFTED = "amendment.drafted"
    AMENDMENT_EDITED = "amendment.edited"
    AMENDMENT_SUBMITTED = "amendment.submitted-for-approval"
    AMENDMENT_APPROVED = "amendment.approved"
    AMENDMENT_SENT_BACK = "amendment.sent-back"
    EXTENSION_PROPOSED = "extension.proposed"
    EXTENSION_REPLACED = "extension.replaced"
    EXTENSION_DECLINED = "extension.declined"
    CHANGE_DROPPED = "change.dropped"
    QUESTION_ASKED = "question.asked"  # concealed, and by nobody
    DEMAND_REPLIED = "demand.replied"
    QUESTIONS_STUCK = "questions.stuck"
    # Control events
    KEYSET_FIXED = "keyset.fixed"
    NOTICE_PUBLISHED = "notice.published"
    DEADLINE_EXTENDED = "deadline.extended"
    EXTENSION_ACKNOWLEDGED = "extension.acknowledged"
    QUESTIONS_OVERDUE = "questions.overdue"
    ANSWER_PUBLISHED = "answer.published"
    ORDER_MADE = "order.made"
    CONCLUDED = "tender.concluded"
    UNSUCCESSFUL = "tender.unsuccessful"
