"""An opening over the interface: who may say what, and what is answered when."""

import json
from typing import Any

import pytest

from bidding.models import Bid, HolderNote
from bidding.queries_opening import minutes_of, opening_of
from bidding.sealed.answers import TIMEKEEPER, file_name
from bidding.sealed.history import read_history
from bidding.sealed.opening import Minutes
from bidding.verbs import Verb
from procurement.anchors import current_anchors
from procurement.models import Event, Kind
from procurement.outbox import deliver
from procurement.proof.evidence import TenderHistory
from tenders.models import Tender
from tests.api.test_tenders import Caller
from tests.bidding import filing, opened
from tests.world import World


@pytest.fixture
def tender(real_world: World) -> Tender:
    """Give a closed tender with two bids."""
    return opened.closed_tender(real_world, "12.50", "11.00")


def post(world: World, who: str | None, tender: Tender, what: str, sent: Any = None) -> Any:
    return Caller(world, who)("POST", f"tenders/{tender.pk}/{what}", sent or {})


def get(world: World, who: str | None, tender: Tender, what: str) -> Any:
    return Caller(world, who)("GET", f"tenders/{tender.pk}/{what}")


def note(world: World, tender: Tender, holder: str, said: Any) -> dict[str, str]:
    return {"note": said.sign(opened.key_of(world, tender, holder).note_signer()).decode()}


def test_an_opening_from_presence_to_signed_minutes(real_world: World, tender: Tender) -> None:
    world = real_world
    codes = []

    def say(who: str, what: str, sent: Any = None) -> None:
        answer = post(world, who, tender, what, sent)
        codes.append((what, answer.status_code))

    for who in opened.PRESENT:
        say(who, "opening/presence")
    say("opener-1", "opening")
    opened.witnessed(world)
    for who in (*opened.PRESENT, TIMEKEEPER):
        said: Any = opened.failures(world, tender, who)
        say(who, "opening/failures", note(world, tender, who, said))
    opened.proceed(world)
    for who in opened.PRESENT:
        said = opened.disclosure(world, tender, who)
        say(who, "opening/disclosures", note(world, tender, who, said))
    opened.witnessed(world)
    opened.proceed(world)
    said = opened.release_of(world, tender)
    assert get(world, TIMEKEEPER, tender, "opening/intent").json()["leaf"] == said.intent
    say(TIMEKEEPER, "opening/release", note(world, tender, TIMEKEEPER, said))
    opened.proceed(world)
    for who in opened.PRESENT:
        said = minutes_of(opening_of(tender.pk))
        say(who, "opening/minutes-signatures", note(world, tender, who, said))

    assert [one for one in codes if one[1] != 201] == []
    told = get(world, None, tender, "opening").json()
    assert (told["state"], told["attended"], len(told["bids"])) == ("minuted", [1, 3], 2)
    assert sorted(one["announced"]["total"] for one in told["bids"]) == ["124.30", "141.25"]


