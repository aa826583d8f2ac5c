"""A supplier gets its own form back with the platform's seal over it, and nothing waits for that.

What was sealed while the time-stamping authority was away is stamped when it is back.
"""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pytest_django.fixtures import Settings

from bidding.models import Bid, Receipt, SealedPaper
from bidding.queries import countersigned_form, receipt_paper, sealed_objects
from procurement.models.outbox import OutboxMessage
from procurement.outbox import deliver
from procurement.proof.canonical import sha256_hex
from procurement.refusals import NotFound
from procurement.stored import vault
from procurement.vault import SEALED
from signatures.pdf.policy import Policy
from signatures.pdf.report import Verdict
from signatures.service import look
from signatures.training_services import timestamp
from tenders.models import Tender
from tests.bidding.filing import (
    bid_form,
    filed_bid,
    prepared_bid,
    submit,
)
from tests.world import Company, World, published_tender

AWAY = "http://127.0.0.1:9/"  # the discard port: nothing answers


@pytest.fixture
def today(open_world: World) -> World:
    """The vault's locks count by the real clock."""
    open_world.wind_to(datetime.now(UTC))
    return open_world


@pytest.fixture
def tender(today: World) -> Tender:
    return published_tender(today)


@pytest.fixture
def lotus(today: World) -> Company:
    return today.suppliers[0]


def countersigned(world: World, supplier: Company, bid: Bid) -> bytes:
    with countersigned_form(bid.pk, world.by(supplier.signer)) as reading:
        return b"".join(reading)


def test_the_signed_form_comes_back_unchanged_and_countersigned(
    today: World, tender: Tender, lotus: Company
) -> None:
    filed = filed_bid(today, tender, lotus, "12.50")
    with pytest.raises(NotFound) as early:
        countersigned(today, lotus, filed.bid)
    assert early.value.retry_after

    deliver(today.now)

    copy = countersigned(today, lotus, filed.bid)
    report = look(copy, policy=Policy(), at=today.now)
    assert copy.startswith(filed.form)
    assert [one.field for one in report.signatures] == ["Signature1", "PlatformCountersignature"]
    assert (report.verdict, report.codes) == (Verdict.VALID, ())
    with vault().get(SEALED, filed.bid.form_name, Bid.objects.get().form_version) as reading:
        assert b"".join(reading) == filed.form
    assert Bid.objects.get().countersigned_name in dict(sealed_objects(filed.bid))


def test_a_form_filed_at_ones_own_risk_is_not_countersigned(
    today: World, tender: Tender, lotus: Company
) -> None:
    bid = prepared_bid(today, tender, lotus, "12.50")
    rival = today.suppliers[1].credential
    form = today.trust.sign(bid_form(today, lotus, bid), rival, today.now)
    submit(today, lotus, bid, form, at_own_risk=True)

    deliver(today.now)

    with pytest.raises(NotFound) as none:
        countersigned(today, lotus, bid)
    assert none.value.retry_after is None
    assert not OutboxMessage.objects.exclude(last_error="").exists()


def test_a_key_that_is_away_delays_papers_and_no_bid(
    today: World, tender: Tender, lotus: Company, settings: Settings
) -> None:
    settings.SEAL = f"csc:{AWAY};credential=seal"
    filed = filed_bid(today, tender, lotus, "12.50")
    deliver(today.now)
    assert not SealedPaper.objects.exists()

    settings.SEAL = "file:"
    deliver(today.now + timedelta(minutes=1))

    assert countersigned(today, lotus, filed.bid).startswith(filed.form)
    assert Receipt.objects.get().paper_version


def test_what_was_sealed_without_a_time_is_stamped_when_the_authority_is_back(
    today: World,
    tender: Tender,
    lotus: Company,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.TSA_URL = AWAY
    filed = filed_bid(today, tender, lotus, "12.50")
    deliver(today.now)
    first = countersigned(today, lotus, filed.bid)
    deliver(today.now + timedelta(minutes=1))
    assert {paper.level for paper in SealedPaper.objects.all()} == {"B-B"}

    def answer(request: httpx.Request) -> httpx.Response:
        stamped = timestamp(today.trust.authority, request.content, at=today.now)
        return httpx.Response(200, content=stamped)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    monkeypatch.setattr("signatures.platform.httpx.post", client.post)
    deliver(today.now + timedelta(hours=1))

    stamped = countersigned(today, lotus, filed.bid)
    with receipt_paper(filed.bid.pk, today.by(lotus.signer)) as reading:
        receipt = b"".join(reading)
    assert stamped.startswith(first)
    for paper in (stamped, receipt):
        report = look(paper, policy=Policy(), at=today.now + timedelta(hours=1))
        assert (report.codes, report.signatures[-1].level) == ((), "B-LTA")
    levels = SealedPaper.objects.order_by("name", "copy").values_list("copy", "level")
    assert [*levels] == [(1, "B-B"), (2, "B-LTA")] * 2
    assert SealedPaper.objects.filter(sha256=sha256_hex(stamped), copy=2).exists()
    assert {paper.object_name for paper in SealedPaper.objects.all()} <= {
        *dict(sealed_objects(filed.bid))
    }
