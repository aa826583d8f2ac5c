"""What supervisors read and ask for; the agency replies."""

from tests.api.matrix.oversight import OVERSEERS
from tests.api.matrix.people import AGENCY, OTHER_OVERSEER, OVERSEER
from tests.api.matrix.row import Case, Row, Sent, get
from tests.api.matrix.states import GATHERING, MINUTED, PUBLISHED
from tests.api.matrix.tenders import OFFICERS, TENDER


def _reply(case: Case, who: str) -> Sent:
    return Sent({"text": "Here it is"}, ids={"order": case.ids["demand"]})


ROWS = [
    *(
        Row("get", "v1/supervision", at, OVERSEERS | {OTHER_OVERSEER})
        for at in (PUBLISHED, GATHERING)
    ),
    *(Row("get", f"{TENDER}/attempts", at, OVERSEERS) for at in (PUBLISHED, MINUTED)),
    Row("get", f"{TENDER}/askers", PUBLISHED, OVERSEERS, 409),
    get(f"{TENDER}/demands", PUBLISHED, AGENCY | {OVERSEER}, stranger=401),
    Row("post", f"{TENDER}/demands/<str:order>/reply", PUBLISHED, OFFICERS, 201, send=_reply),
]
