"""A day after the deadline nothing is stored under seal that was never filed, and all that was is.

What a crash, a second try or a change of mind left behind goes; no version that a row names does.
"""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from bidding.actions.preparing import discard
from bidding.actions.sweeping import let_go
from bidding.actions.uploads import COUNTED_FOR, MOST_UNFINISHED, TooManyUploads
from bidding.ceremonies import closing, sweeping
from bidding.ceremonies.enclosed import stored_name
from bidding.models import Bid, Envelope, OpenedBid, OpenedDocument, Part, Receipt
from bidding.queries import sealed_objects
from bidding.queries_left_over import LEFT_OVER_AFTER
from procurement.outbox import deliver
from procurement.stored import vault
from procurement.vault import SEALED, Vault
from tenders.models import Tender
from tests.awards.opened import opened_tender
from tests.bidding.filing import (
    begun,
    filed_bid,
    prepared,
    prepared_bid,
    seal_offer,
    signed_form,
    store,
    submit,
    uploaded,
    withdrawn_bid,
)
from tests.bidding.opened import close
from tests.bidding.test_servers_away import unmounted
from tests.world import Company, World, published_tender

SECOND = timedelta(seconds=1)


@pytest.fixture
def today(real_world: World) -> World:
    """The vault's locks count by the real clock; what was filed is committed."""
    real_world.wind_to(datetime.now(UTC))
    return real_world


@pytest.fixture
def tender(today: World) -> Tender:
    return published_tender(today)


@pytest.fixture(params=["directory", "minio"])
def each_vault(request: pytest.FixtureRequest, today: World, settings: Settings) -> Vault:
    if request.param == "minio":
        settings.VAULT = request.getfixturevalue("minio").url
    return vault()


@pytest.fixture
def lotus(today: World) -> Company:
    return today.suppliers[0]


def let_a_day_pass(world: World, tender: Tender) -> None:
    """Close the tender, and sweep a day after its deadline."""
    close(world, tender)
    world.wind_to(tender.closes_at + LEFT_OVER_AFTER)
    sweeping.due(now=world.now)


def versions(*names: str) -> list[frozenset[str]]:
    return [vault().versions(SEALED, name) for name in names]


def put(name: str, *, held: bool = True) -> str:
    """Store something that no row will name, as a crash before the commit leaves it."""
    version = vault().put(SEALED, name, BytesIO(b"left over"), 9).version_id
    if held:
        vault().hold(SEALED, name, version)
    return version


def places(envelope: Envelope) -> list[str]:
    return [part.object_name for part in Part.objects.filter(envelope=envelope)]


# What goes


def test_an_upload_that_was_never_finished_goes_a_day_after_the_deadline(
    today: World, tender: Tender, lotus: Company, each_vault: Vault
) -> None:
    sealed = seal_offer(today, tender, lotus, "1.00")
    envelope = begun(today, tender, lotus, sealed)
    store(today, lotus, envelope, "p.age", sealed.parts()["p.age"])
    (place,) = places(envelope)
    close(today, tender)

    today.wind_to(tender.closes_at + LEFT_OVER_AFTER - SECOND)
    sweeping.due(now=today.now)
    assert len(each_vault.versions(SEALED, place)) == 1
    today.wind_to(tender.closes_at + LEFT_OVER_AFTER)
    sweeping.due(now=today.now)

    assert each_vault.versions(SEALED, place) == frozenset()
    assert not Part.objects.exists()


@pytest.mark.parametrize("left", ["unbound", "prepared", "discarded"])
def test_an_envelope_that_no_submitted_bid_binds_goes_though_it_is_held(
    today: World, tender: Tender, lotus: Company, each_vault: Vault, left: str
) -> None:
    sealed = seal_offer(today, tender, lotus, "1.00")
    envelope = uploaded(today, tender, lotus, sealed)
    if left != "unbound":
        bid = prepared(today, tender, lotus, sealed)
    if left == "discarded":
        discard(bid_id=bid.pk, by=today.by(lotus.signer))
    names = places(envelope)

    let_a_day_pass(today, tender)

    assert versions(*names) == [frozenset()] * 7


