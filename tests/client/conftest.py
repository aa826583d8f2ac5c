"""One real site for every test of the command that needs one."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.client.live import OPERATOR, Live, Person, site
from tests.client.stage import Stage
from tests.signing import Trust


@pytest.fixture(scope="session")
def live(
    _trust: Trust,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Live]:
    """Start the site when the first test asks for it; stop it after the last."""
    home = tmp_path_factory.mktemp("live")
    with (
        django_db_blocker.unblock(),
        site(home, _trust, django_db_blocker.unblock) as running,
        django_db_blocker.block(),
    ):
        yield running


@pytest.fixture(scope="session")
def operator(live: Live) -> Person:
    """The operator, who makes everybody else's account."""
    return live.person("operator", OPERATOR, live.home)


@pytest.fixture(scope="session")
def published(live: Live, _trust: Trust, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A tender that takes bids for an hour, made with every key where its holder is."""
    stage = Stage.set_up(live, tmp_path_factory.mktemp("published"), _trust)
    stage.draft(closes_in=timedelta(hours=1))
    stage.start_timekeeper()
    stage.seat_openers()
    stage.rehearse()
    stage.approve()
    stage.publish()
    return stage
