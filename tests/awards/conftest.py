"""An opened tender for tests that need one like any other."""

import pytest

from tests.awards.opened import OpenedTender, opened_tender


@pytest.fixture
def opened(db: None) -> OpenedTender:
    """Lotus is cheaper than Bamboo, in one lot; all signatures hold."""
    return opened_tender()
