"""A published tender that takes bids, on each of the vaults."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from procurement.stored import vault as used_vault
from procurement.vault import Vault
from tenders.models import Tender
from tests.world import World, published_tender


@pytest.fixture
def open_world(world: World, tmp_path: Path, settings: Settings) -> World:
    """Give a world whose rows go when the test ends, and whose clock is the database's too."""
    return world.wound(tmp_path, settings)


@pytest.fixture
def tender(open_world: World) -> Tender:
    """Give a tender that takes bids for an hour."""
    return published_tender(open_world)


@pytest.fixture(params=["directory", "minio"])
def each_vault(
    request: pytest.FixtureRequest, open_world: World, tmp_path: Path, settings: Settings
) -> Vault:
    """Run the test on a directory vault and again on MinIO."""
    if request.param == "minio":
        settings.VAULT = request.getfixturevalue("minio").url
    return used_vault()
