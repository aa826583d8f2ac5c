"""The opening: each holder their own part, everybody what was announced, nobody more."""

from collections.abc import Callable

from bidding.queries_opening import minutes_of, opening_of
from bidding.sealed.opening import Disclosure, Failures, Release
from tests.api.matrix.people import NOBODY, OVERSEER, SEATS, Group
from tests.api.matrix.row import Case, Row, Sent, get, hidden_from_all, shown_to_all
from tests.api.matrix.states import (
    APPROVED,
    COME,
    GATHERING,
    INTENDED,
    MINUTED,
    OPENED,
    PUBLISHED,
    RELEASED,
    REQUESTED,
    TRIED,
)
from tests.api.matrix.tenders import TENDER
from tests.bidding import opened
from tests.bidding.opened import PRESENT
from tests.world import OPENERS

OPENING = f"{TENDER}/opening"
DOCUMENT = f"{TENDER}/opened-bids/<str:bid>/documents/<path:document>"
HERE: Group = frozenset(PRESENT)
ANSWERS: Group = HERE | {"timekeeper"}
READERS: Group = frozenset({"proposer", "decider", OVERSEER})
Said = Failures | Disclosure | Release


def _noted(say: Callable[[Case, str], Said], who_says: Group) -> Callable[[Case, str], Sent]:
    """Send what a holder says, signed; others have nothing to sign with."""

    def send(case: Case, who: str) -> Sent:
        if who not in who_says:
            return Sent({"note": "none"})
        assert case.tender is not None
        key = opened.key_of(case.world, case.tender, who)
        return Sent({"note": say(case, who).sign(key.note_signer()).decode()})

    return send


def _failures(case: Case, who: str) -> Failures:
    assert case.tender is not None
    return opened.failures(case.world, case.tender, who)


def _disclosure(case: Case, who: str) -> Disclosure:
    assert case.tender is not None
    return opened.disclosure(case.world, case.tender, who)


def _release(case: Case, who: str) -> Release:
    assert case.tender is not None
    return opened.release_of(case.world, case.tender)


def _minutes(case: Case, who: str) -> Sent:
    if who not in HERE:
        return Sent({"note": "none"})
    assert case.tender is not None
    key = opened.key_of(case.world, case.tender, who)
    said = minutes_of(opening_of(case.tender.pk))
    return Sent({"note": said.sign(key.note_signer()).decode()})


def _own_file(case: Case, who: str) -> Sent:
    names = {"timekeeper": "p.age", "escrow-a": "e.age", "escrow-b": "e.age"}
    names |= {f"opener-{n}": f"share-{n}.age" for n in range(1, 5)}
    return Sent(ids={"name": names.get(who, "share-1.age")})


def _anothers_file(case: Case, who: str) -> Sent:
    return Sent(ids={"name": "share-1.age" if who == "opener-3" else "share-3.age"})


ROWS = [
    *hidden_from_all(OPENING, APPROVED),
    *shown_to_all(OPENING, PUBLISHED, RELEASED, MINUTED),
    Row("post", OPENING, COME, HERE, 201),
    Row("post", f"{OPENING}/presence", GATHERING, frozenset(OPENERS), 201),
    get(f"{OPENING}/set", COME, NOBODY, stranger=401),
    get(f"{OPENING}/set", REQUESTED, SEATS, stranger=401),
    get(f"{OPENING}/sealed/<str:manifest>/<str:name>", COME, NOBODY, stranger=401, send=_own_file),
    get(
        f"{OPENING}/sealed/<str:manifest>/<str:name>",
        REQUESTED,
        ANSWERS,
        stranger=401,
        send=_own_file,
    ),
    get(
        f"{OPENING}/sealed/<str:manifest>/<str:name>",
        REQUESTED,
        NOBODY,
        stranger=401,
        send=_anothers_file,
    ),
    Row("post", f"{OPENING}/failures", REQUESTED, ANSWERS, 201, send=_noted(_failures, ANSWERS)),
    Row("post", f"{OPENING}/disclosures", TRIED, HERE, 201, send=_noted(_disclosure, HERE)),
    *hidden_from_all(f"{OPENING}/intent", TRIED),
    *shown_to_all(f"{OPENING}/intent", INTENDED),
    Row(
        "post",
        f"{OPENING}/release",
        INTENDED,
        frozenset({"timekeeper"}),
        201,
        send=_noted(_release, frozenset({"timekeeper"})),
    ),
    Row("post", f"{OPENING}/minutes-signatures", OPENED, HERE, 201, send=_minutes),
    *hidden_from_all(f"{TENDER}/history", APPROVED),
    *shown_to_all(f"{TENDER}/history", REQUESTED, MINUTED),
    *hidden_from_all(f"{TENDER}/minutes", RELEASED),
    *shown_to_all(f"{TENDER}/minutes", OPENED),
    *hidden_from_all(f"{TENDER}/minutes.note", OPENED),
    *shown_to_all(f"{TENDER}/minutes.note", MINUTED),
    *hidden_from_all(f"{TENDER}/minutes.pdf", RELEASED),
    *shown_to_all(f"{TENDER}/minutes.pdf", MINUTED),
    # Before the opening there is nothing to read, and the refusal is the same as for no bid.
    Row("get", DOCUMENT, REQUESTED, NOBODY, hidden=READERS, stranger=401),
    Row("get", DOCUMENT, OPENED, READERS),
]
