"""Calendars of 2026 written down by hand, for tests that count days.

China: General Office of the State Council, notice of November 2025 on the holidays of 2026.
Germany: the nine days that are off in all of its states.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from procurement.texts import Text
from procurement.working_days import Calendar

_NEW_YEAR, _SPRING = Text("New Year", "元旦"), Text("Spring Festival", "春节")
_TOMBS, _LABOUR = Text("Tomb-Sweeping Day", "清明节"), Text("Labour Day", "劳动节")
_DRAGON, _AUTUMN = Text("Dragon Boat Festival", "端午节"), Text("Mid-Autumn Festival", "中秋节")
_NATIONAL, _WORKED = Text("National Day", "国庆节"), Text("Worked", "上班")
_BLOCKS = (
    (_NEW_YEAR, (1, 1), (1, 3)),
    (_SPRING, (2, 15), (2, 23)),
    (_TOMBS, (4, 4), (4, 6)),
    (_LABOUR, (5, 1), (5, 5)),
    (_DRAGON, (6, 19), (6, 21)),
    (_AUTUMN, (9, 25), (9, 27)),
    (_NATIONAL, (10, 1), (10, 7)),
)
WORKED_WEEKENDS = ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))


def _off() -> Iterator[tuple[date, Text]]:
    for name, first, last in _BLOCKS:
        day = date(2026, *first)
        while day <= date(2026, *last):
            yield day, name
            day += timedelta(days=1)


CHINA_2026 = Calendar(
    zone="Asia/Shanghai",
    country="CN",
    off=dict(_off()),
    working={date(2026, *day): _WORKED for day in WORKED_WEEKENDS},
    published=frozenset({2026}),
)
GERMANY_2026 = Calendar(
    zone="Europe/Berlin",
    country="DE",
    off={
        date(2026, 1, 1): Text("New Year", "元旦"),
        date(2026, 4, 3): Text("Good Friday", "耶稣受难日"),
        date(2026, 4, 6): Text("Easter Monday", "复活节星期一"),
        date(2026, 5, 1): Text("Labour Day", "劳动节"),
        date(2026, 5, 14): Text("Ascension Day", "耶稣升天节"),
        date(2026, 5, 25): Text("Whit Monday", "圣灵降临节星期一"),
        date(2026, 10, 3): Text("German Unity Day", "德国统一日"),
        date(2026, 12, 25): Text("Christmas Day", "圣诞节"),
        date(2026, 12, 26): Text("Second Day of Christmas", "圣诞节次日"),
    },
)
