"""A later deadline and another panel, as the timekeeper on its own machine lives through both.

Requirements A4, B15, B18; protocol, message 1.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from client.memory import Memory
from procurement.models import Event
from tenders.actions.amendment_parts import draw_up_keyset_instead
from tenders.models import Change, Seat, Tender
from tenders.panel.keyset import Keyset
from tenders.queries import keyset_of
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


def test_it_takes_its_place_in_another_panel_and_keeps_the_earlier_keys(stage: Stage) -> None:
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
        after: Keyset = keyset_of(Tender.objects.get(pk=tender.pk))

    assert after.timekeeper.recipient != earlier
    assert memory(stage).key_in(after) is not None
    assert memory(stage).key_in(before) is not None, "none is ever lost"
    with stage.site.inside():
        assert Change.objects.get(pk=change.pk).state == "in-force"
