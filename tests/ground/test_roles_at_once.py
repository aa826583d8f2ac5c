"""Of two roles that exclude each other, given at once, one is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from procurement.models import User
from procurement.refusals import Refusal
from procurement.roles import OrganisationKind
from tests.ground.making import grant, organisation, person


@pytest.mark.usefixtures("fresh_database")
def test_of_two_roles_given_at_once_that_exclude_each_other_one_is_refused() -> None:
    agency = organisation(OrganisationKind.AGENCY, "Water")
    for turn in range(8):
        user = person(f"Ann{turn}")

        def give(role: str, user: User = user) -> bool:
            try:
                grant(user, role, agency)
            except Refusal:
                return False
            finally:
                connections.close_all()
            return True

        with ThreadPoolExecutor(2) as pool:
            given = [pool.submit(give, role) for role in ("officer", "opener")]
        assert sum(found.result() for found in given) == 1
