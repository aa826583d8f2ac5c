"""A tender over the interface, from the plan line to the notice, and all the ways to be refused."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken

from procurement.models import Event, Kind
from procurement.proof.canonical import sha256_hex
from tenders.models import Approval, Tender
from tenders.notice import Notice
from tests.world import (
    HOUR,
    World,
    approved_tender,
    draft_tender,
    order,
    plan_line,
    published_tender,
    ready_tender,
    signed_notice,
    tender_in_approval,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_late_as_it_is(world: World) -> None:
    """The interface reads the clock itself, so the world goes by the same one."""
    world.wind_to(world.now)


class Caller:
    """Somebody at the interface."""

    def __init__(self, world: World, who: str | None) -> None:
        headers = {}
        if who is not None:
            _, token = AuthToken.objects.create(world.people[who], expiry=None)
            headers = {"Authorization": f"Token {token}"}
        self._client = Client(headers=headers)

    def __call__(self, method: str, path: str, sent: Any = None, **headers: str) -> Any:
        data = sent if isinstance(sent, bytes) else json.dumps(sent if sent is not None else {})
        media_type = headers.pop("media_type", "application/json")
        return self._client.generic(method, f"/api/v1/{path}", data, media_type, headers=headers)


@pytest.fixture
def as_(world: World) -> Callable[[str | None], Caller]:
    return lambda who: Caller(world, who)


def body(world: World, **changed: Any) -> dict[str, Any]:
    """Give what an officer sends to draft a tender."""
    closes_at = (world.now + HOUR).isoformat()
    sent = {
        "plan_line": str(plan_line(world).pk),
        "procedure": "open",
        "pack": "training",
        "title": {"en": "Chairs", "zh": "椅子"},
        "description": {"en": "Ten chairs", "zh": "十把椅子"},
        "currency": "CNY",
        "validity_days": 90,
        "closes_at": closes_at,
        "lots": [lot()],
        "questions": [question()],
        "required_documents": [],
    }
    return {name: value for name, value in {**sent, **changed}.items() if value is not None}


def lot(**changed: Any) -> dict[str, Any]:
    plain = {
        "id": "lot-1",
        "title": {"en": "Chairs", "zh": "椅子"},
        "criterion": "price",
        "items": [item()],
    }
    return {**plain, **changed}


def item(**changed: Any) -> dict[str, Any]:
    plain = {
        "id": "chairs",
        "description": "Folding chair",
        "quantity": "10",
        "unit": "piece",
        "classification": {"scheme": "CPV", "id": "39112000-0"},
    }
    return {**plain, **changed}


def question(**changed: Any) -> dict[str, Any]:
    plain = {
        "id": "delivery-days",
        "text": {"en": "Days until delivery?"},
        "kind": "number",
        "required": True,
        "max_length": None,
        "choices": [],
    }
    return {**plain, **changed}


def publication(world: World, tender: Tender, **how: Any) -> dict[str, str]:
    signed = signed_notice(world, tender, **how)
    return {
        "notice_note": signed.notice_note.decode(),
        "keyset_note": signed.keyset_note.decode(),
        "notice_pdf": base64.b64encode(signed.pdf).decode(),
    }


# ── the way it goes ──────────────────────────────────────────────────────────────────────────


def test_from_plan_line_to_notice(world: World, as_: Callable[[str | None], Caller]) -> None:
    officer = as_("officer")

    planned = officer("POST", "plan-lines", {
        "agency": str(world.agency.pk),
        "title": {"en": "Chairs", "zh": "椅子"},
        "budget": {"amount": "50000.00", "currency": "CNY"},
    })  # fmt: skip
    drafted = officer("POST", "tenders", body(world, plan_line=planned.json()["id"]))

    assert (planned.status_code, drafted.status_code) == (201, 201)
    shown = drafted.json()
    assert shown["state"] == "draft"
    assert shown["lots"] == [lot()]
    assert shown["questions"] == [question()]
    assert shown["opens_at"] == shown["closes_at"]
    assert officer("GET", "plan-lines").json()["results"][0]["state"] == "tendered"
    assert officer("GET", f"tenders/{shown['id']}").json() == shown


def test_an_approved_tender_is_published_and_then_everybody_reads_the_same(
    world: World, as_: Callable[[str | None], Caller]
) -> None:
    tender = approved_tender(world)
    unsigned = as_("officer")("GET", f"tenders/{tender.pk}/notice.pdf").content
    to_sign = as_("legal")("GET", f"tenders/{tender.pk}/notice").content

    answer = as_("officer")("POST", f"tenders/{tender.pk}/publication", publication(world, tender))

    assert answer.status_code == 201, answer.json()
    stranger = as_(None)
    notice = stranger("GET", f"tenders/{tender.pk}/notice")
    assert notice.content == to_sign
    assert sha256_hex(notice.content) == answer.json()["notice"] == notice["Digest-SHA256"]
    keyset = stranger("GET", f"tenders/{tender.pk}/keyset").content
    assert sha256_hex(keyset) == Notice.read(notice.content).keyset
    assert stranger("GET", f"tenders/{tender.pk}/notice.note").content.startswith(notice.content)
    assert stranger("GET", f"tenders/{tender.pk}/keyset.note").content.startswith(keyset)
    paper = stranger("GET", f"tenders/{tender.pk}/notice.pdf").content
    assert paper.startswith(unsigned)
    assert paper != unsigned
    form = stranger("GET", f"tenders/{tender.pk}/response-form").json()
    assert form == Notice.read(notice.content).response_form
    schema = stranger("GET", f"tenders/{tender.pk}/lots/lot-1/offer-schema").json()
    assert schema["properties"]["currency"] == {"const": "CNY"}
    assert stranger("GET", f"tenders/{tender.pk}/lots/lot-9/offer-schema").status_code == 404


def test_a_document_goes_in_and_comes_out_as_it_was(
    world: World, as_: Callable[[str | None], Caller]
) -> None:
    tender, officer = draft_tender(world), as_("officer")
    at = f"tenders/{tender.pk}/documents/规格 1.txt"

    first = officer("PUT", at, b"ten chairs", media_type="text/plain; charset=utf-8")
    again = officer("PUT", at, b"ten chairs", media_type="text/plain")
    other = officer("PUT", at, b"twelve chairs", media_type="text/plain")

    assert [answer.status_code for answer in (first, again, other)] == [201, 201, 201]
    assert [answer.json()["version"] for answer in (first, again, other)] == [1, 1, 2]
    listed = officer("GET", f"tenders/{tender.pk}/documents").json()["documents"]
    assert listed == [other.json()]
    assert b"".join(officer("GET", at).streaming_content) == b"twelve chairs"
    older = officer("GET", f"{at}?version=1")
    assert b"".join(older.streaming_content) == b"ten chairs"
    assert older["Content-Disposition"] == "attachment"
    assert officer("GET", f"{at}?version=3").status_code == 404


def test_a_supervisor_suspends_and_the_agency_cancels(
    world: World, as_: Callable[[str | None], Caller]
) -> None:
    tender = published_tender(world)
    at = f"tenders/{tender.pk}"

    made = as_("overseer")("POST", f"{at}/orders", {"order_note": said(world, tender, "suspend")})
    suspended = as_(None)("GET", at).json()["suspended"]
    ended = as_("officer")("POST", f"{at}/cancellation", {
        "order_note": said(world, tender, "cancel")
    })  # fmt: skip

    assert (made.status_code, made.json()["effect"]) == (201, "suspend")
    assert suspended
    assert (ended.status_code, ended.json()["state"]) == (200, "cancelled")


def said(world: World, tender: Tender, effect: str) -> str:
    return order(world, tender, effect).decode()


def test_a_draft_is_given_up_with_a_reason(
    world: World, as_: Callable[[str | None], Caller]
) -> None:
    at = f"tenders/{draft_tender(world).pk}/cancellation"

    silent = as_("officer")("POST", at, {"reason": " "})
    ended = as_("officer")("POST", at, {"reason": "The hall was sold"})

    assert (silent.status_code, pointers(silent)) == (400, ["/reason"])
    assert (ended.status_code, ended.json()["state"]) == (200, "cancelled")


# ── who sees what ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "draft", "notice"),
    [
        pytest.param(None, 404, 404, id="a stranger"),
        pytest.param("operator", 404, 404, id="the operator"),
        pytest.param("officer", 200, 200, id="the officer"),
        pytest.param("finance", 200, 200, id="an approver"),
        pytest.param("overseer", 200, 404, id="the supervisor"),
        pytest.param("timekeeper", 200, 404, id="the timekeeper"),
    ],
)
def test_before_publication_a_draft_is_for_those_concerned(
    world: World, as_: Callable[[str | None], Caller], who: str | None, draft: int, notice: int
) -> None:
    tender, caller = ready_tender(world), as_(who)

    assert caller("GET", f"tenders/{tender.pk}").status_code == draft
    assert caller("GET", "tenders").json()["count"] == (draft == 200)
    assert caller("GET", f"tenders/{tender.pk}/notice").status_code == notice
    assert caller("GET", f"tenders/{tender.pk}/notice.pdf").status_code == notice
    assert caller("GET", f"tenders/{tender.pk}/notice.note").status_code == 404


def test_what_is_foreign_and_what_does_not_exist_get_the_same_answer(
    world: World, as_: Callable[[str | None], Caller]
) -> None:
    world.people["stranger"] = world.suppliers[0].signer
    caller = as_("stranger")

    foreign = caller("PATCH", f"tenders/{draft_tender(world).pk}", {"validity_days": 5})
    unknown = caller("PATCH", f"tenders/{uuid4()}", {"validity_days": 5})

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() == unknown.json()


@pytest.mark.parametrize(
    ("method", "path", "who"),
    [
        ("PATCH", "", "finance"),
        ("PATCH", "", "overseer"),
        ("POST", "/approval-request", "legal"),
        ("POST", "/cancellation", "opener-1"),
    ],
)
def test_another_role_is_refused_and_remembered(
    world: World, as_: Callable[[str | None], Caller], method: str, path: str, who: str
) -> None:
    tender = ready_tender(world)
    sent = {"PATCH": {"validity_days": 9}}.get(method, {"reason": "No"} if "can" in path else {})

    answer = as_(who)(method, f"tenders/{tender.pk}{path}", sent)

    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
    assert Event.objects.filter(kind=Kind.ATTEMPT, by=world.people[who].pk).count() == 1


def test_lists_ask_as_often_for_three_tenders_as_for_one(
    world: World, as_: Callable[[str | None], Caller]
) -> None:
    caller = as_("officer")

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert caller("GET", path).status_code == 200
        return len(found)

    draft_tender(world)
    one = [asked(path) for path in ("tenders", "tenders?mine=true", "plan-lines")]
    draft_tender(world)
    draft_tender(world)

    assert [asked(path) for path in ("tenders", "tenders?mine=true", "plan-lines")] == one


def test_a_tender_of_three_lots_asks_as_often_as_one_of_one(
    world: World, as_: Callable[[str | None], Caller]
) -> None:
    caller = as_("officer")
    counts = []
    for lots in ([lot()], [lot(id=f"lot-{n}", items=[item(), item(id="b")]) for n in range(3)]):
        made = caller("POST", "tenders", body(world, lots=lots)).json()
        with CaptureQueriesContext(connection) as found:
            caller("GET", f"tenders/{made['id']}")
        counts.append(len(found))

    assert counts[0] == counts[1]


# ── what is refused ──────────────────────────────────────────────────────────────────────────


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        pytest.param({"procedure": "restricted"}, "/procedure", id="another procedure"),
        pytest.param({"pack": "eu-2004-18"}, "/pack", id="an unknown pack"),
        pytest.param({"title": {}}, "/title", id="no title"),
        pytest.param({"title": {"en": "a\u0007"}}, "/title/en", id="a control character"),
        pytest.param({"title": {"en": "e\u0301"}}, "/title/en", id="not NFC"),
        pytest.param({"title": {"en": "x", "fr": "y"}}, "/title/fr", id="a third language"),
        pytest.param({"title": {"en": "x" * 501}}, "/title/en", id="a long title"),
        pytest.param({"currency": "EUR"}, "/currency", id="another currency than the budget"),
        pytest.param({"currency": "yuan"}, "/currency", id="no currency"),
        pytest.param({"validity_days": 0}, "/validity_days", id="no validity"),
        pytest.param({"validity_days": 10**29}, "/validity_days", id="an absurd number"),
        pytest.param({"closes_at": "2026-03-02T12:00:00"}, "/closes_at", id="no zone"),
        pytest.param({"closes_at": "soon"}, "/closes_at", id="no instant"),
        pytest.param({"closes_at": "9999-12-31T23:59:59-12:00"}, "/closes_at", id="far future"),
        pytest.param({"opens_at": "2026-03-02T09:31:00Z"}, "/opens_at", id="opens too early"),
        pytest.param({"lots": []}, "/lots", id="no lot"),
        pytest.param({"lots": {}}, "/lots", id="lots that are no list"),
        pytest.param({"lots": [lot(criterion="quality")]}, "/lots/0/criterion", id="quality"),
        pytest.param({"lots": [lot(items=[])]}, "/lots/0/items", id="no item"),
        pytest.param({"lots": [lot(), lot()]}, "/lots/1/id", id="a lot twice"),
        pytest.param({"lots": [lot(items=[item(), item()])]}, "/lots/0/items/1/id", id="twice"),
        pytest.param({"lots": [lot(id="Lot 1")]}, "/lots/0/id", id="a bad id"),
        pytest.param({"lots": [lot(title={})]}, "/lots/0/title", id="a lot without a title"),
        pytest.param(
            {"lots": [lot(items=[item(quantity="0")])]}, "/lots/0/items/0/quantity", id="nothing"
        ),
        pytest.param(
            {"lots": [lot(items=[item(quantity="1e9")])]}, "/lots/0/items/0/quantity", id="1e9"
        ),
        pytest.param(
            {"lots": [lot(items=[item(classification={"scheme": "CPV", "id": "?"})])]},
            "/lots/0/items/0/classification/id",
            id="no code",
        ),
        pytest.param(
            {"lots": [lot(items=[item(description="a\u0000b")])]},
            "/lots/0/items/0/description",
            id="a null character",
        ),
        pytest.param({"questions": [question(kind="essay")]}, "/questions/0/kind", id="a kind"),
        pytest.param(
            {"questions": [question(text={"en": "a\u0000b"})]},
            "/questions/0/text/en",
            id="a null character in a question",
        ),
        pytest.param(
            {"questions": [question(text={"en": "\ud800"})]},
            "/questions/0/text/en",
            id="half a character",
        ),
        pytest.param({"questions": [question(), question()]}, "/questions/1/id", id="asked twice"),
        pytest.param({"questions": ["why"]}, "/questions/0", id="a question that is no object"),
        pytest.param({"required_documents": [{}]}, "/required_documents/0", id="no document"),
        pytest.param({"state": "published"}, "/state", id="an unknown field"),
        pytest.param({"plan_line": "7"}, "/plan_line", id="no id"),
        pytest.param({"title": None}, "/title", id="a title left out"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(
    world: World, as_: Callable[[str | None], Caller], changed: dict[str, Any], where: str
) -> None:
    answer = as_("officer")("POST", "tenders", body(world, **changed))

    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert [found.startswith(where) for found in pointers(answer)] == [True], answer.json()
    assert not Tender.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"{", id="half a JSON"),
        pytest.param(b'{"validity_days": 1, "validity_days": 2}', id="a key twice"),
        pytest.param(b'{"validity_days": 1e400}', id="a number beyond all"),
        pytest.param(b'{"questions": ' + b"[" * 5000 + b"]" * 5000 + b"}", id="a deep nest"),
        pytest.param(b"\xff", id="not UTF-8"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"7", id="a number"),
        pytest.param(b"{}", id="nothing to change"),
    ],
)
def test_a_bad_body_is_refused(
    world: World, as_: Callable[[str | None], Caller], raw: bytes
) -> None:
    tender = draft_tender(world)

    for method, path in (("PATCH", ""), ("POST", "/cancellation"), ("POST", "/publication")):
        answer = as_("officer")(method, f"tenders/{tender.pk}{path}", raw)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-input"), answer.content
    assert Tender.objects.get().revision == 1


@pytest.mark.parametrize(
    ("amount", "currency", "where"),
    [
        pytest.param("-1", "CNY", "/budget/amount", id="less than nothing"),
        pytest.param("0.00", "CNY", "/budget/amount", id="nothing"),
        pytest.param("1.005", "CNY", "/budget", id="half a fen"),
        pytest.param("1e5", "CNY", "/budget", id="an exponent"),
        pytest.param("NaN", "CNY", "/budget", id="no number"),
        pytest.param("1" + "0" * 18, "CNY", "/budget/amount", id="more than there is"),
        pytest.param("1" * 51, "CNY", "/budget/amount", id="too many digits"),
        pytest.param("1", "rmb", "/budget/currency", id="no currency"),
    ],
)  # fmt: skip
def test_a_budget_that_is_none_is_refused(
    world: World,
    as_: Callable[[str | None], Caller],
    amount: str,
    currency: str,
    where: str,
) -> None:
    sent = {
        "agency": str(world.agency.pk),
        "title": {"en": "Chairs"},
        "budget": {"amount": amount, "currency": currency},
    }

    answer = as_("officer")("POST", "plan-lines", sent)

    assert (answer.status_code, pointers(answer)) == (400, [where])


@pytest.mark.parametrize(
    ("name", "headers", "status"),
    [
        pytest.param("..", {}, 400, id="a step up"),
        pytest.param("a%2Fb", {}, 404, id="a folder"),
        pytest.param("a:b", {}, 400, id="a drive"),
        pytest.param("a%00b", {}, 400, id="a null character"),
        pytest.param("x" * 201, {}, 400, id="a long name"),
        pytest.param("a.txt", {"media_type": "nonsense"}, 400, id="no media type"),
        pytest.param("a.txt", {"Content-SHA256": "0" * 64}, 400, id="another digest"),
        pytest.param("a.txt", {"Content-Length": "999999999999"}, 413, id="too large"),
        pytest.param("a.txt", {"Content-Length": "0"}, 411, id="empty"),
    ],
)
def test_a_document_that_cannot_be_kept_is_refused(
    world: World,
    as_: Callable[[str | None], Caller],
    name: str,
    headers: dict[str, str],
    status: int,
) -> None:
    tender = draft_tender(world)
    sent = {"media_type": "text/plain", **headers}

    answer = as_("officer")("PUT", f"tenders/{tender.pk}/documents/{name}", b"ten chairs", **sent)

    assert answer.status_code == status, answer.content
    assert not tender.documents.exists()


def test_after_publication_nothing_is_changed(
    world: World, as_: Callable[[str | None], Caller]
) -> None:
    tender, officer = published_tender(world), as_("officer")
    before = officer("GET", f"tenders/{tender.pk}").json()

    edited = officer("PATCH", f"tenders/{tender.pk}", {"validity_days": 5})
    added = officer("PUT", f"tenders/{tender.pk}/documents/a", b"x", media_type="text/plain")

    for answer in (edited, added):
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")
        assert "published" in answer.json()["title"]
    assert officer("GET", f"tenders/{tender.pk}").json() == before


def test_refusals_are_said_in_the_readers_language(
    world: World, as_: Callable[[str | None], Caller]
) -> None:
    tender = draft_tender(world, closes_in=timedelta(seconds=20))
    sent = {"Accept-Language": "zh-CN"}

    answer = as_("officer")("POST", f"tenders/{tender.pk}/approval-request", **sent)

    assert (answer.status_code, answer.json()["code"]) == (409, "not-ready")
    assert answer.json()["title"] == "草案尚不具备条件"
    short = [e for e in answer.json()["errors"] if e["code"] == "bid-period-too-short"]
    assert "bid_period" in short[0]["detail"]
    assert "2014/24/EU" in short[0]["detail"]


def test_an_edit_in_approval_voids_the_approvals(
    world: World, as_: Callable[[str | None], Caller]
) -> None:
    tender = tender_in_approval(world)
    at = f"tenders/{tender.pk}"
    given = as_("legal")("POST", f"{at}/approvals", {"kind": "legal", "approved": True})

    edited = as_("officer")("PATCH", at, {"title": {"en": "More chairs", "zh": ""}})

    assert (given.status_code, given.json()["revision"]) == (201, 1)
    assert (edited.json()["state"], edited.json()["revision"]) == ("draft", 2)
    assert Approval.objects.filter(revision=2).count() == 0


def test_a_bad_publication_is_refused_by_its_part(
    world: World, as_: Callable[[str | None], Caller]
) -> None:
    tender, officer = approved_tender(world), as_("officer")
    good = publication(world, tender)
    at = f"tenders/{tender.pk}/publication"

    no_base64 = officer("POST", at, {**good, "notice_pdf": "%%%"})
    no_note = officer("POST", at, {**good, "notice_note": "x"})
    swapped = officer("POST", at, {**good, "keyset_note": good["notice_note"]})
    no_pdf = officer("POST", at, {**good, "notice_pdf": base64.b64encode(b"x").decode()})

    assert (no_base64.status_code, pointers(no_base64)) == (400, ["/notice_pdf"])
    assert (no_note.status_code, pointers(no_note)) == (400, ["/notice_note"])
    assert (swapped.status_code, pointers(swapped)) == (400, ["/keyset_note"])
    assert (no_pdf.status_code, no_pdf.json()["code"]) == (409, "paper-not-accepted")
    assert Tender.objects.get(pk=tender.pk).state == "in-approval"


@pytest.mark.parametrize(
    ("length", "status"),
    [
        pytest.param(3_000_000, 409, id="as long as the longest draft makes it"),
        pytest.param(9_000_000, 413, id="longer than anything"),
    ],
)
def test_a_long_notice_is_taken_and_an_endless_one_is_not(
    world: World, as_: Callable[[str | None], Caller], length: int, status: int
) -> None:
    sent = {"notice_note": "x" * length, "keyset_note": "x", "notice_pdf": "eA=="}

    answer = as_("officer")("POST", f"tenders/{draft_tender(world).pk}/publication", sent)

    assert answer.status_code == status  # 409: the draft is not in approval
