"""What happens in the room ``signatures``, as the journal names it."""

from enum import StrEnum


class Verb(StrEnum):
    TRUST_PROPOSED = "trust.proposed"
    TRUST_DRAWN_UP = "trust.drawn-up"
    TRUST_APPROVED = "trust.approved"
    TRUST_REJECTED = "trust.rejected"
    TRUST_WITHDRAWN = "trust.withdrawn"
    LISTS_KEPT = "trust.lists-kept"
