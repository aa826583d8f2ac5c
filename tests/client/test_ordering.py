"""Who orders, orders on the newest decision by the body's key, and learns when all are bound."""

from datetime import timedelta

import pytest

from tests.client.live import Live
from tests.client.stage import Stage
from tests.signing import Trust
from tests.world import published_tender


@pytest.fixture
def another(live: Live, _trust: Trust, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A published tender that nobody else needs."""
    stage = Stage.set_up(live, tmp_path_factory.mktemp("another"), _trust)
    with stage.acting() as world:
        stage.tender = str(published_tender(world, closes_in=timedelta(hours=1)).pk)
    stage.until(stage.in_the_log, what="the notice in the log")
    return stage


def order(stage: Stage, effect: str, key: str) -> tuple[object, ...]:
    return (
        *("order", stage.tender, "--effect", effect, "--cause", "A complaint is looked into"),
        *("--key", stage.key(key), "--anchors", stage.anchors),
    )


def test_a_supervisor_suspends_and_lets_go_on(published: Stage) -> None:
    overseer = published.person("overseer")

    suspended = overseer.done(*order(published, "suspend", "supervisor"))
    seen = published.supplier(0).done(
        *("fetch", published.tender, "--anchors", published.anchors),
        *("--out", published.home / "while-suspended"),
    )
    resumed = overseer.done(*order(published, "resume", "supervisor"))

    assert suspended["in_force_at"] is not None
    assert seen["notes"] == ["suspended"]
    assert resumed["in_force_at"] > suspended["in_force_at"]


def test_an_order_by_another_key_binds_nobody(published: Stage) -> None:
    code, answer = published.person("overseer").daylight(*order(published, "suspend", "agency"))

    assert code == 1
    assert answer["status"] in (400, 403, 409, 422)


def test_only_a_suspension_has_an_end(published: Stage) -> None:
    resume = order(published, "resume", "supervisor")

    code = published.person("overseer").refused(*resume, "--until", "2030-01-01T00:00:00.000000Z")

    assert code == "no-end"


def test_an_agency_cancels_and_nobody_bids_any_more(another: Stage) -> None:
    officer = another.person("officer")
    another.fetch(another.supplier(0))

    cancelled = officer.done(*order(another, "cancel", "agency"))
    seen = another.supplier(0).done(
        *("fetch", another.tender, "--anchors", another.anchors),
        *("--out", another.home / "cancelled"),
    )

    assert cancelled["in_force_at"] is not None
    assert seen["notes"] == ["cancelled"]


def test_what_waits_for_somebody_is_said_without_a_tender(published: Stage) -> None:
    assert isinstance(published.person("officer").done("status")["waiting"], list)
