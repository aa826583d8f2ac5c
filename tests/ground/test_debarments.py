"""The debarment list: dates, two people's hands, a version for each change (requirement C25)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from procurement import objects
from procurement.actions.debarment import look_up
from procurement.actors import ANONYMOUS
from procurement.models import CheckPurpose, Debarment, DebarmentCheck, Event, Organisation
from procurement.proof.canonical import sha256_hex
from procurement.proof.suppliers import DebarmentCheck as CheckObject
from procurement.queries_debarment import debarments, list_version, listed_in
from procurement.refusals import BadInput, Conflict, NotFound, NotPermitted, WrongState
from tests.ground.debarring import SOURCE, decided, lifted, listed, proposed
from tests.side_by_side import DONE, outcomes
from tests.signing import Trust
from tests.world import World

TENDER = "6d0e8b2a-0d6e-4d0a-9a51-0c3c86e3b6a1"
DAY = timedelta(days=1)


@pytest.fixture
def lotus(world: World) -> Organisation:
    return world.suppliers[0].organisation


def looked_up(world: World, *bodies: Organisation) -> CheckObject:
    from uuid import UUID

    return look_up(
        organisations=bodies,
        tender=UUID(TENDER),
        bid=sha256_hex(b"bid"),
        purpose=CheckPurpose.SUBMISSION,
        now=world.now,
    ).evidence


def test_one_person_proposes_and_a_supervisor_confirms(world: World, lotus: Organisation) -> None:
    debarment = proposed(world, lotus)
    assert (debarment.state, list_version()) == ("proposed", 0)
    assert looked_up(world, lotus).found == ()

    with pytest.raises(NotPermitted):
        from procurement.actions.debarment import decide_debarment

        decide_debarment(
            debarment_id=debarment.pk, confirmed=True, by=world.by("operator"), now=world.now
        )
    decided(world, debarment)

    assert (Debarment.objects.get().state, list_version()) == ("listed", 1)
    (found,) = looked_up(world, lotus).found
    assert (found.organisation, found.source, found.version) == (str(lotus.pk), SOURCE, 1)


def test_what_a_supervisor_declines_never_comes_on_the_list(
    world: World, lotus: Organisation
) -> None:
    decided(world, proposed(world, lotus), confirmed=False)

    assert list_version() == 0
    assert looked_up(world, lotus).found == ()


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        pytest.param(-DAY, None, True, id="without an end"),
        pytest.param(timedelta(0), None, True, id="from this instant on"),
        pytest.param(timedelta(microseconds=1), None, False, id="from the next microsecond on"),
        pytest.param(-DAY, timedelta(microseconds=1), True, id="until the next microsecond"),
        pytest.param(-2 * DAY, timedelta(0), False, id="until this instant"),
    ],
)
def test_an_entry_holds_from_its_first_instant_to_before_its_last(
    world: World, lotus: Organisation, starts: timedelta, ends: timedelta | None, holds: bool
) -> None:
    at = world.now + DAY
    listed(world, lotus, starts_at=at + starts, ends_at=None if ends is None else at + ends)
    world.now = at

    assert bool(looked_up(world, lotus).found) is holds


def test_a_body_is_known_by_its_identifier_however_it_is_written(
    world: World, lotus: Organisation
) -> None:
    lotus.identifier, lotus.name_en = f" {lotus.identifier.lower()} ", "Another name"
    listed(world, lotus)

    found = looked_up(world, world.suppliers[0].organisation, world.suppliers[1].organisation)

    assert [entry.organisation for entry in found.found] == [str(lotus.pk)]


def test_a_lifted_entry_counts_no_more_and_stays_in_the_older_version(
    world: World, lotus: Organisation
) -> None:
    debarment = listed(world, lotus)
    lifted(world, debarment)

    assert list_version() == 2
    assert looked_up(world, lotus).found == ()
    assert [[one.pk for one in listed_in(version)] for version in (0, 1, 2)] == [
        [],
        [debarment.pk],
        [],
    ]


def test_an_entry_says_whose_decision_it_is_and_ends_after_it_starts(
    world: World, lotus: Organisation
) -> None:
    lotus.name_en = " "
    with pytest.raises(BadInput) as caught:
        proposed(world, lotus, ends_at=world.now - 2 * DAY)

    assert [fault.pointer for fault in caught.value.faults] == ["/name", "/ends_at"]


def test_nothing_is_decided_twice(world: World, lotus: Organisation) -> None:
    debarment = listed(world, lotus)

    with pytest.raises(WrongState):
        decided(world, debarment)


def test_a_look_up_is_kept_with_its_instant_its_version_and_what_stood_there(
    world: World, lotus: Organisation
) -> None:
    listed(world, lotus)
    crane = world.suppliers[1].organisation

    evidence = looked_up(world, lotus, crane)

    rows = DebarmentCheck.objects.order_by("-found")
    assert [(row.organisation, row.found, row.list_version, row.at) for row in rows] == [
        (lotus, True, 1, world.now),
        (crane, False, 1, world.now),
    ]
    stored = objects.fetch(rows[0].object)
    assert (CheckObject.read(stored.body), stored.restricted) == (evidence, True)


def test_everybody_reads_the_list_and_only_its_keepers_what_is_proposed(
    world: World, lotus: Organisation
) -> None:
    on_it = listed(world, lotus)
    only_proposed = proposed(world, world.suppliers[1].organisation)

    for who in (ANONYMOUS, world.by("officer"), world.by(world.suppliers[0].signer)):
        assert list(debarments(who)) == [on_it]
    for who in (world.by("operator"), world.by("overseer")):
        assert list(debarments(who)) == [only_proposed, on_it]


def test_who_does_not_see_a_proposal_cannot_decide_it(world: World, lotus: Organisation) -> None:
    from procurement.actions.debarment import decide_debarment

    with pytest.raises(NotFound):
        decide_debarment(
            debarment_id=proposed(world, lotus).pk,
            confirmed=True,
            by=world.by("officer"),
            now=world.now,
        )


def test_the_list_takes_as_many_queries_with_one_entry_as_with_three(world: World) -> None:
    counted = []
    for place, company in enumerate(world.suppliers):
        listed(world, company.organisation)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert len(debarments(ANONYMOUS)) == place + 1
        counted.append(len(asked))

    assert counted == [1, 1, 1]


def test_every_change_of_the_list_is_journalled(world: World, lotus: Organisation) -> None:
    lifted(world, listed(world, lotus))

    verbs = Event.objects.filter(verb__startswith="debarment.").order_by("id")
    assert sorted(verbs.values_list("verb", flat=True)) == [
        "debarment.lifted",
        "debarment.lifting-proposed",
        "debarment.listed",
        "debarment.proposed",
    ]


def test_of_two_decisions_at_once_each_version_is_given_to_one(
    fresh_database: str, trust: Trust
) -> None:
    world = World.at_first(trust)
    entries = [proposed(world, company.organisation) for company in world.suppliers[:2]]

    answers = []
    try:
        answers = outcomes(*(lambda one=one: decided(world, one) for one in entries))
    except Exception as error:  # noqa: BLE001 - the database's word, which the edge phrases
        from procurement.constraint_refusals import refusal_for

        assert isinstance(refusal_for(error), Conflict)

    versions = sorted(
        Debarment.objects.exclude(listed_version=None).values_list("listed_version", flat=True)
    )
    assert versions == ([1, 2] if answers == [DONE, DONE] else [1])
