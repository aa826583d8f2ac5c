"""A server that is not on this machine: a loud skip, or a failure where the gate insists."""

import os
from typing import NoReturn

import pytest


def missing_service(why: Exception) -> NoReturn:
    """Skip with the reason, unless ``REQUIRE_SERVICES=1``."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"REQUIRE_SERVICES=1, but: {why}")
    pytest.skip(str(why))
