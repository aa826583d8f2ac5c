"""A rule pack, and what follows from it for a tender: its numbers, and its dates."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from procurement.texts import Text
from procurement.working_days import Calendar
from tenders.notice import Pack
from tenders.rules.dates import Dated, Rule, after, before, earliest
from tenders.rules.pack_parts import Reduction, Rules, Switches

DAY = 86_400  # seconds
LONGEST_YEAR = 366  # days, so that what is kept for years is never kept too short
YEARS_TO_AWARD = 1  # laws count them from the award or the end, and what is kept from the deadline
LONGEST_WEEK = 7  # days, for each of a period: weekends and single days off …
LONGEST_RUN = 14  # days, once: … and one long run of days off; China's Spring Festival has 9
CLOCK_CHANGE = 3_600  # seconds that a day may be longer
MOMENT = timedelta(microseconds=1)  # the end of a period is exclusive


@dataclass(frozen=True)
class RulePack:
    """The rules of one regime, in one edition."""

    name: str
    version: int
    title: Text
    switches: Switches
    rules: Rules
    reductions: Mapping[str, Reduction] = field(default_factory=dict)
    texts: Mapping[str, Text] = field(default_factory=dict)

    @property
    def grace_seconds(self) -> int:
        """How long a bid that arrived in time may take to be committed."""
        return self.rules.grace.value

    @property
    def delta_seconds(self) -> int:
        """How long after the deadline witnesses may first see a bid that counts."""
        return self.rules.delta.value

    @property
    def reveal_seconds(self) -> int:
        """How long suppliers of bids that fail to open may reveal them (W)."""
        return self.rules.reveal.value

    @property
    def freshness_seconds(self) -> int:
        """How old a proof of the history may be when something is opened."""
        return self.rules.freshness.value

    @property
    def minimum_bidders(self) -> int:
        """How many bidders a lot needs to be opened."""
        return self.rules.minimum_bidders.value

    @property
    def openers_minimum(self) -> int:
        """How many openers are present at least."""
        return self.rules.openers_minimum.value

    @property
    def most_question_extensions(self) -> int:
        """How often an unanswered question may move the deadline by rule."""
        return self.rules.most_question_extensions.value

    @property
    def question_extension_bound_seconds(self) -> int:
        """The most that one extension by rule adds, whatever days are off then."""
        rule = self.rules.question_extension
        if rule.unit == "seconds":
            return rule.value
        return (rule.value * LONGEST_WEEK + LONGEST_RUN) * DAY + CLOCK_CHANGE

    @property
    def retention_seconds(self) -> int:
        """How long bids and documents are kept at least."""
        rule = self.rules.retention
        if rule.unit == "years":
            return (rule.value + YEARS_TO_AWARD) * LONGEST_YEAR * DAY
        return rule.value

    @property
    def self_declaration(self) -> bool:
        """Whether a bidder's own declaration is the first evidence of its standing."""
        return bool(self.switches.self_declaration.value)

    @property
    def public_opening(self) -> bool:
        """Whether bidders and the public follow the opening."""
        return bool(self.switches.public_opening.value)

    @property
    def opening_time(self) -> Literal["same-time", "promptly", "free"]:
        """When bids are opened, after the deadline."""
        within = self.rules.opening_within
        if within is None:
            return "free"
        return "promptly" if within.value else "same-time"

    def earliest_deadline(
        self, published_at: datetime, calendar: Calendar, reductions: Set[str] = frozenset()
    ) -> Dated:
        """Give the first deadline that leaves suppliers their time; the shortest ground counts."""
        return earliest(
            after(name, rule, published_at, calendar) for name, rule in self._periods(reductions)
        )

    def documents_until(self, published_at: datetime, calendar: Calendar) -> Dated | None:
        """Give until when documents are to be had at least."""
        return _after("documents_available", self.rules.documents_available, published_at, calendar)

    def notice_until(self, published_at: datetime, calendar: Calendar) -> Dated | None:
        """Give until when the notice itself runs."""
        return _after("notice_period", self.rules.notice_period, published_at, calendar)

    def challenge_until(self, published_at: datetime, calendar: Calendar) -> Dated | None:
        """Give until when the documents may be challenged, from the notice's last moment on."""
        notice = self.notice_until(published_at, calendar)
        start = published_at if notice is None else notice.at - MOMENT
        return _after("challenge", self.rules.challenge, start, calendar)

    def questions_until(
        self, closes_at: datetime, calendar: Calendar, reductions: Set[str] = frozenset()
    ) -> Dated | None:
        """Give until when questions are taken; None for until the deadline."""
        name, rule = self._instead("questions_until", self.rules.questions_until, reductions)
        return None if rule is None else before(name, rule, closes_at, calendar)

    def answers_until(
        self, closes_at: datetime, calendar: Calendar, reductions: Set[str] = frozenset()
    ) -> Dated | None:
        """Give until when every question is answered; None where the law names no day."""
        name, rule = self._instead("answers_until", self.rules.answers_until, reductions)
        return None if rule is None else before(name, rule, closes_at, calendar)

    def answer_due(self, asked_at: datetime, calendar: Calendar) -> Dated | None:
        """Give until when a question is answered, counted from when it was asked."""
        return _after("answer_within", self.rules.answer_within, asked_at, calendar)

    def amended_deadline(self, now: datetime, calendar: Calendar) -> Dated:
        """Give the earliest deadline after a change of substance that is made now."""
        return after("amendment_minimum", self.rules.amendment_minimum, now, calendar)

    def question_extension(self, closes_at: datetime, calendar: Calendar) -> Dated:
        """Give the deadline to which an unanswered question moves this one.

        Never further than ``question_extension_bound_seconds``, to which verifiers hold it.
        """
        dated = after("question_extension", self.rules.question_extension, closes_at, calendar)
        most = closes_at.astimezone(UTC) + timedelta(seconds=self.question_extension_bound_seconds)
        return dated if dated.at <= most else Dated(most, dated.trace)

    def in_notice(self) -> Pack:
        """Give what the notice repeats of the pack."""
        return Pack(
            name=self.name,
            version=self.version,
            grace_seconds=self.grace_seconds,
            freshness_seconds=self.freshness_seconds,
            reveal_seconds=self.reveal_seconds,
            minimum_bidders=self.minimum_bidders,
            who_decrypts="quorum",  # the only one that a pack may name
            public_opening=self.public_opening,
            question_extensions=self.most_question_extensions,
            question_extension_seconds=self.question_extension_bound_seconds,
        )

    def _periods(self, reductions: Set[str]) -> Iterator[tuple[str, Rule]]:
        yield "bid_period", self.rules.bid_period
        for name in sorted(reductions & self.reductions.keys()):
            yield f"bid_period/{name}", self.reductions[name].period

    def _instead(
        self, name: str, rule: Rule | None, reductions: Set[str]
    ) -> tuple[str, Rule | None]:
        """Give a rule, or what stands in its place under a reduction."""
        for ground in sorted(reductions & self.reductions.keys()):
            other = getattr(self.reductions[ground], name)
            if other is not None:
                return f"{name}/{ground}", other
        return name, rule


def _after(name: str, rule: Rule | None, start: datetime, calendar: Calendar) -> Dated | None:
    return None if rule is None else after(name, rule, start, calendar)
