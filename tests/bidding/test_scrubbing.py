"""What was filed is read back and found locked, by the week and before its opening.

What is amiss is journalled where nobody reads it before the opening, so that no fault of a disk
tells anybody that somebody bids.

Requirement D37.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from bidding.ceremonies import scrubbing
from bidding.ceremonies.scrubbing import CODE
from bidding.models import Bid, Part, ReadBack
from bidding.papers_due import retained_until
from bidding.queries import sealed_objects
from bidding.queries_again import FIRST_READ_BACK, READ_BACK_EVERY
from bidding.queries_opening import minutes_of, opening_of
from oversight.queries import timeline
from procurement.models import Event, Kind
from procurement.outbox import deliver
from procurement.stored import vault
from procurement.vault import SEALED, Vault
from tenders.models import Tender
from tests.bidding.filing import filed_bid, withdrawn_bid
from tests.bidding.opened import close, opened_tender
from tests.bidding.test_servers_away import unmounted
from tests.tenders.changing import extended
from tests.world import Company, World, published_tender

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
DAYS = timedelta(days=30)


@pytest.fixture
def today(real_world: World) -> World:
    """The vault's locks count by the real clock; what was filed is committed."""
    real_world.wind_to(datetime.now(UTC))
    return real_world


@pytest.fixture(params=["directory", "minio"])
def each_vault(request: pytest.FixtureRequest, today: World, settings: Settings) -> Vault:
    if request.param == "minio":
        settings.VAULT = request.getfixturevalue("minio").url
    return vault()


@pytest.fixture
def tender(today: World) -> Tender:
    return published_tender(today, closes_in=DAYS)


@pytest.fixture
def lotus(today: World) -> Company:
    return today.suppliers[0]


@pytest.fixture
def bid(today: World, tender: Tender, lotus: Company) -> Bid:
    """A filed bid with its paper, retained."""
    filed = filed_bid(today, tender, lotus, "12.50")
    deliver(today.now)
    return filed.bid


def later(world: World, passed: timedelta) -> None:
    world.wind_to(world.now + passed)
    scrubbing.due(now=world.now)


def amiss() -> list[dict[str, object]]:
    """Give the facts of what was journalled as amiss."""
    bodies = [event.to_json()["body"] for event in Event.everything.filter(verb="attempt.refused")]
    return [body["facts"] for body in bodies if body["code"] == CODE]  # type: ignore[call-overload,index]


def stored(tmp_path: Path, name: str) -> Path:
    part = Part.objects.get(name=name)
    (file,) = (tmp_path / "vault").rglob(f"{part.object_version}.bytes")
    return file


def filed_once_more(world: World, bid: Bid) -> Bid:
    """File another bid in the tender of this one."""
    other = filed_bid(world, bid.slot.tender, world.suppliers[1], "11.00").bid
    deliver(world.now)
    return other


def change(tmp_path: Path) -> None:
    file = stored(tmp_path, "p.age")
    file.chmod(0o600)
    file.write_bytes(b"another")


def remove(tmp_path: Path) -> None:
    stored(tmp_path, "p.age").unlink()


def let_go(tmp_path: Path) -> None:
    stored(tmp_path, "p.age").with_suffix(".hold").unlink()


def shorten(tmp_path: Path) -> None:
    stored(tmp_path, "p.age").with_suffix(".retain").unlink()


# What is found


def test_a_later_deadline_keeps_what_was_filed_longer_and_nothing_is_amiss_meanwhile(
    today: World, bid: Bid, tender: Tender
) -> None:
    later(today, FIRST_READ_BACK + MINUTE)
    moved = extended(today, tender, DAYS)

    later(today, READ_BACK_EVERY - MINUTE)
    extended(today, moved, DAYS)
    later(today, 2 * MINUTE)  # the week is over before the outbox has told
    deliver(today.now)
    later(today, READ_BACK_EVERY + MINUTE)

    bid = Bid.objects.select_related("slot__tender").get(pk=bid.pk)
    locks = [vault().status(SEALED, *one).retain_until for one in sealed_objects(bid)]
    longer = [until - retained_until(bid) for until in locks if until]
    assert len(longer) == len(locks) > 5
    assert all(timedelta() <= more < SECOND for more in longer)  # locks count whole seconds
    assert amiss() == []


