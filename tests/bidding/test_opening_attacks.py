"""Attacks on an opening: too early, too few, not theirs, not true, twice, or out of order.

What is refused is written down. One bad bid never stops the others.

Requirement F52.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bidding.actions.answers import IntentNotInTheLog
from bidding.actions.minutes import OTHER_MINUTES
from bidding.actions.opening import NotYet, TooFewPresent
from bidding.actions.places import NotClosedYet, NothingToOpen
from bidding.ceremonies import opening as ceremony
from bidding.models import HolderNote, OpeningState
from bidding.queries_opening import minutes_of, opened_of, opening_of
from bidding.sealed.answers import TIMEKEEPER, NotAccepted
from bidding.sealed.opening import Disclosure, Outcome
from procurement.models import Event, Kind
from procurement.proof.canonical import sha256_hex
from procurement.proof.notes import Signer
from procurement.refusals import AlreadyDone, NotPermitted, Refusal, WrongState
from tenders.actions.ending import cancel
from tenders.actions.orders import make
from tenders.models import Tender
from tests.bidding import filing, misfits, opened
from tests.world import World, order, published_tender

OTHER = sha256_hex(b"something else")


def codes(refused: Refusal) -> list[str]:
    return [fault.code for fault in refused.faults]


def attempts(tender: Tender) -> list[str]:
    found = Event.objects.filter(tender=tender.pk, kind=Kind.ATTEMPT).order_by("recorded_at")
    return [str(event.to_json()["body"]["code"]) for event in found]  # type: ignore[index,call-overload]


def refused(act: Callable[[], Any], kind: type[Refusal] = NotAccepted) -> list[str]:
    with pytest.raises(kind) as found:
        act()
    return codes(found.value)


def outcomes(world: World, tender: Tender) -> dict[str, Outcome]:
    names = {str(one.organisation.pk): one.organisation.name_en for one in world.suppliers}
    return {names[one.bidder]: one for one in opened_of(opening_of(tender.pk)).bids}


def causes(world: World, tender: Tender) -> dict[str, str]:
    return {name: one.cause for name, one in outcomes(world, tender).items()}


def incidents(tender: Tender) -> list[str]:
    return [one.split(" / ")[0] for one in minutes_of(opening_of(tender.pk)).incidents]


# Too early, and too few


def test_nothing_is_asked_for_before_the_close(real_world: World) -> None:
    tender = published_tender(real_world)
    opened.file_all(real_world, tender, "12.50")

    refused(lambda: opened.come(real_world, tender), NotClosedYet)
    refused(lambda: opened.ask(real_world, tender), NotClosedYet)

    assert attempts(tender) == ["not-closed-yet"] * 2


def test_nothing_is_asked_for_before_the_close_is_witnessed(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.come(real_world, tender)
    real_world.wind_to(real_world.now + opened.SECOND * 61)

    assert refused(lambda: opened.ask(real_world, tender), NotYet) == ["stale-proof"]
    assert attempts(tender) == ["not-to-be-opened"]


def test_an_order_that_is_not_witnessed_yet_stops_the_request(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.come(real_world, tender)
    note = order(real_world, tender, "suspend")
    make(tender_id=tender.pk, order_note=note, by=real_world.by("overseer"), now=real_world.now)

    assert refused(lambda: opened.ask(real_world, tender), NotYet) == ["not-witnessed-yet"]
    opened.witnessed(real_world)
    assert refused(lambda: opened.ask(real_world, tender), NotYet) == ["suspended"]


def test_one_opener_alone_asks_for_nothing(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.come(real_world, tender, "opener-1")
    opened.come(real_world, tender, "opener-1")

    refused(lambda: opened.ask(real_world, tender), TooFewPresent)

    assert opening_of(tender.pk).state == OpeningState.GATHERING


def test_only_openers_of_this_tender_are_present_and_ask(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.come(real_world, tender)

    for who in (TIMEKEEPER, "officer", "proposer", "overseer", "operator", "escrow-a"):
        refused(lambda who=who: opened.come(real_world, tender, who), NotPermitted)  # type: ignore[misc]
    refused(lambda: opened.ask(real_world, tender, "opener-2"), NotPermitted)


def test_nobody_answers_out_of_order(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, tender)
    disclosure = opened.disclosure(real_world, tender, "opener-1")

    refused(lambda: opened.hand_in(real_world, tender, "opener-1", disclosure), WrongState)
    opened.try_the_set(real_world, tender)
    failures = opened.failures(real_world, tender, "opener-1")
    refused(lambda: opened.hand_in(real_world, tender, "opener-1", failures), AlreadyDone)

    assert attempts(tender) == ["wrong-state", "already-done"]


# A suspension, and a cancellation


def test_a_suspension_stops_an_opening_wherever_it_stands(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, tender)
    note = order(real_world, tender, "suspend")
    make(tender_id=tender.pk, order_note=note, by=real_world.by("overseer"), now=real_world.now)
    opened.witnessed(real_world)

    opened.try_the_set(real_world, tender)
    assert opening_of(tender.pk).state == OpeningState.REQUESTED

    note = order(real_world, tender, "resume")
    make(tender_id=tender.pk, order_note=note, by=real_world.by("overseer"), now=real_world.now)
    opened.witnessed(real_world)
    opened.proceed(real_world)
    assert opening_of(tender.pk).state == OpeningState.REVEALS_CLOSED


def test_a_suspension_after_the_disclosures_keeps_the_timekeeper_from_being_asked(
    real_world: World,
) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, tender)
    opened.try_the_set(real_world, tender)
    note = order(real_world, tender, "suspend")
    make(tender_id=tender.pk, order_note=note, by=real_world.by("overseer"), now=real_world.now)
    opened.witnessed(real_world)

    opened.disclose(real_world, tender)

    assert opening_of(tender.pk).state == OpeningState.REVEALS_CLOSED


def test_a_cancelled_tender_is_never_opened(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, tender)
    opened.try_the_set(real_world, tender)
    given_up(real_world, tender)
    opened.witnessed(real_world)

    opened.disclose(real_world, tender)
    opened.proceed(real_world)

    assert opening_of(tender.pk).state == OpeningState.REVEALS_CLOSED
    assert not filing.Bid.objects.filter(outcome__isnull=False).exists()


def given_up(world: World, tender: Tender) -> None:
    note, by = order(world, tender, "cancel"), world.by("officer")
    cancel(tender_id=tender.pk, order_note=note, by=by, now=world.now)


def test_nobody_comes_to_the_opening_of_a_cancelled_tender(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.come(real_world, tender, "opener-1")
    given_up(real_world, tender)

    refused(lambda: opened.come(real_world, tender, "opener-3"), NothingToOpen)

    assert list(opening_of(tender.pk).present.values_list("idx", flat=True)) == [1]
    assert attempts(tender) == ["nothing-to-open"]


def test_an_opener_of_a_tender_that_ended_before_its_close_is_not_told_to_wait(
    real_world: World,
) -> None:
    tender = published_tender(real_world)
    given_up(real_world, tender)

    refused(lambda: opened.come(real_world, tender, "opener-1"), NothingToOpen)


# Notes that are not what is asked for


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param({"request": OTHER}, "other-request", id="to another request"),
        pytest.param({"envelope": "price"}, "other-request", id="about another envelope"),
        pytest.param({"holder": "opener-3"}, "other-holder", id="for somebody else"),
        pytest.param({"tried": 1}, "not-the-whole-set", id="of a part of the set"),
        pytest.param({"failed": (OTHER,)}, "not-in-the-set", id="about a bid outside the set"),
        pytest.param({"control_head": OTHER}, "other-branch", id="on another history"),
    ],
)
def test_a_list_of_failures_that_is_not_the_one_asked_for(
    real_world: World, said: dict[str, Any], code: str
) -> None:
    tender = opened.closed_tender(real_world, "12.50", "11.00")
    opened.requested(real_world, tender)
    honest = opened.failures(real_world, tender, "opener-1")

    wrong = replace(honest, **said)

    assert refused(lambda: opened.hand_in(real_world, tender, "opener-1", wrong)) == [code]
    assert attempts(tender) == ["answer-not-accepted"]
    opened.hand_in(real_world, tender, "opener-1", honest)
    refused(lambda: opened.hand_in(real_world, tender, "opener-1", honest), AlreadyDone)


def test_a_note_by_another_key_is_nobodys(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, tender)
    said = opened.failures(real_world, tender, "opener-1")
    mine = opened.key_of(real_world, tender, "opener-3").note_signer()
    strange = Signer.generate("daylight.example/try-out/opener/stranger")

    def hand_in(note: bytes) -> Any:
        by = real_world.by("opener-1")
        return ceremony.say_failures(tender_id=tender.pk, note=note, by=by, now=real_world.now)

    assert refused(lambda: hand_in(said.sign(mine))) == ["no-known-signature"]
    assert refused(lambda: hand_in(said.sign(strange))) == ["no-known-signature"]
    assert refused(lambda: hand_in(b"no note")) == ["not-a-note"]


def test_an_opener_who_came_after_the_request_takes_no_part(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, tender)

    refused(lambda: opened.come(real_world, tender, "opener-2"), WrongState)
    said = replace(opened.failures(real_world, tender, "opener-1"), holder="opener-2")
    refused(lambda: opened.hand_in(real_world, tender, "opener-2", said), NotPermitted)


def test_a_disclosure_of_another_tender_is_not_taken_here(real_world: World) -> None:
    sham = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, sham)
    opened.try_the_set(real_world, sham)
    elsewhere = opened.disclosure(real_world, sham, "opener-1")
    tender = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, tender)
    opened.try_the_set(real_world, tender)

    def replayed(said: Disclosure, keys_of: Tender) -> Any:
        note = said.sign(opened.key_of(real_world, keys_of, "opener-1").note_signer())
        by = real_world.by("opener-1")
        files = {"tender_id": tender.pk, "note": note, "by": by, "now": real_world.now}
        return ceremony.disclose(**files)

    assert refused(lambda: replayed(elsewhere, sham)) == ["no-known-signature"]
    assert refused(lambda: replayed(elsewhere, tender)) == ["other-request"]
    here = opened.disclosure(real_world, tender, "opener-1")
    mixed = replace(here, shares=elsewhere.shares)
    assert "not-in-the-set" in refused(lambda: replayed(mixed, tender))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param({"share": bytes(32) + b"\x01"}, "disputed", id="a garbage share"),
        pytest.param({"file_key": bytes(16)}, "disputed", id="a wrong file key"),
        pytest.param({"manifest": OTHER}, "not-in-the-set", id="for an unknown envelope"),
        pytest.param(None, "not-the-whole-set", id="with a bid left out"),
    ],
)
def test_a_disclosure_counts_for_the_whole_set_and_checks_or_is_refused(
    real_world: World, wrong: dict[str, Any] | None, code: str
) -> None:
    tender = opened.closed_tender(real_world, "12.50", "11.00")
    opened.requested(real_world, tender)
    opened.try_the_set(real_world, tender)
    honest = opened.disclosure(real_world, tender, "opener-1")
    first, *rest = honest.shares

    shares = (*rest,) if wrong is None else (replace(first, **wrong), *rest)
    said = replace(honest, shares=shares)

    assert code in refused(lambda: opened.hand_in(real_world, tender, "opener-1", said))
    assert not HolderNote.objects.filter(kind=HolderNote.DISCLOSURE).exists()
    opened.hand_in(real_world, tender, "opener-1", honest)


# The timekeeper


def test_k_openers_without_the_timekeeper_open_nothing(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.intended(real_world, tender, "opener-1", "opener-2", "opener-3", "opener-4")

    for _ in range(3):
        real_world.wind_to(real_world.now + opened.SECOND * 3600)
        opened.proceed(real_world)

    assert opening_of(tender.pk).state == OpeningState.INTENDED
    assert not filing.Bid.objects.filter(outcome__isnull=False).exists()


def test_the_timekeeper_answers_a_witnessed_intent_and_nothing_before(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, tender)
    opened.try_the_set(real_world, tender)
    pads = opened.release_pads(real_world, tender)
    early = opened.plain_release(tender, pads, intent=OTHER)
    refused(lambda: opened.hand_in(real_world, tender, TIMEKEEPER, early), WrongState)

    for holder in opened.PRESENT:
        said = opened.disclosure(real_world, tender, holder)
        opened.hand_in(real_world, tender, holder, said)
    opened.witnessed(real_world)
    ceremony.due(now=real_world.now)
    release = opened.release_of(real_world, tender)
    refused(lambda: opened.hand_in(real_world, tender, TIMEKEEPER, release), IntentNotInTheLog)

    opened.witnessed(real_world)
    opened.hand_in(real_world, tender, TIMEKEEPER, release)
    assert attempts(tender) == ["wrong-state", "intent-not-in-the-log"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param({"pad": bytes(32)}, "disputed", id="a bad pad"),
        pytest.param({"file_key": bytes(16)}, "disputed", id="a wrong file key"),
        pytest.param(None, "not-the-whole-set", id="with a bid left out"),
    ],
)
def test_a_release_counts_for_the_whole_set_and_checks_or_is_refused(
    real_world: World, wrong: dict[str, Any] | None, code: str
) -> None:
    tender = opened.closed_tender(real_world, "12.50", "11.00")
    opened.intended(real_world, tender)
    honest = opened.release_of(real_world, tender)
    first, *rest = honest.pads

    pads = (*rest,) if wrong is None else (replace(first, **wrong), *rest)
    said = replace(honest, pads=pads)

    assert refused(lambda: opened.hand_in(real_world, tender, TIMEKEEPER, said)) == [code]
    said = replace(honest, intent=OTHER)
    assert refused(lambda: opened.hand_in(real_world, tender, TIMEKEEPER, said)) == ["other-intent"]
    opened.hand_in(real_world, tender, TIMEKEEPER, honest)


def test_the_timekeeper_answers_once(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.intended(real_world, tender)
    release = opened.release_of(real_world, tender)
    first = opened.hand_in(real_world, tender, TIMEKEEPER, release)

    assert opened.hand_in(real_world, tender, TIMEKEEPER, release) == first
    other = replace(release, pads=())
    refused(lambda: opened.hand_in(real_world, tender, TIMEKEEPER, other), AlreadyDone)
    opened.proceed(real_world)
    refused(lambda: opened.hand_in(real_world, tender, TIMEKEEPER, other), AlreadyDone)

    assert attempts(tender) == ["already-done"] * 2
    events = Event.objects.filter(tender=tender.pk, verb="opening.released")
    assert events.count() == 1


def test_an_opener_is_no_timekeeper(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.intended(real_world, tender)
    release = opened.release_of(real_world, tender)
    mine = opened.key_of(real_world, tender, "opener-1").note_signer()

    for who in ("opener-1", "escrow-a"):
        note = release.sign(mine)
        asked = {"tender_id": tender.pk, "note": note, "by": real_world.by(who)}
        refused(lambda a=asked: ceremony.release(**a, now=real_world.now), NotPermitted)  # type: ignore[misc]


# Claims that something does not decrypt


def test_a_claimed_failure_that_the_own_file_key_disproves_is_disputed_and_the_bid_opens(
    real_world: World,
) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, tender)
    claimed = (filing.Envelope.objects.get().manifest,)
    lie = opened.failures(real_world, tender, "opener-1", failed=claimed)
    opened.hand_in(real_world, tender, "opener-1", lie)
    opened.try_the_set(real_world, tender, "opener-3", TIMEKEEPER)
    real_world.wind_to(real_world.now + opened.SECOND * 3600)
    opened.proceed(real_world)
    opened.disclose(real_world, tender)
    opened.hand_in(real_world, tender, TIMEKEEPER, opened.release_of(real_world, tender))
    opened.proceed(real_world)

    digest = filing.Bid.objects.get().digest
    assert causes(real_world, tender) == {"Lotus Works": "opened"}
    assert incidents(tender) == [
        "opener-1 said that 1 envelopes would not decrypt",
        f"opener-1 said that bid {digest} would not decrypt; the rebuilt file shows that it does",
    ]


def test_an_opener_who_selectively_fails_leaves_a_dispute_not_a_fault_of_the_bidder(
    real_world: World,
) -> None:
    tender = opened.closed_tender(real_world, "12.50", "11.00")
    opened.requested(real_world, tender)
    target = filing.Envelope.objects.get(supplier=real_world.suppliers[0].organisation)
    lie = opened.failures(real_world, tender, "opener-1", failed=(target.manifest,))
    opened.hand_in(real_world, tender, "opener-1", lie)
    opened.try_the_set(real_world, tender, "opener-3", TIMEKEEPER)
    real_world.wind_to(real_world.now + opened.SECOND * 3600)
    opened.proceed(real_world)
    honest = opened.disclosure(real_world, tender, "opener-1")
    kept = tuple(share for share in honest.shares if share.manifest != target.manifest)
    opened.hand_in(real_world, tender, "opener-1", replace(honest, shares=kept))
    opened.disclose(real_world, tender, "opener-3")
    opened.hand_in(real_world, tender, TIMEKEEPER, opened.release_of(real_world, tender))
    opened.proceed(real_world)

    assert causes(real_world, tender) == {"Lotus Works": "disputed", "Crane Trading": "opened"}


def test_reveals_wait_for_the_bidders_where_something_failed(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.requested(real_world, tender)
    claimed = (filing.Envelope.objects.get().manifest,)
    lie = opened.failures(real_world, tender, "opener-1", failed=claimed)
    opened.hand_in(real_world, tender, "opener-1", lie)
    opened.try_the_set(real_world, tender, "opener-3", TIMEKEEPER)
    assert opening_of(tender.pk).state == OpeningState.REQUESTED

    real_world.wind_to(real_world.now + opened.SECOND * 3600)
    opened.proceed(real_world)

    assert opening_of(tender.pk).state == OpeningState.REVEALS_CLOSED


# Bids that are not what they seem; one of them never stops the others


def open_with_a_misfit(
    world: World, make_sealed: Callable[[Tender, filing.Company], filing.SealedOffer]
) -> Tender:
    tender = published_tender(world)
    lotus, crane, _ = world.suppliers
    misfits.file_sealed(world, tender, lotus, make_sealed(tender, lotus))
    filing.filed_bid(world, tender, crane, "11.00")
    tender = opened.close(world, tender)
    opened.requested(world, tender)
    opened.try_the_set(world, tender)
    world.wind_to(world.now + opened.SECOND * 3600)
    opened.proceed(world)
    opened.disclose(world, tender)
    opened.hand_in(world, tender, TIMEKEEPER, opened.release_of(world, tender))
    opened.proceed(world)
    return tender


@pytest.mark.parametrize(
    ("spoilt", "cause", "why"),
    [
        pytest.param(["e.age"], "bidder-fault", "Not rebuilt: e.age", id="escrow's copy"),
        pytest.param(
            ["share-4.age"], "bidder-fault", "Not rebuilt: share-4.age", id="an absent opener's"
        ),
        pytest.param(
            ["share-1.age", "share-3.age"],
            "bidder-fault",
            "It does not decrypt for any opener present: opener-1, opener-3",
            id="both shares of those present",
        ),
        pytest.param(
            ["share-1.age"],
            "disputed",
            "It does not decrypt for opener-1, and does for others",
            id="one share of those present",
        ),
        pytest.param(
            ["p.age"],
            "disputed",
            "It does not decrypt for timekeeper, and does for others",
            id="the timekeeper's pad",
        ),
    ],
)
def test_a_bid_that_opens_on_one_path_only_opens_on_none(
    real_world: World, spoilt: list[str], cause: str, why: str
) -> None:
    def make_sealed(tender: Tender, supplier: filing.Company) -> filing.SealedOffer:
        sealed = filing.seal_offer(real_world, tender, supplier, "12.50")
        for name in spoilt:
            sealed = misfits.with_other_file(sealed, name)
        return sealed

    tender = open_with_a_misfit(real_world, make_sealed)

    found = outcomes(real_world, tender)
    assert (found["Lotus Works"].cause, found["Lotus Works"].why) == (cause, why)
    assert found["Crane Trading"].cause == "opened"


def test_a_copied_bid_opens_for_nobody_else(real_world: World) -> None:
    """What is inside says whose it is, for which tender, lot and envelope."""
    other = str(real_world.suppliers[2].organisation.pk)
    tender = open_with_a_misfit(
        real_world,
        lambda tender, supplier: misfits.seal_changed(
            tender, supplier, "12.50", inside=lambda inner: inner | {"bidder": other}
        ),
    )

    found = outcomes(real_world, tender)["Lotus Works"]
    assert (found.cause, found.why) == (
        "bidder-fault", "The content is not what the manifest names"
    )  # fmt: skip
    assert causes(real_world, tender)["Crane Trading"] == "opened"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(
            lambda offer: offer | {"currency": "EUR"},
            "No price can be announced: /currency This lot is priced in CNY",
            id="in another currency",
        ),
        pytest.param(
            lambda offer: offer | {"prices": {}},
            "No price can be announced: /prices/chairs “chairs” is missing",
            id="without a price",
        ),
    ],
)
def test_an_offer_without_a_price_that_can_be_read_out_is_not_announced(
    real_world: World, change: Callable[[dict[str, Any]], dict[str, Any]], why: str
) -> None:
    tender = open_with_a_misfit(
        real_world,
        lambda tender, supplier: misfits.seal_changed(tender, supplier, "12.50", change=change),
    )

    found = outcomes(real_world, tender)["Lotus Works"]
    assert (found.cause, found.why) == ("bidder-fault", why)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        pytest.param(
            {"change": lambda offer: offer | {"total": "1.00"}},
            "/total The prices add up to 141.25, but 1.00 is written",
            id="a wrong total",
        ),
        pytest.param(
            {"change": lambda offer: offer | {"answers": {}}},
            "/answers/delivery-days “delivery-days” is missing",
            id="a missing answer",
        ),
        pytest.param(
            {"files": {"elsewhere.pdf": filing.SMALL_PDF}},
            "/documents/technical There is no file “documents/technical.pdf” in the envelope; "
            "/documents/technical “technical” is missing",
            id="a document that is not there",
        ),
        pytest.param(
            {"files": {"documents/technical.pdf": b"plain words"}},
            "/documents/technical application/octet-stream is not allowed here, "
            "only application/pdf",
            id="a document of another kind",
        ),
    ],
)
def test_what_an_offer_does_not_answer_as_asked_is_announced_and_minuted(
    real_world: World, how: dict[str, Any], why: str
) -> None:
    tender = open_with_a_misfit(
        real_world,
        lambda tender, supplier: misfits.seal_changed(tender, supplier, "12.50", **how),
    )

    found = outcomes(real_world, tender)["Lotus Works"]
    assert (found.cause, found.why) == ("opened", why)
    assert found.announced is not None
    assert [one for one in incidents(tender) if why in one] != []


# The vault


@pytest.mark.parametrize(
    ("name", "data", "cause"),
    [
        pytest.param("payload-00000", b"other bytes", "integrity", id="another payload"),
        pytest.param("payload-00000", None, "integrity", id="no payload"),
        pytest.param("share-2.age", b"other", "opened", id="a share that was not needed"),
        pytest.param("e.age", None, "opened", id="escrow's copy"),
    ],
)
def test_what_was_swapped_in_the_vault_is_named(
    real_world: World, name: str, data: bytes | None, cause: str
) -> None:
    tender = published_tender(real_world)
    lotus, crane, _ = real_world.suppliers
    target = filing.filed_bid(real_world, tender, lotus, "12.50")
    filing.filed_bid(real_world, tender, crane, "11.00")
    tender = opened.close(real_world, tender)
    opened.released(real_world, tender)

    misfits.swap_in_the_vault(target, name, data)
    opened.proceed(real_world)

    assert causes(real_world, tender) == {"Lotus Works": cause, "Crane Trading": "opened"}


def test_the_payload_of_another_bid_is_not_this_one(real_world: World) -> None:
    tender = published_tender(real_world)
    lotus, crane, _ = real_world.suppliers
    target = filing.filed_bid(real_world, tender, lotus, "12.50")
    other = filing.filed_bid(real_world, tender, crane, "11.00")
    tender = opened.close(real_world, tender)
    opened.released(real_world, tender)

    misfits.swap_in_the_vault(target, "payload-00000", other.sealed.payload)
    opened.proceed(real_world)

    assert causes(real_world, tender) == {"Lotus Works": "integrity", "Crane Trading": "opened"}


def test_a_share_swapped_before_the_set_is_tried_is_the_vaults_fault_not_the_bidders(
    real_world: World,
) -> None:
    tender = published_tender(real_world)
    lotus, crane, _ = real_world.suppliers
    target = filing.filed_bid(real_world, tender, lotus, "12.50")
    filing.filed_bid(real_world, tender, crane, "11.00")
    tender = opened.close(real_world, tender)
    misfits.swap_in_the_vault(target, "share-1.age", b"swapped")
    opened.requested(real_world, tender)
    opened.try_the_set(real_world, tender)
    real_world.wind_to(real_world.now + opened.SECOND * 3600)
    opened.proceed(real_world)
    opened.disclose(real_world, tender)
    opened.hand_in(real_world, tender, TIMEKEEPER, opened.release_of(real_world, tender))
    opened.proceed(real_world)

    assert causes(real_world, tender) == {"Lotus Works": "integrity", "Crane Trading": "opened"}


def test_a_share_swapped_after_it_was_taken_out_stops_nothing(real_world: World) -> None:
    tender = published_tender(real_world)
    lotus, crane, _ = real_world.suppliers
    target = filing.filed_bid(real_world, tender, lotus, "12.50")
    filing.filed_bid(real_world, tender, crane, "11.00")
    tender = opened.close(real_world, tender)
    opened.requested(real_world, tender)
    opened.try_the_set(real_world, tender)
    shares = {one: opened.disclosure(real_world, tender, one) for one in opened.PRESENT}
    misfits.swap_in_the_vault(target, "share-1.age", b"swapped")

    for holder, said in shares.items():
        opened.hand_in(real_world, tender, holder, said)
    opened.witnessed(real_world)
    opened.proceed(real_world)
    opened.hand_in(real_world, tender, TIMEKEEPER, opened.release_of(real_world, tender))
    opened.proceed(real_world)

    assert causes(real_world, tender) == {"Lotus Works": "opened", "Crane Trading": "opened"}
    assert [one for one in incidents(tender) if "share-1.age" in one] != []


# Rows that somebody edits


def test_a_bid_whose_row_was_changed_still_stands_in_the_set(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50", "11.00")
    opened.released(real_world, tender)
    target = filing.Bid.objects.get(slot__supplier=real_world.suppliers[0].organisation)
    filing.Bid.objects.filter(pk=target.pk).update(digest=OTHER)

    opened.proceed(real_world)

    found = opened_of(opening_of(tender.pk)).bids
    assert sorted(one.cause for one in found) == ["integrity", "opened"]
    assert [one.bid for one in found if one.cause == "integrity"] == [target.digest]


# The minutes


def test_other_minutes_than_the_ones_that_stand_are_not_signed(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "12.50")
    opened.opened_tender(real_world, tender)
    minutes = minutes_of(opening_of(tender.pk))
    mine = opened.key_of(real_world, tender, "opener-1").note_signer()
    others = opened.key_of(real_world, tender, "opener-3").note_signer()

    def sign(note: bytes, who: str = "opener-1") -> Any:
        asked = {"tender_id": tender.pk, "note": note, "by": real_world.by(who)}
        return ceremony.sign_minutes(**asked, now=real_world.now)  # type: ignore[arg-type]

    assert refused(lambda: sign(replace(minutes, incidents=("Nothing",)).sign(mine))) == [
        "other-minutes"
    ]
    assert OTHER_MINUTES.en != OTHER_MINUTES.zh
    assert refused(lambda: sign(minutes.sign(others))) == ["no-known-signature"]
    assert refused(lambda: sign(minutes.sign(mine, others))) == ["other-signatures"]
    refused(lambda: sign(minutes.sign(mine), "opener-2"), NotPermitted)
    sign(minutes.sign(mine))
    refused(lambda: sign(minutes.sign(mine)), AlreadyDone)
