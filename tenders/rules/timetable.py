"""The timetable of a tender, and whether it leaves suppliers enough time.

Bids are in time while ``published_at <= now < closes_at``: an interval that is open at its end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from procurement.refusals import Fact, Fault
from procurement.texts import Text
from tenders.packs import RulePack


@dataclass(frozen=True)
class Timetable:
    """When a tender is published, when bids are due, and when they are opened at the earliest."""

    published_at: datetime
    closes_at: datetime
    opens_at: datetime

    def takes_bids(self, at: datetime) -> bool:
        """Tell whether a bid that arrives at this instant is in time."""
        return self.published_at <= at < self.closes_at


def faults(timetable: Timetable, *, pack: RulePack) -> list[Fault]:
    """Name every rule of the pack that the timetable breaks, with its source."""
    return [*_bid_period(timetable, pack), *_opening(timetable)]


def _bid_period(timetable: Timetable, pack: RulePack) -> Iterator[Fault]:
    rule = pack.rules.bid_period
    earliest = timetable.published_at + timedelta(seconds=rule.value)
    if timetable.closes_at < earliest:
        facts: dict[str, Fact] = {
            "pack": pack.name,
            "rule": "bid_period",
            "seconds": rule.value,
            "source": rule.source,
            "closes_at": _said(timetable.closes_at),
            "earliest": _said(earliest),
        }
        yield Fault("bid-period-too-short", BID_PERIOD_TOO_SHORT, facts, "/closes_at")


def _opening(timetable: Timetable) -> Iterator[Fault]:
    if timetable.opens_at < timetable.closes_at:
        yield Fault("opens-before-it-closes", OPENS_BEFORE_IT_CLOSES, {}, "/opens_at")


def _said(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


BID_PERIOD_TOO_SHORT = Text(
    "Suppliers have at least {seconds} seconds from publication, so until {earliest}, but bids "
    "are due {closes_at} (rule {rule} of the pack “{pack}”: {source})",
    "自发布起供应商至少有 {seconds} 秒，即至 {earliest}，而投标截止为 {closes_at}"
    "（规则包“{pack}”规则 {rule}：{source}）",
)
OPENS_BEFORE_IT_CLOSES = Text(
    "Nothing is opened before the deadline for bids", "投标截止之前不得开标"
)
