"""What follows a filing: the receipt as a sealed paper, retention in the vault, what waits."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.models import Bid, Receipt
from bidding.papers_due import retained_until
from bidding.queries import own_bid, receipt_paper, sealed_objects
from bidding.waiting import waiting_for
from procurement.models.outbox import OutboxMessage
from procurement.outbox import deliver
from procurement.proof.canonical import sha256_hex
from procurement.refusals import NotFound
from procurement.vault import SEALED, Vault, VaultRefused
from signatures.pdf.attachments import embedded_files
from signatures.pdf.policy import Policy
from signatures.service import check
from tenders.models import Tender
from tests.bidding.filing import (
    FiledBid,
    begun,
    filed_bid,
    prepared,
    seal_offer,
    signed_form,
    submit,
    uploaded,
    withdrawn_bid,
)
from tests.world import Company, World, published_tender


@pytest.fixture
def today(open_world: World) -> World:
    """The vault's locks count by the real clock."""
    open_world.wind_to(datetime.now(UTC))
    return open_world


@pytest.fixture
def filed(today: World) -> FiledBid:
    return filed_bid(today, published_tender(today), today.suppliers[0], "12.50")


def test_the_receipt_follows_as_a_paper_that_carries_the_note_and_the_seal(
    today: World, each_vault: Vault
) -> None:
    filed = filed_bid(today, published_tender(today), today.suppliers[0], "12.50")
    by = today.by(today.suppliers[0].signer)
    with pytest.raises(NotFound) as early:
        receipt_paper(filed.bid.pk, by)
    assert early.value.retry_after

    deliver(today.now)

    with receipt_paper(filed.bid.pk, by) as reading:
        paper = b"".join(reading)
    receipt = Receipt.objects.get()
    assert embedded_files(paper) == [("receipt.note", filed.receipt.note.encode())]
    assert receipt.paper_sha256 == sha256_hex(paper)
    report, _ = check(paper, policy=Policy(), at=today.now, now=today.now)
    assert report.verdict in ("VALID", "VALID_WITH_REMARKS")


def test_nothing_that_was_filed_can_be_deleted_until_the_retention_is_over(
    today: World, each_vault: Vault
) -> None:
    tender = published_tender(today)
    filed = filed_bid(today, tender, today.suppliers[0], "12.50")
    withdrawn_bid(today, today.suppliers[0], filed.bid)

    deliver(today.now)

    bid = Bid.objects.select_related("slot__tender").get(pk=filed.bid.pk)
    things = sealed_objects(bid)
    until = tender.closes_at + timedelta(days=1)  # the training pack's
    assert len(things) == 7 + 4, "the parts, both forms, the countersigned one and the receipt"
    for name, version in things:
        lock = each_vault.status(SEALED, name, version)
        assert lock.hold
        assert lock.retain_until is not None
        assert until <= lock.retain_until < until + timedelta(seconds=1)
        each_vault.release_hold(SEALED, name, version)
        with pytest.raises(VaultRefused):
            each_vault.delete(SEALED, name, version)
    assert retained_until(bid) == until


def test_told_twice_there_is_one_paper(today: World, filed: FiledBid) -> None:
    deliver(today.now)
    first = Receipt.objects.get()
    OutboxMessage.objects.update(delivered_at=None, due_at=None, done_by=[])

    deliver(today.now)

    assert Receipt.objects.get().paper_version == first.paper_version
    assert not OutboxMessage.objects.exclude(last_error="").exists()


def test_what_waits_for_a_supplier_is_an_upload_then_a_signature_then_nothing(
    open_world: World, tender: Tender
) -> None:
    lotus, crane = open_world.suppliers[:2]
    sealed = seal_offer(open_world, tender, lotus, "1.00")
    begun(open_world, tender, lotus, sealed)
    assert what_waits(open_world, lotus) == ["finish-upload"]

    uploaded(open_world, tender, lotus, sealed)
    bid = prepared(open_world, tender, lotus, sealed)
    assert what_waits(open_world, lotus) == ["submit-bid"]
    assert what_waits(open_world, crane) == []
    assert waiting_for(open_world.by("officer"), open_world.now) == []
    assert waiting_for(open_world.by(lotus.signer), tender.closes_at) == []

    submit(open_world, lotus, bid, signed_form(open_world, lotus, bid))
    assert what_waits(open_world, lotus) == []


def test_a_bid_of_ours_is_found_with_everything_in_a_few_queries(
    open_world: World, tender: Tender, django_assert_num_queries: object
) -> None:
    lotus = open_world.suppliers[0]
    filed = filed_bid(open_world, tender, lotus, "12.50")
    by = open_world.by(lotus.signer)

    with django_assert_num_queries(1):  # type: ignore[operator]
        bid = own_bid(filed.bid.pk, by)
        assert bid.slot.tender.pk == tender.pk
        assert bid.receipt.number == filed.receipt.number


def what_waits(world: World, company: Company) -> list[str]:
    return [one.what for one in waiting_for(world.by(company.signer), world.now)]
