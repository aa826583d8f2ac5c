"""What happens after the opening, as the journal names it."""

from enum import StrEnum


class Verb(StrEnum):
    # Control events
    ADMISSIBILITY_JUDGED = "admissibility.judged"
    ADMISSIBILITY_CONFIRMED = "admissibility.confirmed"
    ADMISSIBILITY_DECLINED = "admissibility.declined"
    AWARD_PROPOSED = "award.proposed"
    AWARD_DECIDED = "award.decided"