def test_signed_forms_that_no_bid_names_go(
    today: World, tender: Tender, lotus: Company, each_vault: Vault
) -> None:
    filed = filed_bid(today, tender, lotus, "12.50").bid
    never = prepared_bid(today, tender, today.suppliers[1], "11.00")
    deliver(today.now)
    paper = Receipt.objects.get()
    for name in (filed.form_name, filed.withdrawal_form_name, never.form_name, paper.paper_name):
        put(name)

    let_a_day_pass(today, tender)

    assert versions(filed.form_name, paper.paper_name) == [
        {filed.form_version},
        {paper.paper_version},
    ]
    assert versions(filed.withdrawal_form_name, never.form_name) == [frozenset()] * 2


def test_a_part_that_was_stored_and_not_written_down_goes(
    today: World, tender: Tender, lotus: Company, each_vault: Vault
) -> None:
    filed_bid(today, tender, lotus, "12.50")
    part = Part.objects.get(name="p.age")
    put(part.object_name, held=False)

    let_a_day_pass(today, tender)

    assert versions(part.object_name) == [{part.object_version}]


def test_of_documents_that_were_opened_twice_one_stays(today: World) -> None:
    opened = opened_tender()
    bid = OpenedBid.objects.first()
    assert bid is not None
    document = OpenedDocument(
        bid=bid, path="documents/annex.pdf", length=9, sha256="ab" * 32, signature="none",
        verdict="VALID",
    )  # fmt: skip
    earlier, document.object_version = (put(stored_name(document.pk), held=False) for _ in "12")
    document.save()
    today.wind_to(opened.now + LEFT_OVER_AFTER)

    sweeping.due(now=today.now)

    assert versions(stored_name(document.pk)) == [{document.object_version}]
    assert earlier != document.object_version


def test_killed_between_letting_go_and_deleting_the_next_pass_goes_on(
    today: World, tender: Tender, lotus: Company
) -> None:
    envelope = uploaded(today, tender, lotus, seal_offer(today, tender, lotus, "1.00"))
    names = places(envelope)
    close(today, tender)
    let_go(envelope_id=envelope.pk)
    assert [len(found) for found in versions(*names)] == [1] * 7

    let_a_day_pass(today, tender)

    assert versions(*names) == [frozenset()] * 7


def test_while_the_vault_is_away_nothing_counts_as_swept(
    today: World, tender: Tender, lotus: Company, tmp_path: Path
) -> None:
    envelope = uploaded(today, tender, lotus, seal_offer(today, tender, lotus, "1.00"))
    names = places(envelope)
    close(today, tender)
    today.wind_to(tender.closes_at + LEFT_OVER_AFTER)
    with unmounted(tmp_path / "vault"):
        sweeping.due(now=today.now)
    assert not Envelope.objects.exclude(swept_at=None).exists()

    sweeping.due(now=today.now)

    assert versions(*names) == [frozenset()] * 7
    assert Envelope.objects.get().swept_at == today.now


# What stays


def test_nothing_of_a_bid_that_was_ever_filed_is_touched(
    today: World, tender: Tender, lotus: Company, each_vault: Vault
) -> None:
    crane, bamboo = today.suppliers[1:]
    filed_bid(today, tender, lotus, "12.50")  # replaced
    filed_bid(today, tender, lotus, "11.50")
    withdrawn_bid(today, crane, filed_bid(today, tender, crane, "11.00").bid)
    filed_bid(today, tender, bamboo, "10.00")
    deliver(today.now)
    named = [pair for bid in Bid.objects.all() for pair in sealed_objects(bid)]

    let_a_day_pass(today, tender)

    papers = 3  # the form, the receipt, the form with the platform's seal over it
    assert len(named) == 4 * (7 + papers) + 1
    assert [(name, {version}) for name, version in named] == [
        (name, each_vault.versions(SEALED, name)) for name, _ in named
    ]
    assert {each_vault.status(SEALED, *pair).hold for pair in named} == {True}


