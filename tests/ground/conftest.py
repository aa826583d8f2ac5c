"""People and bodies that many tests here need, made by the real actions."""

from datetime import UTC, datetime

import pytest

from procurement.actions.accounts import create_organisation
from procurement.actors import system_actor
from procurement.models import Organisation
from procurement.roles import OrganisationKind
from tests.ground.making import organisation

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """An instant like any other."""
    return NOW


@pytest.fixture
def agency(db: None) -> Organisation:
    """A body that buys."""
    return organisation(OrganisationKind.AGENCY, "City Water Works")


@pytest.fixture
def supervisor(db: None) -> Organisation:
    """A body that oversees."""
    return create_organisation(
        kind=OrganisationKind.SUPERVISOR,
        name_en="Audit Office",
        name_zh="审计局",
        identifier_scheme="NTRCN",
        identifier="audit",
        by=system_actor(),
        now=NOW,
    )
