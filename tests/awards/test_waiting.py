"""What waits for proposers and deciders: each sees what they may do next, and nobody else's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards.actions.judging import decide_judgement, judge
from awards.actions.proposing import propose
from awards.waiting import waiting_for
from tests.awards.opened import OpenedTender, Said, opened_tender
from tests.ground.making import person

pytestmark = pytest.mark.django_db
LOTS = {
    "lot-1": {"Lotus": Said("100.00", verdict="INVALID"), "Bamboo": Said("125.00")},
    "lot-2": {"Bamboo": Said("80.00")},
}


def seen(opened: OpenedTender) -> tuple[list[str], list[str]]:
    """Give what waits for the proposer and for the decider."""
    return tuple(  # type: ignore[return-value]
        sorted(found.what for found in waiting_for(by, opened.now))
        for by in (opened.proposes, opened.decides)
    )


def test_the_next_step_waits_for_whoever_may_take_it() -> None:
    opened = opened_tender(LOTS)
    asked = {"tender_id": opened.tender.pk, "reason": "So", "now": opened.now}
    assert seen(opened) == (["judge-bid", "propose-award"], [])

    judgement = judge(**asked, bid=opened.digest("Lotus"), counts=False, by=opened.proposes)
    assert seen(opened) == (["propose-award"], ["confirm-judgement"])

    decide_judgement(
        judgement_id=judgement.pk, decision="confirmed", reason="So", by=opened.decides,
        now=opened.now,
    )  # fmt: skip
    assert seen(opened) == (["propose-award", "propose-award"], [])

    propose(**asked, lot="lot-1", bid=opened.digest("Bamboo"), by=opened.proposes)
    assert seen(opened) == (["propose-award"], ["decide-award"])


def test_it_says_what_to_do_in_both_languages_and_where() -> None:
    opened = opened_tender({"lot-2": {"Bamboo": Said("80.00")}})

    (found,) = waiting_for(opened.proposes, opened.now)

    assert found.facts["title"] == opened.tender.title
    assert found.facts["lot"] == "lot-2"
    assert found.address == f"/api/v1/tenders/{opened.tender.pk}/lots/lot-2/proposal"


def test_nothing_waits_before_the_minutes_are_signed_or_at_another_agency() -> None:
    early = opened_tender(LOTS, minuted=False)
    other = opened_tender(LOTS)

    assert seen(early) == ([], [])
    assert {found.tender for found in waiting_for(other.proposes, other.now)} == {other.tender.pk}
    assert waiting_for(early.by(person("Lena", officer=other.agency)), early.now) == []


def test_the_number_of_queries_does_not_grow_with_what_waits() -> None:
    opened = opened_tender(LOTS)

    def asked() -> int:
        by = opened.proposes
        with CaptureQueriesContext(
            connection,
        ) as queries:
            waiting_for(by, opened.now)
        return len(queries)

    once = asked()
    for _ in range(2):
        opened_tender(LOTS, agency=opened.agency)

    assert asked() == once
