"""A supervisor reads what happened, in words; before the opening nothing of bids stands in it."""

import json
from enum import StrEnum

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken

import awards.verbs
import bidding.verbs
import oversight.verbs
import procurement.verbs
import tenders.verbs
from awards.actions.proposing import propose
from oversight.actions import read_timeline
from oversight.queries import timeline
from oversight.words import WORDS
from procurement.actions.accounts import give_jurisdiction
from procurement.actors import ANONYMOUS, Actor, system_actor
from procurement.journal.record import Kind, record
from procurement.models import Event, Organisation, User
from procurement.refusals import NotFound, NotPermitted
from procurement.roles import OrganisationKind
from tenders.models import Tender
from tests.awards.opened import NOW, filed_bid, opened_tender, published_tender
from tests.ground.making import organisation, person

pytestmark = pytest.mark.django_db
SUPPLIER_SECRET = "0badc0de"  # stands in every body that could leak
ONLY_IN_THE_OUTBOX = {
    *("receipt.paper-due", "retention.due", "paper.stamp-due", "checkpoint.timestamp"),
}


def supervisor_of(agency: Organisation) -> User:
    body = organisation(OrganisationKind.SUPERVISOR, "Audit Office")
    give_jurisdiction(supervisor_id=body.pk, agency_id=agency.pk, by=system_actor(), now=NOW)
    return person("Sun", supervisor=body)


def told(tender: Tender, verb: StrEnum, kind: Kind, **how: bool) -> None:
    record(
        verb, tender=tender.pk, by=system_actor(), at=NOW, body={"object": SUPPLIER_SECRET},
        kind=kind, **how,
    )  # fmt: skip


def with_data_that_could_leak(tender: Tender) -> None:
    """Write what happens around bids, each with a word that must not be seen early."""
    told(tender, bidding.verbs.Verb.BID_FILED, Kind.CONCEALED)
    told(tender, procurement.verbs.Verb.REFUSED, Kind.CONCEALED)
    told(tender, bidding.verbs.Verb.BID_WITHDRAWN, Kind.CONCEALED)
    told(tender, bidding.verbs.Verb.BIDS_CLOSED, Kind.CONTROL, withheld=True)


def public_so_far(tender: Tender) -> None:
    told_openly = {"verb": tenders.verbs.Verb.TENDER_EDITED, "kind": Kind.FACT}
    record(**told_openly, tender=tender.pk, by=system_actor(), at=NOW, body={"revision": 2})
    record(
        procurement.verbs.Verb.REFUSED, tender=tender.pk, by=system_actor(), at=NOW,
        body={"code": "not-permitted", "facts": {}}, kind=Kind.ATTEMPT,
    )  # fmt: skip


@pytest.fixture
def published(db: None) -> Tender:
    """A tender with a bid in it, before its deadline."""
    agency = organisation(OrganisationKind.AGENCY, "City Water Works")
    officer = person("Olga", officer=agency)
    tender = published_tender(agency, officer, ["lot-1"])
    filed_bid(tender, "lot-1", organisation(OrganisationKind.SUPPLIER, "Lotus"), officer)
    public_so_far(tender)
    with_data_that_could_leak(tender)
    return tender


def test_before_the_opening_nothing_tells_of_a_bid(published: Tender) -> None:
    entries = timeline(published.pk)

    assert [(entry.kind, entry.verb) for entry in entries] == [
        ("fact", "tender.edited"),
        ("attempt", "attempt.refused"),
        ("control", "bids.closed"),
    ]
    assert entries[-1].body is None
    assert SUPPLIER_SECRET not in repr(entries)


def test_after_the_opening_everything_is_told_in_order() -> None:
    opened = opened_tender()
    public_so_far(opened.tender)
    with_data_that_could_leak(opened.tender)

    entries = timeline(opened.tender.pk)

    assert [entry.verb for entry in entries] == [
        "tender.edited",
        "attempt.refused",
        "bid.filed",
        "attempt.refused",
        "bid.withdrawn",
        "bids.closed",
    ]
    assert [entry.body for entry in entries[2:]] == [{"object": SUPPLIER_SECRET}] * 4
    assert entries[2].text == WORDS["bid.filed"]


def test_an_end_without_an_opening_leaves_bids_concealed(published: Tender) -> None:
    published.cancel(at=NOW, because="The need is gone")
    published.save()

    assert SUPPLIER_SECRET not in repr(timeline(published.pk))


