"""Operators see whom they have to verify, administrators which certificates run out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from procurement.actions.accounts import create_organisation
from procurement.actions.enrolment import enrol_certificate
from procurement.actions.registration import verify
from procurement.actors import Actor, system_actor
from procurement.models import Organisation
from procurement.roles import OrganisationKind
from procurement.waiting_people import waiting_for
from tests.ground.making import NOW, organisation, person
from tests.ground.test_enrolment import SEEN, certificate

pytestmark = pytest.mark.django_db


def unverified(number: int) -> Organisation:
    return create_organisation(
        kind=OrganisationKind.SUPPLIER,
        name_en=f"Reed {number}",
        identifier_scheme="NTRCN",
        identifier=f"reed-{number}",
        verified=False,
        by=system_actor(),
        now=NOW,
    )


def enrolled(body: Organisation, name: str, days: int) -> None:
    enrol_certificate(
        organisation_id=body.pk,
        der=certificate(name, NOW + timedelta(days=days)),
        evidence=SEEN,
        by=system_actor(),
        now=NOW,
    )


@pytest.mark.parametrize("count", [1, 3])
def test_a_supplier_waits_for_an_operator_until_somebody_has_looked_at_it(
    count: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    bodies = [unverified(number) for number in range(count)]

    with django_assert_num_queries(1):
        found = waiting_for(system_actor(), NOW)
    assert [one.what for one in found] == ["verify-supplier"] * count

    for body, verified in zip(bodies, (False, True, True), strict=False):
        verify(
            organisation_id=body.pk,
            verified=verified,
            evidence=SEEN,
            source="Trade register",
            by=system_actor(),
            now=NOW,
        )
    assert waiting_for(system_actor(), NOW) == []


@pytest.mark.parametrize("count", [1, 3])
def test_certificates_that_run_out_wait_for_their_own_administrator(
    count: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    pipes, bolts = (organisation(OrganisationKind.SUPPLIER, name) for name in ("Pipes", "Bolts"))
    for number in range(count):
        enrolled(pipes, f"Pipes {number}", days=20)
    enrolled(pipes, "Pipes for long", days=31)
    enrolled(bolts, "Bolts", days=20)
    ada = Actor.of(person("Ada", supplier_administrator=pipes), NOW)
    sid = Actor.of(person("Sid", supplier_signer=pipes), NOW)

    with django_assert_num_queries(1):
        found = waiting_for(ada, NOW)

    assert [one.what for one in found] == ["renew-certificate"] * count
    assert waiting_for(sid, NOW) == []
