"""A later deadline, another form and another panel, as the timekeeper and a bidder meet them.

Requirements A4, B15, B18, D33; protocol, messages 1 and 5.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from client.memory import Memory
from procurement.models import Event
from tenders.actions.amendment_parts import draw_up_keyset_instead
from tenders.models import Change, Seat
from tenders.queries import keyset_of
from tests.bidding.test_confirming import OTHER_QUESTION
from tests.client.live import Live
from tests.client.stage import Stage
from tests.signing import Trust
from tests.tenders import changing
from tests.tenders.replacing import appointed_instead, keys_of_the_spare, rehearsed
from tests.world import published_tender

HOUR = timedelta(hours=1)
TIMEKEEPER = "timekeeper"


@pytest.fixture(scope="module")
def stage(live: Live, _trust: Trust, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A published tender that nobody else needs; its timekeeper has the keys on a machine."""
    stage = Stage.set_up(live, tmp_path_factory.mktemp("changed"), _trust)
    with stage.acting() as world:
        stage.tender = str(published_tender(world, closes_in=HOUR).pk)
        key = world.holders[stage.row().pk][TIMEKEEPER]
    memory(stage).folder.mkdir(parents=True)
    (memory(stage).folder / "key.json").write_bytes(key.canonical())
    (stage.home / "token").write_text(stage.world.tokens[TIMEKEEPER])
    stage.until(stage.in_the_log, what="the notice in the log")
    return stage


def memory(stage: Stage) -> Memory:
    return Memory(stage.home / "clock" / stage.tender)


@pytest.fixture(scope="module")
def filed(stage: Stage) -> Path:
    """The envelope of a bid that was filed before anything changed."""
    sealed = stage.seal(0, "12.50")
    stage.supplier(0).done(*stage.submitting(0, sealed))
    return sealed


def bids(stage: Stage) -> list[tuple[str, str]]:
    told = stage.supplier(0).done("status", stage.tender)["bids"]
    return [(one["digest"], one["state"]) for one in told]


def confirming(stage: Stage, place: int, sealed: Path, fetched: Path) -> tuple[object, ...]:
    """Write the command by which a supplier confirms."""
    return ("confirm", sealed, "--tender", fetched, *stage.submitting(place, sealed)[4:])


def fetched_anew(stage: Stage, notice: str) -> Path:
    """Fetch the tender, once that notice is in force in the log."""

    def fetched() -> Path | None:
        folder = stage.supplier(0).folder / f"fetched-{time.monotonic_ns()}"
        command = ("fetch", stage.tender, "--anchors", stage.anchors, "--out", folder)
        return folder if stage.supplier(0).done(*command)["notice"] == notice else None

    return stage.until(fetched, what="the newer notice in the log")


def looked(stage: Stage, done: Callable[[], bool]) -> bool:
    """Let the timekeeper look once, and tell whether something is done then."""
    stage.person("officer").done_quietly(
        *("timekeeper", "--once", "--server", stage.site.address, "--home", stage.home / "clock"),
        *("--token-file", stage.home / "token", "--key", stage.key(TIMEKEEPER)),
        *("--anchors", stage.anchors),
    )
    with stage.site.inside():
        return done()


def test_the_timekeeper_acknowledges_a_later_deadline(stage: Stage) -> None:
    with stage.acting() as world:
        changing.extended(world, stage.row(), HOUR)
        closes_at = stage.row().closes_at
        said = Event.objects.filter(tender=stage.tender, verb="extension.acknowledged")

    stage.until(lambda: looked(stage, said.exists), what="acknowledgement")
    looked(stage, said.exists)

    with stage.site.inside():
        assert said.count() == 1
    extension = memory(stage).acknowledged()
    assert extension is not None
    assert extension.closes_at == closes_at
    assert memory(stage).acknowledgement(extension) is not None


def test_what_needs_no_confirmation_is_not_signed_again(stage: Stage, filed: Path) -> None:
    sealed, folder = stage.seal(1, "13.00"), stage.supplier(1).folder / "tender"
    own = stage.supplier(0).folder / "tender"

    assert stage.supplier(1).refused(*confirming(stage, 1, sealed, folder)) == "nothing-to-confirm"
    assert stage.supplier(0).refused("confirm", filed, "--tender", own) == "how-signed"
    before = bids(stage)
    again = stage.supplier(0).done(*confirming(stage, 0, filed, own))
    assert [(again["bid"], "filed")] == before == bids(stage), "the same receipt once more"


def test_an_envelope_that_was_changed_on_the_disk_is_not_confirmed(stage: Stage) -> None:
    sealed, folder = stage.seal(1, "14.00", "changed"), stage.supplier(1).folder / "tender"
    share = sealed / "share-1.age"
    share.write_bytes(share.read_bytes()[:-1] + b"x")

    assert stage.supplier(1).refused(*confirming(stage, 1, sealed, folder)) == "changed"


def test_another_form_is_sealed_again_and_nothing_is_signed(stage: Stage, filed: Path) -> None:
    before = bids(stage)
    with stage.acting() as world:
        notice = changing.amended(world, stage.row(), questions=OTHER_QUESTION).notice
    folder = fetched_anew(stage, notice)

    code = stage.supplier(0).refused(*confirming(stage, 0, filed, folder))

    assert code == "seal-again"
    assert bids(stage) == before
    assert not filed.with_name(f"{filed.name}.signed.pdf").exists()


def test_it_takes_its_place_in_another_panel_and_keeps_the_earlier_keys(
    stage: Stage, filed: Path
) -> None:
    with stage.acting() as world:
        tender, before = stage.row(), keyset_of(stage.row())
        change = changing.drafted(world, tender, "An opener has left")
        appointed_instead(world, change)
        keys_of_the_spare(world, tender)
        seat = Seat.everything.filter(amendment=change, holder=TIMEKEEPER)
    earlier = before.timekeeper.recipient

    looked(stage, seat.exists)
    with stage.acting() as world:
        assert seat.get().recipient != earlier, "fresh keys, in the place of the earlier"
        draw_up_keyset_instead(amendment_id=change.pk, by=world.by("officer"), now=world.now)
    looked(stage, seat.exclude(answered_at=None).exists)
    with stage.acting() as world:
        rehearsed(world, tender, change)
        assert memory(stage).key_in(keyset_of(stage.row())) is not None, "the earlier is in force"
        changing.published_amendment(world, changing.approved(world, change))
        after, notice = keyset_of(stage.row()), stage.row().notice

    assert after.timekeeper.recipient != earlier
    assert memory(stage).key_in(after) is not None
    assert memory(stage).key_in(before) is not None, "none is ever lost"
    with stage.site.inside():
        assert Change.objects.get(pk=change.pk).state == "in-force"
    folder = fetched_anew(stage, notice)
    code = stage.supplier(0).refused(*confirming(stage, 0, filed, folder))
    assert code == "seal-again", "what was sealed for other keys is not confirmed"
