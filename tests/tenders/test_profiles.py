"""What a supplier gives once answers every tender that asks, while it holds (requirement C26)."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from procurement import objects
from procurement.models import Declaration, Event, SupplierFact
from procurement.proof.suppliers import Declaration as DeclarationObject
from procurement.queries_profile import content_of, document_of, facts_of, undeclared
from procurement.refusals import BadInput, NotFound, NotPermitted
from procurement.rules.declaration import LONGEST, STATEMENTS
from procurement.rules.profile import Standing
from tenders.models import Tender
from tenders.queries_profile import answers_for
from tests.ground.profiles import declared, document, fact
from tests.world import Company, World, published_tender

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_vault(tmp_path: Path, settings: Settings) -> None:
    settings.VAULT = f"dir://{tmp_path}/vault"


@pytest.fixture
def lotus(world: World) -> Company:
    return world.suppliers[0]


@pytest.fixture
def tender(world: World) -> Tender:
    return published_tender(world)


def standings(world: World, tender: Tender, lotus: Company) -> dict[str, Standing]:
    found = answers_for(tender.pk, lotus.organisation.pk, by=world.by(lotus.signer), now=world.now)
    return {one.asked: one.standing for one in (*found.questions, *found.documents)}


def test_what_was_given_once_answers_every_tender(world: World, lotus: Company) -> None:
    """Requirement C26: what is known is not asked again."""
    fact(world, lotus, "14")
    document(world, lotus)

    for tender in (published_tender(world), published_tender(world)):
        assert standings(world, tender, lotus) == {
            "delivery-days": Standing.VALID,
            "technical": Standing.VALID,
        }


def test_what_was_never_given_is_missing(world: World, tender: Tender, lotus: Company) -> None:
    assert set(standings(world, tender, lotus).values()) == {Standing.MISSING}


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        pytest.param(None, None, Standing.VALID, id="without an end"),
        pytest.param(None, timedelta(hours=3), Standing.VALID, id="beyond the deadline"),
        pytest.param(
            None, timedelta(minutes=59), Standing.EXPIRES_BEFORE_DEADLINE, id="before the deadline"
        ),
        pytest.param(None, timedelta(0), Standing.EXPIRED, id="until now"),
        pytest.param(timedelta(minutes=1), None, Standing.NOT_YET_VALID, id="from later on"),
    ],
)
def test_what_does_not_hold_is_flagged(
    world: World,
    tender: Tender,
    lotus: Company,
    since: timedelta | None,
    until: timedelta | None,
    expected: Standing,
) -> None:
    now = world.now
    begins = now - DAY if since is None else now + since
    fact(world, lotus, since=begins, until=None if until is None else now + until)

    assert standings(world, tender, lotus)["delivery-days"] is expected


def test_what_is_given_anew_replaces_what_stood_and_leaves_it_on_record(
    world: World, lotus: Company
) -> None:
    fact(world, lotus, "14")
    fact(world, lotus, "10")

    own = world.by(lotus.signer)
    assert [one.value for one in facts_of(lotus.organisation.pk, own)] == ["10"]
    assert sorted(SupplierFact.objects.values_list("value", flat=True)) == ["10", "14"]


def test_a_document_is_given_back_to_the_byte(world: World, lotus: Company) -> None:
    document(world, lotus, b"%PDF-1.7 old")
    document(world, lotus, b"%PDF-1.7 new")

    found = document_of(lotus.organisation.pk, "technical", world.by(lotus.signer))

    assert b"".join(content_of(found)) == b"%PDF-1.7 new"
    assert found.sha256 == sha256(b"%PDF-1.7 new").hexdigest()


def test_a_profile_is_its_suppliers_alone(world: World, tender: Tender, lotus: Company) -> None:
    fact(world, lotus)
    document(world, lotus)
    own, crane = lotus.organisation.pk, world.suppliers[1]

    others = [world.by(who) for who in ("officer", "overseer", "operator", "opener-1")]
    for by in (*others, world.by(crane.signer)):
        with pytest.raises(NotFound):
            facts_of(own, by)
        with pytest.raises(NotFound):
            document_of(own, "technical", by)
        with pytest.raises(NotFound):
            answers_for(tender.pk, own, by=by, now=world.now)


def test_the_journal_says_that_something_was_given_and_not_what(
    world: World, lotus: Company
) -> None:
    fact(world, lotus, "a secret of ours")

    event = Event.objects.get(verb="fact.given")
    assert b"secret" not in bytes(event.event)


def test_what_cannot_be_is_refused(world: World, lotus: Company) -> None:
    for how in ({"kind": "Delivery Days"}, {"value": " "}, {"until": world.now}):
        with pytest.raises(BadInput):
            fact(world, lotus, **how)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        document(world, lotus, name="../technical")
    with pytest.raises(BadInput):
        document(world, lotus, until=world.now)


def test_a_tender_takes_as_many_queries_with_one_fact_as_with_three(
    world: World, tender: Tender, lotus: Company
) -> None:
    counted = []
    for kinds in (["delivery-days"], ["iso-9001", "turnover"]):
        for kind in kinds:
            fact(world, lotus, kind=kind)
        with CaptureQueriesContext(connection) as asked:
            standings(world, tender, lotus)
        counted.append(len(asked))

    assert counted[0] == counted[1]


# The self-declaration


def test_a_declaration_names_what_is_declared_and_expires(world: World, lotus: Company) -> None:
    own = lotus.organisation.pk
    assert undeclared([own], world.now)[own] == [STATEMENTS[one] for one in sorted(STATEMENTS)]

    made = declared(world, lotus, days=30)

    assert undeclared([own], world.now)[own] == []
    assert undeclared([own], world.now + 30 * DAY - timedelta(microseconds=1))[own] == []
    assert len(undeclared([own], world.now + 30 * DAY)[own]) == len(STATEMENTS)
    stored = objects.fetch(made.object)
    assert stored.restricted
    assert DeclarationObject.read(stored.body).statements == tuple(sorted(STATEMENTS))


def test_a_statement_that_is_not_made_is_missing(world: World, lotus: Company) -> None:
    declared(world, lotus, *(one for one in STATEMENTS if one != "taxes-paid"))

    own = lotus.organisation.pk
    assert undeclared([own], world.now)[own] == [STATEMENTS["taxes-paid"]]


def test_only_a_signer_declares_and_for_a_year_at_most(world: World, lotus: Company) -> None:
    with pytest.raises(NotPermitted):
        declared(world, replace(lotus, signer=lotus.administrator))
    with pytest.raises(BadInput):
        declared(world, lotus, days=LONGEST.days + 1)
    with pytest.raises(BadInput):
        declared(world, lotus, "we-are-honest")

    assert not Declaration.objects.exists()
