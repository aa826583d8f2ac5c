"""Changes of a published tender: proposed by officers, decided by a second person, read by all."""

from tests import world as made
from tests.api.matrix.panels import new_panel
from tests.api.matrix.people import EVERYONE, NOBODY, SIGNED_IN, Group
from tests.api.matrix.row import Case, Row, Sent, get, shown_to_all
from tests.api.matrix.states import APPROVED, PUBLISHED
from tests.api.matrix.tenders import OFFICERS, SEES_THE_PLAN, TENDER

AMENDMENT = "v1/amendments/<uuid:amendment>"
EXTENSION = "v1/extensions/<uuid:extension>"
HIDDEN: Group = SIGNED_IN - SEES_THE_PLAN
LEGAL: Group = frozenset({"legal"})
APPROVERS: Group = frozenset({"legal", "finance"})
TIMEKEEPER: Group = frozenset({"timekeeper"})
NOTICE = f"{TENDER}/notices/<int:version>"


def _reason(case: Case, who: str) -> Sent:
    return Sent({"reason": "The hall seats more people", "validity_days": 120})


def _days(case: Case, who: str) -> Sent:
    return Sent({"validity_days": 120})


def _file(case: Case, who: str) -> Sent:
    return Sent(b"twelve", "text/plain", ids={"name": "drawing.txt"})


def _yes(case: Case, who: str) -> Sent:
    return Sent({"approved": True})


def _signed(case: Case, who: str) -> Sent:
    return Sent({"notice_note": "none", "notice_pdf": "JVBERg=="})


def _extension(case: Case, who: str) -> Sent:
    return Sent({"extension_note": "none"})


def _acknowledgement(case: Case, who: str) -> Sent:
    return Sent({"note": "none"})


def _copy(case: Case, who: str) -> Sent:
    assert case.line is not None
    closes_at = (case.world.now + made.HOUR).isoformat()
    return Sent({"plan_line": str(case.line.pk), "closes_at": closes_at})


ROWS = [
    get(f"{TENDER}/amendments", PUBLISHED, SIGNED_IN, stranger=401),
    Row("post", f"{TENDER}/amendments", PUBLISHED, OFFICERS, 409, send=_reason),  # one is open
    get(AMENDMENT, PUBLISHED, SEES_THE_PLAN, stranger=401),
    Row("patch", AMENDMENT, PUBLISHED, OFFICERS, hidden=HIDDEN, send=_days),
    Row("delete", AMENDMENT, PUBLISHED, OFFICERS, hidden=HIDDEN),
    Row(
        "put",
        f"{AMENDMENT}/documents/<str:name>",
        PUBLISHED,
        OFFICERS,
        201,
        hidden=HIDDEN,
        send=_file,
    ),
    Row("post", f"{AMENDMENT}/approval-request", PUBLISHED, OFFICERS, hidden=HIDDEN),
    Row("post", f"{AMENDMENT}/decision", PUBLISHED, LEGAL, 409, hidden=HIDDEN, send=_yes),
    get(f"{AMENDMENT}/notice", PUBLISHED, SEES_THE_PLAN, stranger=401),
    get(f"{AMENDMENT}/notice.pdf", PUBLISHED, SEES_THE_PLAN, stranger=401),
    get(f"{AMENDMENT}/keyset", PUBLISHED, SEES_THE_PLAN, stranger=401),
    Row("post", f"{AMENDMENT}/publication", PUBLISHED, OFFICERS, 409, hidden=HIDDEN, send=_signed),
    get(f"{AMENDMENT}/panel", PUBLISHED, NOBODY, stranger=401),
    Row("put", f"{AMENDMENT}/panel", PUBLISHED, OFFICERS, hidden=HIDDEN, send=new_panel),
    Row("post", f"{AMENDMENT}/panel/keyset", PUBLISHED, OFFICERS, 409, hidden=HIDDEN),
    get(f"{TENDER}/extension-to-sign", PUBLISHED, SIGNED_IN, status=400, stranger=401),
    get(f"{TENDER}/extensions", PUBLISHED, SIGNED_IN, stranger=401),
    Row("post", f"{TENDER}/extensions", PUBLISHED, OFFICERS, 409, send=_extension),
    Row("patch", EXTENSION, PUBLISHED, OFFICERS, 400, hidden=HIDDEN, send=_extension),
    Row("delete", EXTENSION, PUBLISHED, OFFICERS, hidden=HIDDEN),
    Row("post", f"{EXTENSION}/decision", PUBLISHED, APPROVERS, hidden=HIDDEN, send=_yes),
    Row(
        "post",
        f"{TENDER}/extension-acknowledgements",
        PUBLISHED,
        TIMEKEEPER,
        400,
        send=_acknowledgement,
    ),
    *shown_to_all(f"{TENDER}/notices", PUBLISHED),
    *shown_to_all(NOTICE, PUBLISHED),
    *shown_to_all(f"{NOTICE}.note", PUBLISHED),
    *shown_to_all(f"{NOTICE}.pdf", PUBLISHED),
    get(f"{NOTICE}/differences", PUBLISHED, NOBODY, stranger=404),  # of the first there are none
    *shown_to_all(f"{TENDER}/documents/<str:name>/versions", PUBLISHED),
    get(f"{TENDER}/documents/<str:name>/differences", PUBLISHED, EVERYONE, status=400),
    Row("post", f"{TENDER}/copies", APPROVED, OFFICERS, 201, hidden=HIDDEN, send=_copy),
]
