"""Every holder has keys of their own and shows that they work; nobody can show it for another.

A challenge is sealed to one holder. The answer is its hash, signed with the holder's own key: what
is answered is never of use for anything else.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from procurement.actions.enrolment import enrol_note_key
from procurement.actions.leaving import end_membership
from procurement.actors import system_actor
from procurement.models import Event, Membership, NoteKey, ProtocolObject
from procurement.objects import fetch
from procurement.proof.age import decrypt_bytes
from procurement.proof.age_keys import Recipient
from procurement.proof.notes import Signer, sign_object
from procurement.refusals import AlreadyDone, BadInput, NotFound, NotPermitted, WrongState
from tenders.actions.entry import ConflictDeclared
from tenders.actions.holders import (
    InterestsFirst,
    KeysetStands,
    NothingToAnswer,
    WrongAnswer,
    answer,
    hand_in_keys,
)
from tenders.actions.interests import declare
from tenders.actions.panel import NoPanel, PanelNotReady, draw_up_keyset
from tenders.models import Panel, Seat, Tender
from tenders.panel.holders import HolderKey
from tenders.panel.keyset import Keyset, Rehearsal, RehearsalAnswer
from tenders.queries_panel import drawn_up_keyset, own_challenge, panel_faults
from tests.world import (
    HOLDERS,
    OPENERS,
    World,
    appoint_panel,
    declare_none,
    draft_tender,
    hand_in,
    published_tender,
    rehearse,
    seat_panel,
)

pytestmark = pytest.mark.django_db
ORIGIN = "log.example/tests"


@pytest.fixture
def tender(world: World) -> Tender:
    """A draft with a panel; its openers have no conflict."""
    tender = draft_tender(world)
    appoint_panel(world, tender)
    declare_none(world, tender, *OPENERS)
    return tender


@pytest.fixture
def challenged(world: World, tender: Tender) -> Tender:
    """Its keyset is drawn up."""
    hand_in(world, tender)
    drawn_up(world, tender)
    return tender


def drawn_up(world: World, tender: Tender) -> Keyset:
    return draw_up_keyset(tender_id=tender.pk, by=world.by("officer"), now=world.now)


def new_key(tender: Tender, name: str = f"{ORIGIN}/opener/new") -> HolderKey:
    return HolderKey.generate("opener", name, str(tender.pk))


def hands_in(world: World, tender: Tender, who: str, key: HolderKey) -> Seat:
    public = key.public()
    return hand_in_keys(
        tender_id=tender.pk, recipient=str(public.recipient), verifier=public.verifier,
        by=world.by(who), now=world.now,
    )  # fmt: skip


def seat(tender: Tender, holder: str) -> Seat:
    return Seat.objects.get(tender=tender, holder=holder)


def refused(world: World, tender: Tender, who: str, key: HolderKey) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as caught:
        hands_in(world, tender, who, key)
    assert seat(tender, who).keys_at is None
    return [(fault.code, fault.pointer) for fault in caught.value.faults]


# Handing in


def test_everybody_hands_in_the_public_halves_of_their_own_keys(
    world: World, tender: Tender
) -> None:
    hand_in(world, tender)

    for holder in HOLDERS:
        public, found = world.holders[tender.pk][holder].public(), seat(tender, holder)
        assert (found.recipient, found.verifier) == (public.recipient, public.verifier)
        assert found.keys_at == world.now
    assert Event.objects.filter(tender=tender.pk, verb="keys.handed-in").count() == 7


def test_keys_may_be_replaced_until_the_keyset_is_drawn_up(world: World, tender: Tender) -> None:
    hand_in(world, tender)
    again = new_key(tender)

    hands_in(world, tender, "opener-1", again)
    hands_in(world, tender, "opener-1", again)

    assert seat(tender, "opener-1").verifier == again.public().verifier
    assert Event.objects.filter(tender=tender.pk, verb="keys.handed-in").count() == 8
    drawn_up(world, tender)
    with pytest.raises(KeysetStands):
        hands_in(world, tender, "opener-1", new_key(tender))
    assert seat(tender, "opener-1").verifier == again.public().verifier


def test_an_opener_declares_interests_first_and_with_a_conflict_holds_no_key(
    world: World,
) -> None:
    tender = draft_tender(world)
    appoint_panel(world, tender)
    by = world.by("opener-1")

    with pytest.raises(InterestsFirst):
        hands_in(world, tender, "opener-1", new_key(tender))
    declare(tender_id=tender.pk, conflict=True, statement="My brother", by=by, now=world.now)
    with pytest.raises(ConflictDeclared):
        hands_in(world, tender, "opener-1", new_key(tender))

    assert seat(tender, "opener-1").keys_at is None


def test_nobody_without_a_seat_or_without_the_role_hands_in_keys(
    world: World, tender: Tender
) -> None:
    world.people["spare"] = world.person("spare", opener=world.agency)
    world.people["stranger"] = world.person("stranger")
    membership = Membership.objects.get(user=world.people["opener-1"])
    end_membership(membership_id=membership.pk, by=system_actor(), now=world.now)
    world.now += timedelta(seconds=1)

    with pytest.raises(NotPermitted):
        hands_in(world, tender, "spare", new_key(tender))
    with pytest.raises(NotPermitted):
        hands_in(world, tender, "officer", new_key(tender))
    with pytest.raises(NotPermitted):
        hands_in(world, tender, "opener-1", new_key(tender))
    with pytest.raises(NotFound):
        hands_in(world, tender, "stranger", new_key(tender))


def test_a_published_tender_takes_no_keys_and_no_answer(world: World) -> None:
    tender = published_tender(world)
    by = world.by("timekeeper")

    with pytest.raises(WrongState):
        hands_in(world, tender, "opener-1", new_key(tender))
    with pytest.raises(WrongState):
        answer(tender_id=tender.pk, note="another", by=by, now=world.now)


def test_a_timekeepers_note_key_is_the_one_that_its_body_enrolled(
    world: World, tender: Tender
) -> None:
    assert refused(world, tender, "timekeeper", new_key(tender)) == [
        ("not-the-enrolled-key", "/verifier")
    ]

    hand_in(world, tender, "timekeeper")

    assert seat(tender, "timekeeper").verifier == world.keys["timekeeper"].verifier


def test_one_key_never_stands_for_two_holders(world: World, tender: Tender) -> None:
    hand_in(world, tender, "opener-1")
    first, mine = world.holders[tender.pk]["opener-1"], new_key(tender)
    renamed = Signer(f"{ORIGIN}/opener/renamed", first.note_signer()._seed)
    same_name = Signer.generate(first.note_signer().name)
    found = {
        "both keys": refused(world, tender, "opener-2", first),
        "recipient": refused(world, tender, "opener-2", replace(mine, identity=first.identity)),
        "renamed": refused(world, tender, "opener-2", replace(mine, signer=renamed.encode())),
        "name": refused(world, tender, "opener-2", replace(mine, signer=same_name.encode())),
    }

    assert found == {
        "both keys": [("same-key", "/recipient"), ("same-key", "/verifier")],
        "recipient": [("same-key", "/recipient")],
        "renamed": [("same-key", "/verifier")],
        "name": [("same-name", "/verifier")],
    }


def test_a_key_of_another_tender_or_of_a_body_is_no_fresh_key(world: World, tender: Tender) -> None:
    other = draft_tender(world)
    appoint_panel(world, other)
    declare_none(world, other, "opener-1")
    hand_in(world, other, "opener-1")
    agency = replace(new_key(tender), signer=world.keys["agency"].encode())

    assert refused(world, tender, "opener-1", agency) == [("key-in-use", "/verifier")]
    assert refused(world, tender, "opener-1", world.holders[other.pk]["opener-1"]) == [
        ("key-in-use", "/verifier"),
        ("key-in-use", "/recipient"),
    ]


def another_spelling(recipient: str) -> str:
    """X25519 ignores the highest bit, so every point can be written twice."""
    public = bytearray(Recipient.decode(recipient).public)
    public[31] ^= 0x80
    return Recipient(bytes(public)).encode()


SPOILT: list[tuple[str, Callable[[str, str], tuple[str, str]], str]] = [
    ("no recipient", lambda r, v: ("", v), "/recipient"),
    ("shouted", lambda r, v: (r.upper(), v), "/recipient"),
    ("cut off", lambda r, v: (r[:-1], v), "/recipient"),
    ("a zero byte behind it", lambda r, v: (r + "\x00", v), "/recipient"),
    ("of small order", lambda r, v: (Recipient(bytes(32)).encode(), v), "/recipient"),
    ("another spelling", lambda r, v: (another_spelling(r), v), "/recipient"),
    ("no verifier", lambda r, v: (r, ""), "/verifier"),
    ("changed", lambda r, v: (r, v[:-4] + "AAAA"), "/verifier"),
    ("half a character", lambda r, v: (r, "\ud800" + v), "/verifier"),
    ("a long name", lambda r, v: (r, Signer.generate("x" * 251).verifier), "/verifier"),
    ("not normal", lambda r, v: (r, Signer.generate("cafe\u0301/1").verifier), "/verifier"),
]


@pytest.mark.parametrize(
    ("spoil", "pointer"), [pytest.param(spoil, where, id=name) for name, spoil, where in SPOILT]
)
def test_what_is_no_key_is_refused_before_anything_rests_on_it(
    world: World, tender: Tender, spoil: Callable[[str, str], tuple[str, str]], pointer: str
) -> None:
    public = new_key(tender).public()
    recipient, verifier = spoil(str(public.recipient), public.verifier)

    with pytest.raises(BadInput) as caught:
        hand_in_keys(
            tender_id=tender.pk, recipient=recipient, verifier=verifier,
            by=world.by("opener-2"), now=world.now,
        )  # fmt: skip

    assert [fault.pointer for fault in caught.value.faults] == [pointer]


# The keyset


def test_the_keyset_names_everybodys_keys_and_is_kept_until_it_is_signed(
    world: World, tender: Tender
) -> None:
    hand_in(world, tender)

    keyset = drawn_up(world, tender)

    assert (keyset.tender, keyset.k, keyset.n) == (str(tender.pk), 2, 4)
    people = [str(world.people[holder].pk) for holder in OPENERS]
    assert [opener.person for opener in keyset.openers] == people
    for holder, pair in keyset.holders().items():
        public = world.holders[tender.pk][holder].public()
        assert (pair.recipient, pair.verifier) == (public.recipient, public.verifier)
    stored = fetch(Panel.objects.get(tender=tender).keyset)
    assert (Keyset.read(stored.body), stored.note) == (keyset, None)
    with pytest.raises(AlreadyDone):
        drawn_up(world, tender)


def test_it_is_not_drawn_up_while_anything_is_missing(world: World) -> None:
    tender = draft_tender(world)
    with pytest.raises(NoPanel):
        drawn_up(world, tender)
    appoint_panel(world, tender)
    assert not_ready(world, tender) == ["keys-missing"] * 7

    declare_none(world, tender, *OPENERS)
    hand_in(world, tender)
    membership = Membership.objects.get(user=world.people["opener-4"])
    end_membership(membership_id=membership.pk, by=system_actor(), now=world.now)
    by = world.by("opener-1")
    declare(tender_id=tender.pk, conflict=True, statement="My brother", by=by, now=world.now)
    next_key = Signer.generate(f"{ORIGIN}/timekeeper/next").verifier
    enrol_note_key(
        organisation_id=world.supervisor.pk, vkey=next_key, purpose=NoteKey.TIMEKEEPER,
        by=system_actor(), now=world.now,
    )  # fmt: skip

    assert not_ready(world, tender) == ["conflict-declared", "role-ended", "key-retired"]


def not_ready(world: World, tender: Tender) -> list[str]:
    with pytest.raises(PanelNotReady) as caught:
        drawn_up(world, tender)
    assert Panel.objects.get(tender=tender).keyset == ""
    assert not Seat.objects.filter(tender=tender).exclude(challenge="").exists()
    return [fault.code for fault in caught.value.faults]


# The rehearsal


def test_a_challenge_is_read_by_its_holder_alone_and_lies_nowhere_in_the_clear(
    world: World, challenged: Tender
) -> None:
    kept = [*ProtocolObject.objects.values_list("body", flat=True)]
    kept += [*Event.everything.values_list("event", flat=True)]
    keyset = drawn_up_keyset(challenged.pk).digest()

    for holder in HOLDERS:
        sealed = own_challenge(world.by(holder), challenged.pk)
        identity = world.holders[challenged.pk][holder].age_identity()
        challenge = Rehearsal.read(decrypt_bytes(sealed, identity))
        assert challenge.digest() == seat(challenged, holder).challenge
        assert (challenge.keyset, challenge.holder) == (keyset, holder)
        secret = challenge.random32
        assert not any(secret in body or secret.hex().encode() in body for body in kept)


def test_everybodys_answer_makes_the_panel_ready(world: World) -> None:
    tender = draft_tender(world)

    seat_panel(world, tender)

    assert panel_faults(tender) == []
    assert Event.objects.filter(tender=tender.pk, verb="panel.rehearsed").count() == 7


def right_answer(tender: Tender, holder: str = "opener-1") -> RehearsalAnswer:
    keyset = drawn_up_keyset(tender.pk).digest()
    return RehearsalAnswer(keyset, holder, seat(tender, holder).challenge)


def signed(world: World, tender: Tender, said: RehearsalAnswer, *holders: str) -> str:
    signers = [world.holders[tender.pk][holder].note_signer() for holder in holders]
    return said.sign(*signers).decode()


def refused_answer(world: World, tender: Tender, note: str, holder: str = "opener-1") -> None:
    before, events = seat(tender, holder), Event.everything.count()
    with pytest.raises(WrongAnswer):
        answer(tender_id=tender.pk, note=note, by=world.by(holder), now=world.now)
    after = seat(tender, holder)
    assert (after.answer, after.answered_at, after.challenge) == ("", None, before.challenge)
    assert Event.everything.count() == events


def test_somebody_elses_note_is_no_answer(world: World, challenged: Tender) -> None:
    theirs = signed(world, challenged, right_answer(challenged, "opener-2"), "opener-2")
    by_another = signed(world, challenged, right_answer(challenged), "opener-2")
    by_both = signed(world, challenged, right_answer(challenged), "opener-1", "opener-2")

    for note in (theirs, by_another, by_both):
        refused_answer(world, challenged, note)


def test_an_answer_to_another_challenge_is_none(world: World, challenged: Tender) -> None:
    right = right_answer(challenged)
    of_another = right_answer(challenged, "opener-2")

    for said in (
        replace(right, challenge="0" * 64),
        replace(right, challenge=of_another.challenge),
        replace(right, keyset="0" * 64),
        of_another,
    ):
        refused_answer(world, challenged, signed(world, challenged, said, "opener-1"))


def test_an_answer_of_another_tender_is_not_replayed(world: World, challenged: Tender) -> None:
    other = draft_tender(world)
    seat_panel(world, other)

    for holder in ("opener-1", "timekeeper"):
        refused_answer(world, challenged, seat(other, holder).answer, holder)


def test_an_answer_to_a_voided_keyset_is_not_replayed(world: World, challenged: Tender) -> None:
    rehearse(world, challenged, "opener-1")
    old = seat(challenged, "opener-1").answer
    appoint_panel(world, challenged)
    drawn_up(world, challenged)

    refused_answer(world, challenged, old)
    rehearse(world, challenged, "opener-1")


@pytest.mark.parametrize(
    "note",
    ["", "\n", "{}", "{}\n\n— x AAAA\n", "\x00", "\ud800", "a" * 100_000, "\n\n" * 500],
    ids=["empty", "line", "object", "no key", "zero", "half a character", "long", "lines"],
)
def test_what_is_no_note_is_refused(world: World, challenged: Tender, note: str) -> None:
    refused_answer(world, challenged, note)


def test_a_signed_object_of_another_type_is_no_answer(world: World, challenged: Tender) -> None:
    signer = world.holders[challenged.pk]["opener-1"].note_signer()
    right = right_answer(challenged).to_json()

    for value in ({**right, "type": "daylight/rehearsal/v1"}, {**right, "more": 1}, {"a": 1}):
        refused_answer(world, challenged, sign_object(value, signer).decode())


def test_lines_that_nobody_asked_for_are_not_kept_with_an_answer(
    world: World, challenged: Tender
) -> None:
    note = signed(world, challenged, right_answer(challenged), "opener-1")

    refused_answer(world, challenged, note + "— \x00hidden AAAAAAAA\n")


def test_an_answer_is_given_once_and_its_repeat_changes_nothing(
    world: World, tender: Tender
) -> None:
    with pytest.raises(NothingToAnswer):
        answer(tender_id=tender.pk, note="", by=world.by("timekeeper"), now=world.now)
    hand_in(world, tender)
    drawn_up(world, tender)
    rehearse(world, tender, "timekeeper")
    events = Event.everything.count()

    rehearse(world, tender, "timekeeper")

    assert Event.everything.count() == events
    with pytest.raises(AlreadyDone):
        answer(tender_id=tender.pk, note="another", by=world.by("timekeeper"), now=world.now)


def test_whoever_has_no_seat_answers_nothing_and_gets_no_challenge(
    world: World, challenged: Tender
) -> None:
    note = signed(world, challenged, right_answer(challenged), "opener-1")

    with pytest.raises(NotPermitted):
        answer(tender_id=challenged.pk, note=note, by=world.by("officer"), now=world.now)
    with pytest.raises(NotFound):
        own_challenge(world.by("officer"), challenged.pk)