def test_what_is_as_it_was_filed_and_locked_leaves_no_trace_but_when(
    today: World, tender: Tender, lotus: Company, each_vault: Vault
) -> None:
    filed_bid(today, tender, lotus, "12.50")
    filed_bid(today, tender, lotus, "11.50")
    withdrawn_bid(today, today.suppliers[1], filed_bid(today, tender, today.suppliers[1], "9").bid)
    deliver(today.now)
    before = Event.everything.count()

    later(today, FIRST_READ_BACK + MINUTE)

    assert [(row.at, row.found) for row in ReadBack.objects.all()] == [(today.now, [])] * 3
    assert Event.everything.count() == before


@pytest.mark.parametrize(
    ("happens", "found"),
    [
        pytest.param(change, "p.age: changed", id="other bytes"),
        pytest.param(remove, "p.age: missing", id="no bytes"),
        pytest.param(let_go, "p.age: not held", id="no hold"),
        pytest.param(shorten, "p.age: not retained", id="no retention"),
    ],
)
def test_what_is_amiss_is_journalled_where_nobody_reads_it_before_the_opening(
    today: World,
    tender: Tender,
    bid: Bid,
    tmp_path: Path,
    happens: Callable[[Path], None],
    found: str,
) -> None:
    happens(tmp_path)
    told = len(timeline(tender.pk))

    later(today, FIRST_READ_BACK + MINUTE)

    assert amiss() == [{"bid": bid.digest, "found": [found]}]
    event = Event.everything.order_by("-recorded_at").first()
    assert event is not None
    assert (event.kind, event.concealed) == (Kind.CONCEALED, True)
    assert len(timeline(tender.pk)) == told


def test_a_form_and_a_receipt_are_read_back_like_the_parts(
    today: World, bid: Bid, tmp_path: Path
) -> None:
    for folder in ("forms", "receipts"):
        for file in (tmp_path / "vault" / SEALED / folder).rglob("*.bytes"):
            file.unlink()

    later(today, FIRST_READ_BACK + MINUTE)

    assert ReadBack.objects.get().found == ["form: missing", "receipt: missing"]


def test_a_missing_lock_is_put_back(
    today: World, tender: Tender, lotus: Company, each_vault: Vault
) -> None:
    pairs = sealed_objects(filed_bid(today, tender, lotus, "12.50").bid)
    deliver(today.now)
    for pair in pairs:
        each_vault.release_hold(SEALED, *pair)

    later(today, FIRST_READ_BACK + MINUTE)

    assert {each_vault.status(SEALED, *pair).hold for pair in pairs} == {True}
    assert len(amiss()) == 1


def test_retention_is_asked_for_only_once_it_is_due(
    today: World, tender: Tender, lotus: Company
) -> None:
    filed_bid(today, tender, lotus, "12.50")
    scrubbing.scrub_everything(now=today.now)
    assert ReadBack.objects.get().found == [], "the outbox may not have told of it yet"

    today.wind_to(today.now + FIRST_READ_BACK + MINUTE)
    scrubbing.scrub_everything(now=today.now)

    assert "payload-00000: not retained" in ReadBack.objects.get().found


def test_the_same_fault_is_journalled_once_and_another_one_again(
    today: World, bid: Bid, tmp_path: Path
) -> None:
    change(tmp_path)
    later(today, FIRST_READ_BACK + MINUTE)
    later(today, READ_BACK_EVERY)
    assert len(amiss()) == 1

    stored(tmp_path, "e.age").unlink()
    later(today, READ_BACK_EVERY)

    assert [one["found"] for one in amiss()] == [
        ["p.age: changed"],
        ["e.age: missing", "p.age: changed"],
    ]


