"""An opened tender for tests that need one like any other, and a world that is committed."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.awards.opened import OpenedTender, opened_tender
from tests.bidding.conftest import wound
from tests.signing import Trust
from tests.world import World


@pytest.fixture
def opened(db: None) -> OpenedTender:
    """Lotus is cheaper than Bamboo, in one lot; all signatures hold."""
    return opened_tender()


@pytest.fixture
def real_world(fresh_database: str, trust: Trust, tmp_path: Path, settings: Settings) -> World:
    """Give a world in a database of its own, where every trigger fires."""
    return wound(World.build(trust), tmp_path, settings)
