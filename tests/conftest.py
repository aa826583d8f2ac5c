"""What every test may ask for: a database, a fresh database, both vaults, MinIO."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from procurement.tryout.minio_server import MinioNotBuilt
from procurement.vault import Vault, open_vault
from tests import databases, servers, thoroughness
from tests.signing import _trust, trust  # noqa: F401  # fixtures for every test
from tests.tolerance import missing_service
from tests.world import real_world, world  # noqa: F401

# What takes a worker longest begins first, so that none waits for another at the end.
LONGEST_FIRST = (
    "tests/crash/test_killed.py",
    "tests/api/test_nothing_leaks.py",
    "tests/api/test_authorisation.py",
    "tests/bidding/test_opening_attacks.py",
    "tests/test_sample_world.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files by how long they take; xdist gives them out in this order."""

    def place(item: pytest.Item) -> int:
        file = item.nodeid.partition("::")[0]
        return LONGEST_FIRST.index(file) if file in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=place)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Give this worker its own copy of the migrated template (in place of pytest-django's)."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "only")
    name = f"test_{servers.run_name()}_{worker}"
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:
        stack.callback(databases.drop_spare)
        stack.enter_context(databases.copied(name))
        with django_db_blocker.block():
            yield


@pytest.fixture
def fresh_database(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """Give this test a database for itself, where transactions commit and every trigger fires.

    Use it without ``pytest.mark.django_db``. The value is the address for a child process.
    Threads must close their connections (``connections.close_all()``).
    """
    with django_db_blocker.unblock(), databases.fresh() as address:
        yield address


@pytest.fixture(scope="session")
def minio() -> servers.SharedMinio:
    """The MinIO of this run; skips, loudly, where it cannot be built."""
    try:
        return servers.start_minio()
    except MinioNotBuilt as why:
        missing_service(why)


@pytest.fixture(params=["directory", "minio"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    """Run the test on a directory vault and again on MinIO."""
    if request.param == "directory":
        return open_vault(f"dir://{tmp_path}/vault")
    return open_vault(request.getfixturevalue("minio").url)


def pytest_configure() -> None:
    """Let chance play for as long as was asked for."""
    thoroughness.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop this run's servers, when the last worker has gone."""
    if not hasattr(config, "workerinput") and "DAYLIGHT_TEST_RUN" in os.environ:
        databases.drop_template()
        servers.stop_all()
