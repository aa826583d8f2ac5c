"""Filing over the interface: a supplier's own bids, streamed in, answered once, hidden."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken
from pytest_django.fixtures import Settings

from bidding.models import Arrival, Bid, Part, Receipt
from bidding.sealed.manifest import PART_BYTES
from procurement.journal.sequencer import tick
from procurement.models import Event, User
from procurement.outbox import deliver
from signatures.practice import edited
from tenders.models import Tender
from tests.bidding.filing import (
    FiledBid,
    SealedOffer,
    begun,
    filed_bid,
    prepared_bid,
    seal_offer,
    signed_form,
    uploaded,
    withdrawn_bid,
)
from tests.world import Company, World, published_tender

PDF, RAW = "application/pdf", "application/octet-stream"


class Caller:
    """Someone who asks over HTTP."""

    def __init__(self, user: User | None = None) -> None:
        token = AuthToken.objects.create(user)[1] if user else ""
        self.client = Client(headers={"Authorization": f"Token {token}"} if user else {})

    def send(self, method: str, path: str, sent: Any = None, **headers: str) -> Any:
        body = b"" if sent is None else json.dumps(sent, default=str).encode()
        return self.client.generic(
            method, f"/api/v1/{path}", body, "application/json", headers=headers
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def raw(self, method: str, path: str, data: bytes, media_type: str = RAW, **meta: str) -> Any:
        announced = {"HTTP_CONTENT_SHA256": hashlib.sha256(data).hexdigest()}
        return self.client.generic(
            method, f"/api/v1/{path}", data, media_type, **(announced | meta)
        )


@pytest.fixture
def open_world(world: World, tmp_path: Path, settings: Settings) -> World:
    return world.wound(tmp_path, settings)


@pytest.fixture
def tender(open_world: World) -> Tender:
    return published_tender(open_world)


@pytest.fixture
def lotus(open_world: World) -> Company:
    return open_world.suppliers[0]


@pytest.fixture
def signer(lotus: Company) -> Caller:
    return Caller(lotus.signer)


@pytest.fixture
def rival(open_world: World) -> Caller:
    return Caller(open_world.suppliers[1].signer)


@pytest.fixture
def sealed(open_world: World, tender: Tender, lotus: Company) -> SealedOffer:
    return seal_offer(open_world, tender, lotus, "12.50")


@pytest.fixture
def bid(open_world: World, tender: Tender, lotus: Company) -> Bid:
    return prepared_bid(open_world, tender, lotus, "12.50")


@pytest.fixture
def filed(open_world: World, tender: Tender, lotus: Company) -> FiledBid:
    return filed_bid(open_world, tender, lotus, "12.50")


def code(answer: HttpResponse, status: int) -> str:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return str(json.loads(answer.content)["code"])


# From the envelope to the receipt


def test_the_whole_way_in(
    open_world: World, tender: Tender, lotus: Company, signer: Caller, sealed: SealedOffer
) -> None:
    asked = {"supplier": lotus.organisation.pk, "manifest": sealed.manifest.to_json()}
    begun = signer.send("POST", f"tenders/{tender.pk}/envelopes", asked)
    assert (begun.status_code, begun.json()["part_bytes"]) == (201, PART_BYTES)
    assert begun.json()["missing"][-1] == "payload-00000"
    assert signer.send("POST", f"tenders/{tender.pk}/envelopes", asked).status_code == 200

    envelope = f"envelopes/{begun.json()['id']}"
    for name, data in sealed.parts().items():
        assert signer.raw("PUT", f"{envelope}/parts/{name}", data).json()["name"] == name
    assert signer.get(envelope).json()["missing"] == []
    assert signer.send("POST", f"{envelope}/completion", {}).json()["state"] == "complete"

    asked = {
        "supplier": lotus.organisation.pk,
        "lot": "lot-1",
        "envelopes": {"offer": sealed.manifest.digest()},
    }
    made = signer.send("POST", f"tenders/{tender.pk}/bids", asked)
    assert (made.status_code, made.json()["state"]) == (201, "prepared")
    assert made.json()["missing"] == "submission"
    assert signer.send("POST", f"tenders/{tender.pk}/bids", asked).json() == made.json()

    address = f"bids/{made.json()['id']}"
    form = open_world.trust.sign(
        signer.get(f"{address}/form.pdf").content, lotus.credential, open_world.now
    )
    answer = signer.raw("POST", f"{address}/submission", form, PDF)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["verdict"], answer.json()["messages"]) == ("VALID", [])
    again = signer.raw("POST", f"{address}/submission", form, PDF)
    assert (again.status_code, again.content) == (201, answer.content)

    receipt = signer.get(f"{address}/receipt")
    assert receipt["Content-Type"] == "text/plain; charset=utf-8"
    assert receipt.content.decode() == answer.json()["receipt"]
    shown = signer.get(f"tenders/{tender.pk}/bids").json()
    assert [(one["state"], one["receipt"]["number"]) for one in shown] == [
        ("filed", answer.json()["number"])
    ]


def test_paper_and_proof_of_a_receipt_follow(
    open_world: World, signer: Caller, filed: FiledBid
) -> None:
    address = f"bids/{filed.bid.pk}"
    for what in ("receipt.pdf", "countersigned.pdf", "proof"):
        answer = signer.get(f"{address}/{what}")
        assert code(answer, 404) == "not-found"
        assert int(answer["Retry-After"]) > 0

    deliver(open_world.now)
    tick(open_world.now)

    shown = signer.get(address).json()
    for what in (shown["receipt_paper"], shown["countersigned"]):
        paper = signer.get(what.removeprefix("/api/v1/"))
        assert b"".join(paper.streaming_content).startswith(b"%PDF-")
    proof = signer.get(f"{address}/proof").json()
    assert set(proof) == {"event", "checkpoint"}
    assert proof["event"]["link_salt"] is None


def test_a_bid_is_taken_back_by_its_form(
    open_world: World, lotus: Company, signer: Caller, filed: FiledBid
) -> None:
    address = f"bids/{filed.bid.pk}"
    form = open_world.trust.sign(
        signer.get(f"{address}/withdrawal.pdf").content, lotus.credential, open_world.now
    )

    answer = signer.raw("POST", f"{address}/withdrawal", form, PDF)

    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert answer.json()["withdrawn_at"] is not None
    assert signer.raw("POST", f"{address}/withdrawal", form, PDF).content == answer.content


def test_what_was_not_submitted_is_discarded(signer: Caller, bid: Bid) -> None:
    assert signer.send("DELETE", f"bids/{bid.pk}").json()["state"] == "discarded"


# Bodies


@pytest.fixture
def part(open_world: World, tender: Tender, lotus: Company, sealed: SealedOffer) -> str:
    return f"envelopes/{begun(open_world, tender, lotus, sealed).pk}/parts/p.age"


def test_a_part_says_its_length_and_its_digest(signer: Caller, part: str) -> None:
    assert code(signer.raw("PUT", part, b"x", CONTENT_LENGTH=""), 411) == "length-needed"
    assert code(signer.raw("PUT", part, b""), 411) == "length-needed"
    assert code(signer.raw("PUT", part, b"x", HTTP_CONTENT_SHA256="abc"), 400) == "bad-input"
    assert code(signer.raw("PUT", part, b"x", HTTP_CONTENT_SHA256=""), 400) == "bad-input"
    assert not Part.objects.exists()


def test_a_part_above_8_mib_is_refused_before_it_is_read(signer: Caller, part: str) -> None:
    length = str(PART_BYTES + 1)

    assert code(signer.raw("PUT", part, b"x", CONTENT_LENGTH=length), 413) == "too-large"


def test_a_part_that_changed_on_the_way_is_refused(
    signer: Caller, part: str, sealed: SealedOffer
) -> None:
    data = sealed.parts()["p.age"]
    digest = hashlib.sha256(data).hexdigest()

    changed = signer.raw("PUT", part, data[:-1] + b"\x00", HTTP_CONTENT_SHA256=digest)

    assert code(changed, 400) == "other-digest"
    assert not Part.objects.exists()


def test_a_form_is_a_pdf_of_at_most_20_mib(signer: Caller, bid: Bid) -> None:
    address = f"bids/{bid.pk}/submission"

    assert code(signer.raw("POST", address, b"{}", "application/json"), 415) == ("other-media-type")
    large = signer.raw("POST", address, b"%PDF", PDF, CONTENT_LENGTH=str(20 * 1024**2 + 1))
    assert code(large, 413) == "too-large"
    assert not Arrival.objects.exists(), "what is refused unread has no ticket"


def test_a_form_that_is_not_the_one_announced_is_refused(
    open_world: World, lotus: Company, signer: Caller, bid: Bid
) -> None:
    form = signed_form(open_world, lotus, bid)
    address = f"bids/{bid.pk}/submission"

    answer = signer.raw("POST", address, form, PDF, HTTP_CONTENT_SHA256="0" * 64)

    assert code(answer, 400) == "other-digest"
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        pytest.param({"supplier": "x", "manifest": {}}, "/supplier", id="no id"),
        pytest.param({"manifest": {}}, "/supplier", id="no supplier"),
        pytest.param({"supplier": UUID(int=0), "manifest": []}, "/manifest", id="a list"),
        pytest.param({"supplier": None, "manifest": {}, "x": 1}, "/x", id="an unknown field"),
    ],
)
def test_a_bad_field_is_named(
    tender: Tender, signer: Caller, sent: dict[str, object], pointer: str
) -> None:
    answer = signer.send("POST", f"tenders/{tender.pk}/envelopes", sent)

    assert code(answer, 400) == "bad-input"
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


def test_an_invalid_form_is_refused_in_the_readers_language_and_filed_at_own_risk(
    open_world: World, lotus: Company, signer: Caller, bid: Bid
) -> None:
    form = edited(signed_form(open_world, lotus, bid))
    address = f"bids/{bid.pk}/submission"

    chinese = signer.raw("POST", address, form, PDF, HTTP_ACCEPT_LANGUAGE="zh-CN")
    filed = signer.raw("POST", f"{address}?at_own_risk=true", form, PDF)

    assert code(chinese, 409) == "form-refused"
    (error,) = chinese.json()["errors"]
    assert (error["code"], error["who"]) == ("changed-after-signing", "签署人")
    assert "签名后被修改" in error["detail"]
    assert error["help"]["link"] == "/check/codes/#changed-after-signing"
    assert "常见原因是" in error["help"]["text"]
    (message,) = filed.json()["messages"]
    assert (filed.status_code, message["title"]) == (201, "Edited after signing")
    assert set(message) == {"code", "title", "text", "action", "who", "help"}
    assert message["help"]["link"] == error["help"]["link"]


def test_late_is_a_refusal_with_both_instants(
    open_world: World, tender: Tender, lotus: Company, signer: Caller, bid: Bid
) -> None:
    form = signed_form(open_world, lotus, bid)
    open_world.wind_to(tender.closes_at)

    answer = signer.raw("POST", f"bids/{bid.pk}/submission", form, PDF)

    assert code(answer, 409) == "submission-closed"
    assert set(answer.json()["facts"]) == {"closes_at", "arrived_at"}


# Who


ADDRESSES: list[tuple[str, str]] = [
    ("GET", ""), ("DELETE", ""), ("GET", "/form.pdf"), ("POST", "/submission"), ("GET", "/receipt"),
    ("GET", "/receipt.pdf"), ("GET", "/countersigned.pdf"), ("GET", "/proof"),
    ("GET", "/withdrawal.pdf"), ("POST", "/withdrawal"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "end"), ADDRESSES)
def test_a_rivals_bid_answers_like_one_that_does_not_exist(
    open_world: World, rival: Caller, filed: FiledBid, method: str, end: str
) -> None:
    def asked(caller: Caller, bid: object) -> tuple[int, bytes]:
        if method == "POST":
            answer = caller.raw("POST", f"bids/{bid}{end}", b"%PDF", PDF)
        else:
            answer = caller.send(method, f"bids/{bid}{end}")
        return answer.status_code, answer.content

    nothing = asked(rival, UUID(int=7))

    assert nothing[0] == 404
    for who in ("officer", "opener-1", "proposer", "overseer", "operator"):
        assert asked(Caller(open_world.people[who]), filed.bid.pk) == nothing
    assert asked(rival, filed.bid.pk) == nothing
    assert asked(Caller(), filed.bid.pk)[0] == 401


def test_lists_show_ones_own_and_betray_nobody(
    open_world: World, tender: Tender, signer: Caller, rival: Caller, filed: FiledBid
) -> None:
    address = f"tenders/{tender.pk}/bids"

    assert len(signer.get(address).json()) == 1
    assert rival.get(address).json() == []
    assert Caller(open_world.people["officer"]).get(address).json() == []
    assert code(Caller().get(address), 401) == "sign-in-first"


def test_nobody_prepares_for_a_supplier_who_is_not_theirs_and_the_attempt_is_concealed(
    open_world: World, tender: Tender, lotus: Company, rival: Caller, sealed: SealedOffer
) -> None:
    uploaded(open_world, tender, lotus, sealed)
    asked = {
        "supplier": lotus.organisation.pk,
        "lot": "lot-1",
        "envelopes": {"offer": sealed.manifest.digest()},
    }

    for caller in (rival, Caller(open_world.people["officer"])):
        answer = caller.send("POST", f"tenders/{tender.pk}/bids", asked)
        assert code(answer, 403) == "not-permitted"

    written = Event.everything.filter(tender=tender.pk, verb="attempt.refused")
    assert [event.concealed for event in written] == [True, True]
    assert not Event.objects.filter(verb="attempt.refused").exists()


def test_a_clerk_prepares_and_does_not_submit(open_world: World, lotus: Company, bid: Bid) -> None:
    clerk = Caller(lotus.administrator)
    form = signed_form(open_world, lotus, bid)

    assert clerk.get(f"bids/{bid.pk}").status_code == 200
    answer = clerk.raw("POST", f"bids/{bid.pk}/submission", form, PDF)

    assert code(answer, 403) == "not-permitted"
    assert not Arrival.objects.exists()


def test_a_list_of_bids_costs_the_same_for_one_and_for_three(
    open_world: World, tender: Tender, lotus: Company, signer: Caller, filed: FiledBid
) -> None:
    one = queries(lambda: signer.get(f"tenders/{tender.pk}/bids"))
    withdrawn_bid(open_world, lotus, filed.bid)
    for price in ("11.00", "10.00"):
        filed_bid(open_world, tender, lotus, price)

    assert len(signer.get(f"tenders/{tender.pk}/bids").json()) == 3
    assert queries(lambda: signer.get(f"tenders/{tender.pk}/bids")) == one


def test_what_everybody_sees_of_a_tender_is_the_same_with_a_bid_and_without(
    open_world: World, tender: Tender, lotus: Company, rival: Caller
) -> None:
    seen = [f"tenders/{tender.pk}", f"tenders/{tender.pk}/bids", "tenders"]
    callers = [Caller(), rival, Caller(open_world.people["officer"])]
    before = [caller.get(path).content for caller in callers for path in seen]

    filed_bid(open_world, tender, lotus, "12.50")

    assert [caller.get(path).content for caller in callers for path in seen] == before


def queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