def test_an_envelope_of_a_filed_and_of_a_discarded_bid_stays(
    today: World, tender: Tender, lotus: Company
) -> None:
    sealed = seal_offer(today, tender, lotus, "12.50")
    envelope = uploaded(today, tender, lotus, sealed)
    first = prepared(today, tender, lotus, sealed)
    discard(bid_id=first.pk, by=today.by(lotus.signer))
    second = prepared(today, tender, lotus, sealed)
    submit(today, lotus, second, signed_form(today, lotus, second))
    names = places(envelope)

    let_a_day_pass(today, tender)

    assert [len(found) for found in versions(*names)] == [1] * 7


def test_a_version_under_retention_stays_whatever_the_rows_say(
    today: World, tender: Tender, lotus: Company
) -> None:
    bid = prepared_bid(today, tender, lotus, "12.50")
    version = put(bid.form_name)
    year = timedelta(days=365)
    vault().retain(SEALED, bid.form_name, version, today.now + 10 * year)

    let_a_day_pass(today, tender)

    assert versions(bid.form_name) == [{version}]


def test_while_a_tender_is_not_closed_nothing_of_it_goes(
    today: World, tender: Tender, lotus: Company
) -> None:
    envelope = begun(today, tender, lotus, sealed := seal_offer(today, tender, lotus, "1"))
    store(today, lotus, envelope, "p.age", sealed.parts()["p.age"])
    today.wind_to(tender.closes_at + 2 * LEFT_OVER_AFTER)

    sweeping.due(now=today.now)
    assert Part.objects.exists()
    closing.due(now=today.now)
    sweeping.due(now=today.now)

    assert not Part.objects.exists()


# What is begun and not finished is bounded


@pytest.fixture
def many(today: World, tender: Tender, lotus: Company) -> Envelope:
    """As many unfinished uploads as a bidder may have; the first of them."""
    envelopes = [
        begun(today, tender, lotus, seal_offer(today, tender, lotus, "1.00"))
        for _ in range(MOST_UNFINISHED)
    ]
    return envelopes[0]


def test_another_upload_is_refused_while_twenty_are_unfinished_and_the_refusal_says_what_to_do(
    today: World, tender: Tender, lotus: Company, many: Envelope
) -> None:
    another = seal_offer(today, tender, lotus, "1.00")

    with pytest.raises(TooManyUploads) as refused:
        begun(today, tender, lotus, another)

    at = f"{many.begun_at + COUNTED_FOR:%Y-%m-%d %H:%M}"
    assert f"Go on with one of them, or begin another after {at}" in refused.value.said("en")
    assert refused.value.retry_after == COUNTED_FOR.total_seconds() + 1
    assert Envelope.objects.count() == MOST_UNFINISHED


def test_one_that_was_begun_before_goes_on_and_its_completion_makes_room(
    today: World, tender: Tender, lotus: Company
) -> None:
    first, *_ = offers = [
        seal_offer(today, tender, lotus, "1.00") for _ in range(MOST_UNFINISHED + 1)
    ]
    for one in offers[:-1]:
        begun(today, tender, lotus, one)

    uploaded(today, tender, lotus, first)

    begun(today, tender, lotus, offers[-1])


def test_after_an_hour_one_counts_no_more(today: World, lotus: Company) -> None:
    tender = published_tender(today, closes_in=2 * COUNTED_FOR)
    for _ in range(MOST_UNFINISHED):
        begun(today, tender, lotus, seal_offer(today, tender, lotus, "1.00"))
    today.now += COUNTED_FOR

    begun(today, tender, lotus, seal_offer(today, tender, lotus, "1.00"))


def test_each_bidder_is_counted_alone_and_in_each_tender_alone(
    today: World, tender: Tender, lotus: Company, many: Envelope
) -> None:
    crane, elsewhere = today.suppliers[1], published_tender(today)

    begun(today, tender, crane, seal_offer(today, tender, crane, "1.00"))
    begun(today, elsewhere, lotus, seal_offer(today, elsewhere, lotus, "1.00"))
