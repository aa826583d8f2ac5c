"""The timetable of a tender, and whether it leaves suppliers enough time.

Bids are in time while ``published_at <= now < closes_at``: an interval that is open at its end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from procurement.refusals import Fact, Fault
from procurement.texts import Text
from procurement.working_days import WEEKENDS_ONLY, Calendar
from tenders.packs import Reduction, RulePack
from tenders.rules.dates import Dated, after, months_after, said

AT_LEAST = frozenset({"documents_until", "earliest_deadline", "amended_deadline"})  # not before
CUT_OFFS = frozenset({"questions_until", "answers_until"})  # counted back from the deadline
PRIOR_NOTICE = "prior-notice"  # what a reduction may need


@dataclass(frozen=True)
class Timetable:
    """When a tender is published, when bids are due, and when they are opened at the earliest."""

    published_at: datetime
    closes_at: datetime
    opens_at: datetime
    reductions: frozenset[str] = frozenset()  # of the bid period, as the pack names them
    announced_at: datetime | None = None  # of the purchase to all, as a prior notice

    def takes_bids(self, at: datetime) -> bool:
        """Tell whether a bid that arrives at this instant is in time."""
        return self.published_at <= at < self.closes_at


def faults(
    timetable: Timetable, *, pack: RulePack, calendar: Calendar = WEEKENDS_ONLY
) -> list[Fault]:
    """Name every rule of the pack that the timetable breaks, with its source."""
    return [
        *_bid_period(timetable, pack, calendar),
        *_prior_notice(timetable, pack, calendar),
        *_opening(timetable),
    ]


def dates(timetable: Timetable, *, pack: RulePack, calendar: Calendar) -> dict[str, Dated]:
    """Give every date that the pack computes for a timetable, by its name in ``LABELS``."""
    start, end, grounds = timetable.published_at, timetable.closes_at, timetable.reductions
    found = {
        "documents_until": pack.documents_until(start, calendar),
        "notice_until": pack.notice_until(start, calendar),
        "challenge_until": pack.challenge_until(start, calendar),
        "earliest_deadline": pack.earliest_deadline(start, calendar, grounds),
        "questions_until": pack.questions_until(end, calendar, grounds),
        "answers_until": pack.answers_until(end, calendar, grounds),
    }
    return {name: dated for name, dated in found.items() if dated is not None}


def shown_at(at: datetime, calendar: Calendar) -> str:
    """Write an instant as the clock on the wall shows it, with its zone."""
    return f"{calendar.local(at):%Y-%m-%d %H:%M:%S} {calendar.zone}"


def _bid_period(timetable: Timetable, pack: RulePack, calendar: Calendar) -> Iterator[Fault]:
    earliest = pack.earliest_deadline(timetable.published_at, calendar, timetable.reductions)
    if timetable.closes_at >= earliest.at:
        return
    rule = earliest.trace.by
    facts: dict[str, Fact] = {
        "pack": pack.name,
        "rule": earliest.trace.rule,
        "period": said(rule),
        "source": rule.cited(),
        "closes_at": shown_at(timetable.closes_at, calendar),
        "earliest": shown_at(earliest.at, calendar),
        "years": ", ".join(str(year) for year in earliest.trace.unpublished),
    }
    text = PROVISIONALLY_TOO_SHORT if earliest.provisional else BID_PERIOD_TOO_SHORT
    yield Fault("bid-period-too-short", text, facts, "/closes_at")


def _prior_notice(timetable: Timetable, pack: RulePack, calendar: Calendar) -> Iterator[Fault]:
    for name in sorted(timetable.reductions & pack.reductions.keys()):
        reduction = pack.reductions[name]
        if reduction.needs != PRIOR_NOTICE or _in_window(timetable, reduction, calendar):
            continue
        facts: dict[str, Fact] = {"pack": pack.name, "rule": name}
        facts["source"] = reduction.period.cited()
        for bound, rule in (("newest", reduction.no_newer), ("oldest", reduction.no_older)):
            facts[bound] = said(rule) if rule else ""
        yield Fault("no-prior-notice-in-time", NO_PRIOR_NOTICE, facts, "/reductions")


def _in_window(timetable: Timetable, reduction: Reduction, calendar: Calendar) -> bool:
    """Tell whether the prior notice is neither too new nor too old at the publication."""
    announced, published = timetable.announced_at, timetable.published_at
    if announced is None:
        return False
    newer, older = reduction.no_newer, reduction.no_older
    if newer and published < after("no_newer", newer, announced, calendar).at:
        return False
    return older is None or published <= months_after(announced, older.value, calendar)


def _opening(timetable: Timetable) -> Iterator[Fault]:
    if timetable.opens_at < timetable.closes_at:
        yield Fault("opens-before-it-closes", OPENS_BEFORE_IT_CLOSES, {}, "/opens_at")


LABELS = {
    "documents_until": Text("Documents are to be had at least until", "招标文件至少提供至"),
    "notice_until": Text("The notice runs until", "公告期限届满"),
    "challenge_until": Text("The documents may be challenged until", "对招标文件提出质疑截止"),
    "earliest_deadline": Text("Bids are due no earlier than", "投标截止不得早于"),
    "questions_until": Text("Questions are taken until", "提问截止"),
    "answers_until": Text("Questions are answered until", "答疑截止"),
    "question_extension": Text(
        "An unanswered question moved the deadline to", "因问题逾期未答复，投标截止顺延至"
    ),
    "amended_deadline": Text(
        "After an amendment bids were due no earlier than", "变更后投标截止不得早于"
    ),
}
BID_PERIOD_TOO_SHORT = Text(
    "Suppliers have at least {period} from publication, so until {earliest}, but bids "
    "are due {closes_at} (rule {rule} of the pack “{pack}”: {source})",
    "自发布起供应商至少有 {period}，即至 {earliest}，而投标截止为 {closes_at}"
    "（规则包“{pack}”规则 {rule}：{source}）",
)
PROVISIONALLY_TOO_SHORT = Text(
    BID_PERIOD_TOO_SHORT.en + "; this date is provisional: the holidays of {years} are not "
    "published yet",
    BID_PERIOD_TOO_SHORT.zh + "；该日期为暂定：{years} 年节假日安排尚未公布",
)
NO_PRIOR_NOTICE = Text(
    "For “{rule}” the purchase was announced to all at least {newest} and at most {oldest} "
    "before the publication (pack “{pack}”: {source})",
    "适用“{rule}”的，采购须在发布前至少 {newest}、至多 {oldest} 已向公众预告"
    "（规则包“{pack}”：{source}）",
)
OPENS_BEFORE_IT_CLOSES = Text(
    "Nothing is opened before the deadline for bids", "投标截止之前不得开标"
)
