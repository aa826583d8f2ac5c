"""A supplier gets its own form back with the platform's seal over it, and nothing waits for that.

What was sealed while the time-stamping authority was away is stamped when it is back. The log names
every copy, but none that tells of a bid before the bids are announced.
"""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pytest_django.fixtures import Settings

from bidding.models import Bid, Receipt, SealedPaper
from bidding.queries import countersigned_form, receipt_paper, sealed_objects
from bidding.verbs import Verb
from procurement.models import Event, ProtocolObject
from procurement.models.outbox import OutboxMessage
from procurement.objects import fetch
from procurement.outbox import deliver
from procurement.proof.canonical import sha256_hex
from procurement.proof.sealed_papers import SealedCopy, SealedPapers
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
from tests.bidding.opened import close, minuted_tender, opened_tender
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


def is_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the time-stamping authority answer."""

    def answer(request: httpx.Request) -> httpx.Response:
        stamped = timestamp(world.trust.authority, request.content, at=world.now)
        return httpx.Response(200, content=stamped)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    monkeypatch.setattr("signatures.platform.httpx.post", client.post)


def named_in_the_log() -> list[SealedCopy]:
    """Read every entry about sealed papers, in its order."""
    events = Event.everything.filter(verb=Verb.PAPERS_SEALED).order_by("recorded_at")
    named = [SealedPapers.read(fetch(str(one.to_json()["body"]["object"])).body) for one in events]  # type: ignore[index,call-overload]
    return [copy for said in named for copy in said.papers]


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

    is_back(today, monkeypatch)
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


def test_nothing_names_the_papers_of_bids_before_the_announcement_and_one_entry_does_after(
    real_world: World,
) -> None:
    tender = published_tender(real_world)
    filed_bid(real_world, tender, real_world.suppliers[0], "12.50")
    deliver(real_world.now)
    assert SealedPaper.objects.count() == 2
    tender = close(real_world, tender)
    deliver(real_world.now)
    assert not Event.everything.filter(verb=Verb.PAPERS_SEALED).exists()
    assert not ProtocolObject.objects.filter(kind=SealedPapers.TYPE).exists()

    opened_tender(real_world, tender)
    deliver(real_world.now)

    receipt = Receipt.objects.get()
    of_the_bid = {("receipt", receipt.digest), ("form", receipt.bid.form_sha256)}
    named = named_in_the_log()
    assert {(one.kind, one.about) for one in named[:2]} == of_the_bid
    assert [one.kind for one in named[2:]] == ["minutes"]
    first = Event.objects.filter(verb=Verb.PAPERS_SEALED).order_by("recorded_at")[0]
    entered = SealedPaper.objects.filter(entry=first.pk).values_list("sha256", flat=True)
    assert {*entered} == {one.sha256 for one in named[:2]}


def test_a_copy_that_was_stamped_later_is_named_too(
    real_world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TSA_URL = AWAY
    minuted_tender(real_world, "12.50")
    deliver(real_world.now)
    assert [one.copy for one in named_in_the_log() if one.kind == "minutes"] == [1]

    is_back(real_world, monkeypatch)
    deliver(real_world.now + timedelta(hours=1))

    minutes = SealedPaper.objects.filter(kind="minutes").order_by("copy")
    assert [(one.copy, one.sha256) for one in named_in_the_log() if one.kind == "minutes"] == [
        *minutes.values_list("copy", "sha256")
    ]
    assert [one.level for one in minutes] == ["B-B", "B-LTA"]
