"""One training authority for all tests of a run; making it takes a quarter of a second."""

import pytest

from tests.signatures.documents import Practice


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    return Practice(tmp_path_factory.mktemp("practice"))
