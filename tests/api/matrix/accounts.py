"""Accounts, bodies, keys and the log."""

import base64
import itertools

from procurement.proof.notes import Signer
from tests.api.matrix.people import (
    AGENCY,
    NEWCOMER,
    OPERATOR,
    SIGNED_IN,
    Group,
)
from tests.api.matrix.row import Case, Row, Sent, get, shown_to_all
from tests.api.matrix.states import NOTHING_YET

_serial = itertools.count(1)
OPERATORS: Group = frozenset({OPERATOR})


def _organisation(case: Case, who: str) -> Sent:
    number = next(_serial)
    return Sent({"kind": "agency", "name_en": "New", "identifier_scheme": "NTRCN",
                 "identifier": f"new-{number}"})  # fmt: skip


def _user(case: Case, who: str) -> Sent:
    address = f"new{next(_serial)}@example.org"
    return Sent({"email": address, "name": "New", "password": "correct horse battery"})


def _role(case: Case, who: str) -> Sent:
    return Sent({"user": str(case.cast.user(NEWCOMER).pk), "role": "officer"})


def _machine(case: Case, who: str) -> Sent:
    ids = {"organisation": str(case.world.supervisor.pk)}
    return Sent({"name": "Clock", "role": "timekeeper"}, ids=ids)


def _note_key(case: Case, who: str) -> Sent:
    return Sent({"vkey": Signer.generate(f"daylight.example/agency/{next(_serial)}").verifier})


def _certificate(case: Case, who: str) -> Sent:
    bidder = case.cast.bidder
    der = base64.b64encode(bidder.credential.certificate_der).decode()
    seen = {"certificate": der, "evidence": "The authority's letter"}
    return Sent(seen, ids={"organisation": str(bidder.organisation.pk)})


def _agency(case: Case, who: str) -> Sent:
    ids = {"organisation": str(case.world.supervisor.pk)}
    return Sent({"agency": str(case.cast.other_agency.pk)}, ids=ids)


_BODY = "v1/organisations/<uuid:organisation>"
ROWS = [
    *shown_to_all("schema/", NOTHING_YET),
    *shown_to_all("docs/", NOTHING_YET),
    get("v1/me", NOTHING_YET, SIGNED_IN, stranger=401),
    *shown_to_all("v1/organisations", NOTHING_YET),
    Row("post", "v1/organisations", NOTHING_YET, OPERATORS, 201, send=_organisation),
    Row("post", "v1/users", NOTHING_YET, OPERATORS, 201, send=_user),
    Row("post", f"{_BODY}/roles", NOTHING_YET, OPERATORS, 201, send=_role),
    Row("post", f"{_BODY}/machines", NOTHING_YET, OPERATORS, 201, send=_machine),
    Row("post", f"{_BODY}/note-keys", NOTHING_YET, OPERATORS, 201, send=_note_key),
    Row("post", f"{_BODY}/certificates", NOTHING_YET, OPERATORS, 201, send=_certificate),
    Row("post", f"{_BODY}/agencies", NOTHING_YET, OPERATORS, 201, send=_agency),
    Row(
        "delete",
        "v1/memberships/<uuid:membership>",
        NOTHING_YET,
        OPERATORS,
        hidden=SIGNED_IN - AGENCY,  # an agency's people see who else acts for it
    ),
    *shown_to_all("v1/anchors", NOTHING_YET),
    *shown_to_all("v1/log/checkpoint", NOTHING_YET),
    *shown_to_all("v1/log/tile/0/000.p/4", NOTHING_YET),
    *shown_to_all("v1/log/tile/entries/000.p/4", NOTHING_YET),
]
