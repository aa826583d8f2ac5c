"""A body signs under its own identifier, or with a certificate that it has enrolled itself."""

import pytest

from procurement.actions.enrolment import enrol_certificate
from signatures.queries import signer_policy
from tests.world import Company, World, identifier_of

pytestmark = pytest.mark.django_db


def enrol(world: World, company: Company, name: str) -> str:
    credential = world.trust.issue(name, "NTRCN-SOMEBODY-ELSE")
    enrolled = enrol_certificate(
        organisation_id=company.organisation.pk,
        der=credential.certificate_der,
        evidence="The authority's letter, file 7",
        by=world.by("operator"),
        now=world.now,
    )
    return enrolled.sha256


def test_it_names_the_identifier_as_certificates_write_it(world: World) -> None:
    supplier = signer_policy(world.agency, at=world.now).supplier

    assert supplier is not None
    assert supplier.identifiers == {identifier_of(world.agency)}
    assert supplier.certificates == frozenset()


def test_it_names_what_this_body_enrolled_and_no_other(world: World) -> None:
    lotus, crane, _ = world.suppliers
    own = {enrol(world, lotus, "Lotus one"), enrol(world, lotus, "Lotus two")}
    enrol(world, crane, "Crane")

    supplier = signer_policy(lotus.organisation, at=world.now).supplier

    assert supplier is not None
    assert supplier.certificates == own
