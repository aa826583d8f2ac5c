"""Bids on their way in: a supplier's own, and for everybody else as if there were none."""

import hashlib
from typing import Any

from tests.api.matrix.people import BIDDER, OWN, SIGNED_IN, Group
from tests.api.matrix.row import Case, Row, Sent
from tests.api.matrix.states import GATHERING, PUBLISHED
from tests.api.matrix.tenders import TENDER
from tests.bidding import filing

SIGNERS: Group = frozenset({BIDDER})
FOREIGN: Group = SIGNED_IN - OWN
PDF = "application/pdf"


def _row(method: str, route: str, may: Group, status: int = 200, **how: Any) -> Row:
    return Row(method, route, PUBLISHED, may, status, **{"concealed": True, **how})


def _own(route: str, **how: Any) -> Row:
    """Write a row of reading one's own."""
    return _row("get", route, OWN, hidden=FOREIGN, **how)


def _new_envelope(case: Case, who: str) -> Sent:
    assert case.fresh is not None
    supplier = str(case.cast.bidder.organisation.pk)
    return Sent({"supplier": supplier, "manifest": case.fresh.manifest.to_json()})


def _part(case: Case, who: str) -> Sent:
    assert case.half is not None
    name = "share-1.age"
    data = case.half.parts()[name]
    return Sent(
        data,
        "application/octet-stream",
        ids={"name": name},
        headers={"Content-SHA256": hashlib.sha256(data).hexdigest()},
    )


def _uploaded(case: Case, who: str) -> Sent:
    assert case.uploaded is not None
    return Sent({}, ids={"envelope": str(case.uploaded.pk)})


def _new_bid(case: Case, who: str) -> Sent:
    assert case.complete is not None
    return Sent({
        "supplier": str(case.cast.bidder.organisation.pk),
        "lot": "lot-1",
        "envelopes": {"offer": case.complete.manifest.digest()},
    })  # fmt: skip


def _of_prepared(case: Case, who: str) -> Sent:
    assert case.prepared is not None
    return Sent({}, ids={"bid": str(case.prepared.pk)})


def _signed_form(case: Case, who: str) -> Sent:
    assert case.prepared is not None
    form = b"%PDF-1.7"
    if who == BIDDER:
        form = filing.signed_form(case.world, case.cast.bidder, case.prepared)
    return Sent(form, PDF, ids={"bid": str(case.prepared.pk)})


def _signed_withdrawal(case: Case, who: str) -> Sent:
    assert case.filed is not None
    form = b"%PDF-1.7"
    if who == BIDDER:
        form = filing.signed_withdrawal(case.world, case.cast.bidder, case.filed.bid)
    return Sent(form, PDF)


_ENVELOPE, _BID = "v1/envelopes/<uuid:envelope>", "v1/bids/<uuid:bid>"
ROWS = [
    _row("post", f"{TENDER}/envelopes", OWN, 201, send=_new_envelope),
    _own(_ENVELOPE),
    _row("put", f"{_ENVELOPE}/parts/<str:name>", OWN, hidden=FOREIGN, send=_part),
    _row("post", f"{_ENVELOPE}/completion", OWN, hidden=FOREIGN, send=_uploaded),
    _row("get", f"{TENDER}/bids", SIGNED_IN),  # everybody their own: most have none
    Row("get", f"{TENDER}/bids", GATHERING, SIGNED_IN),
    _row("post", f"{TENDER}/bids", OWN, 201, send=_new_bid),
    _own(_BID),
    _row("delete", _BID, OWN, hidden=FOREIGN, send=_of_prepared),
    _own(f"{_BID}/form.pdf", send=_of_prepared),
    _row("post", f"{_BID}/submission", SIGNERS, 201, hidden=FOREIGN, send=_signed_form),
    _own(f"{_BID}/receipt"),
    _own(f"{_BID}/receipt.pdf"),
    _own(f"{_BID}/countersigned.pdf"),
    _own(f"{_BID}/proof"),
    _own(f"{_BID}/withdrawal.pdf"),
    _row("post", f"{_BID}/withdrawal", SIGNERS, hidden=FOREIGN, send=_signed_withdrawal),
]
