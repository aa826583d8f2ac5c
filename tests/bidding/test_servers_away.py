"""While a server is away there is no receipt, and nothing that was kept is lost."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from bidding.ceremonies import uploading
from bidding.ceremonies.forms import FormNotKept
from bidding.models import Arrival, Bid, BidState, Receipt, UploadState
from bidding.queries import missing_parts
from procurement.models import Event
from procurement.outbox import deliver
from procurement.tryout.minio_server import build, start
from procurement.tryout.processes import Processes
from procurement.vault import VaultUnavailable
from tenders.models import Tender
from tests import servers
from tests.bidding.filing import (
    begun,
    filed_bid,
    prepared_bid,
    seal_offer,
    signed_form,
    signed_withdrawal,
    store,
    submit,
    uploaded,
    withdraw,
)
from tests.world import Company, World, published_tender


@pytest.fixture
def lotus(open_world: World) -> Company:
    return open_world.suppliers[0]


@contextmanager
def unmounted(vault: Path) -> Iterator[None]:
    """Take the disk of a directory vault away, as an unmount does."""
    aside = vault.with_name("aside")
    vault.rename(aside)
    try:
        yield
    finally:
        shutil.rmtree(vault, ignore_errors=True)
        aside.rename(vault)


def test_without_the_vault_nothing_is_filed_and_the_ticket_is_kept(
    open_world: World, tender: Tender, lotus: Company, tmp_path: Path
) -> None:
    bid = prepared_bid(open_world, tender, lotus, "12.50")
    form = signed_form(open_world, lotus, bid)

    with unmounted(tmp_path / "vault"), pytest.raises(FormNotKept) as away:
        submit(open_world, lotus, bid, form)

    ticket = Arrival.objects.get()
    assert away.value.retry_after == 2
    assert f"arrived at {ticket.at:%Y-%m-%d %H:%M:%S.%f}" in away.value.said("en")
    assert (Bid.objects.get(pk=bid.pk).state, Receipt.objects.count()) == (BidState.PREPARED, 0)
    assert not Event.everything.filter(verb="bid.filed").exists()
    assert submit(open_world, lotus, bid, form).receipt.received_at == ticket.at


def test_without_the_vault_a_withdrawal_does_nothing(
    open_world: World, tender: Tender, lotus: Company, tmp_path: Path
) -> None:
    filed = filed_bid(open_world, tender, lotus, "12.50")
    form = signed_withdrawal(open_world, lotus, filed.bid)

    with unmounted(tmp_path / "vault"), pytest.raises(FormNotKept):
        withdraw(open_world, lotus, filed.bid, form)

    assert Bid.objects.get(pk=filed.bid.pk).state == BidState.FILED


def test_without_the_vault_an_upload_stops_and_goes_on_afterwards(
    open_world: World, tender: Tender, lotus: Company, tmp_path: Path
) -> None:
    sealed = seal_offer(open_world, tender, lotus, "12.50")
    envelope = begun(open_world, tender, lotus, sealed)
    store(open_world, lotus, envelope, "p.age", sealed.parts()["p.age"])

    with unmounted(tmp_path / "vault"), pytest.raises(VaultUnavailable):
        store(open_world, lotus, envelope, "e.age", sealed.parts()["e.age"])
    assert "e.age" in missing_parts(envelope)
    assert "p.age" not in missing_parts(envelope)

    uploaded(open_world, tender, lotus, sealed)


def test_an_envelope_is_not_complete_while_it_cannot_be_read_back(
    open_world: World, tender: Tender, lotus: Company, tmp_path: Path
) -> None:
    sealed = seal_offer(open_world, tender, lotus, "12.50")
    envelope = begun(open_world, tender, lotus, sealed)
    for name, data in sealed.parts().items():
        store(open_world, lotus, envelope, name, data)
    by = open_world.by(lotus.signer)

    with unmounted(tmp_path / "vault"), pytest.raises(VaultUnavailable):
        uploading.complete(envelope_id=envelope.pk, by=by, now=open_world.now)

    assert missing_parts(envelope) == [], "nothing was forgotten"
    done = uploading.complete(envelope_id=envelope.pk, by=by, now=open_world.now)
    assert done.state == UploadState.COMPLETE


@pytest.mark.services
def test_a_stopped_minio_gives_no_receipt_and_a_started_one_does(
    open_world: World, lotus: Company, tmp_path: Path, settings: Settings, minio: object
) -> None:
    with Processes(tmp_path) as processes:
        program = build(servers.tools())
        server = start(processes, program, tmp_path / "minio")
        settings.VAULT = server.url
        tender = published_tender(open_world)
        bid = prepared_bid(open_world, tender, lotus, "12.50")
        form = signed_form(open_world, lotus, bid)
        processes.stop_all()

        with pytest.raises(FormNotKept):
            submit(open_world, lotus, bid, form)

    assert not Receipt.objects.exists()


def test_a_time_stamping_authority_that_is_away_refuses_no_bid_and_no_paper(
    open_world: World, tender: Tender, lotus: Company, settings: Settings
) -> None:
    settings.TSA_URL = "http://127.0.0.1:9/"

    filed_bid(open_world, tender, lotus, "12.50")
    deliver(open_world.now)

    assert Receipt.objects.get().paper_version is not None
