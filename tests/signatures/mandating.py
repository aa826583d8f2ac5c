"""Mandates drawn up, signed by the body and recorded, by the real actions."""

from datetime import datetime, timedelta
from typing import Any

from procurement.actors import Actor
from procurement.mandate_paper import mandate_pdf
from procurement.models import SigningMandate
from signatures.mandates import Source, ask, give
from signatures.training import Credential
from tests.world import Company, World

YEAR = timedelta(days=365)


def by(world: World, company: Company) -> Actor:
    return world.by(company.administrator)


def asked(
    world: World, company: Company, whose: Credential | Source, **wanted: datetime
) -> SigningMandate:
    source = whose if isinstance(whose, Source) else Source(certificate=whose.certificate_der)
    dates: dict[str, Any] = {"valid_from": None, "valid_until": world.now + YEAR, **wanted}
    return ask(
        organisation_id=company.organisation.pk,
        source=source,
        **dates,
        by=by(world, company),
        now=world.now,
    )


def given(
    world: World, company: Company, made: SigningMandate, signer: Credential | None = None
) -> SigningMandate:
    signed = world.trust.sign(mandate_pdf(made), signer or company.credential, world.now)
    return give(
        organisation_id=company.organisation.pk, pdf=signed, by=by(world, company), now=world.now
    )
