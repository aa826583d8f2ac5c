"""A tender under China's Bidding Law: from the plan line to the notice, and what is refused.

The clock shows Monday 2 March 2026, 17:30 in Shanghai. Twenty days end on Sunday the 22nd, so on
Monday the 23rd, and bids are due no earlier than its end.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from procurement.refusals import BadInput
from tenders.actions.approvals import NotReady, submit_for_approval
from tenders.actions.drafting import edit
from tenders.models import TenderState
from tenders.queries import notice_of
from tests.tenders.under_pack import SECOND, dates_of, drafted, refusals, settle
from tests.world import World, approve, draft_tender, publish

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
EARLIEST = datetime(2026, 3, 24, 0, 0, tzinfo=SHANGHAI)  # the end of Monday the 23rd


@pytest.fixture(autouse=True)
def _in_china(world: World) -> None:
    settle(world, "CN", "Asia/Shanghai")


def test_a_tender_goes_from_the_plan_to_its_notice(world: World) -> None:
    """Requirements B14 and E42: cut-offs come from the deadline, traces are stored."""
    tender = drafted(world, "cn-bidding", EARLIEST)
    submit_for_approval(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    approve(world, tender)

    published = publish(world, tender)

    notice = notice_of(published)
    assert published.state == TenderState.PUBLISHED
    assert (notice.pack.name, notice.pack.version) == ("cn-bidding", 1)
    assert (notice.pack.minimum_bidders, notice.delta_seconds) == (3, 120)
    assert notice.questions_until == datetime(2026, 3, 14, 0, 0, tzinfo=SHANGHAI)
    assert notice.answers_until == datetime(2026, 3, 17, 0, 0, tzinfo=SHANGHAI)
    assert published.questions_until == notice.questions_until
    assert published.answers_until == notice.answers_until
    assert dates_of(published) == {
        "documents_until": "2026-03-09T16:00:00.000000Z",
        "earliest_deadline": "2026-03-23T16:00:00.000000Z",
        "questions_until": "2026-03-13T16:00:00.000000Z",
        "answers_until": "2026-03-16T16:00:00.000000Z",
    }


def test_a_second_less_is_refused_with_rule_source_and_earliest_date(world: World) -> None:
    """The table of time limits, bid_period_min: Bidding Law art. 24, 20 d."""
    tender = drafted(world, "cn-bidding", EARLIEST - SECOND)

    (fault,) = refusals(world, tender)

    assert (fault.code, fault.pointer) == ("bid-period-too-short", "/closes_at")
    assert fault.said("en") == (
        "Suppliers have at least 20 days from publication, so until 2026-03-24 00:00:00 "
        "Asia/Shanghai, but bids are due 2026-03-23 23:59:59 Asia/Shanghai (rule bid_period of "
        "the pack “cn-bidding”: Bidding Law (招标投标法), art. 24)"
    )
    assert "至少有 20 日，即至 2026-03-24 00:00:00 Asia/Shanghai" in fault.said("zh")


def test_what_was_enough_when_it_was_approved_may_be_too_little_when_published(
    world: World,
) -> None:
    """The notice counts from its publication; on the 4th, day 20 is Tuesday the 24th."""
    tender = drafted(world, "cn-bidding", EARLIEST)
    submit_for_approval(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    approve(world, tender)
    world.wind_to(world.now + timedelta(days=2))

    with pytest.raises(NotReady) as refused:
        publish(world, tender)

    (fault,) = refused.value.faults
    assert fault.facts["earliest"] == "2026-03-25 00:00:00 Asia/Shanghai"


@pytest.mark.parametrize("pack", ["cn-bidding", "cn-gp"])
def test_bids_are_opened_at_the_time_of_the_deadline(world: World, pack: str) -> None:
    """Requirement F45; section 3, opening_time: same time as the deadline."""
    with pytest.raises(BadInput) as refused:
        draft_tender(world, pack=pack, closes_at=EARLIEST, opens_at=EARLIEST + SECOND)

    (fault,) = refused.value.faults
    assert (fault.code, fault.pointer) == ("opens-too-late", "/opens_at")
    assert "opening_within" in fault.said("en")


def test_no_ground_leaves_suppliers_less_time(world: World) -> None:
    """The table of time limits: no change by e-submission under the Bidding Law."""
    tender = draft_tender(world, pack="cn-bidding", closes_at=EARLIEST, opens_at=EARLIEST)

    with pytest.raises(BadInput) as refused:
        edit(
            tender_id=tender.pk, sections={"reductions": ("e-submission",)},
            by=world.by("officer"), now=world.now,
        )  # fmt: skip

    (fault,) = refused.value.faults
    assert (fault.code, fault.pointer) == ("no-such-reduction", "/reductions/0")


def test_a_date_in_a_year_without_published_holidays_is_said_to_be_provisional(
    world: World,
) -> None:
    """Provisional until the State Council has published the holidays of 2027."""
    world.wind_to(datetime(2026, 12, 21, 10, 0, tzinfo=SHANGHAI))
    tender = drafted(world, "cn-bidding", datetime(2027, 1, 6, 10, 0, tzinfo=SHANGHAI))

    (fault,) = refusals(world, tender)

    assert "so until 2027-01-12 00:00:00 Asia/Shanghai" in fault.said("en")
    assert fault.said("en").endswith(
        "this date is provisional: the holidays of 2027 are not published yet"
    )
    assert "2027 年节假日安排尚未公布" in fault.said("zh")
