"""A world whose tenders may be taken to their evidence."""

from tests.bidding.conftest import real_world  # noqa: F401
