"""Registration, verification, invitations, handovers, and proofs of certificates."""

import itertools

from procurement.actions.invitations import KEYS
from tests.api.matrix.people import BIDDER_ADMIN, EVERYONE, NEWCOMER, OPERATOR, SIGNED_IN, Group
from tests.api.matrix.row import Case, Row, Sent, get
from tests.api.matrix.states import NOTHING_YET

_serial = itertools.count(1)
OPERATORS: Group = frozenset({OPERATOR})
MANAGERS: Group = frozenset({OPERATOR, BIDDER_ADMIN})


def _own(case: Case, **body: object) -> Sent:
    return Sent(body, ids={"organisation": str(case.cast.bidder.organisation.pk)})


def _registration(case: Case, who: str) -> Sent:
    number = next(_serial)
    body = {"name_en": "Reed Mills", "identifier_scheme": "NTRCN", "identifier": f"reed-{number}"}
    person = {"name": "Ree", "email": f"ree{number}@example.org", "password": "correct horse bat"}
    return Sent({"organisation": body, "person": person})


def _confirmation(case: Case, who: str) -> Sent:
    return Sent({"key": "none", "password": "correct horse bat"})


def _verification(case: Case, who: str) -> Sent:
    return _own(case, verified=True, evidence="Extract of 1 March", source="Trade register")


def _invitation(case: Case, who: str) -> Sent:
    return _own(case, email="colleague@example.org", roles=["supplier-signer"])


def _acceptance(case: Case, who: str) -> Sent:
    return Sent({"key": KEYS.sign(case.ids["invitation"])})


def _handover(case: Case, who: str) -> Sent:
    bidder = case.cast.bidder
    ids = {"from": str(bidder.signer.pk), "to": str(bidder.administrator.pk)}
    return _own(case, **ids, role="supplier-signer")


def _challenge(case: Case, who: str) -> Sent:
    return _own(case)


def _reading(case: Case, who: str) -> Sent:
    return Sent(ids={"organisation": str(case.cast.bidder.organisation.pk)})


def _paper(case: Case, who: str) -> Sent:
    return Sent(b"%PDF-1.7", "application/pdf")


_BODY = "v1/organisations/<uuid:organisation>"
ROWS = [
    Row("post", "v1/signature-checks", NOTHING_YET, EVERYONE, send=_paper),
    Row("post", "v1/registrations", NOTHING_YET, EVERYONE, 202, send=_registration),
    Row(
        "post",
        "v1/registrations/confirmation",
        NOTHING_YET,
        frozenset(),  # without the key out of the letter
        refused=409,
        stranger=409,
        send=_confirmation,
    ),
    Row("post", f"{_BODY}/verification", NOTHING_YET, OPERATORS, 201, send=_verification),
    get(f"{_BODY}/verification", NOTHING_YET, OPERATORS, stranger=401),
    get(f"{_BODY}/people", NOTHING_YET, MANAGERS, stranger=401, send=_reading),
    get(f"{_BODY}/invitations", NOTHING_YET, MANAGERS, stranger=401, send=_reading),
    Row("post", f"{_BODY}/invitations", NOTHING_YET, MANAGERS, 201, send=_invitation),
    Row(
        "delete",
        "v1/invitations/<uuid:invitation>",
        NOTHING_YET,
        MANAGERS,
        hidden=SIGNED_IN,
    ),
    Row(
        "post",
        "v1/invitations/acceptance",
        NOTHING_YET,
        frozenset({NEWCOMER}),
        201,
        refused=409,  # it is another's
        send=_acceptance,
    ),
    Row("post", f"{_BODY}/handovers", NOTHING_YET, MANAGERS, 201, send=_handover),
    Row(
        "post",
        f"{_BODY}/certificate-challenges",
        NOTHING_YET,
        frozenset({BIDDER_ADMIN}),
        201,
        send=_challenge,
    ),
]
