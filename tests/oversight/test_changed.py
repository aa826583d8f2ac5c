"""A tender that changed while bids came in: what is honest holds, and who lies is found out.

Requirement A4, B15, B18, D33, F47, F49; protocol, messages 0, 1 and 5.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bidding.sealed.opening import ShortLot
from procurement.proof.notes import Signer
from tenders.answers import Overdue
from tenders.notice import Acknowledgement, Extension
from tests.oversight.story import RECEIPTS, SECOND, Filed, Story
from tests.oversight.test_tampering import ROGUE, found, published
from tests.vectors.samples import AGENCY, CLOSES_AT, SIGNERS, TENDER, an_id, extension, gates

HOUR = timedelta(hours=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bundle.zip"


def amended(story: Story, *, key: Signer = AGENCY, **said: Any) -> None:
    """Put another version of the notice in force."""
    before = story.notice
    following = {
        "version": before.version + 1,
        "previous": before.digest(),
        "reason": "The hall seats more people",
        "validity_days": before.validity_days + 1,
    }
    story.notice = replace(before, **(following | said))
    story.announce_notice(key)
    story.tick()


def extended(story: Story, by: timedelta = HOUR, *, key: Signer = AGENCY, **said: Any) -> Extension:
    later = story.closes_at + by
    moved = replace(extension(later), notice=story.notice.digest(), **said)
    story.control("deadline.extended", {"object": story.keep(moved, key)})
    story.closes_at = later
    story.tick()
    return moved


def acknowledged(story: Story, moved: Extension, *, key: Signer | None = None) -> None:
    said = Acknowledgement(TENDER, moved.digest(), story.control_head)
    noted = story.keep(said, key or SIGNERS["timekeeper"])
    story.control("extension.acknowledged", {"object": noted})
    story.tick()


def overdue(story: Story) -> None:
    """Write down that a question was not answered in time."""
    said = Overdue(TENDER, story.notice.digest(), (an_id("question"),), story.now)
    story.control("questions.overdue", {"object": story.keep(said)})
    story.tick()


def followed() -> tuple[Story, list[Filed]]:
    """Two bids, another notice, and one of them confirmed."""
    story = published()
    alpha, beta = story.file("alpha", "12.50"), story.file("beta", "11.00")
    amended(story)
    return story, [story.file("alpha", "12.50", supersedes=alpha), beta]


def test_a_bid_that_a_later_notice_ended_is_explained(path: Path):
    """Requirement B15, D33: lapsed by a later notice is no broken promise."""
    story, (alpha, beta) = followed()
    story.concealed("bid.lapsed", {"bid": beta.digest, "notice": story.notice.digest()})
    story.close([alpha])
    story.open()

    receipts = [one.note for one in story.filed]
    assert found(story, path, lambda files: None, *receipts) == set()


def test_a_bid_that_was_not_confirmed_is_counted(path: Path):
    """Requirement B15, F47: no bid is counted that was not re-confirmed."""
    story, bids = followed()
    story.close(bids)
    story.open()

    assert found(story, path) == {"not-confirmed"}


def test_a_confirmed_bid_is_left_out_as_if_it_had_lapsed(path: Path):
    """Requirement F47."""
    story, (alpha, beta) = followed()
    beta = story.file("beta", "11.00", supersedes=beta)
    story.concealed("bid.lapsed", {"bid": alpha.digest, "notice": story.notice.digest()})
    story.close([beta])
    story.open()

    assert found(story, path) == {"not-lapsed", "dropped-bid"}


def test_a_bid_is_filed_for_a_notice_that_was_not_in_force_any_more(path: Path):
    """Requirement D33."""
    story = published()
    first = story.notice.digest()
    amended(story)
    story.file("alpha", change=lambda bid: replace(bid, notice=first))
    beta = story.file("beta", "11.00")
    story.close([beta])
    story.open()

    assert found(story, path) == {"notice-not-in-force"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param({"version": 3}, "not-the-next-version", id="a version is left out"),
        pytest.param({"previous": "0" * 64}, "not-the-next-version", id="it follows another"),
        pytest.param(
            {"closes_at": CLOSES_AT - SECOND}, "moved-back", id="the deadline comes earlier"
        ),
    ],
)
def test_a_version_that_does_not_follow_the_one_before(path: Path, said: dict[str, Any], code: str):
    """Requirement A4, B18."""
    story = published()
    amended(story, **said)

    assert code in found(story, path)


def test_a_version_that_the_agency_did_not_sign(path: Path):
    """Requirement A4."""
    story = published()
    amended(story, key=ROGUE)

    assert found(story, path) == {"no-known-signature"}


def test_a_version_that_was_witnessed_after_the_deadline(path: Path):
    """Requirement B18: changed only before it passes."""
    story = published()
    story.now = CLOSES_AT + HOUR
    amended(story, closes_at=CLOSES_AT + 2 * HOUR, gates=gates(CLOSES_AT + 2 * HOUR))

    assert found(story, path) == {"changed-late"}


def test_an_extension_that_the_timekeeper_acknowledged(path: Path):
    """Requirement B18, E44."""
    story = published()
    moved = extended(story)
    acknowledged(story, moved)
    bids = story.bids()
    story.close(bids)
    story.open()

    assert found(story, path) == set()


def test_bids_are_opened_although_nobody_acknowledged_the_extension(path: Path):
    """Requirement E44; protocol, message 1."""
    story = published()
    extended(story)
    bids = story.bids()
    story.close(bids)
    story.open()

    assert found(story, path) == {"extension-not-acknowledged"}


def test_an_acknowledgement_by_another_than_the_timekeeper(path: Path):
    """Requirement E44."""
    story = published()
    acknowledged(story, extended(story), key=ROGUE)

    assert found(story, path) == {"acknowledgement-not-signed"}


def test_an_extension_that_was_witnessed_after_the_deadline(path: Path):
    """Requirement B18."""
    story = published()
    story.now = CLOSES_AT + HOUR
    acknowledged(story, extended(story, 2 * HOUR))

    assert found(story, path) == {"changed-late"}


@pytest.mark.parametrize(
    ("asked", "by", "key", "wrong"),
    [
        pytest.param(True, HOUR, RECEIPTS, set(), id="within its bound"),
        pytest.param(False, HOUR, RECEIPTS, {"not-by-rule"}, id="without a question"),
        pytest.param(True, timedelta(days=6), RECEIPTS, {"not-by-rule"}, id="beyond its bound"),
        pytest.param(True, HOUR, AGENCY, {"unsigned-decision"}, id="signed by the agency"),
    ],
)
def test_an_extension_by_rule(path: Path, asked: bool, by: timedelta, key: Signer, wrong: set[str]):
    """Requirement B14, B18: the platform moves a deadline only as the pack says."""
    story = published()
    if asked:
        overdue(story)
    extended(story, by, key=key, by_rule="unanswered-question")

    assert found(story, path) == wrong


def test_a_lot_is_said_to_have_had_too_few_bidders(path: Path):
    """Requirement F49."""
    story = published()
    bids = story.bids()
    story.close(bids)
    story.short = lambda: (ShortLot("lot-2", 1, "at-the-close"),)  # type: ignore[method-assign]
    story.open()

    assert found(story, path) == {"other-short-lots"}


def test_a_tender_with_too_few_bidders_is_opened(path: Path):
    """Requirement F49: checked before any decryption."""
    story = Story()
    story.notice = replace(story.notice, pack=replace(story.notice.pack, minimum_bidders=4))
    story.publish()
    bids = story.bids()
    story.close(bids)
    story.opening_set = lambda: bids  # type: ignore[method-assign]
    story.open()

    assert {"too-few-bidders", "not-in-the-set", "short-and-opened"} <= found(story, path)
