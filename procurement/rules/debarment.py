"""Who is debarred: an entry holds from its first instant to before its last, half-open.

Bodies are compared by scheme and identifier, without regard to spaces and capital letters. A name
alone debars nobody: many bodies have the same one.
"""

from collections.abc import Iterator
from datetime import datetime

from procurement.refusals import Fact, Fault, Refusal
from procurement.texts import Text

ENDS_TOO_SOON = Text("A debarment ends after it starts", "禁入的截止时间须晚于起始时间")
ENDED = Text("It has ended already", "该项禁入已经到期")
MISSING = Text("This must not be empty", "此项不能为空")
ON_THE_LIST = Text(
    "{name} is on the debarment list (version {version}, asked at {at}): {source}, {until}",
    "{name} 在禁入名单上（第 {version} 版，查询时间 {at}）：{source}，{until}",
)
UNTIL = Text("until {ends_at}", "至 {ends_at}")
WITHOUT_END = Text("until it is lifted", "直至解除")


class BidderDebarred(Refusal):
    """Raise with a fault for every entry that was found."""

    code, status = "bidder-debarred", 409
    title = Text(
        "A bidder is on the debarment list; the bid can be filed at its own risk only, "
        "for people to judge",
        "投标人在禁入名单上；仅可自担风险递交，由人员审查",
    )


class WinnerDebarred(Refusal):
    """Raise with a fault for every entry that was found."""

    code, status = "winner-debarred", 409
    title = Text(
        "The proposed winner is on the debarment list; whether the bid counts must be judged and "
        "confirmed, knowing that",
        "拟中标人在禁入名单上；须在知悉此情况下判断并确认该投标是否有效",
    )


def compared(scheme: str, identifier: str) -> str:
    """Write a body's identifier as it is compared."""
    return f"{''.join(scheme.split())}-{''.join(identifier.split())}".upper()


def faults_of_entry(
    *, named: dict[str, str], starts_at: datetime, ends_at: datetime | None, now: datetime
) -> Iterator[Fault]:
    """Name what keeps an entry from standing on the list; ``named`` are its texts by field."""
    for field, value in named.items():
        if not value.strip():
            yield Fault("blank", MISSING, pointer=f"/{field}")
    if ends_at is not None and ends_at <= starts_at:
        yield Fault("ends-too-soon", ENDS_TOO_SOON, pointer="/ends_at")
    elif ends_at is not None and ends_at <= now:
        yield Fault("ended", ENDED, pointer="/ends_at")


def fault_of(
    *, name: str, version: int, at: datetime, source: str, ends_at: datetime | None
) -> Fault:
    """Say what was found, when, and in which version of the list."""
    until = WITHOUT_END
    if ends_at is not None:
        day = f"{ends_at:%Y-%m-%d %H:%M} UTC"
        until = Text(UNTIL.en.format(ends_at=day), UNTIL.zh.format(ends_at=day))
    asked_at = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    facts: dict[str, Fact] = {
        "name": name,
        "version": version,
        "at": asked_at,
        "source": source,
        "until": until,
    }
    return Fault("on-the-list", ON_THE_LIST, facts)
