"""Nothing is opened unless its time has come, for everyone, on the one history there is."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.sealed.may_open import Decided, History, Seen, Step, may_open
from tenders.notice import Acknowledgement
from tests.vectors.samples import CLOSES_AT, TENDER, close, extension, notice, order, request

NOW = CLOSES_AT + timedelta(seconds=20)
SECOND = timedelta(seconds=1)
Told = tuple[str, Decided]

PUBLISHED: list[Told] = [("keyset.fixed", None), ("notice.published", notice())]
CLOSED: Told = ("bids.closed", close(bids=3))
REQUESTED: Told = ("opening.requested", request())


def moved_to(at: datetime) -> Told:
    return "deadline.extended", extension(at)


def acknowledged(at: datetime, *, after: int) -> Told:
    """The timekeeper has seen the extension, which is the step of this number."""
    said = Acknowledgement(TENDER, extension(at).digest(), f"{after:064x}")
    return "extension.acknowledged", said


def ordered(effect: str, ends_at: datetime | None = None) -> Told:
    return "order.made", order(effect, ends_at)


MOVED = moved_to(CLOSES_AT + SECOND)


def history(*told: Told, witnessed_at: datetime = NOW - SECOND, witnesses: int = 3) -> History:
    leaves = [None, *(f"{n:064x}" for n in range(1, len(told) + 1))]
    steps = tuple(
        Step(str(leaf), prev, verb, decided)
        for leaf, prev, (verb, decided) in zip(leaves[1:], leaves, told, strict=False)
    )
    return History(steps, Seen(steps[-1].leaf, (witnessed_at,) * witnesses, 3))


def reasons(told: History, now: datetime = NOW, envelope: str = "offer") -> list[str]:
    return [fault.code for fault in may_open(told, now, envelope)]


def test_a_closed_tender_with_bids_may_be_opened_after_its_time() -> None:
    assert reasons(history(*PUBLISHED, CLOSED, REQUESTED)) == []


@pytest.mark.parametrize(
    ("now", "found"),
    [
        pytest.param(CLOSES_AT - timedelta(microseconds=1), True, id="a microsecond before"),
        pytest.param(CLOSES_AT, False, id="at the deadline"),
    ],
)
def test_never_before_the_deadline(now: datetime, found: bool) -> None:
    told = history(*PUBLISHED, CLOSED, REQUESTED, witnessed_at=CLOSES_AT + SECOND)

    assert ("too-early" in reasons(told, now)) is found


def test_the_holders_own_clock_is_not_enough() -> None:
    told = history(*PUBLISHED, CLOSED, REQUESTED, witnessed_at=CLOSES_AT)

    assert reasons(told) == ["not-witnessed-after-deadline"]


def test_two_witnesses_are_not_three() -> None:
    told = history(*PUBLISHED, CLOSED, REQUESTED, witnesses=2)

    assert reasons(told) == ["not-witnessed-after-deadline", "stale-proof"]


def test_a_proof_of_more_than_a_minute_ago_may_hide_a_suspension() -> None:
    told = history(*PUBLISHED, CLOSED, REQUESTED)

    assert reasons(told, NOW + timedelta(seconds=59)) == []
    assert reasons(told, NOW + timedelta(seconds=60)) == ["stale-proof"]


def test_a_history_with_the_suspension_left_out_is_not_the_witnessed_one() -> None:
    whole = history(*PUBLISHED, CLOSED, ordered("suspend"), REQUESTED)
    cut = History(tuple(s for s in whole.steps if s.verb != "order.made"), whole.seen)

    assert reasons(cut) == ["broken-chain"]
    assert reasons(History(whole.steps[:-1], whole.seen))[0] == "not-the-head"


@pytest.mark.parametrize(
    ("orders", "found"),
    [
        pytest.param([ordered("suspend")], ["suspended"], id="suspended"),
        pytest.param([ordered("suspend"), ordered("resume")], [], id="resumed"),
        pytest.param(
            [ordered("suspend"), ordered("resume"), ordered("suspend")],
            ["suspended"],
            id="suspended again",
        ),
        pytest.param([ordered("suspend", NOW)], [], id="for a time that is over"),
        pytest.param([ordered("suspend", NOW + SECOND)], ["suspended"], id="for a second more"),
        pytest.param([ordered("produce")], [], id="asked for papers"),
        pytest.param([ordered("cancel")], ["cancelled"], id="cancelled"),
        pytest.param([ordered("cancel"), ordered("resume")], ["cancelled"], id="never undone"),
    ],
)
def test_an_order_binds_everyone(orders: list[Told], found: list[str]) -> None:
    assert reasons(history(*PUBLISHED, CLOSED, *orders, REQUESTED)) == found
    assert reasons(history(*PUBLISHED, *orders, CLOSED, REQUESTED)) == found


@pytest.mark.parametrize(
    ("told", "found"),
    [
        pytest.param([], ["not-closed"], id="never closed"),
        pytest.param([CLOSED, CLOSED, REQUESTED], ["closed-twice"], id="closed twice"),
        pytest.param([CLOSED, REQUESTED, CLOSED], ["closed-twice"], id="closed after the request"),
        pytest.param(
            [CLOSED, MOVED, acknowledged(CLOSES_AT + SECOND, after=4), REQUESTED],
            ["not-closed"],
            id="not closed again after an extension",
        ),
        pytest.param(
            [CLOSED, MOVED, acknowledged(CLOSES_AT + SECOND, after=4), CLOSED, REQUESTED],
            [],
            id="closed again after an extension",
        ),
        pytest.param(
            [CLOSED, REQUESTED, MOVED],
            ["extension-not-acknowledged", "not-closed", "extended-after-request"],
            id="extended after the request",
        ),
    ],
)
def test_the_bids_are_closed_once_after_the_last_extension(
    told: list[Told], found: list[str]
) -> None:
    assert reasons(history(*PUBLISHED, *told)) == found


def test_an_extension_moves_the_opening_with_it() -> None:
    at = NOW + timedelta(hours=1)
    later = (moved_to(at), acknowledged(at, after=3))

    assert reasons(history(*PUBLISHED, *later, CLOSED, REQUESTED)) == [
        "too-early",
        "not-witnessed-after-deadline",
    ]


def test_too_few_bidders_stay_sealed() -> None:
    strict: list[Told] = [("notice.published", notice(minimum_bidders=3))]

    assert reasons(history(*strict, ("bids.closed", close(bids=2)))) == ["too-few-bidders"]
    assert reasons(history(*strict, ("bids.closed", close(bids=3)))) == []
    assert reasons(history(*strict, ("bids.closed", close(bids=0)))) == ["too-few-bidders"]


def test_a_decision_that_this_program_does_not_know_is_a_reason_against() -> None:
    assert reasons(history(*PUBLISHED, CLOSED, ("gate.blown-open", None))) == ["unknown-decision"]


def test_an_envelope_that_the_notice_does_not_ask_for_stays_shut() -> None:
    assert reasons(history(*PUBLISHED, CLOSED), envelope="price") == ["no-such-envelope"]


def test_what_follows_the_release_intent_stands_for_everything_later() -> None:
    told = [*PUBLISHED, CLOSED, REQUESTED, ("release.intent", None), ordered("suspend")]

    assert reasons(history(*told)) == []


def test_every_reason_is_given_at_once_and_in_both_languages() -> None:
    told = history(*PUBLISHED, ordered("suspend"), witnessed_at=CLOSES_AT - timedelta(hours=1))
    found = may_open(told, CLOSES_AT - timedelta(minutes=30), "offer")

    assert [fault.code for fault in found] == [
        "too-early",
        "not-witnessed-after-deadline",
        "stale-proof",
        "not-closed",
        "suspended",
    ]
    for fault in found:
        assert fault.said("en") != fault.said("zh")


def test_without_a_notice_there_is_nothing_to_open() -> None:
    assert reasons(history(("keyset.fixed", None)), NOW.astimezone(UTC)) == ["no-notice"]
