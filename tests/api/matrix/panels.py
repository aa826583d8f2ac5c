"""The panel: appointed by the officer, seen by those concerned, acted in by whoever has a seat."""

from tenders.queries import keyset_of
from tenders.queries_panel import own_challenge
from tests.api.matrix.people import CONCERNED, NOBODY, OUTSIDE, SEATS
from tests.api.matrix.row import Case, Row, Sent, get
from tests.api.matrix.states import DRAFTED, KEYS_IN, PUBLISHED, READY, REHEARSING
from tests.api.matrix.tenders import OFFICERS, TENDER
from tests.world import OPENERS

PANEL = f"{TENDER}/panel"


def new_panel(case: Case, who: str) -> Sent:
    people = case.world.people
    return Sent({
        "k": 2,
        "openers": [str(people[name].pk) for name in OPENERS],
        "timekeeper": str(people["timekeeper"].pk),
        "escrow": [str(people[name].pk) for name in ("escrow-a", "escrow-b")],
    })  # fmt: skip


def _keys(case: Case, who: str) -> Sent:
    assert case.tender is not None
    kept = case.world.holders[case.tender.pk]
    public = kept[who if who in kept else "opener-1"].public()
    return Sent({"recipient": str(public.recipient), "verifier": public.verifier})


def _answer(case: Case, who: str) -> Sent:
    assert case.tender is not None
    tender, key = case.tender, case.world.holders[case.tender.pk].get(who)
    if key is None:
        return Sent({"note": "none"})
    challenge = own_challenge(case.world.by(who), tender.pk)
    said = key.rehearse(challenge, keyset_of(tender), who)
    return Sent({"note": said.sign(key.note_signer()).decode()})


ROWS = [
    get(PANEL, DRAFTED, CONCERNED, stranger=401),
    get(PANEL, PUBLISHED, CONCERNED, stranger=401),
    Row("put", PANEL, DRAFTED, OFFICERS, hidden=OUTSIDE, send=new_panel),
    Row("put", PANEL, READY, OFFICERS, hidden=OUTSIDE, send=new_panel),
    Row("put", PANEL, PUBLISHED, OFFICERS, 409, send=new_panel),
    Row("post", f"{PANEL}/keys", KEYS_IN, SEATS, 201, hidden=OUTSIDE, send=_keys),
    get(f"{PANEL}/keyset", KEYS_IN, NOBODY, stranger=401),
    get(f"{PANEL}/keyset", REHEARSING, CONCERNED, stranger=401),
    get(f"{PANEL}/keyset", PUBLISHED, CONCERNED, stranger=401),
    Row("post", f"{PANEL}/keyset", KEYS_IN, OFFICERS, 201, hidden=OUTSIDE),
    get(f"{PANEL}/challenge", KEYS_IN, NOBODY, stranger=401),
    get(f"{PANEL}/challenge", REHEARSING, SEATS, stranger=401),
    Row("post", f"{PANEL}/answers", REHEARSING, SEATS, 201, hidden=OUTSIDE, send=_answer),
]
