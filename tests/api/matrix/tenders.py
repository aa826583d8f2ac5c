"""Plan lines and tenders, up to the notice; orders and the end."""

import base64
from typing import Any

from tests import world as made
from tests.api.matrix.people import (
    AGENCY,
    CONCERNED,
    OUTSIDE,
    OVERSEER,
    SIGNED_IN,
    Group,
)
from tests.api.matrix.row import Case, Row, Sent, get, hidden_from_all, shown_to_all
from tests.api.matrix.states import (
    APPROVED,
    DRAFTED,
    IN_APPROVAL,
    KEYS_IN,
    NOTHING_YET,
    PUBLISHED,
    READY,
    REHEARSING,
)

OFFICERS: Group = frozenset({"officer"})
SEES_THE_PLAN: Group = AGENCY | {OVERSEER}
DECLARES: Group = AGENCY
TENDER = "v1/tenders/<uuid:tender>"


def _line(case: Case, who: str) -> Sent:
    return Sent({
        "agency": str(case.world.agency.pk),
        "title": {"en": "Desks", "zh": ""},
        "budget": {"amount": "50000.00", "currency": "CNY"},
    })  # fmt: skip


def _draft(case: Case, who: str) -> Sent:
    assert case.line is not None
    closes_at = (case.world.now + made.HOUR).isoformat()
    return Sent({
        "plan_line": str(case.line.pk), "procedure": "open", "pack": "training",
        "title": {"en": "Chairs", "zh": "椅子"}, "currency": "CNY", "validity_days": 90,
        "closes_at": closes_at, "lots": [_lot()],
    })  # fmt: skip


def _lot() -> dict[str, Any]:
    item = {
        "id": "chairs", "description": "Folding chair", "quantity": "10", "unit": "piece",
        "classification": {"scheme": "CPV", "id": "39112000-0"},
    }  # fmt: skip
    title = {"en": "Chairs", "zh": "椅子"}
    return {"id": "lot-1", "title": title, "criterion": "price", "items": [item]}


def _edit(case: Case, who: str) -> Sent:
    return Sent({"validity_days": 120})


def _no_interest(case: Case, who: str) -> Sent:
    return Sent({"conflict": False})


def _approval(kind: str) -> Any:
    return lambda case, who: Sent({"kind": kind, "approved": True})


def _publication(case: Case, who: str) -> Sent:
    if who != "officer":  # nobody else has a key to sign with
        return Sent({"notice_note": "none", "keyset_note": "none", "notice_pdf": "JVBERg=="})
    assert case.tender is not None
    signed = made.signed_notice(case.world, case.tender)
    return Sent({
        "notice_note": signed.notice_note.decode(),
        "keyset_note": signed.keyset_note.decode(),
        "notice_pdf": base64.b64encode(signed.pdf).decode(),
    })  # fmt: skip


def _reason(case: Case, who: str) -> Sent:
    return Sent({"reason": "The hall was sold"})


def _order(effect: str) -> Any:
    def send(case: Case, who: str) -> Sent:
        assert case.tender is not None
        return Sent({"order_note": made.order(case.world, case.tender, effect).decode()})

    return send


def _file(case: Case, who: str) -> Sent:
    return Sent(b"twelve", "text/plain", ids={"name": "drawing.txt"})


