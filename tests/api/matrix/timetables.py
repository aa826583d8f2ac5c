"""Rule packs, calendars and timetables: public but for drafts; operators keep the calendars."""

from typing import Any

from tests.api.matrix.people import CONCERNED, EVERYONE, OPERATOR, SIGNED_IN, Group
from tests.api.matrix.row import Case, Row, Sent, get, shown_to_all
from tests.api.matrix.states import APPROVED, NOTHING_YET, PUBLISHED
from tests.api.matrix.tenders import OFFICERS, SEES_THE_PLAN, TENDER

OPERATORS: Group = frozenset({OPERATOR})
DECREE = "A decree of the year before"


def _ids(case: Case) -> dict[str, str]:
    return {
        "country": "CN",
        "name": "cn-gp",
        "organisation": str(case.world.agency.pk),
    }


def _about(body: Any = None) -> Any:
    return lambda case, who: Sent(body, ids=_ids(case))


DAY = {
    "day": "2027-02-11", "kind": "off", "name": {"en": "Day off", "zh": "休息日"}, "source": DECREE,
}  # fmt: skip
YEAR = {"year": 2027, "published": True, "source": DECREE}
PLACE = {"country": "CN", "time_zone": "Asia/Shanghai"}

ROWS = [
    get(f"{TENDER}/timetable", APPROVED, CONCERNED, stranger=404),
    *shown_to_all(f"{TENDER}/timetable", PUBLISHED),
    *shown_to_all("v1/packs", NOTHING_YET),
    *shown_to_all("v1/prior-notices", NOTHING_YET),
    get("v1/packs/<str:name>", NOTHING_YET, EVERYONE, send=_about()),
    get("v1/calendars/<str:country>/days", NOTHING_YET, EVERYONE, send=_about()),
    get("v1/calendars/<str:country>/years", NOTHING_YET, EVERYONE, send=_about()),
    Row("post", "v1/calendars/<str:country>/days", NOTHING_YET, OPERATORS, 201, send=_about(DAY)),
    Row("post", "v1/calendars/<str:country>/years", NOTHING_YET, OPERATORS, 201, send=_about(YEAR)),
    Row(
        "put", "v1/organisations/<uuid:organisation>/place", NOTHING_YET, OPERATORS,
        send=_about(PLACE),
    ),
    Row(
        "post", "v1/plan-lines/<uuid:plan_line>/announcement", NOTHING_YET, OFFICERS,
        hidden=SIGNED_IN - SEES_THE_PLAN,
    ),
]  # fmt: skip
