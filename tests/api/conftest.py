"""A world that is committed, for tests in which time passes and triggers fire."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.bidding.conftest import wound
from tests.signing import Trust
from tests.world import World


@pytest.fixture
def real_world(fresh_database: str, trust: Trust, tmp_path: Path, settings: Settings) -> World:
    """Give a world in a database of its own, where every trigger fires."""
    return wound(World.build(trust), tmp_path, settings)
