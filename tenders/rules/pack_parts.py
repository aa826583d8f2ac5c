"""What a rule pack says: switches between regimes, rules, and grounds for less time.

``None`` stands where a law has no such rule; a period may be in days, working days or seconds.
"""

from dataclasses import dataclass
from typing import Literal

from procurement.texts import Text
from tenders.rules.dates import Evidence, Rule

QUORUM = "quorum"  # openers and the timekeeper together; no pack may name another

AmendmentNotice = Literal["public", "public-and-recipients"]
Needs = Literal["nothing", "justification", "prior-notice"]


@dataclass(frozen=True)
class Switch:
    """A point on which laws differ, as one of them decides it."""

    value: bool | str
    source: str
    evidence: Evidence = "general"
    note: Text | None = None


@dataclass(frozen=True)
class Switches:
    """What one law decides and another decides otherwise."""

    public_opening: Switch
    who_decrypts: Switch  # "quorum": openers together with the timekeeper
    amendment_notice: Switch  # "public-and-recipients": each is told, too
    committee_excluded_from_opening: Switch
    self_declaration: Switch  # accepted as first evidence, papers from the winner alone


@dataclass(frozen=True)
class Rules:
    """What packs say; ``None`` where a law has no such rule."""

    bid_period: Rule  # from publication to the deadline, at least
    grace: Rule  # to commit a bid that arrived in time
    delta: Rule  # until a quorum of witnesses has seen every bid in time
    tick: Rule  # of the log
    reveal: Rule  # for suppliers to open what failed to open
    freshness: Rule  # of a proof of the history
    minimum_bidders: Rule
    openers_minimum: Rule
    retention: Rule  # of bids and documents after the end
    repeat_rehearsal: Rule  # so long before the deadline; 0 for not at all
    amendment_minimum: Rule  # from a change of substance to the deadline, at least
    question_extension: Rule  # of the deadline, for a question that nobody answered in time
    most_question_extensions: Rule
    documents_available: Rule | None = None  # from publication, at least
    notice_period: Rule | None = None  # for which the notice itself runs
    challenge: Rule | None = None  # of the documents, from the end of the notice's period
    questions_until: Rule | None = None  # so long before the deadline
    answers_until: Rule | None = None  # so long before the deadline
    answer_within: Rule | None = None  # from the question
    opening_within: Rule | None = None  # after the deadline, at most; 0 for the same time


@dataclass(frozen=True)
class Reduction:
    """A ground upon which suppliers may have less time, and what it asks for."""

    period: Rule
    needs: Needs
    title: Text
    no_newer: Rule | None = None  # so long before publication a prior notice is at least
    no_older: Rule | None = None  # … and at most
    questions_until: Rule | None = None  # in place of the pack's
    answers_until: Rule | None = None