def test_the_set_and_the_own_sealed_file_are_fetched_by_holders(
    real_world: World, tender: Tender
) -> None:
    assert get(real_world, "opener-1", tender, "opening/set").status_code == 404
    opened.requested(real_world, tender)

    whole = get(real_world, "opener-1", tender, "opening/set").json()
    assert whole.keys() == {"request", "close", "control_head", "bids", "manifests"}
    manifest = filing.Envelope.objects.values_list("manifest", flat=True).first()
    path = f"opening/sealed/{manifest}/{file_name('opener-1')}"
    answer = get(real_world, "opener-1", tender, path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.content.startswith(b"age-encryption.org/v1\n")
    for who, code in (("opener-3", 404), ("officer", 404), (None, 401)):
        assert get(real_world, who, tender, path).status_code == code
        expected = 200 if who == "opener-3" else code
        assert get(real_world, who, tender, "opening/set").status_code == expected


def test_the_history_over_the_interface_holds_against_the_anchors(
    real_world: World, tender: Tender
) -> None:
    opened.opened_tender(real_world, tender)

    told = TenderHistory.of(get(real_world, None, tender, "history").json())

    read = read_history(told, current_anchors())
    assert read.history.steps[-1].verb == Verb.OPENING_OPENED
    release = HolderNote.objects.get(kind=HolderNote.RELEASE).object
    assert release not in {one.digest for one in told.objects}


def test_minutes_are_read_by_everybody_as_json_note_and_paper(
    real_world: World, tender: Tender
) -> None:
    for name in ("minutes", "minutes.note", "minutes.pdf"):
        assert get(real_world, None, tender, name).status_code == 404
    opened.opened_tender(real_world, tender)
    opened.sign_minutes(real_world, tender)
    waits = get(real_world, None, tender, "minutes.pdf")
    assert (waits.status_code, waits.headers["Retry-After"]) == (404, "5")
    deliver(real_world.now)

    said = get(real_world, None, tender, "minutes")
    assert Minutes.read(said.content) == minutes_of(opening_of(tender.pk))
    assert get(real_world, None, tender, "minutes.note").content.startswith(said.content)
    paper = get(real_world, None, tender, "minutes.pdf")
    assert b"".join(paper.streaming_content).startswith(b"%PDF-")


def test_an_opened_document_is_a_download_and_the_reading_is_journalled(
    real_world: World, tender: Tender
) -> None:
    bid = Bid.objects.first()
    assert bid is not None
    path = f"opened-bids/{bid.digest}/documents/documents/technical.pdf"
    assert get(real_world, "proposer", tender, path).status_code == 404
    opened.opened_tender(real_world, tender)

    answer = get(real_world, "proposer", tender, path)

    assert b"".join(answer.streaming_content) == filing.SMALL_PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="technical.pdf"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert Event.objects.filter(verb=Verb.OPENED_DOCUMENT_READ).count() == 1
    assert get(real_world, "officer", tender, path).status_code == 403
    assert get(real_world, None, tender, path).status_code == 401


@pytest.mark.parametrize(
    ("who", "what", "code"),
    [
        pytest.param(None, "opening/presence", 401, id="a stranger"),
        pytest.param("officer", "opening/presence", 403, id="an officer"),
        pytest.param("opener-1", "opening", 403, id="an opener who is not present asks"),
        pytest.param("officer", "opening", 403, id="an officer asks"),
    ],
)
def test_who_has_no_part_in_an_opening_is_refused(
    real_world: World, tender: Tender, who: str | None, what: str, code: int
) -> None:
    assert post(real_world, who, tender, what).status_code == code


@pytest.mark.parametrize("what", ["failures", "disclosures", "release", "minutes-signatures"])
def test_a_note_out_of_order_is_a_problem_and_an_attempt(
    real_world: World, tender: Tender, what: str
) -> None:
    who = TIMEKEEPER if what == "release" else "opener-1"

    answer = post(real_world, who, tender, f"opening/{what}", {"note": "no note"})

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")
    attempt = Event.objects.get(tender=tender.pk, kind=Kind.ATTEMPT)
    assert attempt.to_json()["body"] == {
        "code": "wrong-state", "facts": {"act": act_of(what), "reasons": []}
    }  # fmt: skip


def act_of(what: str) -> str:
    return {"disclosures": "disclosure", "minutes-signatures": "minutes"}.get(what, what)


def test_a_request_that_comes_too_early_is_told_every_reason(
    real_world: World, tender: Tender
) -> None:
    opened.come(real_world, tender)
    real_world.wind_to(real_world.now + opened.SECOND * 61)

    answer = post(real_world, "opener-1", tender, "opening")

    assert answer.status_code == 409
    assert [one["code"] for one in answer.json()["errors"]] == ["stale-proof"]


def test_before_the_opening_no_answer_tells_how_many_bids_there_are(
    real_world: World, tender: Tender
) -> None:
    digests = [*Bid.objects.values_list("digest", flat=True)]
    suppliers = [str(one.organisation.pk) for one in real_world.suppliers]
    opened.come(real_world, tender)

    for who in (None, "officer", "overseer", "operator", "opener-1", TIMEKEEPER):
        for what in ("opening", "history", "opening/set", "minutes", "opening/intent"):
            told = get(real_world, who, tender, what).json()
            shown = json.dumps(told)
            if told.get("type") == TenderHistory.TYPE:
                shown += opened.readable(TenderHistory.of(told))
            assert [one for one in (*digests, *suppliers) if one in shown] == []
