"""Suppliers ask, officers answer, everybody reads the answers; nobody learns who asked."""

from tests.api.matrix.people import SIGNED_IN, SUPPLIERS
from tests.api.matrix.row import Case, Row, Sent, get, shown_to_all
from tests.api.matrix.states import GATHERING, PUBLISHED
from tests.api.matrix.tenders import OFFICERS, TENDER
from tests.tenders.asking import answer_note, asked

NO_NOTE = {"answer_note": "none"}


def _question(case: Case, who: str) -> Sent:
    return Sent({"text": "When can the hall be visited?"})


def _answer(case: Case, who: str) -> Sent:
    assert case.tender is not None
    if who != "officer":  # nobody else has a key to sign with
        return Sent(NO_NOTE)
    question = asked(case.world, case.tender)
    return Sent({"answer_note": answer_note(case.world, case.tender, [question.pk]).decode()})


ROWS = [
    get(f"{TENDER}/questions", PUBLISHED, SIGNED_IN, stranger=401),
    Row("post", f"{TENDER}/questions", PUBLISHED, SUPPLIERS, 201, send=_question, concealed=True),
    Row("post", f"{TENDER}/questions", GATHERING, SUPPLIERS, 409, send=_question, concealed=True),
    *shown_to_all(f"{TENDER}/answers", PUBLISHED, GATHERING),
    Row("post", f"{TENDER}/answers", PUBLISHED, OFFICERS, 201, send=_answer),
]