ROWS = [
    get("v1/plan-lines", NOTHING_YET, SIGNED_IN, stranger=401),
    Row("post", "v1/plan-lines", NOTHING_YET, OFFICERS, 201, send=_line),
    Row(
        "post",
        "v1/plan-lines/<uuid:plan_line>/withdrawal",
        NOTHING_YET,
        OFFICERS,
        hidden=SIGNED_IN - SEES_THE_PLAN,
    ),
    *shown_to_all("v1/tenders", READY, PUBLISHED),
    Row(
        "post",
        "v1/tenders",
        NOTHING_YET,
        OFFICERS,
        201,
        hidden=SIGNED_IN - SEES_THE_PLAN,
        send=_draft,
    ),
    get(TENDER, DRAFTED, CONCERNED, stranger=404),
    *shown_to_all(TENDER, PUBLISHED),
    Row("patch", TENDER, READY, OFFICERS, hidden=OUTSIDE, send=_edit),
    Row("patch", TENDER, IN_APPROVAL, OFFICERS, hidden=OUTSIDE, send=_edit),
    Row("patch", TENDER, PUBLISHED, OFFICERS, 409, send=_edit),
    Row(
        "post",
        f"{TENDER}/interests",
        DRAFTED,
        DECLARES,
        201,
        hidden=OUTSIDE,
        send=_no_interest,
    ),
    Row("post", f"{TENDER}/approval-request", READY, OFFICERS, hidden=OUTSIDE),
    Row(
        "post",
        f"{TENDER}/approvals",
        IN_APPROVAL,
        frozenset({"legal"}),
        201,
        hidden=OUTSIDE,
        send=_approval("legal"),
    ),
    Row(
        "post",
        f"{TENDER}/approvals",
        IN_APPROVAL,
        frozenset({"finance"}),
        201,
        hidden=OUTSIDE,
        send=_approval("finance"),
    ),
    Row(
        "post",
        f"{TENDER}/publication",
        APPROVED,
        OFFICERS,
        201,
        hidden=OUTSIDE,
        send=_publication,
    ),
    Row("post", f"{TENDER}/cancellation", READY, OFFICERS, hidden=OUTSIDE, send=_reason),
    Row("post", f"{TENDER}/cancellation", PUBLISHED, OFFICERS, send=_order("cancel")),
    Row(
        "post",
        f"{TENDER}/orders",
        PUBLISHED,
        frozenset({OVERSEER}),
        201,
        send=_order("suspend"),
    ),
    get(f"{TENDER}/documents", DRAFTED, CONCERNED, stranger=404),
    *shown_to_all(f"{TENDER}/documents", PUBLISHED),
    get(f"{TENDER}/documents/<str:name>", DRAFTED, CONCERNED, stranger=404),
    *shown_to_all(f"{TENDER}/documents/<str:name>", PUBLISHED),
    Row(
        "put",
        f"{TENDER}/documents/<str:name>",
        DRAFTED,
        OFFICERS,
        201,
        hidden=OUTSIDE,
        send=_file,
    ),
    Row("put", f"{TENDER}/documents/<str:name>", PUBLISHED, OFFICERS, 409, send=_file),
    # What would be signed is the agency's own business until it is.
    get(f"{TENDER}/notice", READY, AGENCY, stranger=404),
    *shown_to_all(f"{TENDER}/notice", PUBLISHED),
    get(f"{TENDER}/notice.pdf", READY, AGENCY, stranger=404),
    *shown_to_all(f"{TENDER}/notice.pdf", PUBLISHED),
    *hidden_from_all(f"{TENDER}/notice.note", APPROVED),
    *shown_to_all(f"{TENDER}/notice.note", PUBLISHED),
    *hidden_from_all(f"{TENDER}/keyset", KEYS_IN),
    get(f"{TENDER}/keyset", REHEARSING, CONCERNED, stranger=404),
    *shown_to_all(f"{TENDER}/keyset", PUBLISHED),
    *hidden_from_all(f"{TENDER}/keyset.note", APPROVED),
    *shown_to_all(f"{TENDER}/keyset.note", PUBLISHED),
    get(f"{TENDER}/response-form", DRAFTED, CONCERNED, stranger=404),
    *shown_to_all(f"{TENDER}/response-form", PUBLISHED),
    get(f"{TENDER}/lots/<str:lot>/offer-schema", DRAFTED, CONCERNED, stranger=404),
    *shown_to_all(f"{TENDER}/lots/<str:lot>/offer-schema", PUBLISHED),
]
