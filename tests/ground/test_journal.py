"""Events are written with the change they tell of, chained per tender, and concealed if need be.

Requirement K94.
"""

import json
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from procurement.actors import ANONYMOUS, Actor
from procurement.journal.record import Kind, attempt, concealed_head, control_head, record
from procurement.models import Event
from procurement.proof.canonical import canonical
from procurement.proof.events import ConcealedEvent, ControlEvent, PlainEvent
from procurement.proof.merkle import leaf_hash
from procurement.roles import Role
from tests.ground.making import Verb, event

SOMEBODY = Actor(user_id=UUID(int=7), name="Ann", roles=frozenset({(Role.OFFICER, UUID(int=8))}))


@pytest.mark.django_db
def test_an_event_is_canonical_json_whose_salted_hash_is_its_leaf(now: datetime) -> None:
    tender = uuid4()

    row = record(Verb.TOLD, tender=tender, by=SOMEBODY, at=now, body={"n": 1}, kind=Kind.FACT)

    assert row.event == canonical(
        {
            "type": "daylight/event/v1",
            "kind": "fact",
            "tender": str(tender),
            "verb": "test.told",
            "at": "2026-03-02T09:30:00.000000Z",
            "by": str(UUID(int=7)),
            "body": {"n": 1},
        }
    )
    assert len(row.salt) == 32
    assert row.leaf_hash == leaf_hash(b"\x01" + sha256(row.salt + row.event).digest())


@pytest.mark.django_db
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_event_is_what_the_published_format_says(kind: Kind) -> None:
    shape = {Kind.CONTROL: ControlEvent, Kind.CONCEALED: ConcealedEvent}.get(kind, PlainEvent)

    for _ in range(2):
        row = event(UUID(int=3), kind)
        assert shape.read(row.event).canonical() == row.event


@pytest.mark.django_db
def test_the_platform_itself_and_strangers_are_written_as_nobody() -> None:
    assert event().to_json()["by"] is None
    assert event(by=ANONYMOUS).to_json()["by"] is None


@pytest.mark.django_db
def test_every_control_event_names_the_one_before_it() -> None:
    tender, other = uuid4(), uuid4()
    assert control_head(tender) is None

    first = event(tender, Kind.CONTROL)
    event(other, Kind.CONTROL)
    event(tender, Kind.FACT)
    second = event(tender, Kind.CONTROL)

    assert first.to_json()["prev"] is None
    assert second.to_json()["prev"] == first.leaf
    assert control_head(tender) == second.leaf
    assert "prev" not in event(tender, Kind.FACT).to_json()


@pytest.mark.django_db
def test_a_concealed_event_carries_a_salted_link_that_betrays_nothing() -> None:
    tender = uuid4()

    first = event(tender, Kind.CONCEALED)
    second = event(tender, Kind.CONCEALED)

    assert first.to_json()["link"] is None
    assert second.link_salt is not None
    assert second.to_json()["link"] == sha256(second.link_salt + first.leaf_hash).hexdigest()
    assert concealed_head(tender) == second.leaf
    assert control_head(tender) is None


@pytest.mark.django_db
def test_no_query_finds_concealed_events_unless_it_says_so() -> None:
    tender = uuid4()
    shown = event(tender)
    hidden = event(tender, Kind.CONCEALED)

    assert list(Event.objects.all()) == [shown]
    assert list(Event.objects.of_tender(tender)) == [shown]
    assert not Event.objects.filter(verb=hidden.verb, kind=Kind.CONCEALED).exists()
    assert list(Event.objects.of_tender(tender, including_concealed=True)) == [shown, hidden]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [Kind.CONTROL, Kind.CONCEALED])
def test_a_chained_event_belongs_to_a_tender(kind: Kind) -> None:
    with pytest.raises(ValueError, match="belongs to a tender"):
        event(None, kind)


@pytest.mark.usefixtures("fresh_database")
def test_an_event_is_gone_with_the_change_it_told_of() -> None:
    tender = uuid4()

    with pytest.raises(RuntimeError), transaction.atomic():
        event(tender, Kind.CONTROL)
        raise RuntimeError

    assert control_head(tender) is None
    assert not Event.everything.exists()


@pytest.mark.usefixtures("fresh_database")
def test_an_attempt_outlives_the_rollback_of_what_was_refused(now: datetime) -> None:
    tender = uuid4()

    with pytest.raises(RuntimeError), transaction.atomic():
        event(tender)
        raise RuntimeError
    attempt(
        "opening-too-early",
        by=SOMEBODY,
        at=now,
        tender=tender,
        concealed=False,
        facts={"minutes": 3},
    )

    (row,) = Event.objects.all()
    assert json.loads(row.event)["body"] == {"code": "opening-too-early", "facts": {"minutes": 3}}
    assert row.kind == Kind.ATTEMPT


@pytest.mark.usefixtures("fresh_database")
def test_an_attempt_inside_a_transaction_is_an_error_for_it_could_be_lost(now: datetime) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        attempt("late", by=SOMEBODY, at=now, concealed=False, facts={})


@pytest.mark.usefixtures("fresh_database")
def test_an_attempt_about_a_filing_is_concealed_and_chained_like_one(now: datetime) -> None:
    tender = uuid4()
    bid = event(tender, Kind.CONCEALED)

    attempt("late", by=SOMEBODY, at=now, tender=tender, concealed=True, facts={})
    attempt("late", by=SOMEBODY, at=now, tender=None, concealed=True, facts={})

    assert not Event.objects.exists()
    chained = Event.everything.get(tender=tender, verb="attempt.refused")
    assert chained.link_salt is not None
    assert chained.to_json()["link"] == sha256(chained.link_salt + bid.leaf_hash).hexdigest()
