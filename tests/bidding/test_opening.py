"""Openings: k openers and the timekeeper, after the deadline, all at once, step by step.

Requirements F45, F46, F50 and F51.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bidding.actions.reading import note_reading
from bidding.ceremonies import opening as ceremony
from bidding.ceremonies.minutes_paper import paper_name
from bidding.ceremonies.reading import read_document, read_minutes_paper, read_sealed
from bidding.models import HolderNote, OpenedBid, OpenedDocument, Opening, OpeningState
from bidding.queries_opening import (
    history_for,
    minutes_note,
    minutes_of,
    opened_of,
    opening_of,
    sees_withheld,
    set_for,
    status,
)
from bidding.queries_set import tried_set
from bidding.sealed.answers import TIMEKEEPER, file_name
from bidding.sealed.history import read_history
from bidding.sealed.opening import Minutes, Opened
from bidding.verbs import Verb
from bidding.waiting_opening import waiting_for
from procurement.actors import ANONYMOUS
from procurement.anchors import current_anchors
from procurement.journal.sequencer import tick
from procurement.models import Event, Kind
from procurement.outbox import deliver
from procurement.proof.notes import Verifier, open_object
from procurement.refusals import NotFound, NotPermitted
from procurement.stored import vault
from procurement.vault import DOCUMENTS
from signatures.pdf.attachments import embedded_files
from tenders.models import Tender
from tenders.queries import keyset_of
from tests.bidding import filing, opened
from tests.signatures.documents import plain_pdf
from tests.world import World, published_tender

PRICES = ("12.50", "11.00")


def control_verbs(tender: Tender) -> list[str]:
    events = Event.objects.filter(tender=tender.pk, kind=Kind.CONTROL).order_by("chain_position")
    return list(events.values_list("verb", flat=True))


def waits(world: World, who: str) -> list[str]:
    return [one.what for one in waiting_for(world.by(who), world.now)]


def test_k_openers_and_the_timekeeper_open_every_bid(real_world: World) -> None:
    tender = opened.closed_tender(real_world, *PRICES)

    opened.opened_tender(real_world, tender)
    opened.sign_minutes(real_world, tender)

    said = opened_of(opening_of(tender.pk))
    lotus, crane = (str(one.organisation.pk) for one in real_world.suppliers[:2])
    prices = {one.bidder: one.announced and one.announced.total for one in said.bids}
    assert prices == {lotus: "141.25", crane: "124.30"}
    assert [(one.cause, one.why) for one in said.bids] == [("opened", None)] * 2
    rows = OpenedBid.objects.order_by("total").values_list("total", "total_net", "currency")
    assert list(rows) == [("124.30", "110.00", "CNY"), ("141.25", "125.00", "CNY")]
    assert control_verbs(tender) == [
        "keyset.fixed",
        "notice.published",
        "bids.closed",
        "opening.requested",
        *["opening.failures"] * 3,
        "reveals.closed",
        *["opening.disclosed"] * 2,
        "release.intent",
        "opening.released",
        "opening.opened",
        "minutes.signed",
    ]
    assert opening_of(tender.pk).state == OpeningState.MINUTED


def test_the_history_of_an_opening_holds_for_a_stranger_with_anchors(real_world: World) -> None:
    tender = opened.minuted_tender(real_world, *PRICES)

    told = read_history(history_for(tender.pk, ANONYMOUS), current_anchors())

    opened_object = told.object(Opened, Verb.OPENING_OPENED)
    minutes = told.object(Minutes, Verb.MINUTES_SIGNED)
    assert opened_object is not None
    assert minutes is not None
    assert minutes.opened == opened_object.digest()
    assert [event is None for event in told.events] == [False] * len(told.events)


def test_for_one_sealed_file_no_other_bid_is_read(real_world: World) -> None:
    tender = opened.closed_tender(real_world, *PRICES)
    opened.requested(real_world, tender)
    by = real_world.by("opener-1")
    bids = {one.digest: one for one in tried_set(opening_of(tender.pk))}
    assert len(bids) == len(PRICES)

    for digest, wanted in bids.items():
        assert wanted.manifest is not None
        manifest = wanted.manifest.digest()
        with CaptureQueriesContext(connection) as asked:
            read_sealed(tender_id=tender.pk, manifest=manifest, name=file_name("opener-1"), by=by)
        said = "\n".join(query["sql"] for query in asked.captured_queries)
        assert (digest in said, manifest in said) == (True, True)
        others = [one for name, one in bids.items() if name != digest]
        assert [one for one in others if one.digest in said] == []


def test_pads_and_seeds_stand_in_nobodys_history(real_world: World) -> None:
    tender = opened.closed_tender(real_world, *PRICES)
    opened.released(real_world, tender)
    release = HolderNote.objects.get(kind=HolderNote.RELEASE)

    def objects(who: Any) -> set[str]:
        return {one.digest for one in history_for(tender.pk, who).objects}

    assert release.object not in objects(real_world.by("opener-1"))
    assert release.object not in objects(real_world.by(TIMEKEEPER))
    opened.proceed(real_world)
    assert release.object not in objects(ANONYMOUS)
    assert sees_withheld(ANONYMOUS, tender.pk)


def test_what_is_kept_in_is_shown_to_holders_once_requested_and_to_all_once_opened(
    real_world: World,
) -> None:
    tender = opened.closed_tender(real_world, *PRICES)
    seen = {}

    def look(when: str) -> None:
        who = [real_world.by(one) for one in ("opener-4", TIMEKEEPER, "officer", "overseer")]
        seen[when] = [sees_withheld(one, tender.pk) for one in (*who, ANONYMOUS)]

    look("closed")
    opened.requested(real_world, tender)
    look("requested")
    opened.try_the_set(real_world, tender)
    opened.disclose(real_world, tender)
    opened.hand_in(real_world, tender, TIMEKEEPER, opened.release_of(real_world, tender))
    look("released")
    opened.proceed(real_world)
    look("opened")

    assert seen == {
        "closed": [False] * 5,
        "requested": [True, True, False, False, False],
        "released": [True, True, False, False, False],
        "opened": [True] * 5,
    }


def test_nothing_of_the_outcome_is_told_before_it_is_announced(real_world: World) -> None:
    tender = opened.closed_tender(real_world, *PRICES)
    opened.released(real_world, tender)

    told = status(tender.pk, ANONYMOUS)
    assert told == {
        "tender": str(tender.pk),
        "opens_at": told["opens_at"],
        "state": "released",
        "envelope": "offer",
        "present": [1, 3],
        "attended": [1, 3],
        "minutes": None,
        "bids": None,
        "short": None,
    }

    opened.proceed(real_world)
    after = status(tender.pk, ANONYMOUS)
    assert len(after["bids"] or ()) == 2  # type: ignore[arg-type]
    assert after["minutes"] == minutes_of(opening_of(tender.pk)).digest()


@pytest.mark.parametrize(
    ("holder", "name", "readable"),
    [
        pytest.param("opener-1", "share-1.age", True, id="an opener the own share"),
        pytest.param("opener-1", "share-3.age", False, id="an opener another's share"),
        pytest.param("opener-1", "p.age", False, id="an opener the pad"),
        pytest.param("opener-1", "payload-00000", False, id="an opener the payload"),
        pytest.param("opener-2", "share-2.age", False, id="an opener who is not present"),
        pytest.param(TIMEKEEPER, "p.age", True, id="the timekeeper the pad"),
        pytest.param(TIMEKEEPER, "share-1.age", False, id="the timekeeper a share"),
        pytest.param("escrow-a", "e.age", False, id="an escrow holder"),
        pytest.param("officer", "share-1.age", False, id="an officer"),
        pytest.param("operator", "p.age", False, id="an operator"),
    ],
)
def test_each_holder_reads_the_one_file_that_is_theirs(
    real_world: World, holder: str, name: str, readable: bool
) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    by = real_world.by(holder)
    manifest = filing.Envelope.objects.get().manifest

    def found() -> bool:
        try:
            read_sealed(tender_id=tender.pk, manifest=manifest, name=name, by=by)
        except NotFound:
            return False
        return True

    assert not found()
    opened.requested(real_world, tender)
    assert found() is readable


def test_the_set_is_for_the_holders_of_seats_after_the_request(real_world: World) -> None:
    tender = opened.closed_tender(real_world, *PRICES)
    with pytest.raises(NotFound):
        set_for(tender.pk, real_world.by("opener-1"))

    opened.requested(real_world, tender)

    told = set_for(tender.pk, real_world.by(TIMEKEEPER))
    assert (len(told["bids"]), len(told["manifests"])) == (2, 2)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        set_for(tender.pk, real_world.by("overseer"))


def test_an_opener_who_does_not_disclose_is_minuted_after_ten_minutes(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    present = ("opener-1", "opener-2", "opener-3")
    opened.requested(real_world, tender, *present)
    opened.try_the_set(real_world, tender, *present, TIMEKEEPER)
    opened.disclose(real_world, tender, "opener-1", "opener-3")
    assert opening_of(tender.pk).state == OpeningState.REVEALS_CLOSED

    real_world.wind_to(real_world.now + timedelta(minutes=10))
    opened.witnessed(real_world)
    opened.proceed(real_world)
    opened.hand_in(real_world, tender, TIMEKEEPER, opened.release_of(real_world, tender))
    opened.proceed(real_world)

    minutes = minutes_of(opening_of(tender.pk))
    assert minutes.attended == (1, 2, 3)
    assert [one.split(" / ")[0] for one in minutes.incidents] == [
        "Opener 2 was present and did not disclose"
    ]


def test_every_pdf_inside_is_judged_as_of_the_receipt(real_world: World) -> None:
    tender = published_tender(real_world)
    lotus, crane, bamboo = real_world.suppliers
    plain = plain_pdf()
    own = real_world.trust.sign(plain, lotus.credential, real_world.now)
    of_another = real_world.trust.sign(plain, lotus.credential, real_world.now)
    for supplier, document in ((lotus, own), (crane, of_another), (bamboo, plain)):
        filing.filed_bid(real_world, tender, supplier, "12.50", document=document)
    opened.close(real_world, tender)
    real_world.wind_to(real_world.now + timedelta(days=1))
    tick(real_world.now)

    opened.opened_tender(real_world, Tender.objects.get(pk=tender.pk))

    verdicts = {
        str(one.bid.bid.slot.supplier): (one.name, one.signature, one.verdict)
        for one in OpenedDocument.objects.select_related("bid__bid__slot__supplier")
    }
    assert verdicts == {
        "Lotus Works": ("technical", "required", "VALID"),
        "Crane Trading": ("technical", "required", "INVALID"),
        "Bamboo Supply": ("technical", "required", "UNSIGNED"),
    }


def test_opened_documents_are_read_by_award_and_supervision_and_every_reading_is_journalled(
    real_world: World,
) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.opened_tender(real_world, tender)
    bid, path = filing.Bid.objects.get().digest, "documents/technical.pdf"
    asked: dict[str, Any] = {"tender_id": tender.pk, "bid": bid, "path": path}

    for who in ("proposer", "decider", "overseer"):
        found, content = read_document(**asked, by=real_world.by(who), now=real_world.now)
        assert b"".join(content) == filing.SMALL_PDF
        assert found.sha256 == OpenedDocument.objects.get().sha256
    for who in ("officer", "opener-1", "operator", "legal"):
        with pytest.raises(NotPermitted):
            note_reading(**asked, by=real_world.by(who), now=real_world.now)
    with pytest.raises(NotPermitted):
        by = real_world.by(real_world.suppliers[0].signer)
        note_reading(**asked, by=by, now=real_world.now)

    events = Event.objects.filter(verb=Verb.OPENED_DOCUMENT_READ).order_by("recorded_at")
    readers = [real_world.people[who].pk for who in ("proposer", "decider", "overseer")]
    assert [event.by for event in events] == readers
    assert events[0].to_json()["body"] == {
        "bid": bid, "path": path, "sha256": OpenedDocument.objects.get().sha256
    }  # fmt: skip


def test_the_minutes_are_signed_by_the_openers_present_and_the_platform(real_world: World) -> None:
    tender = opened.closed_tender(real_world, *PRICES)
    opened.opened_tender(real_world, tender)
    with pytest.raises(NotFound):
        minutes_note(tender.pk, ANONYMOUS)

    opened.sign_minutes(real_world, tender)

    openers = keyset_of(tender).openers
    keys = [Verifier.parse(openers[idx - 1].verifier) for idx in (1, 3)]
    keys.append(Verifier.parse(current_anchors().receipt_keys[0]))
    note = minutes_note(tender.pk, ANONYMOUS).encode()
    assert Minutes.open(note, *keys) == minutes_of(opening_of(tender.pk))
    assert open_object(note, keys)[1].unknown == 0


def test_minutes_are_closed_without_an_opener_who_does_not_sign(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    present = ("opener-1", "opener-2", "opener-3")
    opened.opened_tender(real_world, tender, *present)
    opened.sign_minutes(real_world, tender, "opener-1", "opener-2")
    assert opening_of(tender.pk).state == OpeningState.OPENED

    real_world.wind_to(real_world.now + timedelta(minutes=10))
    opened.proceed(real_world)

    assert opening_of(tender.pk).state == OpeningState.MINUTED


def test_the_minutes_become_a_sealed_paper_seconds_later(real_world: World) -> None:
    tender = opened.closed_tender(real_world, *PRICES)
    opening = opened.opened_tender(real_world, tender)
    with pytest.raises(NotFound):
        read_minutes_paper(tender_id=tender.pk, by=ANONYMOUS)

    deliver(real_world.now)
    deliver(real_world.now)

    paper = b"".join(read_minutes_paper(tender_id=tender.pk, by=ANONYMOUS))
    assert embedded_files(paper) == [("minutes.json", minutes_of(opening).canonical())]
    assert b"/ByteRange" in paper
    assert len(vault().versions(DOCUMENTS, paper_name(opening))) == 1


def test_whose_answer_comes_next_is_told_to_them_alone(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    who = ("opener-1", "opener-2", "opener-3", TIMEKEEPER, "officer")

    def told() -> list[list[str]]:
        return [waits(real_world, one) for one in who]

    assert told() == [["be-present"], ["be-present"], ["be-present"], [], []]
    opened.come(real_world, tender)
    assert told() == [["request-opening"], ["be-present"], ["request-opening"], [], []]
    opened.ask(real_world, tender)
    assert told() == [["try-the-set"], [], ["try-the-set"], ["try-the-set"], []]
    opened.try_the_set(real_world, tender)
    assert told() == [["disclose"], [], ["disclose"], [], []]
    opened.disclose(real_world, tender)
    assert told() == [[], [], [], ["release"], []]
    opened.hand_in(real_world, tender, TIMEKEEPER, opened.release_of(real_world, tender))
    opened.proceed(real_world)
    assert told() == [["sign-minutes"], [], ["sign-minutes"], [], []]


# What runs by itself survives a database that goes away at any statement


class GoneAway(Exception):
    """The connection broke."""


def break_at(statement: int) -> Callable[..., Any]:
    """Let so many statements through, and none after."""
    left = iter(range(statement))

    def execute(go: Callable[..., Any], *args: Any) -> Any:
        if next(left, None) is None:
            raise GoneAway
        return go(*args)

    return execute


def broken_off_everywhere(world: World, tender: Tender, until: str) -> int:
    """Break a step off at every statement in turn, until it is through; count the statements."""
    statement = 0
    while opening_of(tender.pk).state != until:
        with connection.execute_wrapper(break_at(statement)), suppress(GoneAway):
            ceremony.due(now=world.now)
        statement += 1
    return statement


def test_an_opening_that_is_broken_off_at_any_statement_goes_on(
    real_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    tender = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, tender)
    for holder in (*opened.PRESENT, TIMEKEEPER):
        said = opened.failures(real_world, tender, holder)
        opened.hand_in(real_world, tender, holder, said)

    assert broken_off_everywhere(real_world, tender, OpeningState.REVEALS_CLOSED) > 10
    opened.witnessed(real_world)
    for holder in opened.PRESENT:
        said = opened.disclosure(real_world, tender, holder)
        opened.hand_in(real_world, tender, holder, said)
    opened.witnessed(real_world)
    assert broken_off_everywhere(real_world, tender, OpeningState.INTENDED) > 10
    opened.witnessed(real_world)
    opened.hand_in(real_world, tender, TIMEKEEPER, opened.release_of(real_world, tender))
    assert broken_off_everywhere(real_world, tender, OpeningState.OPENED) > 10

    verbs = control_verbs(tender)
    once = [verbs.count(verb) for verb in ("reveals.closed", "release.intent", "opening.opened")]
    assert once == [1, 1, 1]
    assert [one.cause for one in opened_of(opening_of(tender.pk)).bids] == ["opened"]
    assert OpenedDocument.objects.count() == 1


def test_what_is_due_is_done_once(real_world: World) -> None:
    tender = opened.minuted_tender(real_world, "12.50")
    before = control_verbs(tender), list(Opening.objects.values())

    ceremony.due(now=real_world.now)
    ceremony.due(now=real_world.now + timedelta(hours=1))

    assert (control_verbs(tender), list(Opening.objects.values())) == before