def test_while_the_vault_is_away_nothing_is_said(today: World, bid: Bid, tmp_path: Path) -> None:
    with unmounted(tmp_path / "vault"):
        later(today, FIRST_READ_BACK + MINUTE)

    assert (ReadBack.objects.count(), amiss()) == (0, [])


def test_nothing_is_asked_of_what_may_be_deleted(today: World, bid: Bid, tmp_path: Path) -> None:
    change(tmp_path)
    bid = Bid.objects.select_related("slot__tender").get(pk=bid.pk)
    today.wind_to(retained_until(bid))

    scrubbing.due(now=today.now)

    assert ReadBack.objects.get().found == []


# When


def test_a_bid_is_read_back_an_hour_after_its_filing_after_the_close_and_by_the_week(
    today: World, tender: Tender, bid: Bid
) -> None:
    def read_at() -> datetime | None:
        row = ReadBack.objects.first()
        return row.at if row else None

    later(today, FIRST_READ_BACK / 2)
    assert read_at() is None
    later(today, FIRST_READ_BACK)
    first = today.now
    assert read_at() == first
    later(today, READ_BACK_EVERY - SECOND)
    assert read_at() == first
    later(today, SECOND)
    assert read_at() == first + READ_BACK_EVERY
    filed_once_more(today, bid)
    for supplier in today.suppliers[2:]:
        filed_bid(today, tender, supplier, "10.00")

    close(today, tender)
    scrubbing.due(now=today.now)

    assert {row.at for row in ReadBack.objects.all()} == {today.now}
    before = today.now
    later(today, timedelta(minutes=1))
    assert {row.at for row in ReadBack.objects.all()} == {before}


def test_a_pass_reads_so_many_bytes_and_the_next_one_goes_on(
    today: World, bid: Bid, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed_once_more(today, bid)
    monkeypatch.setattr(scrubbing, "BYTES_A_PASS", 1)

    later(today, FIRST_READ_BACK + MINUTE)
    assert ReadBack.objects.count() == 1
    later(today, SECOND)

    assert ReadBack.objects.count() == 2


# What the operator and the minutes say


def scrubbed() -> str:
    """Run the command; give what it says, and how it ends."""
    out = StringIO()
    try:
        call_command("scrub", stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}\n"
    return out.getvalue()


def test_before_an_opening_the_command_says_the_same_of_no_bid_and_of_three(
    today: World, tender: Tender
) -> None:
    of_none = scrubbed()
    for supplier in today.suppliers:
        filed_bid(today, tender, supplier, "12.50")

    assert scrubbed() == of_none
    assert of_none == (
        "Under seal: as it was filed, and locked.\nOpened: 0 bids read back, 0 amiss.\n"
    )


def test_before_an_opening_the_command_names_no_bid_that_is_amiss(
    today: World, bid: Bid, tmp_path: Path
) -> None:
    change(tmp_path)

    said = scrubbed()

    assert said == (
        "Under seal: not as it was filed. The journal has what, concealed until the opening.\n"
        "Opened: 0 bids read back, 0 amiss.\n"
        "Something that was filed is not as it was.\n"
    )


def test_after_the_opening_the_command_and_the_minutes_name_the_bid(
    today: World, tmp_path: Path
) -> None:
    tender = published_tender(today)
    bids = [filed_bid(today, tender, one, "12.50").bid for one in today.suppliers]
    deliver(today.now)
    closed = close(today, tender)
    (file,) = (tmp_path / "vault" / SEALED / "forms" / str(bids[1].pk)).glob("*.bytes")
    file.unlink()
    scrubbing.due(now=today.now)
    opened_tender(today, closed)

    said = scrubbed()

    assert "Opened: 3 bids read back, 1 amiss.\n" in said
    assert f"  {bids[1].digest}: form: missing\n" in said
    assert "Under seal: as it was filed, and locked.\n" in said
    (incident,) = minutes_of(opening_of(tender.pk)).incidents
    assert incident.startswith(f"Of bid {bids[1].digest}, what is stored was found not as it was")
    assert bids[1].digest in str([entry.body for entry in timeline(tender.pk)])
