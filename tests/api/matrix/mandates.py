"""Mandates to sign for a supplier: its administrator's and the operators' to keep."""

import base64
from uuid import UUID

from procurement.mandate_paper import mandate_pdf
from procurement.models import SigningMandate
from tests.api.matrix.registering import MANAGERS
from tests.api.matrix.row import Case, Row, Sent, get
from tests.api.matrix.states import NOTHING_YET
from tests.signatures.mandating import YEAR

_PAPERS: dict[UUID, bytes] = {}  # signed once for all who send them


def _own(case: Case, **body: object) -> Sent:
    return Sent(body, ids={"organisation": str(case.cast.bidder.organisation.pk)})


def _reading(case: Case, who: str) -> Sent:
    return Sent(ids={"organisation": str(case.cast.bidder.organisation.pk)})


def _paper(case: Case, who: str) -> Sent:
    der = base64.b64encode(case.cast.rival.credential.certificate_der).decode()
    return _own(case, certificate=der, valid_until=(case.world.now + YEAR).isoformat())


def _signed(case: Case, who: str) -> Sent:
    waiting = SigningMandate.objects.get(recorded_at=None).pk
    if waiting not in _PAPERS:
        _PAPERS[waiting] = case.world.trust.sign(
            mandate_pdf(SigningMandate.objects.get(pk=waiting)),
            case.cast.bidder.credential,
            case.world.now,
        )
    return _own(case, signed_mandate=base64.b64encode(_PAPERS[waiting]).decode())


def _revocation(case: Case, who: str) -> Sent:
    return _own(case, reason="She has left the firm")


_BODY = "v1/organisations/<uuid:organisation>"
ROWS = [
    Row("post", f"{_BODY}/mandate-papers", NOTHING_YET, MANAGERS, 201, send=_paper),
    get(f"{_BODY}/mandates", NOTHING_YET, MANAGERS, stranger=401, send=_reading),
    Row("post", f"{_BODY}/mandates", NOTHING_YET, MANAGERS, 201, send=_signed),
    Row(
        "post",
        f"{_BODY}/mandates/<uuid:mandate>/revocation",
        NOTHING_YET,
        MANAGERS,
        send=_revocation,
    ),
]