def test_it_names_who_did_it() -> None:
    opened = opened_tender()
    propose(
        tender_id=opened.tender.pk, lot="lot-1", bid=opened.digest("Lotus"), reason="Cheap",
        by=opened.proposes, now=opened.now,
    )  # fmt: skip

    (entry,) = timeline(opened.tender.pk)

    assert (entry.by, entry.name, entry.text.en) == (
        opened.proposer.pk, "Pia", "An award was proposed",
    )  # fmt: skip


def test_every_reading_is_written_down_and_stands_in_the_next_one(published: Tender) -> None:
    sun = supervisor_of(published.agency)
    by = Actor.of(sun, NOW)

    first = read_timeline(tender_id=published.pk, by=by, now=NOW)
    second = read_timeline(tender_id=published.pk, by=by, now=NOW)

    assert "timeline.read" not in [entry.verb for entry in first]
    assert [(entry.verb, entry.by) for entry in second[len(first) :]] == [("timeline.read", sun.pk)]


def test_only_supervisors_of_the_jurisdiction_read_it(published: Tender) -> None:
    elsewhere = supervisor_of(organisation(OrganisationKind.AGENCY, "Schools"))
    others = [
        elsewhere,
        person("Olga", officer=published.agency),
        person("Ola", operator=organisation(OrganisationKind.OPERATOR, "Daylight Ltd")),
    ]
    before = Event.everything.count()

    for by in [ANONYMOUS, *(Actor.of(user, NOW) for user in others)]:
        with pytest.raises(NotPermitted):
            read_timeline(tender_id=published.pk, by=by, now=NOW)
    assert Event.everything.count() == before


def test_of_a_draft_elsewhere_nobody_learns_that_there_is_one(published: Tender) -> None:
    draft = Tender.objects.create(
        agency=published.agency, plan_line=published.plan_line, pack_name="training",
        pack_version=1, title_en="Draft", currency="CNY", validity_days=30,
        closes_at=published.closes_at, opens_at=published.opens_at,
        created_by=published.created_by, created_at=NOW,
    )  # fmt: skip
    elsewhere = supervisor_of(organisation(OrganisationKind.AGENCY, "Schools"))

    with pytest.raises(NotFound):
        read_timeline(tender_id=draft.pk, by=Actor.of(elsewhere, NOW), now=NOW)


def test_over_the_interface_it_speaks_both_languages_and_leaks_nothing(published: Tender) -> None:
    _, token = AuthToken.objects.create(supervisor_of(published.agency), expiry=None)
    client = Client(headers={"Authorization": f"Token {token}"})

    answer = client.get(f"/api/v1/tenders/{published.pk}/timeline")

    events = answer.json()["events"]
    assert answer.status_code == 200, answer.content
    assert events[0]["text"] == {"en": "The draft was edited", "zh": "修改草案"}
    assert [event["withheld"] for event in events] == [False, False, True]
    assert SUPPLIER_SECRET not in json.dumps(events)


def test_the_number_of_queries_does_not_grow_with_the_events(published: Tender) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            timeline(published.pk)
        return len(queries)

    once = asked()
    for _ in range(3):
        public_so_far(published)

    assert asked() == once


@pytest.mark.parametrize("room", [procurement, tenders, bidding, awards, oversight])
def test_every_verb_has_words(room: object) -> None:
    verbs = {verb.value for verb in room.verbs.Verb} - ONLY_IN_THE_OUTBOX  # type: ignore[attr-defined]

    assert verbs - set(WORDS) == set()


def test_whoever_is_signed_in_is_told_what_waits_for_them() -> None:
    opened = opened_tender()
    _, token = AuthToken.objects.create(opened.proposer, expiry=None)

    (waiting,) = Client(headers={"Authorization": f"Token {token}"}).get("/api/v1/waiting").json()

    assert Client().get("/api/v1/waiting").status_code == 401
    assert waiting == {
        "what": "propose-award",
        "tender": str(opened.tender.pk),
        "since": "2026-03-05T09:30:00.000000Z",
        "title": {"en": opened.tender.title.en, "zh": "供水管道"},
        "text": {
            "en": f"“{opened.tender.title.en}”: propose who gets lot lot-1",
            "zh": "“供水管道”：提议标段 lot-1 的中标人",
        },
        "address": f"/api/v1/tenders/{opened.tender.pk}/lots/lot-1/proposal",
    }
